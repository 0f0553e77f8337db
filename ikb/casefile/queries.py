"""Reads of archives, and who may see them: the leads of the procedure."""

from __future__ import annotations

from sqlalchemy import Select, select

from ikb.accounts.policy import Visitor, visible_to
from ikb.casefile.model import ArchiveState, CaseArchive
from ikb.db import db
from ikb.procedures.queries import led_by

SHOWN = 10


@visible_to(CaseArchive)
def _visible(visitor: Visitor) -> Select[CaseArchive]:
    return select(CaseArchive).where(CaseArchive.procedure_id.in_(led_by(visitor)))


def of_procedure(procedure_id: int) -> list[CaseArchive]:
    """The archives of a procedure that were asked for last, the newest first."""
    rows = select(CaseArchive).where(CaseArchive.procedure_id == procedure_id).order_by(CaseArchive.id.desc())
    return list(db.session.scalars(rows.limit(SHOWN)))


def active_of(procedure_id: int) -> CaseArchive | None:
    """The one that is being built, None if none is."""
    rows = select(CaseArchive).where(
        CaseArchive.procedure_id == procedure_id, CaseArchive.state.in_((ArchiveState.QUEUED, ArchiveState.RUNNING))
    )
    return db.session.scalar(rows.order_by(CaseArchive.id).limit(1))


def with_key(key: object) -> CaseArchive | None:
    """The archive that a form asked for."""
    return db.session.scalar(select(CaseArchive).where(CaseArchive.key == key))
