"""What all pages of this room share: the blueprint, who stands behind a link, and the bar above their pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, g, request, url_for

from ikb.db import transaction
from ikb.institutions import service as institutions
from ikb.institutions import sharing, standing
from ikb.institutions.model import Invitation, InvitationState
from ikb.institutions.shared_model import INVITED, Person, Scope
from ikb.moment import now, today
from ikb.web import navigation
from ikb.web.filters import day, days_left

bp = Blueprint("statements", __name__)
NOT_SEEN = frozenset(
    {InvitationState.PLANNED, InvitationState.INVITED, InvitationState.DELIVERED, InvitationState.BOUNCED}
)
NEEDS = "_ikb_scope"
View = Callable[..., Any]


@dataclass
class Guest:
    """Whose page this is: the invitation, who stands there as far as the link tells, and the link itself."""

    invitation: Invitation
    person: Person
    token: str


def needs(scope: Scope) -> Callable[[View], View]:
    """State how far a link has to go for a view; without it, only a link to hand in opens it."""

    def mark(view: View) -> View:
        setattr(view, NEEDS, scope)
        return view

    return mark


def scope_of(endpoint: str) -> Scope | None:
    """What a view needs, None if nobody said."""
    found: Scope | None = getattr(current_app.view_functions[endpoint], NEEDS, None)
    return found


def come_in(token: str) -> Invitation:
    """The invitation behind the link of this request. The first time, it is noted that the link was used.

    A standing invitation leads to the version that counts now.

    A link to read is passed around in messengers, whose servers look at it too: it notes nothing.
    Raises UnknownLink; LinkTooNarrow for a link that does not go as far as this page.
    """
    needed = _needed()
    found, person = sharing.find(token, needed)
    is_first = found.state in NOT_SEEN and request.method == "GET" and person.scope.covers(Scope.WRITE)
    if is_first or standing.is_behind(found, now()):
        with transaction():
            found, person = sharing.find(token, needed, for_update=True)
            standing.catch_up(found, now=now())
            if is_first:
                institutions.advance(found, InvitationState.OPENED, now=now())
    return _enter(found, person, token)


def hold(token: str) -> Invitation:
    """The same for an act, inside its transaction: the invitation's row is locked, so that two come one after the other."""
    found, person = sharing.find(token, _needed(), for_update=True)
    standing.catch_up(found, now=now())
    return _enter(found, person, token)


def _needed() -> Scope:
    return scope_of(request.endpoint or "") or Scope.SUBMIT


def _enter(invitation: Invitation, person: Person, token: str) -> Invitation:
    g.guest = Guest(invitation, person, token)
    return invitation


def stand_behind(invitation: Invitation) -> Invitation:
    """Make an invitation, read anew, the one whose page this is."""
    guest = guest_here()
    if guest is not None:
        guest.invitation = invitation
    return invitation


def guest_here() -> Guest | None:
    """Whose page this is; None where no link led here."""
    found: Guest | None = g.get("guest")
    return found


@bp.app_context_processor
def _way_home() -> dict[str, object]:
    """For error pages: the overview behind the link of this address, so that a mistyped end of it is no dead end."""
    start, _, rest = request.path.removeprefix("/beteiligung/").partition("/")
    is_behind_a_link = request.path.startswith("/beteiligung/") and rest and start
    return {"link_home": url_for("statements.overview", token=start) if is_behind_a_link else None}


def person_here() -> Person:
    """Who stands behind the link of this request."""
    guest = guest_here()
    return INVITED if guest is None else guest.person


def _values_for(needed: Scope) -> Callable[[], Mapping[str, object] | None]:
    """The address of an entry, for those whose link goes so far."""

    def values() -> Mapping[str, object] | None:
        guest = guest_here()
        return {"token": guest.token} if guest is not None and guest.person.scope.covers(needed) else None

    return values


def _values_to_read() -> Mapping[str, object] | None:
    """The address of the draft without forms: for those who can do nothing else."""
    guest = guest_here()
    return {"token": guest.token} if guest is not None and guest.person.scope == Scope.READ else None


@navigation.provide_bar
def _bar() -> navigation.Bar | None:
    guest = guest_here()
    if guest is None:
        return None
    invitation = guest.invitation
    version = invitation.version
    return navigation.Bar(
        name=invitation.phase.procedure.title,
        version=f"Fassung {version.number} vom {day(version.issued_at)}",
        next_date=_deadline(invitation),
        person=invitation.institution.name if guest.person.scope.covers(Scope.WRITE) else "",
    )


def _deadline(invitation: Invitation) -> str:
    """Until when, in the line above every page."""
    if invitation.is_standing:
        return "Ständige Einladung"
    last = invitation.last_day
    left = days_left(last, today())
    return f"{left} ({day(last)})" if last < today() else f"{left} · bis {day(last)}, 24 Uhr"


to_write = _values_for(Scope.WRITE)
navigation.register("institution", "Entwurf", "statements.look", 5, values=_values_to_read)
navigation.register(
    "institution",
    "Übersicht",
    "statements.overview",
    10,
    values=to_write,
    covers=(
        "statements.short_way",
        "statements.save_short_way",
        "statements.short_answer",
        "statements.more_time",
        "statements.ask_for_time",
        "statements.consent",
        "statements.receipt",
        "statements.take_back",
    ),
)
navigation.register(
    "institution",
    "Lesen und anmerken",
    "statements.read",
    20,
    values=to_write,
    covers=(
        "statements.passage",
        "statements.add_passage",
        "statements.search",
        "statements.word",
        "statements.keep_word",
    ),
)
navigation.register(
    "institution", "Unser Schreiben", "statements.letter", 30, values=to_write, covers=("statements.attachments_page",)
)
navigation.register("institution", "Gemeinsam", "statements.together", 40, values=to_write)
navigation.register(
    "institution",
    "Abschicken",
    "statements.submit",
    50,
    values=to_write,
    covers=("statements.release", "statements.hand_in"),
)
