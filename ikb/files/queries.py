"""Reads of files: what an institution has stored already, and what nobody looked at yet."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from ikb.db import db
from ikb.files.model import FileState, StoredFile
from ikb.files.storage import Scope


def checked_twin(scope: Scope, sha256: str, kind: str) -> StoredFile | None:
    """A file of the same scope with the same bytes that was looked at already, with its text."""
    rows = (
        select(StoredFile)
        .where(
            StoredFile.procedure_id == scope.procedure_id,
            StoredFile.institution_id.is_not_distinct_from(scope.institution_id),
            StoredFile.sha256 == sha256,
            StoredFile.kind == kind,
            StoredFile.state != FileState.RECEIVED,
        )
        .options(undefer(StoredFile.text))
        .order_by(StoredFile.id.desc())
        .limit(1)
    )
    return db.session.scalar(rows)


def bytes_used(scope: Scope) -> int:
    """How much an institution's files of one procedure have together, equal ones counted once."""
    once = (
        select(func.max(StoredFile.size).label("size"))
        .where(
            StoredFile.procedure_id == scope.procedure_id,
            StoredFile.institution_id.is_not_distinct_from(scope.institution_id),
        )
        .group_by(StoredFile.sha256)
        .subquery()
    )
    return db.session.scalar(select(func.coalesce(func.sum(once.c.size), 0))) or 0


def wanted_in(folder: str) -> set[str]:
    """The hashes that rows of a scope have, previews included. folder: the scope's, as `Scope.folder` names it."""
    kind, _, number = folder.partition("-")
    column = StoredFile.institution_id if kind == "institution" else StoredFile.procedure_id
    rows = select(StoredFile.sha256, StoredFile.preview_sha256).where(column == int(number))
    if kind == "procedure":
        rows = rows.where(StoredFile.institution_id.is_(None))
    return {sha256 for row in db.session.execute(rows) for sha256 in row if sha256}


def waiting_count() -> int:
    """How many files nobody looked at yet."""
    return db.session.scalar(select(func.count()).where(StoredFile.state == FileState.RECEIVED)) or 0
