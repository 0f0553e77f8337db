"""Planning reminders with their cause, and planning whatever was missed; idempotent, however often it runs.

Nothing is taken back because somebody answered: that is asked again when a reminder's turn comes, and an answer that is
withdrawn before brings the reminder back without anybody doing anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliberations.model import Consultation
from ikb.deliveries import queries as ledger
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.events import listens_to
from ikb.institutions.model import Invitation
from ikb.institutions.service import recipient_name_of, recipient_of
from ikb.reminders import queries, rules

REMINDER = "reminder"
RESULT_MISSING = "result_missing"


@listens_to("phase_opened")
def plan_for_phase(phase_id: int, now: datetime) -> None:
    """Every institution of a phase that was opened gets its reminders planned, in one insert."""
    deliveries.plan_many(_reminders_for(queries.unanswered(phase_id), now), now=now)


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


@listens_to("phase_closed")
def forget_phase(phase_id: int, now: datetime) -> None:
    """A phase that is closed reminds nobody."""
    deliveries.cancel(REMINDER, queries.invitation_ids(phase_id), now=now)


@listens_to("meeting_scheduled")
def plan_for_meeting(meeting_id: int, now: datetime) -> None:
    """The clerks of a sitting are asked for each result that is missing on the working day after."""
    found = queries.without_result(berlin_day(now), meeting_id)
    for edition, of_one_day in groupby(found, key=edition_of_consultation):
        ids = [consultation.id for consultation in of_one_day]
        deliveries.cancel(RESULT_MISSING, ids, now=now, except_edition=edition)
    deliveries.plan_many(_questions_about(found, now), now=now)


def plan_missing(*, now: datetime) -> int:
    """Plan what should have been planned and was not, such as for a clerk or an institution added later; how many.

    What was taken back and is wanted once more is planned anew. What was found unwanted when its turn came is not tried
    over and over: only what is still to come is planned, and its turn is over.
    """
    invitations, consultations = queries.unanswered(), queries.without_result(berlin_day(now))
    wanted = _reminders_for(invitations, now) + _questions_about(consultations, now)
    known = ledger.known_keys(REMINDER, [invitation.id for invitation in invitations])
    known |= ledger.known_keys(RESULT_MISSING, [consultation.id for consultation in consultations])
    missing = [message for message in wanted if message.dedup_key not in known]
    deliveries.plan_many(missing, now=now)
    return len(missing)


def edition_of_invitation(invitation: Invitation) -> str:
    """Of which deadline a reminder tells: another one makes another reminder, and the old one falls silent."""
    return f"{invitation.phase.deadline_version}/{invitation.last_day:%Y-%m-%d}"


def edition_of_consultation(consultation: Consultation) -> str:
    """Of which day of sitting a question tells; empty while there is none."""
    return "" if consultation.held_on is None else consultation.held_on.isoformat()


def _replan(invitations: list[Invitation], now: datetime) -> None:
    by_edition = sorted(invitations, key=edition_of_invitation)
    for edition, of_one in groupby(by_edition, key=edition_of_invitation):
        ids = [invitation.id for invitation in of_one]
        deliveries.cancel(REMINDER, ids, now=now, except_edition=edition)
    deliveries.plan_many(_reminders_for(invitations, now), now=now)


def _reminders_for(invitations: Iterable[Invitation], now: datetime) -> list[Planned]:
    return [message for invitation in invitations for message in _reminders_of(invitation, now)]


def _reminders_of(invitation: Invitation, now: datetime) -> list[Planned]:
    recipient = recipient_of(invitation.institution)
    if not recipient:
        return []  # reached by letter
    invited_on = berlin_day(invitation.invited_at or now)
    return [
        Planned(
            kind=REMINDER,
            subject_id=invitation.id,
            recipient=recipient,
            recipient_name=recipient_name_of(invitation.institution),
            step=reminder.step,
            edition=edition_of_invitation(invitation),
            due_at=reminder.due_at,
            stale_at=reminder.stale_at,
            procedure_id=invitation.phase.procedure_id,
        )
        for reminder in rules.reminders(invitation.last_day, after=invited_on, now=now)
    ]


def _questions_about(consultations: Iterable[Consultation], now: datetime) -> list[Planned]:
    return [message for consultation in consultations for message in _questions_of(consultation, now)]


def _questions_of(consultation: Consultation, now: datetime) -> list[Planned]:
    held_on = consultation.held_on
    if held_on is None or (due_at := rules.result_asked_at(held_on)) <= now:
        return []
    return [
        Planned(
            kind=RESULT_MISSING,
            subject_id=consultation.id,
            recipient=clerk.user.email,
            recipient_name=clerk.user.name,
            edition=edition_of_consultation(consultation),
            due_at=due_at,
            stale_at=due_at + rules.RESULT_MISSING_COUNTS,
            procedure_id=consultation.procedure_id,
        )
        for clerk in consultation.organization.clerks
        if clerk.user.is_active
    ]
