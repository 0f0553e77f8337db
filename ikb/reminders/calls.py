"""Who is called, and what calls came to. A call is no answer: that comes in writing, by whatever channel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from ikb.db import db
from ikb.errors import NotReady
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.reminders.model import CallNote
from ikb.reminders.rules import Rules


def to_call(invitations: Iterable[Invitation], rules: Rules, today: date) -> list[Invitation]:
    """Whoever has not answered so shortly before their deadline, and at once whom no mail reaches; the nearest end first.

    Nobody where the rules know no call list, and nobody whose deadline is over.
    """
    if rules.call_list_days is None:
        return []
    ahead = timedelta(days=rules.call_list_days)
    found = [
        one
        for one in invitations
        if not one.is_answered
        and one.revoked_at is None
        and today <= one.last_day
        and (one.state == InvitationState.BOUNCED or one.last_day - ahead <= today)
    ]
    return sorted(found, key=lambda one: (one.last_day, one.state != InvitationState.BOUNCED, one.institution.sort_key))


def note(invitation: Invitation, outcome: str, words: str, *, by: Actor, now: datetime) -> CallNote:
    """Write down one call. Raises NotReady where an answer has come in meanwhile."""
    if invitation.is_answered:
        raise NotReady(f"{invitation.institution.name} hat inzwischen geantwortet. Der Anruf ist nicht mehr nötig.")
    row = CallNote(invitation_id=invitation.id, outcome=outcome, note=words, called_at=now, called_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    facts = {"invitation_id": invitation.id, "outcome": outcome}
    journal.record("institution called", row, by=by, now=now, procedure_id=invitation.phase.procedure_id, facts=facts)
    return row
