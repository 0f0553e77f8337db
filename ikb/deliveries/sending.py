"""Sending what is due: claim, ask whether it is still wanted, render, hand over, write down how it went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message

from sqlalchemy import event

from ikb import log, mail
from ikb.core.clock import Clock
from ikb.db import db, transaction
from ikb.deliveries import ledger, queries
from ikb.deliveries.kinds import Kind, kind_of
from ikb.deliveries.ledger import UNWANTED, Outcome
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.rendering import current_config, hide_secrets
from ikb.events import announce
from ikb.queue import wake
from ikb.web.filters import moment

RUN_LASTS = timedelta(minutes=5)
RUN_AT_MOST = 500
FACTS = {DeliveryState.HANDED_OVER: "message_handed_over", DeliveryState.BOUNCED_HARD: "message_bounced"}


@dataclass(frozen=True)
class Line:
    """One message in a report: what happened to it, or what would."""

    delivery_id: int
    kind: str
    recipient: str
    due_at: datetime
    outcome: str
    reason: str

    def __str__(self) -> str:
        """One line for the terminal, with tabs between: due, what would happen or did, kind, to whom, why."""
        return "\t".join((moment(self.due_at), self.outcome, self.kind, self.recipient, self.reason))


@dataclass
class Report:
    """What a run did, or in a dry run would do."""

    lines: list[Line] = field(default_factory=list)
    expired: int = 0

    def count(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)


def send_due(
    clock: Clock,
    transport: mail.Transport | None = None,
    at_most: int = RUN_AT_MOST,
    lasts: timedelta = RUN_LASTS,
) -> Report:
    """Send what is due, one message after the other, in transactions of its own; what it did.

    A run ends when nothing is due any more, when the mail server is away, after `at_most` messages, or with the message
    during which it has lasted long enough by the clock; in the last two cases the next run is woken.
    """
    if transport is not None:
        return _run(clock, transport, at_most, lasts)
    with mail.open_transport(current_config()) as opened:
        return _run(clock, opened, at_most, lasts)


def _run(clock: Clock, transport: mail.Transport, at_most: int, lasts: timedelta) -> Report:
    report, ends_at = Report(), clock() + lasts
    with transaction():
        report.expired = ledger.expire_stale(clock())
    with _rows_kept() as kept:
        while delivery := _claim(clock):
            outcome = hand_over(delivery, transport, clock)
            report.lines.append(_line(delivery, outcome.name, outcome.reply))
            kept.clear()
            if not outcome.counted:
                break  # the server is away: the others would fare no better, and the tick comes back
            if len(report.lines) >= at_most or clock() >= ends_at:
                wake("deliveries.send_due")
                break
    return report


def _claim(clock: Clock) -> Delivery | None:
    db.session.expire_all()  # what an earlier message made us read may have changed since
    with transaction():
        return ledger.claim_next(lease=current_config().send_lease, now=clock())


def hand_over(delivery: Delivery, transport: mail.Transport, clock: Clock) -> Outcome:
    """Send one claimed message if it is still wanted, and write down how it went.

    Whatever is wrong with this message is written down, not raised: the next one must not suffer.
    """
    owner = delivery.lease_owner  # as claimed: read again after a rollback, it might be somebody else's
    outcome = _attempt(delivery, transport, clock)
    try:
        with transaction():
            _settle(delivery, owner, outcome, clock(), told=True)
    except Exception as fault:
        # Whoever listens stumbled. The message is out all the same; not writing that down would send it again.
        log.get(__name__).error("listener failed", id=delivery.id, kind=delivery.kind, error=type(fault).__name__)
        with transaction():
            _settle(delivery, owner, outcome, clock(), told=False)
    return outcome


def _attempt(delivery: Delivery, transport: mail.Transport, clock: Clock) -> Outcome:
    kind, now = kind_of(delivery.kind), clock()
    if kind is None:
        return _again(
            delivery, "Diese Art Nachricht kennt der laufende Dienst nicht; er ist älter als die Anwendung.", now
        )
    try:
        message = _rendered(delivery, kind, now)
    except Exception as fault:
        log.get(__name__).error("message not rendered", id=delivery.id, kind=delivery.kind, error=type(fault).__name__)
        db.session.rollback()
        return _again(delivery, f"Die Nachricht konnte nicht erstellt werden ({type(fault).__name__}).", now)
    db.session.commit()  # nothing is held open while a mail server thinks
    if message is None:
        return Outcome(DeliveryState.CANCELLED, UNWANTED)
    return _send(delivery, message, transport, clock)


def _rendered(delivery: Delivery, kind: Kind, now: datetime) -> mail.Mail | None:
    return kind.render(delivery, now) if kind.still_wanted(delivery, now) else None


@contextmanager
def _rows_kept() -> Iterator[list[object]]:
    """A list that holds on to every row read inside, so that what one question read the next need not read again."""
    session, kept = db.session(), list[object]()

    def keep(_session: object, row: object) -> None:
        kept.append(row)

    event.listen(session, "loaded_as_persistent", keep)
    try:
        yield kept
    finally:
        event.remove(session, "loaded_as_persistent", keep)


def _send(delivery: Delivery, message: mail.Mail, transport: mail.Transport, clock: Clock) -> Outcome:
    try:
        reply = transport.send(_composed(delivery, message, clock()), delivery.recipient)
    except mail.RecipientRefused as refused:
        return Outcome(DeliveryState.BOUNCED_HARD, refused.reply)
    except mail.PermanentFailure as refused:
        return Outcome(DeliveryState.FAILED, refused.reply)
    except mail.ServerUnavailable as away:
        return Outcome(DeliveryState.PLANNED, away.reply, clock() + ledger.SERVER_PAUSE, counted=False)
    except mail.TemporaryFailure as later:
        return _again(delivery, later.reply, clock())
    except Exception as fault:
        log.get(__name__).error("sending failed", id=delivery.id, kind=delivery.kind, error=type(fault).__name__)
        return _again(delivery, f"Die Nachricht konnte nicht gesendet werden ({type(fault).__name__}).", clock())
    text = hide_secrets(message.text)
    return Outcome(DeliveryState.HANDED_OVER, reply, subject=mail.one_line(message.subject), text=text)


def _composed(delivery: Delivery, message: mail.Mail, now: datetime) -> Message[str, str]:
    return mail.compose(
        message,
        sender=current_config().mail_from,
        recipient=delivery.recipient,
        recipient_name=delivery.recipient_name,
        message_id=delivery.message_id,
        now=now,
    )


def _again(delivery: Delivery, reply: str, now: datetime) -> Outcome:
    """Once more after a pause; given up where that would be too late, or has been tried often enough."""
    next_at = now + ledger.pause_after(delivery.attempts)
    if delivery.attempts >= ledger.MOST_ATTEMPTS or next_at >= delivery.stale_at:
        return Outcome(DeliveryState.FAILED, reply)
    return Outcome(DeliveryState.PLANNED, reply, next_at)


def _settle(delivery: Delivery, owner: str | None, outcome: Outcome, now: datetime, *, told: bool) -> None:
    logger = log.get(__name__)
    if not ledger.finish(delivery, outcome, owner=owner, now=now):
        logger.warning("lease lost", id=delivery.id, kind=delivery.kind, state=outcome.name)
        return
    is_out = outcome.state == DeliveryState.HANDED_OVER
    logger.info(
        "message sent" if is_out else "message not sent", id=delivery.id, kind=delivery.kind, state=outcome.name
    )
    if told and (fact := FACTS.get(outcome.state)):
        announce(fact, delivery_id=delivery.id, now=now)


def deliver_once(clock: Clock, dry_run: bool = False) -> Report:
    """Send what is due, for `ikb deliver`; in a dry run only tell who would get what, when and why."""
    return _preview(clock()) if dry_run else send_due(clock)


def _preview(now: datetime) -> Report:
    lines = [_would(delivery, now) for delivery in queries.due(now)]
    return Report(lines, expired=sum(line.outcome == DeliveryState.EXPIRED for line in lines))


def _would(delivery: Delivery, now: datetime) -> Line:
    kind = kind_of(delivery.kind)
    if delivery.stale_at <= now:
        return _line(delivery, DeliveryState.EXPIRED.value, ledger.TOO_LATE)
    if kind is not None and not kind.still_wanted(delivery, now):
        return _line(delivery, DeliveryState.CANCELLED.value, UNWANTED)
    reason = (
        "fällig"
        if delivery.attempts == 0
        else f"noch einmal, nach {delivery.attempts} Versuchen: {delivery.last_reply}"
    )
    return _line(delivery, "send", reason)


def _line(delivery: Delivery, outcome: str, reason: str) -> Line:
    return Line(delivery.id, delivery.kind, delivery.recipient, delivery.due_at, outcome, reason)
