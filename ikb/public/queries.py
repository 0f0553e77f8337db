"""What everybody may read: procedures that were made public, their issued versions, public sittings and results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Paper, StationState
from ikb.drafts.model import DraftVersion, VersionState
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure

GONE = (StationState.SKIPPED, StationState.REMOVED)


def procedures() -> Sequence[Procedure]:
    """Public procedures with their phases, the newest first."""
    return db.session.scalars(
        select(Procedure)
        .where(Procedure.is_public)
        .options(selectinload(Procedure.phases))
        .order_by(Procedure.id.desc())
    ).all()


def procedure(procedure_id: int) -> Procedure | None:
    """One public procedure."""
    return db.session.scalar(
        select(Procedure)
        .where(Procedure.is_public, Procedure.id == procedure_id)
        .options(selectinload(Procedure.phases))
    )


def phases_begun(of: Procedure) -> list[ParticipationPhase]:
    """Its participation phases that have been opened; planned ones are nobody's business yet."""
    return [phase for phase in of.phases if phase.state != PhaseState.PLANNED]


def papers(procedure_id: int) -> Sequence[Paper]:
    """The papers of issued versions, in the order of their revisions."""
    return db.session.scalars(
        select(Paper)
        .join(Paper.draft_version)
        .where(Paper.procedure_id == procedure_id, DraftVersion.state == VersionState.ISSUED)
        .order_by(Paper.revision)
    ).all()


def sequence(procedure_id: int) -> Sequence[Consultation]:
    """The Beratungsfolge in order of date; of steps that are not public nothing but committee and day may be shown."""
    return db.session.scalars(
        _steps().where(Consultation.procedure_id == procedure_id).order_by(Meeting.held_on, Consultation.position)
    ).all()


def dates_from(day: date, limit: int = 100) -> Sequence[Consultation]:
    """Public steps of public procedures from a day on."""
    return db.session.scalars(
        _steps()
        .join(Consultation.procedure)
        .where(Procedure.is_public, Meeting.held_on >= day, AgendaItem.public.is_(True), ~Meeting.cancelled)
        .order_by(Meeting.held_on, Consultation.position)
        .limit(limit)
    ).all()


def _steps() -> Select[Consultation]:
    return (
        select(Consultation)
        .outerjoin(Consultation.agenda_item)
        .outerjoin(AgendaItem.meeting)
        .where(Consultation.state.not_in(GONE))
        .options(joinedload(Consultation.procedure), selectinload(Consultation.results))
    )


def version(version_id: int) -> DraftVersion | None:
    """An issued version of a public procedure's paper, with its sections."""
    return db.session.scalar(
        select(DraftVersion)
        .join(Paper, Paper.draft_version_id == DraftVersion.id)
        .join(Procedure, Paper.procedure_id == Procedure.id)
        .where(DraftVersion.id == version_id, DraftVersion.state == VersionState.ISSUED, Procedure.is_public)
        .options(selectinload(DraftVersion.sections))
    )
