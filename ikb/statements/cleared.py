"""The copies of attached files: of one statement for its lead, and those that may leave with what is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, undefer

from ikb.core.redaction import still_legible
from ikb.db import db
from ikb.files.model import FileState, StoredFile
from ikb.remarks import redactions
from ikb.remarks.model import Remark
from ikb.remarks.redaction_model import Part
from ikb.statements import attached
from ikb.statements.attachment_model import Attachment
from ikb.statements.clearance_model import Clearance
from ikb.statements.model import Statement

GIVEN_OUT = (FileState.CHECKED, FileState.CLEAN)


@dataclass(frozen=True)
class Copies:
    """One attached file with its copies. place: its number among the statement's files, from 1.

    released: what may leave; prepared: what waits for somebody to look at it; None where there is none.
    """

    attachment: Attachment
    place: int
    released: Clearance | None
    prepared: Clearance | None

    @property
    def name(self) -> str:
        """Under which a copy leaves: file names tell whose they are."""
        return "Schreiben" if self.attachment.is_letter and self.place == 1 else f"Anlage {self.place}"

    @property
    def state(self) -> str:
        if self.prepared is not None:
            return "prepared"
        if self.released is None:
            return "inside"
        return "redacted" if self.released.is_redacted else "as_it_came"


def copies_of(statement: Statement) -> list[Copies]:
    """Every file of a statement, as it lists them."""
    rows = (
        select(Clearance)
        .join(Clearance.attachment)
        .where(Attachment.statement_id == statement.id, Clearance.withdrawn_at.is_(None))
        .order_by(Clearance.id)
    )
    standing: dict[int, list[Clearance]] = {}
    for row in db.session.scalars(rows):
        standing.setdefault(row.attachment_id, []).append(row)
    return [
        _copies(attachment, place, standing.get(attachment.id, ()))
        for place, attachment in enumerate(attached.of_statement(statement.id), 1)
    ]


def released(clearance_id: int, statement_id: int) -> Clearance | None:
    """A copy that may leave, of that statement only."""
    rows = (
        select(Clearance)
        .join(Clearance.attachment)
        .where(
            Clearance.id == clearance_id,
            Attachment.statement_id == statement_id,
            Clearance.released_at.is_not(None),
            Clearance.withdrawn_at.is_(None),
        )
    )
    return db.session.scalar(rows)


def leaving(
    said: Mapping[int, Sequence[Remark]], statement_ids: Collection[int], *, only: Collection[int] | None = None
) -> dict[int, list[dict[str, Any]]]:
    """What goes out with each statement, as a snapshot holds it.

    said: the remarks of each. only: copies that may be among it; None: all that were released.

    Left out is a copy in which something can be read that was blacked out of a text since. One query, one more where there
    are copies at all.
    """
    rows = (
        select(Clearance)
        .join(Clearance.attachment)
        .join(Clearance.file)
        .options(contains_eager(Clearance.attachment), contains_eager(Clearance.file), undefer(Clearance.readable))
        .where(
            Attachment.statement_id.in_(statement_ids),
            Clearance.released_at.is_not(None),
            Clearance.withdrawn_at.is_(None),
            StoredFile.state.in_(GIVEN_OUT),
        )
        .order_by(Attachment.is_letter.desc(), Attachment.id)
    )
    found: dict[int, list[dict[str, Any]]] = {id: [] for id in statement_ids}
    out = db.session.scalars(rows).all() if statement_ids else ()
    black = blacked_out({row.attachment.statement_id: said.get(row.attachment.statement_id, ()) for row in out})
    for row in out:
        statement_id = row.attachment.statement_id
        if (only is None or row.id in only) and not still_legible(row.readable, black[statement_id]):
            found[statement_id].append(_as_content(row))
    return found


def blacked_out(said: Mapping[int, Sequence[Remark]]) -> dict[int, list[str]]:
    """The words that are blacked out of each statement's remarks; for those inside, and to be looked for elsewhere."""
    of_statement = {remark.id: (id, remark) for id, remarks in said.items() for remark in remarks}
    found: dict[int, list[str]] = {id: [] for id in said}
    for row in redactions.of_remarks(list(of_statement)) if of_statement else ():
        id, remark = of_statement[row.remark_id]
        found[id].append(redactions.text_of(remark, Part(row.part))[row.start : row.end])
    return found


def _copies(attachment: Attachment, place: int, standing: Sequence[Clearance]) -> Copies:
    out = [row for row in standing if row.is_released]
    waiting = [row for row in standing if not row.is_released]
    return Copies(attachment, place, out[-1] if out else None, waiting[-1] if waiting else None)


def _as_content(row: Clearance) -> dict[str, Any]:
    file = row.file
    return {
        "file": row.id,
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "redacted": row.is_redacted,
        "reason": row.reason,
    }
