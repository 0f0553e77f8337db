"""What leads are told: each working day what is up, in time of days full of sittings, at once of what cannot be delivered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.core.busy import BusyDays, busy_days
from ikb.core.clock import at_wall, berlin_day, end_of_day
from ikb.core.periods import next_working_day
from ikb.core.workflow import OPEN
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned
from ikb.events import listens_to
from ikb.institutions.model import Invitation, InvitationState
from ikb.institutions.queries import MESSAGES
from ikb.procedures.model import ParticipationPhase, PhaseState, ProcedureLead
from ikb.procedures.town_days import local_exceptions
from ikb.reminders import gathering, people, queries
from ikb.reminders.rules import USUAL, working_days_before

DIGEST, BUSY_DAYS, UNDELIVERABLE = "digest", "busy_days", "undeliverable"
DIGEST_AT = time(7, 30)  # before the day begins, on days on which people are at their desks
BUSY_TOLD_BEFORE = timedelta(days=14)


# Each working day: what blocks, what came in, what is overdue. What it says the reports know; here is only when.


def digests(now: datetime) -> list[Planned]:
    """The next digest of everybody who leads a procedure that wants one; one mail, however many procedures."""
    led = select(ProcedureLead.procedure_id, User).join(User, User.id == ProcedureLead.user_id).where(User.is_active)
    found = db.session.execute(led.order_by(User.id)).all()
    rules = queries.rules_by_procedure(procedure_id for procedure_id, _ in found)
    readers = {user.id: user for procedure_id, user in found if rules.get(procedure_id, USUAL).has_digest}
    due_at = next_digest(now)
    on = berlin_day(due_at)
    return [
        Planned(
            kind=DIGEST,
            subject_id=user.id,
            recipient=user.email,
            recipient_name=user.name,
            step=on.isoformat(),
            due_at=due_at,
            stale_at=end_of_day(on),
        )
        for user in readers.values()
    ]


def next_digest(now: datetime) -> datetime:
    """The first morning from now on, on a working day."""
    day = next_working_day(berlin_day(now), local_exceptions())
    if at_wall(day, DIGEST_AT) <= now:
        day = next_working_day(day + timedelta(days=1), local_exceptions())
    return at_wall(day, DIGEST_AT)


def in_digest(user_id: int) -> list[int]:
    """The procedures of which a lead's digest tells."""
    led = db.session.scalars(select(ProcedureLead.procedure_id).where(ProcedureLead.user_id == user_id)).all()
    rules = queries.rules_by_procedure(led)
    return [procedure_id for procedure_id in led if rules.get(procedure_id, USUAL).has_digest]


# Two weeks ahead: fifteen sittings in ten days need more hands than one desk has.


def busy_warnings(now: datetime) -> list[Planned]:
    """A warning to each lead of a procedure with days full of sittings ahead, two weeks before or at once."""
    found = {number: busy for number, days in _sittings_ahead(now).items() if (busy := busy_days(days))}
    leads, rules = people.leads_of(found), queries.rules_by_procedure(found)
    messages: list[Planned] = []
    for procedure_id, busy in found.items():
        own = rules.get(procedure_id, USUAL)
        if own.warns_of_busy_days:
            wanted = own.moment_on(working_days_before(busy.first - BUSY_TOLD_BEFORE, 0, local_exceptions()))
            due_at = max(wanted, own.next_moment(now, local_exceptions()))
            messages += [_warning(procedure_id, user, busy, due_at) for user in leads.get(procedure_id, [])]
    return messages


def _warning(procedure_id: int, user: User, busy: BusyDays, due_at: datetime) -> Planned:
    return Planned(
        kind=BUSY_DAYS,
        subject_id=procedure_id,
        recipient=user.email,
        recipient_name=user.name,
        edition=busy.first.isoformat(),
        due_at=due_at,
        stale_at=end_of_day(busy.last),
        procedure_id=procedure_id,
    )


def busy_ahead(procedure_id: int, now: datetime) -> BusyDays | None:
    """The first days full of sittings that lie ahead of a procedure."""
    return busy_days(_sittings_ahead(now, procedure_id).get(procedure_id, []))


def _sittings_ahead(now: datetime, procedure_id: int | None = None) -> dict[int, list[date]]:
    rows = (
        select(Consultation.procedure_id, Meeting.held_on)
        .join(AgendaItem, AgendaItem.id == Consultation.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Consultation.state.in_(OPEN), Meeting.cancelled.is_(False), Meeting.held_on > berlin_day(now))
        .order_by(Meeting.held_on)
    )
    if procedure_id is not None:
        rows = rows.where(Consultation.procedure_id == procedure_id)
    found: dict[int, list[date]] = {}
    for number, held_on in db.session.execute(rows):
        found.setdefault(number, []).append(held_on)
    return found


# At once: what cannot be delivered, gathered for some minutes, since one wrong domain bounces twenty times.


@listens_to("message_bounced")
def tell_of_bounce(delivery_id: int, now: datetime) -> None:
    """An invitation or reminder came back: the leads hear of it, so that they can correct the address."""
    delivery = db.session.get_one(Delivery, delivery_id)
    if delivery.kind not in MESSAGES or delivery.procedure_id is None:
        return
    rules = queries.rules_of(delivery.procedure_id)
    due_at = rules.next_moment(now + min(rules.gather, timedelta(minutes=15)), local_exceptions())
    leads = people.leads_of([delivery.procedure_id]).get(delivery.procedure_id, [])
    gathering.gather(UNDELIVERABLE, delivery.procedure_id, leads, number=delivery.id, due_at=due_at, now=now)


def unreached(procedure_id: int) -> list[Invitation]:
    """The institutions of open phases whose address does not work today, by name."""
    rows = (
        select(Invitation)
        .join(Invitation.phase)
        .where(
            ParticipationPhase.procedure_id == procedure_id,
            ParticipationPhase.state == PhaseState.OPEN,
            Invitation.state == InvitationState.BOUNCED,
            Invitation.revoked_at.is_(None),
        )
    )
    return sorted(db.session.scalars(rows), key=lambda one: one.institution.sort_key)


def without_known(messages: Iterable[Planned]) -> list[Planned]:
    """Those that were never planned before, whatever became of them: these are told once, or not at all."""
    by_key = {message.dedup_key: message for message in messages}
    known = (
        set(db.session.scalars(select(Delivery.dedup_key).where(Delivery.dedup_key.in_(by_key)))) if by_key else set()
    )
    return [message for key, message in by_key.items() if key not in known]
