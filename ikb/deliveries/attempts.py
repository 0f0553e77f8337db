"""One attempt: to whom does it go now, does anybody still want it, what does it say, and what did the server answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from ikb import log, mail
from ikb.core.clock import Clock
from ikb.db import db, let_go, transaction
from ikb.deliveries import ledger, refusals
from ikb.deliveries.kinds import Address, Kind, kind_of
from ikb.deliveries.ledger import UNWANTED, Claim, Outcome
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.rendering import current_config, hide_secrets
from ikb.web.filters import moment

NO_MAILBOX = "Nicht mehr gesendet: Für diesen Empfänger ist keine E-Mail-Adresse mehr eingetragen."
ELSEWHERE = "Nicht mehr gesendet: Dieselbe Nachricht geht schon an die neue Adresse."
DECLINED = "Nicht gesendet: An dieser Adresse möchte man solche Nachrichten nicht mehr."
HELD = "Wartet wegen der Ruhezeit oder eines freien Tages bis {}."
UNKNOWN_KIND = "Diese Art Nachricht kennt der laufende Dienst nicht; er ist älter als die Anwendung."


class NotWanted(Exception):
    """A message is not sent; the text says why."""


def attempt(claim: Claim, transport: mail.Transport, clock: Clock) -> Outcome:
    """Send one claimed message if it is still wanted; how it went.

    Whatever is wrong with this message is told, not raised: the next one must not suffer.
    """
    delivery, kind, now = claim.delivery, kind_of(claim.delivery.kind), clock()
    if kind is None:
        return again(delivery, UNKNOWN_KIND, now)
    try:
        if kind.hold is not None and (until := kind.hold(delivery, now)) is not None:
            let_go()
            return _held(delivery, until)
        message = _as_of_now(claim, kind, now)
    except NotWanted as reason:
        let_go()
        return Outcome(DeliveryState.CANCELLED, str(reason))
    except Exception as fault:
        log.get(__name__).error("message not rendered", id=delivery.id, kind=delivery.kind, error=type(fault).__name__)
        db.session.rollback()
        return again(delivery, f"Die Nachricht konnte nicht erstellt werden ({type(fault).__name__}).", now)
    let_go()  # nothing is held open while a mail server thinks
    return _send(delivery, message, kind, transport, clock)


def _held(delivery: Delivery, until: datetime) -> Outcome:
    """Later, at a moment at which it does not disturb; let go of where that would be too late."""
    if until >= delivery.stale_at:
        return Outcome(DeliveryState.EXPIRED, ledger.TOO_LATE)
    return Outcome(DeliveryState.PLANNED, HELD.format(moment(until)), until)


def reason_against(delivery: Delivery, kind: Kind, now: datetime) -> str:
    """Why a message would not be sent at that moment, empty if it would."""
    return _reason_against(delivery, kind, _address_now(delivery, kind, now), now)


def _reason_against(delivery: Delivery, kind: Kind, to: Address, now: datetime) -> str:
    if not to.recipient:
        return NO_MAILBOX
    if kind.stream and refusals.is_declined(to.recipient, kind.stream):
        return DECLINED
    return "" if kind.still_wanted(delivery, now) else UNWANTED


def _as_of_now(claim: Claim, kind: Kind, now: datetime) -> mail.Mail:
    delivery = claim.delivery
    to = _address_now(delivery, kind, now)
    if to.recipient and to.recipient != delivery.recipient:
        _send_elsewhere(claim, to)
    if reason := _reason_against(delivery, kind, to, now):
        raise NotWanted(reason)
    message = kind.render(delivery, now)
    return refusals.with_way_out(message, delivery) if kind.stream else message


def _address_now(delivery: Delivery, kind: Kind, now: datetime) -> Address:
    known = Address(delivery.recipient, delivery.recipient_name)
    if kind.address is None:
        return known
    return kind.address(delivery, now) or known


def _send_elsewhere(claim: Claim, to: Address) -> None:
    try:
        with transaction():
            is_ours = ledger.readdress(claim, to.recipient, mail.one_line(to.name)[:200])
    except IntegrityError:
        raise NotWanted(ELSEWHERE) from None
    if not is_ours:
        raise NotWanted(UNWANTED)


def _send(delivery: Delivery, message: mail.Mail, kind: Kind, transport: mail.Transport, clock: Clock) -> Outcome:
    try:
        reply = transport.send(_composed(delivery, message, kind, clock()), delivery.recipient)
    except mail.RecipientRefused as refused:
        return Outcome(DeliveryState.BOUNCED_HARD, refused.reply)
    except mail.PermanentFailure as refused:
        return Outcome(DeliveryState.FAILED, refused.reply)
    except mail.ServerUnavailable as away:
        return Outcome(DeliveryState.PLANNED, away.reply, clock() + ledger.SERVER_PAUSE, counted=False)
    except mail.TemporaryFailure as later:
        return again(delivery, later.reply, clock())
    except Exception as fault:
        log.get(__name__).error("sending failed", id=delivery.id, kind=delivery.kind, error=type(fault).__name__)
        return again(delivery, f"Die Nachricht konnte nicht gesendet werden ({type(fault).__name__}).", clock())
    text = hide_secrets(message.text)
    return Outcome(DeliveryState.HANDED_OVER, reply, subject=mail.one_line(message.subject), text=text)


def _composed(delivery: Delivery, message: mail.Mail, kind: Kind, now: datetime) -> mail.Written:
    return mail.compose(
        message,
        sender=current_config().mail_from,
        recipient=delivery.recipient,
        recipient_name=delivery.recipient_name,
        message_id=delivery.message_id,
        now=now,
        unsubscribe=refusals.link(delivery) if kind.stream else "",
    )


def again(delivery: Delivery, reply: str, now: datetime) -> Outcome:
    """Once more after a pause; given up where that would be too late, or has been tried often enough."""
    next_at = now + ledger.pause_after(delivery.attempts)
    if delivery.attempts >= ledger.MOST_ATTEMPTS or next_at >= delivery.stale_at:
        return Outcome(DeliveryState.FAILED, reply)
    return Outcome(DeliveryState.PLANNED, reply, next_at)
