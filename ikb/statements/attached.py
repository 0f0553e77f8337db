"""The files of statements: read, carried over to what replaces it, and handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import joinedload

from ikb.accounts.policy import visible
from ikb.db import db
from ikb.errors import NotFound
from ikb.files.model import StoredFile
from ikb.statements.attachment_model import Attachment
from ikb.statements.model import Statement

GONE = "Diese Datei gibt es nicht, oder sie ist nicht für Sie freigegeben."


def of_statement(statement_id: int, *, with_text: bool = False) -> list[Attachment]:
    """The files of one statement as they came, the letter first; with_text: with what can be read in them."""
    rows = select(Attachment).where(Attachment.statement_id == statement_id)
    if with_text:
        rows = rows.options(joinedload(Attachment.file).undefer(StoredFile.text))
    return list(db.session.scalars(rows.order_by(Attachment.is_letter.desc(), Attachment.id)))


def count_of(statement_id: int) -> int:
    """How many files one statement has."""
    return db.session.scalar(select(func.count()).where(Attachment.statement_id == statement_id)) or 0


def of_invitation(attachment_id: int, invitation_id: int) -> Attachment:
    """One file of an institution's statements. Raises NotFound for anybody else's."""
    rows = (
        select(Attachment)
        .join(Statement, Statement.id == Attachment.statement_id)
        .where(Attachment.id == attachment_id, Statement.invitation_id == invitation_id)
    )
    return _found(db.session.scalar(rows))


def of_visible_statement(attachment_id: int, statement_id: int, procedure_id: int) -> Attachment:
    """One file of a statement that the current visitor may see. Raises NotFound."""
    seen = visible(Statement).where(Statement.id == statement_id).with_only_columns(Statement.id)
    rows = (
        select(Attachment)
        .join(Attachment.file)
        .where(
            Attachment.id == attachment_id,
            Attachment.statement_id.in_(seen),
            StoredFile.procedure_id == procedure_id,
        )
    )
    return _found(db.session.scalar(rows))


def copy_all(attachments: Iterable[Attachment], statement_id: int, *, now: datetime) -> None:
    """The same files once more, for the statement that is to replace theirs."""
    rows: list[dict[str, Any]] = [
        {
            "statement_id": statement_id,
            "file_id": each.file_id,
            "anchor": each.anchor,
            "is_letter": each.is_letter,
            "created_at": now,
        }
        for each in attachments
    ]
    if rows:
        db.session.execute(insert(Attachment.__table__), rows)  # type: ignore[arg-type]


def hand_in(attachments: Sequence[Attachment], *, as_letter: bool) -> list[Attachment]:
    """Those that are handed in: what was not accepted is no part of a statement, and its writer was told.

    as_letter: there is nothing but files, so what hangs on the whole is the letter.
    """
    for each in attachments:
        if each.file.is_refused:
            db.session.delete(each)
        elif as_letter and each.anchor is None:
            each.is_letter = True
    return [each for each in attachments if not each.file.is_refused]


def _found(attachment: Attachment | None) -> Attachment:
    if attachment is None:
        raise NotFound(GONE)
    return attachment
