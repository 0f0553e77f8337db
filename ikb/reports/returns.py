"""How a participation comes along: what came in day by day, from whom, what is missing and why, and what is spoken of most.

Per institution, never per person; how far somebody has come is known from the link alone and forgotten after the round.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from ikb.accounts.policy import visible
from ikb.consolidation import journeys
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.heat import heat_of
from ikb.consolidation.queries import names, special_name
from ikb.core.charts import Curve, cumulated, curve
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.drafts import queries as drafts
from ikb.errors import NotFound
from ikb.institutions.model import ANSWERED, Institution, Invitation, InvitationState
from ikb.institutions.queries import FILTER_STATES
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure
from ikb.remarks.model import Remark
from ikb.remarks.queries import left_out
from ikb.statements import late
from ikb.statements.late import Late
from ikb.statements.model import Statement, StatementState

# Why an answer is missing, by the filter of the list that finds these institutions.
REASONS = ("undelivered", "unused", "opened", "drafted")
LEFT_THE_HOUSE = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)
LISTED = 40  # institutions named per reason; the list of invitations has all of them
HOTTEST = 25


@dataclass(frozen=True)
class Invited:
    """One institution of a phase, as far as this page needs it."""

    invitation_id: int
    name: str
    kind: str
    state: str
    answered_at: datetime | None
    is_late: bool
    extended_until: date | None

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERED


@dataclass(frozen=True)
class KindFigures:
    """What came from one kind of institution."""

    kind: str
    invited: int
    with_remarks: int
    without_remarks: int

    @property
    def answered(self) -> int:
        return self.with_remarks + self.without_remarks

    @property
    def missing(self) -> int:
        return self.invited - self.answered


@dataclass(frozen=True)
class Missing:
    """Those whose answer is missing for one reason. shown: the first of them by name."""

    reason: str
    total: int
    shown: Sequence[Invited]


@dataclass(frozen=True)
class Hot:
    """One passage and how much is said about it. Remarks are counted, and institutions never ranked."""

    anchor: str
    name: str
    remarks: int
    wishes: int
    objections: int


@dataclass(frozen=True)
class Day:
    """One day on which something came in or a reminder went out."""

    day: date
    came: int
    sum: int
    reminders: int


@dataclass(frozen=True)
class Returns:
    """Everything on the page of one phase."""

    phase: ParticipationPhase
    invited: int
    answered: int
    late: int
    late_by_standing: Mapping[Late, int]
    extended: int
    curve: Curve
    days: Sequence[Day]
    kinds: Sequence[KindFigures]
    missing: Sequence[Missing]
    passages: Sequence[Hot] = field(default_factory=tuple)


def phases_of(procedure: Procedure) -> list[ParticipationPhase]:
    """The phases of a procedure that were opened, the newest first."""
    rows = (
        select(ParticipationPhase)
        .where(ParticipationPhase.procedure_id == procedure.id, ParticipationPhase.state != PhaseState.PLANNED)
        .order_by(ParticipationPhase.id.desc())
    )
    return list(db.session.scalars(rows))


def chosen_phase(phases: Sequence[ParticipationPhase], wanted: int | None) -> ParticipationPhase | None:
    """The phase that is asked for, else the newest; None where there is none. Raises NotFound for another's."""
    if wanted is None:
        return phases[0] if phases else None
    found = next((phase for phase in phases if phase.id == wanted), None)
    if found is None:
        raise NotFound("Diese Beteiligungsphase gibt es in diesem Verfahren nicht.")
    return found


def returns(phase: ParticipationPhase, today: date) -> Returns:
    """The figures of a phase, in seven queries however many institutions and remarks there are."""
    rows = invited(phase.id)
    answered = [row for row in rows if row.is_answered]
    arrivals = [berlin_day(row.answered_at) for row in answered if row.answered_at]
    reminded = _reminders(phase.id)
    return Returns(
        phase=phase,
        invited=len(rows),
        answered=len(answered),
        late=sum(row.is_late for row in rows),
        late_by_standing=late.by_standing(phase.id),
        extended=sum(row.extended_until is not None for row in rows),
        curve=_curve(phase, rows, arrivals, reminded, today),
        days=_days(arrivals, reminded),
        kinds=_kinds(rows),
        missing=_missing(rows),
        passages=hottest(phase),
    )


def invited(phase_id: int) -> list[Invited]:
    """Every institution of a phase that the visitor may see, by name. One query."""
    seen = visible(Invitation).with_only_columns(Invitation.id)
    rows = (
        select(
            Invitation.id,
            Institution.name,
            Institution.kind,
            Invitation.state,
            Invitation.answered_at,
            Invitation.is_late,
            Invitation.extended_until,
        )
        .join(Invitation.institution)
        .where(Invitation.phase_id == phase_id, Invitation.id.in_(seen))
        .order_by(Institution.sort_key, Invitation.id)
    )
    return [Invited(*row) for row in db.session.execute(rows)]


def _reminders(phase_id: int) -> Counter[date]:
    """On which days reminders left for the mail server, and how many."""
    ours = select(Invitation.id).where(Invitation.phase_id == phase_id)
    rows = select(Delivery.finished_at).where(
        Delivery.kind == "reminder", Delivery.subject_id.in_(ours), Delivery.state.in_(LEFT_THE_HOUSE)
    )
    return Counter(berlin_day(at) for at in db.session.scalars(rows) if at)


def _curve(
    phase: ParticipationPhase,
    rows: Sequence[Invited],
    arrivals: Sequence[date],
    reminded: Mapping[date, int],
    today: date,
) -> Curve:
    last = max([phase.last_day, *(row.extended_until for row in rows if row.extended_until)])
    marks = [(day, "Erinnerung") for day in sorted(reminded)] + [(phase.last_day, "Frist")]
    first = berlin_day(phase.opens_at)
    return curve(cumulated(arrivals), len(rows), first, max(last, *arrivals, first), today, marks)


def _days(arrivals: Sequence[date], reminded: Mapping[date, int]) -> list[Day]:
    came, grown = Counter(arrivals), cumulated(arrivals)
    found, count = [], 0
    for day in sorted({*came, *reminded}):
        count = grown.get(day, count)
        found.append(Day(day, came[day], count, reminded.get(day, 0)))
    return found


def _kinds(rows: Sequence[Invited]) -> list[KindFigures]:
    by_kind: dict[str, list[Invited]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    found = []
    for kind, theirs in sorted(by_kind.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        with_remarks = sum(row.state == InvitationState.SUBMITTED for row in theirs)
        answered = sum(row.is_answered for row in theirs)
        found.append(KindFigures(kind, len(theirs), with_remarks, answered - with_remarks))
    return found


def _missing(rows: Sequence[Invited]) -> list[Missing]:
    found = []
    for reason in REASONS:
        theirs = [row for row in rows if row.state in FILTER_STATES[reason]]
        found.append(Missing(reason, len(theirs), theirs[:LISTED]))
    return [missing for missing in found if missing.total]


def hottest(phase: ParticipationPhase) -> list[Hot]:
    """The passages that most is said about in a phase, in statements that count; each remark where its passage is now."""
    newest = drafts.latest_issued(phase.draft_version.draft_id) or phase.draft_version
    found = heat_of(_said(phase.id), journeys.elsewhere(newest))
    hot = [(anchor, heat) for anchor, heat in found.items() if anchor != WHOLE_DRAFT][:HOTTEST]
    if not hot:
        return []
    known = names(phase.draft_version_id, newest.id)
    return [
        Hot(anchor, known.get(anchor) or special_name(anchor), heat.remarks, heat.wishes, heat.objections)
        for anchor, heat in hot
    ]


def _said(phase_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Remark)
        .join(Statement, Statement.id == Remark.statement_id)
        .join(Invitation, Invitation.id == Statement.invitation_id)
        .where(
            Invitation.phase_id == phase_id,
            Statement.state == StatementState.SUBMITTED,
            Statement.standing_version_id.is_(None),
            Statement.id.not_in(left_out()),
        )
    )
