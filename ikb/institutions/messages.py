"""What is written to institutions about their invitation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.institutions import extension_messages, letters, service, shared_messages
from ikb.institutions.model import Institution, Invitation
from ikb.procedures.model import ParticipationPhase
from ikb.web import labels

labels.add("message", {"new_link": "Neuer Link"})
# In one query, and without the text's version: this runs for every message.
_FOR_MAIL = [
    joinedload(Invitation.phase).lazyload(ParticipationPhase.draft_version),
    joinedload(Invitation.institution).joinedload(Institution.contacts),
]
PARTS = (shared_messages, extension_messages)  # each registers its kind
HIDDEN_LINK = "(hier steht der persönliche Link dieser Institution)"


def render_invitation(invitation: Invitation, *, now: datetime, link: str | None = None) -> Mail:
    """The invitation as it is sent. link: what stands in place of the personal link, for a preview."""
    return letters.render("invitation", invitation, now=now, link=link)


def gather(deliveries: Sequence[Delivery]) -> list[Invitation]:
    """The invitations of several messages, in one query; each is in the session then."""
    rows = select(Invitation).where(Invitation.id.in_({delivery.subject_id for delivery in deliveries}))
    return list(db.session.scalars(rows.options(*_FOR_MAIL)).unique())


def _invitation_of(delivery: Delivery) -> Invitation | None:
    return db.session.get(Invitation, delivery.subject_id, options=_FOR_MAIL)


def _address(delivery: Delivery, now: datetime) -> Address | None:
    """The mailbox of whoever is in office now: a link goes to no address that was corrected since."""
    invitation = _invitation_of(delivery)
    if invitation is None:
        return None
    institution, today = invitation.institution, berlin_day(now)
    return Address(service.recipient_of(institution, today), service.recipient_name_of(institution, today))


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


register_kind(
    "invitation",
    still_wanted=_invitation_wanted,
    render=_render_invitation,
    urgency=3,
    address=_address,
    gather=gather,
)
register_kind(
    "new_link", still_wanted=_new_link_wanted, render=_render_new_link, urgency=2, address=_address, gather=gather
)
