"""What reminders say, and when they are better not said any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ikb.core.clock import berlin_day, end_of_day
from ikb.db import db
from ikb.deliberations.model import Consultation
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail
from ikb.institutions import letters
from ikb.institutions.messages import HIDDEN_LINK, gather
from ikb.institutions.model import Invitation
from ikb.procedures.town_days import local_exceptions
from ikb.reminders import digest, office_messages, participation, queries, samples, service, sittings, wordings
from ikb.reminders.letters import reminder_letter
from ikb.web import labels
from ikb.web.links import external_url


def reminder_wanted(delivery: Delivery, now: datetime) -> bool:
    """Not answered by any channel, link and address still these, the deadline not moved, and not over."""
    invitation = queries.invitation_of(delivery)
    return invitation is not None and _is_due(invitation, now) and _is_current(invitation, delivery)


def _is_due(invitation: Invitation, now: datetime) -> bool:
    has_link = invitation.token_hash is not None and invitation.revoked_at is None
    is_open = invitation.phase.is_open and now < end_of_day(invitation.last_day)
    return has_link and is_open and not invitation.is_answered


def _is_current(invitation: Invitation, delivery: Delivery) -> bool:
    return delivery.edition == participation.edition_of(invitation)


def reminder_address(delivery: Delivery, now: datetime) -> Address | None:
    """The institution's address of today: it may have been corrected since."""
    invitation = queries.invitation_of(delivery)
    return None if invitation is None else participation.address_now(invitation, delivery.step, now)


def held_until(delivery: Delivery, now: datetime) -> datetime | None:
    """When a late reminder may go out: not in quiet hours, not on a day off. One that is on time was planned so."""
    if now - delivery.due_at < ON_TIME or delivery.procedure_id is None:
        return None
    until = queries.rules_of(delivery.procedure_id).next_moment(now, local_exceptions())
    return until if until > now else None


def render_reminder(delivery: Delivery, now: datetime) -> Mail:
    """The reminder as of today: days left, the last day, the link."""
    invitation = queries.invitation_of(delivery)
    if invitation is None:
        raise LookupError("The invitation of this reminder is gone.")
    return letters.render(reminder_letter(invitation), invitation, now=now)


def question_wanted(delivery: Delivery, now: datetime) -> bool:
    """The sitting took place on that day, nothing is recorded, and it is still this person's task."""
    consultation = queries.consultation_of(delivery)
    if consultation is None or consultation.agenda_item is None or consultation.results:
        return False
    is_same_sitting = delivery.edition == sittings.edition_of_consultation(consultation)
    is_awaited = consultation.state in queries.AWAITING_RESULT and not consultation.agenda_item.meeting.cancelled
    return is_same_sitting and is_awaited and _is_clerk(delivery.recipient, consultation)


def _is_clerk(address: str, consultation: Consultation) -> bool:
    return any(clerk.user.is_active and clerk.user.email == address for clerk in consultation.organization.clerks)


def render_question(delivery: Delivery, now: datetime) -> Mail:
    """The question for a result, with the page where it is recorded."""
    consultation = queries.consultation_of(delivery)
    if consultation is None:
        raise LookupError("The consultation of this question is gone.")
    return render_mail(
        "result_missing",
        name=delivery.recipient_name,
        organization=consultation.organization,
        held_on=consultation.held_on,
        procedure=consultation.procedure,
        today=berlin_day(now),
        link=external_url("deliberations.record_result", consultation_id=consultation.id),
    )


ON_TIME = timedelta(minutes=15)  # retries and a slow server included
OFFICE = (digest, office_messages)  # each registers its kinds


def test_wanted(delivery: Delivery, now: datetime) -> bool:
    """Whoever asked for it wants it."""
    return True


def render_test(delivery: Delivery, now: datetime) -> Mail:
    """A letter as the institution would get it, without the link that is only theirs."""
    letter, _, language = delivery.step.partition("/")
    invitation = db.session.get_one(Invitation, delivery.subject_id)
    mail = samples.of_letter(letter, language, invitation, now=now, link=HIDDEN_LINK)
    return replace(mail, subject=f"Probe: {mail.subject}")


labels.add("message", {wordings.TEST: "Probe an sich selbst"})
register_kind(wordings.TEST, still_wanted=test_wanted, render=render_test, urgency=2)
register_kind(
    service.REMINDER,
    still_wanted=reminder_wanted,
    render=render_reminder,
    address=reminder_address,
    hold=held_until,
    gather=gather,
    mandatory=False,
    stream="reminders",
)
register_kind(
    service.RESULT_MISSING, still_wanted=question_wanted, render=render_question, mandatory=False, stream="sittings"
)
labels.add(
    "mail_stream",
    {
        "reminders": "Erinnerungen an Fristen",
        "sittings": "Fragen und Hinweise zu Sitzungen",
        "sequence": "Änderungen der Beratungsfolge",
        "digest": "Tägliche Übersicht",
    },
)
