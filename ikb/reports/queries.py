"""The lead's overview in a handful of queries, however many institutions, sittings and remarks there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Subquery, bindparam, case, func, select
from sqlalchemy.orm import aliased

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor
from ikb.consolidation.model import Run, RunState, SectionOutcome
from ikb.core.notice import NoticeRule, Unit, Way
from ikb.core.periods import effective_deadline
from ikb.db import db, read
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization, Result, StationState
from ikb.drafts.model import Draft, DraftVersion
from ikb.institutions.model import ANSWERED, Invitation
from ikb.institutions.queries import FILTERS
from ikb.journal.model import JournalEntry
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure
from ikb.procedures.queries import led_by
from ikb.procedures.town_model import days_off, each_day
from ikb.statements.late import waiting_in_procedure

CLOSED = (StationState.SKIPPED, StationState.REMOVED)
EVENTS = 10


@dataclass(frozen=True)
class Phase:
    """A participation phase, as far as the overview shows it."""

    state: str
    closes_on: date
    is_fixed_date: bool
    days_off: frozenset[date] = frozenset()

    @property
    def is_open(self) -> bool:
        return self.state == PhaseState.OPEN

    @property
    def last_day(self) -> date:
        return effective_deadline(self.closes_on, fixed=self.is_fixed_date, local_exceptions=self.days_off)


@dataclass(frozen=True)
class Figures:
    """How far a procedure has come.

    phase:       the open one, else the newest; None where none was planned.
    by_filter:   how many invitations each filter of the lead's list finds.
    days_off:    the town's own days on which nobody works.
    late_waiting: late statements about which nobody has decided yet.
    open_points: proposals, conflicts and bodies' wordings that wait for a decision, as the newest run counted them.
    """

    phase: Phase | None
    open_points: int
    total: int = 0
    answered: int = 0
    by_filter: Mapping[str, int] = field(default_factory=dict)
    days_off: frozenset[date] = frozenset()
    late_waiting: int = 0


@dataclass(frozen=True)
class Step:
    """One step of the Beratungsfolge as the overview shows it. outcome: None while there is no result."""

    consultation_id: int
    organization: str
    held_on: date | None
    role: str | None
    state: str
    outcome: str | None
    notice: NoticeRule

    @property
    def is_closed(self) -> bool:
        return self.outcome is not None or self.state in CLOSED

    def is_overdue(self, today: date) -> bool:
        """Whether it has sat and nobody recorded what came out."""
        return not self.is_closed and self.held_on is not None and self.held_on < today


def _invitations_of_procedure() -> Subquery:
    answered = func.sum(case((Invitation.state.in_(sorted(ANSWERED)), 1), else_=0)).label("answered")
    filters = [func.sum(case((claim, 1), else_=0)).label(name) for name, claim in FILTERS.items()]
    return (
        select(Invitation.phase_id, func.count().label("total"), answered, *filters)
        .join(Invitation.phase)
        .where(ParticipationPhase.procedure_id == bindparam("procedure_id"))
        .group_by(Invitation.phase_id)
        .subquery()
    )


def _open_points() -> ScalarSelect[int]:
    newest = (
        select(func.max(Run.id))
        .join(DraftVersion, DraftVersion.id == Run.base_version_id)
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(
            Draft.procedure_id == bindparam("procedure_id"), Run.state.in_(sorted((RunState.DONE, RunState.OUTDATED)))
        )
        .scalar_subquery()
    )
    opened = func.sum(SectionOutcome.counts["open"].as_integer())
    return select(opened).where(SectionOutcome.run_id == newest).scalar_subquery()


_INVITED = _invitations_of_procedure()
_FIGURES = (
    select(
        ParticipationPhase.state,
        ParticipationPhase.closes_on,
        ParticipationPhase.is_fixed_date,
        _INVITED,
        _open_points().label("open_points"),
        days_off().label("days_off"),
        waiting_in_procedure().label("late_waiting"),
    )
    .select_from(Procedure)
    .outerjoin(ParticipationPhase, ParticipationPhase.procedure_id == Procedure.id)
    .outerjoin(_INVITED, _INVITED.c.phase_id == ParticipationPhase.id)
    .where(Procedure.id == bindparam("procedure_id"))
    .order_by((ParticipationPhase.state == PhaseState.OPEN).desc(), ParticipationPhase.id.desc())
    .limit(1)
)


def figures(procedure_id: int) -> Figures:
    """The figures of a procedure's overview, in one query."""
    row = read(_FIGURES, procedure_id=procedure_id).one()
    closed = each_day(row.days_off)
    return Figures(
        phase=None if row.state is None else Phase(row.state, row.closes_on, row.is_fixed_date, closed),
        open_points=int(row.open_points or 0),
        total=int(row.total or 0),
        answered=int(row.answered or 0),
        by_filter={name: int(row._mapping[name] or 0) for name in FILTERS},
        days_off=closed,
        late_waiting=int(row.late_waiting),
    )


_HOLDING = aliased(Result)
_NEWEST = select(func.max(Result.id)).where(Result.consultation_id == Consultation.id).correlate(Consultation)
_SEQUENCE = (
    select(
        Consultation.id,
        Organization.name,
        Meeting.held_on,
        Consultation.role,
        Consultation.state,
        _HOLDING.outcome,
        Organization.notice_days,
        Organization.notice_unit,
        Organization.count_delivery_day,
        Organization.count_meeting_day,
        Organization.delivery,
        Organization.delivery_extra_days,
    )
    .join(Organization, Consultation.organization_id == Organization.id)
    .outerjoin(AgendaItem, Consultation.agenda_item_id == AgendaItem.id)
    .outerjoin(Meeting, AgendaItem.meeting_id == Meeting.id)
    .outerjoin(_HOLDING, _HOLDING.id == _NEWEST.scalar_subquery())
    .where(Consultation.procedure_id == bindparam("procedure_id"))
    .order_by(Meeting.held_on, Consultation.position)
)


def sequence(procedure_id: int) -> Sequence[Step]:
    """The Beratungsfolge by day, each step with the result that holds. One query."""
    return [_step(*row) for row in read(_SEQUENCE, procedure_id=procedure_id)]


def _step(
    consultation_id: int,
    organization: str,
    held_on: date | None,
    role: str | None,
    state: str,
    outcome: str | None,
    *rule: Any,
) -> Step:
    return Step(consultation_id, organization, held_on, role, state, outcome, _rule(*rule))


def _rule(days: int, unit: str, delivery_counts: bool, meeting_counts: bool, way: str, extra_days: int) -> NoticeRule:
    return NoticeRule(days, Unit(unit), delivery_counts, meeting_counts, delivery=Way(way), extra_days=extra_days)


def events(procedure_id: int) -> Sequence[JournalEntry]:
    """The last ten acts in a procedure."""
    return db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.procedure_id == procedure_id)
        .order_by(JournalEntry.id.desc())
        .limit(EVENTS)
    ).all()


def leads(visitor: Visitor, procedure_id: int) -> bool:
    """Whether a visitor leads a procedure."""
    rows = select(Procedure.id).where(Procedure.id == procedure_id, Procedure.id.in_(led_by(visitor)))
    return visitor.has(Role.LEAD) and bool(db.session.scalar(rows))
