"""Sending what is due: claim, attempt, write down how it went, and claim the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import event

from ikb import log, mail
from ikb.core.clock import Clock
from ikb.db import by_itself, db, transaction
from ikb.deliveries import ledger, pace, queries, skew
from ikb.deliveries.along import along_with
from ikb.deliveries.attempts import attempt
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.ledger import Claim, Outcome
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.rendering import current_config
from ikb.events import announce
from ikb.queue import wake
from ikb.web.filters import moment

RUN_LASTS = timedelta(minutes=5)
RUN_AT_MOST = 500
AT_ONCE = 16  # messages that are claimed together, where each is out in no time
FRESH_FOR = timedelta(milliseconds=100)  # what is not begun by then is given back: nobody sends on an old answer
HELP_FROM = 12  # due messages, from which on a second worker is worth its start


@dataclass(frozen=True)
class Line:
    """One message in a report: what happened to it, or what would."""

    delivery_id: int
    kind: str
    recipient: str
    due_at: datetime
    outcome: str
    reason: str

    @classmethod
    def of(cls, delivery: Delivery, outcome: str, reason: str) -> Line:
        return cls(delivery.id, delivery.kind, delivery.recipient, delivery.due_at, outcome, reason)

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


@dataclass
class _Run:
    """One run: until nothing is due, the mail server is away, or it has lasted long enough."""

    clock: Clock
    transport: mail.Transport
    at_most: int
    ends_at: datetime
    wait: Callable[[float], None]
    every: timedelta | None
    report: Report = field(default_factory=Report)
    at_once: int = AT_ONCE

    def is_fresh(self, claim: Claim) -> bool:
        """Whether what was read with a claim can still be relied on."""
        return self.clock() - claim.since < FRESH_FOR

    def is_over(self) -> bool:
        return len(self.report.lines) >= self.at_most or self.clock() >= self.ends_at


def send_due(
    clock: Clock,
    transport: mail.Transport | None = None,
    at_most: int = RUN_AT_MOST,
    lasts: timedelta = RUN_LASTS,
    wait: Callable[[float], None] = time.sleep,
) -> Report:
    """Send what is due, one message after the other, in transactions of its own; what it did.

    A run ends when nothing is due any more, when the mail server is away, after `at_most` messages, or with the message
    during which it has lasted long enough by the clock; in the last two cases the next run is woken.
    wait: for the seconds until a mail server takes the next message, where it takes only so many a minute.
    """
    clock, is_due = skew.look(clock)
    if not is_due:
        return Report()
    every = pace.interval(current_config())
    if transport is not None:
        return _go(_Run(clock, transport, at_most, clock() + lasts, wait, every))
    with mail.open_transport(current_config()) as opened:
        return _go(_Run(clock, opened, at_most, clock() + lasts, wait, every))


def _go(run: _Run) -> Report:
    with _rows_kept() as kept:
        hand = _first_claims(run, kept)
        while hand:
            claim, *hand = hand
            outcome = attempt(claim, run.transport, run.clock)
            run.report.lines.append(Line.of(claim.delivery, outcome.name, outcome.reply))
            hand = _settle_and_go_on(run, kept, claim, outcome, hand)
    return run.report


def _first_claims(run: _Run, kept: list[object]) -> list[Claim]:
    with transaction():
        run.report.expired = ledger.expire_stale(run.clock())
        hand = _claim(run, run.at_once) if run.every is None else []
    if run.every is not None:
        return _claim_in_turn(run)
    if hand and _needs_help(run.clock()):
        wake("deliveries.send_due")  # whoever comes asks the same: one after the other until all slots are busy
    return _gathered(hand, kept)


def _needs_help(now: datetime) -> bool:
    due = queries.due_count(now)
    db.session.commit()
    return due >= HELP_FROM


def _settle_and_go_on(run: _Run, kept: list[object], claim: Claim, outcome: Outcome, hand: list[Claim]) -> list[Claim]:
    """Write down how one message went, and if need be take the next in the same transaction: one wait for the disk.

    Whoever listens may stumble. The message is out all the same; not writing that down would send it again.
    """
    goes_on = outcome.counted and not run.is_over()  # where the server is away, the others would fare no better
    is_plain = goes_on and bool(hand) and run.is_fresh(claim) and outcome.state == DeliveryState.HANDED_OVER
    try:
        with by_itself() if is_plain else transaction():
            _settle(claim, outcome, run.clock(), told=True)
            following = hand if is_plain else _following(run, claim, hand, goes_on=goes_on)
    except Exception as fault:
        log.get(__name__).error(
            "listener failed", id=claim.delivery.id, kind=claim.delivery.kind, error=type(fault).__name__
        )
        with transaction():
            _settle(claim, outcome, run.clock(), told=False)
        with transaction():
            following = _following(run, claim, hand, goes_on=goes_on)
    if goes_on and run.every is not None:
        following = _claim_in_turn(run)
    if not goes_on and outcome.counted:
        wake("deliveries.send_due")
    return following if following is hand else _gathered(following, kept)


def _following(run: _Run, claim: Claim, hand: list[Claim], *, goes_on: bool) -> list[Claim]:
    """What is in hand while it is fresh, else what is due now; what is not tried is given back.

    Where the mail server takes its time, fewer are claimed together: nothing is gained then.
    """
    is_fresh = run.is_fresh(claim)
    if goes_on and hand and is_fresh:
        return hand
    run.at_once = min(AT_ONCE, run.at_once * 2) if is_fresh else max(1, run.at_once // 2)
    ledger.give_back(hand, now=run.clock())
    return _claim(run, run.at_once) if goes_on and run.every is None else []


def _claim(run: _Run, at_once: int) -> list[Claim]:
    db.session.flush()
    db.session.expire_all()  # what an earlier message made us read may have changed since
    at_most = min(at_once, run.at_most - len(run.report.lines))
    return ledger.claim_some(at_most, lease=current_config().send_lease, now=run.clock())


def _claim_in_turn(run: _Run) -> list[Claim]:
    """The next message once the mail server takes one; none if nothing is due or somebody else waits for that moment."""
    now, config = run.clock(), current_config()
    if run.every is None or queries.due_count(now) == 0:
        db.session.commit()
        return []
    with transaction():
        place = pace.book(pace.server_name(config), run.every, now=now)
    if place is None:
        return []
    if place > now:
        run.wait((place - now).total_seconds())
    with transaction():
        return _claim(run, 1)


def _gathered(hand: list[Claim], kept: list[object]) -> list[Claim]:
    """The same claims, with what their kinds need read at once and held until the next ones come."""
    kept.clear()
    by_kind: dict[str, list[Delivery]] = {}
    for claim in hand:
        by_kind.setdefault(claim.delivery.kind, []).append(claim.delivery)
    for name, deliveries in by_kind.items():
        kind = kind_of(name)
        if kind is not None and kind.gather is not None and len(deliveries) > 1:
            try:
                kept.append(kind.gather(deliveries))
            except Exception as fault:  # each message reads for itself then; only the faulty one suffers
                log.get(__name__).error("not gathered", kind=name, error=type(fault).__name__)
                db.session.rollback()
    return hand


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


def _settle(claim: Claim, outcome: Outcome, now: datetime, *, told: bool) -> None:
    logger, delivery = log.get(__name__), claim.delivery
    is_out = outcome.state == DeliveryState.HANDED_OVER
    if not ledger.finish(claim, outcome, now=now, along=along_with(delivery) if told and is_out else ()):
        logger.warning("lease lost", id=delivery.id, kind=delivery.kind, state=outcome.name)
        return
    logger.info(
        "message sent" if is_out else "message not sent", id=delivery.id, kind=delivery.kind, state=outcome.name
    )
    if told and outcome.state == DeliveryState.BOUNCED_HARD:
        announce("message_bounced", delivery_id=delivery.id, now=now)
