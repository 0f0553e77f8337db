"""What all pages of this room share: the blueprint, who stands behind a link, and the bar above their pages."""

from __future__ import annotations

from flask import Blueprint, g, request

from ikb.db import transaction
from ikb.institutions import service as institutions
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.moment import now, today
from ikb.web import navigation
from ikb.web.filters import day, days_left

bp = Blueprint("statements", __name__)
NOT_SEEN = frozenset(
    {InvitationState.PLANNED, InvitationState.INVITED, InvitationState.DELIVERED, InvitationState.BOUNCED}
)


def come_in(token: str) -> Invitation:
    """The invitation behind the link of this request. The first time, it is noted that the link was used.

    Raises UnknownLink.
    """
    found = institutions.find_by_token(token)
    if found.state in NOT_SEEN and request.method == "GET":
        with transaction():
            found = institutions.find_by_token(token, for_update=True)
            institutions.advance(found, InvitationState.OPENED, now=now())
    return stand_behind(found)


def stand_behind(invitation: Invitation) -> Invitation:
    """Make an invitation the one whose page this is."""
    g.link_invitation = invitation
    return invitation


def _token_here() -> dict[str, object] | None:
    invitation: Invitation | None = g.get("link_invitation")
    return None if invitation is None else {"token": token_of(invitation)}


@navigation.provide_bar
def _bar() -> navigation.Bar | None:
    invitation: Invitation | None = g.get("link_invitation")
    if invitation is None:
        return None
    version = invitation.phase.draft_version
    last = invitation.last_day
    return navigation.Bar(
        name=invitation.phase.procedure.title,
        version=f"Fassung {version.number} vom {day(version.issued_at)}",
        next_date=f"{days_left(last, today())} · bis {day(last)}, 24 Uhr",
        person=invitation.institution.name,
    )


navigation.register("institution", "Übersicht", "statements.overview", 10, values=_token_here)
navigation.register(
    "institution", "Lesen und anmerken", "statements.read", 20, values=_token_here, covers=("statements.passage",)
)
navigation.register("institution", "Abschicken", "statements.submit", 50, values=_token_here)
