"""Reads of the reminders: who still owes an answer, which sittings lack a result, what a procedure has sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from ikb.accounts.policy import Visitor, visible_to
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Clerk, Consultation, Meeting, Organization, StationState
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions.model import ANSWERED, Institution, Invitation
from ikb.procedures.model import ParticipationPhase, PhaseState
from ikb.procedures.queries import led_by
from ikb.reminders.model import CallNote, ReminderRules
from ikb.reminders.rules import USUAL, Rules

# A step in one of these states has a sitting ahead, or one whose result is not there yet.
AWAITING_RESULT = (StationState.PLANNED, StationState.SCHEDULED, StationState.INVITED)
LOOK_BACK = timedelta(days=10)  # a long weekend and some: what is older was planned when it was due


@visible_to(Delivery)
def _visible_deliveries(visitor: Visitor) -> Select[Delivery]:
    """Leads see what was sent in their procedures."""
    return select(Delivery).where(Delivery.procedure_id.in_(led_by(visitor)))


@dataclass(frozen=True)
class Sent:
    """How many messages of one kind and step were due at one moment, and what became of them."""

    kind: str
    step: str
    due_at: datetime
    state: str
    count: int

    @property
    def is_over(self) -> bool:
        return self.state not in (DeliveryState.PLANNED, DeliveryState.SENDING)


def sent_in(phase: ParticipationPhase) -> list[Sent]:
    """What the ledger holds for a phase's calendar, counted: reminders that went out or stopped, and in the same days
    every other message of the procedure, whether gone or waiting. One query.

    Receipts are left out: they follow the answers, not a plan.
    """
    of_phase = select(Invitation.id).where(Invitation.phase_id == phase.id)
    is_reminder = Delivery.kind == "reminder"
    gone = Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.BOUNCED_HARD))
    about_invitation = Delivery.kind.in_(("reminder", "invitation"))
    rows = (
        select(Delivery.kind, Delivery.step, Delivery.due_at, Delivery.state, func.count())
        .where(
            Delivery.procedure_id == phase.procedure_id,
            Delivery.kind.not_in(("statement_receipt", "new_link")),
            Delivery.due_at >= phase.opens_at - timedelta(days=1),
            Delivery.due_at < phase.ends_at,
            or_(and_(is_reminder, gone), and_(~is_reminder, Delivery.state != DeliveryState.CANCELLED)),
            or_(~about_invitation, Delivery.subject_id.in_(of_phase)),
        )
        .group_by(Delivery.kind, Delivery.step, Delivery.due_at, Delivery.state)
    )
    return [Sent(*row) for row in db.session.execute(rows)]


def phase_to_show(procedure_id: int) -> ParticipationPhase | None:
    """The phase that a preview is about: the open one, else the one that is planned, else the newest."""
    rows = select(ParticipationPhase).where(ParticipationPhase.procedure_id == procedure_id)
    is_open, is_planned = (ParticipationPhase.state == state for state in (PhaseState.OPEN, PhaseState.PLANNED))
    return db.session.scalars(
        rows.order_by(is_open.desc(), is_planned.desc(), ParticipationPhase.id.desc()).limit(1)
    ).one_or_none()


def invitations_of(phase_id: int) -> list[Invitation]:
    """All invitations of a phase, with the addresses of each institution, by name; in two queries."""
    rows = (
        select(Invitation)
        .join(Invitation.institution)
        .where(Invitation.phase_id == phase_id)
        .options(joinedload(Invitation.institution).selectinload(Institution.contacts))
        .order_by(Institution.sort_key, Invitation.id)
    )
    return list(db.session.scalars(rows))


def calls_to(invitation_ids: list[int]) -> dict[int, list[CallNote]]:
    """The calls to institutions, the latest first, by invitation; in one query."""
    if not invitation_ids:
        return {}
    rows = select(CallNote).where(CallNote.invitation_id.in_(invitation_ids)).options(joinedload(CallNote.called_by))
    found: dict[int, list[CallNote]] = {}
    for row in db.session.scalars(rows.order_by(CallNote.id.desc())):
        found.setdefault(row.invitation_id, []).append(row)
    return found


def rules_row(procedure_id: int) -> ReminderRules | None:
    """The rules that a procedure's leads set, with their steps; None where nobody did."""
    rows = select(ReminderRules).where(ReminderRules.procedure_id == procedure_id)
    return db.session.scalars(rows).unique().one_or_none()


def rules_of(procedure_id: int) -> Rules:
    """The rules by which a procedure reminds."""
    return rules_by_procedure([procedure_id]).get(procedure_id, USUAL)


def rules_by_procedure(procedure_ids: Iterable[int]) -> dict[int, Rules]:
    """The rules of those procedures that have their own, in one query."""
    ids = sorted(set(procedure_ids))
    if not ids:
        return {}
    rows = select(ReminderRules).where(ReminderRules.procedure_id.in_(ids))
    return {row.procedure_id: row.as_rules() for row in db.session.scalars(rows).unique()}


def reminded_on(invitation_ids: Iterable[int]) -> dict[int, date]:
    """The Berlin day of the latest reminder that went out, for those invitations that had one; in one query."""
    ids = list(invitation_ids)
    found: dict[int, date] = {}
    for start in range(0, len(ids), 1000):
        rows = (
            select(Delivery.subject_id, func.max(Delivery.finished_at))
            .where(
                Delivery.kind == "reminder",
                Delivery.subject_id.in_(ids[start : start + 1000]),
                Delivery.state.in_((DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)),
            )
            .group_by(Delivery.subject_id)
        )
        found |= {number: berlin_day(at) for number, at in db.session.execute(rows) if at is not None}
    return found


def unanswered(
    phase_id: int | None = None,
    invitation_id: int | None = None,
    procedure_id: int | None = None,
    ids: Sequence[int] | None = None,
) -> list[Invitation]:
    """Invitations to open phases that nobody has answered, with all that a reminder needs to know."""
    rows = (
        select(Invitation)
        .join(Invitation.phase)
        .where(
            ParticipationPhase.state == PhaseState.OPEN,
            Invitation.state.not_in(ANSWERED),
            Invitation.revoked_at.is_(None),
        )
        .options(joinedload(Invitation.institution).selectinload(Institution.contacts))
        .order_by(Invitation.id)
        .execution_options(populate_existing=True)
    )
    if phase_id is not None:
        rows = rows.where(Invitation.phase_id == phase_id)
    if invitation_id is not None:
        rows = rows.where(Invitation.id == invitation_id)
    if ids is not None:
        rows = rows.where(Invitation.id.in_(ids))
    if procedure_id is not None:
        rows = rows.where(ParticipationPhase.procedure_id == procedure_id)
    return list(db.session.scalars(rows))


def invitation_ids(phase_id: int | None = None, procedure_id: int | None = None) -> list[int]:
    """The invitations of one phase, or of all phases of a procedure."""
    rows = select(Invitation.id).join(ParticipationPhase, Invitation.phase_id == ParticipationPhase.id)
    if phase_id is not None:
        rows = rows.where(Invitation.phase_id == phase_id)
    if procedure_id is not None:
        rows = rows.where(ParticipationPhase.procedure_id == procedure_id)
    return list(db.session.scalars(rows))


def invitation_of(delivery: Delivery) -> Invitation | None:
    """The invitation that a reminder is about, in one query."""
    contacts = joinedload(Invitation.institution).joinedload(Institution.contacts)
    return db.session.get(Invitation, delivery.subject_id, options=[contacts])


def without_result(today: date, meeting_id: int | None = None) -> list[Consultation]:
    """Consultations whose sitting is ahead, or was in the last days, and of which nothing is recorded."""
    rows = (
        select(Consultation)
        .join(Consultation.agenda_item)
        .join(AgendaItem.meeting)
        .where(
            Consultation.state.in_(AWAITING_RESULT),
            Meeting.cancelled.is_(False),
            Meeting.held_on >= today - LOOK_BACK,
            ~Consultation.results.any(),
        )
        .options(selectinload(Consultation.organization).selectinload(Organization.clerks).joinedload(Clerk.user))
        .order_by(Consultation.id)
    )
    if meeting_id is not None:
        rows = rows.where(Meeting.id == meeting_id)
    return list(db.session.scalars(rows))


def around_sittings(since: date | None, meeting_id: int | None = None) -> list[Consultation]:
    """Consultations with a sitting, from a day on or at one sitting, with committee, clerks and results."""
    rows = (
        select(Consultation)
        .join(Consultation.agenda_item)
        .join(AgendaItem.meeting)
        .where(
            Consultation.state.in_((*AWAITING_RESULT, StationState.RECORDED)),
            Meeting.cancelled.is_(False),
        )
        .options(
            lazyload(Consultation.procedure),
            selectinload(Consultation.results),
            selectinload(Consultation.organization).selectinload(Organization.clerks).joinedload(Clerk.user),
        )
        .order_by(Meeting.held_on, Consultation.id)
        .execution_options(populate_existing=True)
    )
    if since is not None:
        rows = rows.where(Meeting.held_on >= since)
    if meeting_id is not None:
        rows = rows.where(Meeting.id == meeting_id)
    return list(db.session.scalars(rows).unique())


def consultation_ids_at(meeting_id: int) -> list[int]:
    rows = select(Consultation.id).join(Consultation.agenda_item).where(AgendaItem.meeting_id == meeting_id)
    return list(db.session.scalars(rows))


def consultation_of(delivery: Delivery) -> Consultation | None:
    """The consultation whose result is missing, with results and clerks, in one query."""
    options: list[ORMOption] = [
        joinedload(Consultation.results),
        joinedload(Consultation.organization).joinedload(Organization.clerks).joinedload(Clerk.user),
    ]
    return db.session.get(Consultation, delivery.subject_id, options=options)
