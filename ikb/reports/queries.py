"""The lead's overview in a handful of queries, however many institutions, sittings and remarks there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ScalarSelect, Subquery, case, func, select
from sqlalchemy.orm import aliased, lazyload

from ikb.consolidation.model import Run, RunState, SectionOutcome
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization, Result, StationState
from ikb.drafts.model import Draft, DraftVersion
from ikb.institutions.model import ANSWERED, Invitation
from ikb.institutions.queries import FILTERS
from ikb.journal.model import JournalEntry
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure

CLOSED = (StationState.SKIPPED, StationState.REMOVED)
EVENTS = 10


@dataclass(frozen=True)
class Figures:
    """How far a procedure has come.

    phase:       the open one, else the newest; None where none was planned.
    by_filter:   how many invitations each filter of the lead's list finds.
    open_points: proposals, conflicts and bodies' wordings that wait for a decision, as the newest run counted them.
    """

    phase: ParticipationPhase | None
    open_points: int
    total: int = 0
    answered: int = 0
    by_filter: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of the Beratungsfolge as the overview shows it. outcome: None while there is no result."""

    consultation_id: int
    organization: str
    held_on: date | None
    role: str | None
    state: str
    outcome: str | None
    notice_days: int

    @property
    def is_closed(self) -> bool:
        return self.outcome is not None or self.state in CLOSED

    def is_overdue(self, today: date) -> bool:
        """Whether it has sat and nobody recorded what came out."""
        return not self.is_closed and self.held_on is not None and self.held_on < today


def figures(procedure_id: int) -> Figures:
    """The figures of a procedure's overview, in one query."""
    counted = _invitations_by_phase()
    row = (
        db.session.execute(
            select(ParticipationPhase, counted, _open_points(procedure_id).label("open_points"))
            .select_from(Procedure)
            .outerjoin(ParticipationPhase, ParticipationPhase.procedure_id == Procedure.id)
            .outerjoin(counted, counted.c.phase_id == ParticipationPhase.id)
            .where(Procedure.id == procedure_id)
            .options(lazyload("*"))
            .order_by((ParticipationPhase.state == PhaseState.OPEN).desc(), ParticipationPhase.id.desc())
            .limit(1)
        )
        .one()
        ._mapping
    )
    return Figures(
        phase=row[ParticipationPhase],
        open_points=int(row["open_points"] or 0),
        total=int(row["total"] or 0),
        answered=int(row["answered"] or 0),
        by_filter={name: int(row[name] or 0) for name in FILTERS},
    )


def _invitations_by_phase() -> Subquery:
    answered = func.sum(case((Invitation.state.in_(ANSWERED), 1), else_=0)).label("answered")
    filters = [func.sum(case((claim, 1), else_=0)).label(name) for name, claim in FILTERS.items()]
    return (
        select(Invitation.phase_id, func.count().label("total"), answered, *filters)
        .group_by(Invitation.phase_id)
        .subquery()
    )


def _open_points(procedure_id: int) -> ScalarSelect[int]:
    newest = (
        select(func.max(Run.id))
        .join(DraftVersion, DraftVersion.id == Run.base_version_id)
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(Draft.procedure_id == procedure_id, Run.state.in_((RunState.DONE, RunState.OUTDATED)))
        .scalar_subquery()
    )
    opened = func.sum(SectionOutcome.counts["open"].as_integer())
    return select(opened).where(SectionOutcome.run_id == newest).scalar_subquery()


def sequence(procedure_id: int) -> Sequence[Step]:
    """The Beratungsfolge by day, each step with the result that holds. One query."""
    newest = select(func.max(Result.id)).where(Result.consultation_id == Consultation.id).correlate(Consultation)
    holding = aliased(Result)
    rows = db.session.execute(
        select(
            Consultation.id,
            Organization.name,
            Meeting.held_on,
            Consultation.role,
            Consultation.state,
            holding.outcome,
            Organization.notice_days,
        )
        .join(Organization, Consultation.organization_id == Organization.id)
        .outerjoin(AgendaItem, Consultation.agenda_item_id == AgendaItem.id)
        .outerjoin(Meeting, AgendaItem.meeting_id == Meeting.id)
        .outerjoin(holding, holding.id == newest.scalar_subquery())
        .where(Consultation.procedure_id == procedure_id)
        .order_by(Meeting.held_on, Consultation.position)
    )
    return [Step(*row) for row in rows]


def events(procedure_id: int) -> Sequence[JournalEntry]:
    """The last ten acts in a procedure."""
    return db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.procedure_id == procedure_id)
        .order_by(JournalEntry.id.desc())
        .limit(EVENTS)
    ).all()
