"""Reminders before the deadline of a participation: planned with their cause, planned anew when a rule changes.

Nothing is taken back because somebody answered: that is asked again when a reminder's turn comes, and an answer that is
withdrawn before brings the reminder back without anybody doing anything. What was planned by another deadline or by
other rules while the answer counted is planned anew when it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache, partial
from itertools import groupby

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.kinds import Address
from ikb.deliveries.service import Planned
from ikb.events import listens_to
from ikb.institutions.model import Institution, Invitation
from ikb.institutions.service import recipient_name_of, recipient_of
from ikb.procedures.town_days import local_exceptions
from ikb.reminders import queries
from ikb.reminders.rules import USUAL, Reminder, Rules, reminders
from ikb.statements.model import Statement

REMINDER = "reminder"
TO_SECOND = "+2"  # behind a step's name: the same reminder, to the institution's second address


@listens_to("phase_opened")
def plan_for_phase(phase_id: int, now: datetime) -> None:
    """Every institution of a phase that was opened gets its reminders planned, in one insert."""
    deliveries.plan_many(wanted(queries.unanswered(phase_id), now), now=now)


@listens_to("deadline_moved")
def replan_for_phase(phase_id: int, now: datetime) -> None:
    """Reminders of the old deadline are taken back, those of the new one planned."""
    _replan(queries.unanswered(phase_id), now)


@listens_to("invitation_changed")
def replan_for_invitation(invitation_id: int, now: datetime) -> None:
    """An institution with a deadline of its own is reminded of that one."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is not None and invitation.extended_until is not None and not invitation.is_answered:
        _replan(queries.unanswered(invitation_id=invitation_id), now)


@listens_to("statement_withdrawn")
def replan_after_withdrawal(statement_id: int, now: datetime) -> None:
    """Whoever took their answer back is reminded again of what lies ahead, by today's deadline and today's rules."""
    statement = db.session.get_one(Statement, statement_id)
    if not statement.invitation.is_answered:
        _replan(queries.unanswered(invitation_id=statement.invitation_id), now)


@listens_to("reach_changed")
def replan_for_reached(invitation_ids: list[int], now: datetime) -> None:
    """Whoever came late, or is reached elsewhere, is reminded there; what was sent counts as sent."""
    deliveries.cancel(REMINDER, invitation_ids, now=now)
    deliveries.plan_many(wanted(queries.unanswered(ids=invitation_ids), now), now=now)


@listens_to("phase_closed")
def forget_phase(phase_id: int, now: datetime) -> None:
    """A phase that is closed reminds nobody."""
    deliveries.cancel(REMINDER, queries.invitation_ids(phase_id), now=now)


def replan_for_procedure(procedure_id: int, now: datetime) -> None:
    """Other rules: whatever still waits is taken back and planned as they want it; what was sent counts as sent."""
    deliveries.cancel(REMINDER, queries.invitation_ids(procedure_id=procedure_id), now=now)
    deliveries.plan_many(wanted(queries.unanswered(procedure_id=procedure_id), now), now=now)


def _replan(invitations: list[Invitation], now: datetime) -> None:
    by_edition = sorted(invitations, key=edition_of)
    for edition, of_one in groupby(by_edition, key=edition_of):
        ids = [invitation.id for invitation in of_one]
        deliveries.cancel(REMINDER, ids, now=now, except_edition=edition)
    deliveries.plan_many(wanted(invitations, now), now=now)


def edition_of(invitation: Invitation) -> str:
    """Of which deadline a reminder tells: another one makes another reminder, and the old one falls silent."""
    return f"{invitation.phase.deadline_version}/{invitation.last_day:%Y-%m-%d}"


def wanted(invitations: Sequence[Invitation], now: datetime) -> list[Planned]:
    """All reminders that are still to come for these invitations, by the rules of their procedures."""
    rules = queries.rules_by_procedure({invitation.phase.procedure_id for invitation in invitations})
    reminded = queries.reminded_on(invitation.id for invitation in invitations)
    closed = local_exceptions()
    alike = cache(partial(reminders, now=now, closed=closed))  # most have one deadline and were invited on one day
    found: list[Planned] = []
    for one in invitations:
        own = rules.get(one.phase.procedure_id, USUAL)
        after = max(berlin_day(one.invited_at or now), reminded.get(one.id, date.min))
        found += _reminders_of(one, alike(one.last_day, after=after, rules=own), own)
    return found


def _reminders_of(invitation: Invitation, coming: Sequence[Reminder], rules: Rules) -> Iterable[Planned]:
    institution, edition = invitation.institution, edition_of(invitation)
    for reminder in coming:
        day = berlin_day(reminder.due_at)
        if first := recipient_of(institution, day):  # else it is reached by letter
            to = Address(first, recipient_name_of(institution, day))
            yield _planned(invitation, reminder, to, reminder.step, edition)
        if is_for_second(rules, reminder) and (second := second_address_of(institution, day)):
            yield _planned(invitation, reminder, Address(*second), reminder.step + TO_SECOND, edition)


def _planned(invitation: Invitation, reminder: Reminder, to: Address, step: str, edition: str) -> Planned:
    return Planned(
        kind=REMINDER,
        subject_id=invitation.id,
        recipient=to.recipient,
        recipient_name=to.name,
        step=step,
        edition=edition,
        due_at=reminder.due_at,
        stale_at=reminder.stale_at,
        procedure_id=invitation.phase.procedure_id,
    )


def is_for_second(rules: Rules, reminder: Reminder) -> bool:
    """Whether a reminder comes so late that the second address hears of it too."""
    return rules.second_contact_days is not None and reminder.days <= rules.second_contact_days


def second_address_of(institution: Institution, on: date) -> tuple[str, str] | None:
    """The next address after the first on a day, with its name: another contact's, else the institution's own mailbox."""
    first = recipient_of(institution, on).lower()
    others = [(contact.email, contact.name) for contact in institution.contacts_on(on)] + [
        (institution.email, institution.name)
    ]
    return next(((address, name) for address, name in others if address and address.lower() != first), None)


def address_now(invitation: Invitation, step: str, now: datetime) -> Address:
    """To whom a reminder of that step goes today; an empty one where there is no such mailbox any more."""
    institution, today = invitation.institution, berlin_day(now)
    if not step.endswith(TO_SECOND):
        return Address(recipient_of(institution, today), recipient_name_of(institution, today))
    return Address(*(second_address_of(institution, today) or ("", "")))
