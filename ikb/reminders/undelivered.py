"""What did not arrive: to whom, why in plain words, and putting it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from ikb.core.clock import berlin_day
from ikb.core.returned_mail import Kind
from ikb.core.returned_words import in_plain_words
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState, ReturnedMail
from ikb.errors import NotReady
from ikb.institutions import addresses
from ikb.institutions import service as institutions
from ikb.institutions.model import Institution, Invitation
from ikb.institutions.queries import MESSAGES
from ikb.journal.service import Actor

NOT_ARRIVED = (DeliveryState.BOUNCED_HARD, DeliveryState.FAILED, DeliveryState.BOUNCED_SOFT)
ARRIVED = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)
MOST = 500  # messages looked at, the latest first
APART = (Kind.OUT_OF_OFFICE.value, Kind.DELAYED.value, Kind.UNKNOWN.value)
SHOWN_APART = 50


@dataclass(frozen=True)
class Undelivered:
    """One address that a message did not reach.

    delivery:   the latest message that did not arrive; messages: how many there are.
    invitation: whose address it is, where it is an institution's; only then it is put right here.
    """

    delivery: Delivery
    messages: int
    invitation: Invitation | None

    @property
    def reason(self) -> str:
        """Why, as one German sentence."""
        return in_plain_words(self.delivery.last_reply)

    @property
    def is_tried_again(self) -> bool:
        """Whether it goes out once more by itself."""
        return self.delivery.state == DeliveryState.BOUNCED_SOFT


def undelivered(procedure_id: int, today: date) -> list[Undelivered]:
    """The addresses of a procedure that mail does not reach, the latest first; three queries.

    Left out is an address that a later message reached, and one that was corrected since.
    """
    rows = _not_arrived(procedure_id)
    invitations = _invitations(row.subject_id for row in rows if row.kind in MESSAGES)
    by_address: dict[tuple[int, str], list[Delivery]] = {}
    for row in rows:
        about = row.subject_id if row.kind in MESSAGES else 0
        if about and not _is_still_theirs(row, invitations.get(about), today):
            continue
        by_address.setdefault((about, row.recipient.lower()), []).append(row)
    return [Undelivered(found[0], len(found), invitations.get(about)) for (about, _), found in by_address.items()]


def _not_arrived(procedure_id: int) -> list[Delivery]:
    later = aliased(Delivery)
    reached = select(later.id).where(
        later.procedure_id == procedure_id,
        later.recipient == Delivery.recipient,
        later.state.in_(ARRIVED),
        later.finished_at > Delivery.finished_at,
    )
    rows = select(Delivery).where(
        Delivery.procedure_id == procedure_id, Delivery.state.in_(NOT_ARRIVED), ~reached.exists()
    )
    rows = rows.options(defer(Delivery.body_text)).order_by(Delivery.next_at.desc(), Delivery.id.desc())
    return list(db.session.scalars(rows.limit(MOST)))


def _invitations(ids: Iterable[int]) -> dict[int, Invitation]:
    rows = (
        select(Invitation)
        .join(Invitation.institution)
        .where(Invitation.id.in_(set(ids)), Invitation.revoked_at.is_(None))
        .options(contains_eager(Invitation.institution).selectinload(Institution.contacts))
    )
    return {row.id: row for row in db.session.scalars(rows)}


def _is_still_theirs(delivery: Delivery, invitation: Invitation | None, today: date) -> bool:
    if invitation is None:
        return False
    return institutions.recipient_of(invitation.institution, today).lower() == delivery.recipient.lower()


def correct(invitation: Invitation, email: str, *, row_version: int, by: Actor, now: datetime) -> str:
    """Send once more what did not arrive: to another address, or to the same one if it is right. Returns a sentence.

    Another address gets a new link, and the old link stops working. Raises Implausible if the address is not this lead's
    to change, Conflict if somebody was faster, NotReady if there is nothing to send once more.
    """
    address = email.strip()
    if address.lower() != institutions.recipient_of(invitation.institution, berlin_day(now)).lower():
        addresses.change_address(invitation, address, row_version=row_version, by=by, now=now)
        return f"Gespeichert. Ein neuer Link geht an {address.lower()}."
    institutions.refuse_if_changed(invitation, row_version)
    deliveries.send_again(_latest_failed(invitation), by=by, now=now)
    return f"Die Nachricht geht noch einmal an {address.lower()}."


def _latest_failed(invitation: Invitation) -> Delivery:
    rows = select(Delivery).where(
        Delivery.kind.in_(MESSAGES),
        Delivery.subject_id == invitation.id,
        Delivery.state.in_((DeliveryState.BOUNCED_HARD, DeliveryState.FAILED)),
    )
    found = db.session.scalars(rows.order_by(Delivery.next_at.desc(), Delivery.id.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotReady(
            "Es wird ohnehin noch einmal versucht. Ist die Adresse falsch, dann tragen Sie die richtige ein."
        )
    return found


def set_apart(procedure_id: int) -> list[ReturnedMail]:
    """What came back and is no bounce: absences, delays, and what nobody could make sense of; the latest first."""
    rows = (
        select(ReturnedMail)
        .join(ReturnedMail.delivery)
        .where(Delivery.procedure_id == procedure_id, ReturnedMail.kind.in_(APART))
        .options(joinedload(ReturnedMail.delivery).defer(Delivery.body_text))
        .order_by(ReturnedMail.id.desc())
        .limit(SHOWN_APART)
    )
    return list(db.session.scalars(rows))
