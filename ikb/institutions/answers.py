"""When an answer is taken back: how far its invitation has come then."""

from __future__ import annotations

from datetime import datetime

from ikb.db import db
from ikb.events import announce
from ikb.institutions.model import Invitation, InvitationState


def take_back(invitation: Invitation, *, has_draft: bool, now: datetime) -> None:
    """The institution counts as not answered again; reminders that are still to come find that when they are due."""
    invitation.state = InvitationState.DRAFTED if has_draft else InvitationState.OPENED
    invitation.answered_at, invitation.is_late = None, False
    db.session.flush()
    announce("invitation_changed", invitation_id=invitation.id, now=now)
