"""How far an invitation has come: what mail servers report, that a link was used, that an answer arrived."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm.util import identity_key

from ikb.db import db, write
from ikb.deliveries.along import Along, written_along
from ikb.deliveries.model import Delivery
from ikb.events import listens_to
from ikb.institutions import queries
from ikb.institutions.model import ANSWERED, Invitation, InvitationState

# Further along never goes back: a late report from a mail server does not undo what the institution did since.
ORDER = {
    InvitationState.PLANNED: 0,
    InvitationState.BOUNCED: 1,
    InvitationState.INVITED: 1,
    InvitationState.DELIVERED: 2,
    InvitationState.OPENED: 3,
    InvitationState.DRAFTED: 4,
    InvitationState.AWAITS_RELEASE: 4,  # to and fro between these three
    InvitationState.RETURNED: 4,
    **dict.fromkeys(ANSWERED, 5),
}
_UNUSED = [state for state, place in ORDER.items() if place < ORDER[InvitationState.OPENED]]


def advance(invitation: Invitation, state: InvitationState, *, now: datetime) -> None:
    """Note how far an invitation has come; what lies further along stays, and so does all once its phase is behind it.

    Not in the journal: that a link was used or a draft begun is forgotten after the round.
    """
    if invitation.is_standing:
        return
    if state == InvitationState.OPENED and invitation.opened_at is None:
        invitation.opened_at = now
    if state in ANSWERED:
        invitation.answered_at = now
    if ORDER[state] >= ORDER[InvitationState(invitation.state)]:
        invitation.state = state


@written_along
def _note_delivered(delivery: Delivery) -> Along | None:
    return _told_by_mail(delivery, InvitationState.DELIVERED)


@listens_to("message_bounced")
def _note_bounced(delivery_id: int, now: datetime) -> None:
    told = _told_by_mail(db.session.get_one(Delivery, delivery_id), InvitationState.BOUNCED)
    if told is not None:
        db.session.flush()
        write(told.update, **told.values)
        told.read_again()


def _told_by_mail(delivery: Delivery, state: InvitationState) -> Along | None:
    """One statement, and no row read: this runs for every message, and an answer that comes in meanwhile stays.

    A bounce tells of the address now, whatever an earlier mail did; so does a mail that went through. One about a link,
    and perhaps an address, that was replaced since says nothing.
    """
    if delivery.kind not in queries.MESSAGES:
        return None
    values: dict[str, object] = {"invitation": delivery.subject_id, "reached": state.value}
    is_about_link = delivery.kind in ("invitation", "new_link")
    if is_about_link:
        values["of"] = int(delivery.edition)
    return Along(_reach(is_about_link=is_about_link), values, partial(_read_again, delivery.subject_id))


def _read_again(invitation_id: int) -> None:
    if (read := db.session.identity_map.get(identity_key(Invitation, invitation_id))) is not None:
        db.session.expire(read, ["state", "row_version"])


@lru_cache(maxsize=2)
def _reach(*, is_about_link: bool) -> Update:
    table = Invitation.__table__
    is_meant = (table.c.id == bindparam("invitation")) & (table.c.state != bindparam("reached"))
    is_meant &= table.c.state.in_([state.value for state in _UNUSED])
    if is_about_link:
        is_meant &= table.c.generation == bindparam("of")
    rows = update(table).where(is_meant)  # type: ignore[arg-type]
    return rows.values(state=bindparam("reached"), row_version=table.c.row_version + 1)
