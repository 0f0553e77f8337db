"""What is written to institutions about their invitation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from ikb.db import db
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.institutions import letters
from ikb.institutions.model import Invitation
from ikb.procedures.model import ParticipationPhase
from ikb.web import labels

labels.add("message", {"new_link": "Neuer Link"})
# Built once, and without the text's version: this runs for every message.
_AS_IT_IS_NOW = (
    select(Invitation)
    .where(Invitation.id == bindparam("this"))
    .options(joinedload(Invitation.phase).lazyload(ParticipationPhase.draft_version))
    .execution_options(populate_existing=True)
)
HIDDEN_LINK = "(hier steht der persönliche Link dieser Institution)"


def render_invitation(invitation: Invitation, *, now: datetime, link: str | None = None) -> Mail:
    """The invitation as it is sent. link: what stands in place of the personal link, for a preview."""
    return letters.render("invitation", invitation, now=now, link=link)


def _invitation_of(delivery: Delivery) -> Invitation | None:
    return db.session.scalar(_AS_IT_IS_NOW, {"this": delivery.subject_id})


def _is_current(delivery: Delivery, invitation: Invitation | None) -> bool:
    return invitation is not None and invitation.revoked_at is None and delivery.edition == str(invitation.generation)


def _invitation_wanted(delivery: Delivery, _now: datetime) -> bool:
    """As long as the phase is open, nobody has answered, and the link is still this one."""
    invitation = _invitation_of(delivery)
    if invitation is None or not _is_current(delivery, invitation):
        return False
    return invitation.phase.is_open and not invitation.is_answered


def _new_link_wanted(delivery: Delivery, _now: datetime) -> bool:
    return _is_current(delivery, _invitation_of(delivery))


def _render_invitation(delivery: Delivery, now: datetime) -> Mail:
    return render_invitation(db.session.get_one(Invitation, delivery.subject_id), now=now)


def _render_new_link(delivery: Delivery, now: datetime) -> Mail:
    invitation = db.session.get_one(Invitation, delivery.subject_id)
    return letters.render("new_link", invitation, now=now, with_deadline=False)


register_kind("invitation", still_wanted=_invitation_wanted, render=_render_invitation, urgency=3)
register_kind("new_link", still_wanted=_new_link_wanted, render=_render_new_link, urgency=2)
