"""Claiming and finishing: the two moments in which workers could get in each other's way.

A claim is one statement in a transaction of its own. It takes the most urgent row that is due, also one whose holder has
not come back in time. While a row is being sent, `next_at` is the end of its lease, so that "due" is the same question
for both. Whoever finishes must still hold the lease: a worker that slept through it changes nothing any more.
"""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, ScalarSelect, select, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value

from ikb.db import db, on_sqlite
from ikb.deliveries.model import Delivery, DeliveryAttempt, DeliveryState
from ikb.mail.message import REPLY_LENGTH

OPEN_STATES = (DeliveryState.PLANNED, DeliveryState.SENDING)
RETRY = "retry"
# After the first failure half a minute, then longer and longer; from the eighth on every two hours.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 1800, 3600, 7200))
MOST_ATTEMPTS = 19  # with these pauses about a day
SERVER_PAUSE = timedelta(seconds=30)
UNWANTED = "Nicht mehr gesendet: inzwischen überholt."
TOO_LATE = "Nicht mehr gesendet: der Zeitpunkt, bis zu dem es sinnvoll war, ist vorbei."


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    state:   the delivery's new state; PLANNED means: once more, at `next_at`.
    counted: False if nothing can be said about this message, because the mail server itself was away.
    """

    state: DeliveryState
    reply: str
    next_at: datetime | None = None
    subject: str = ""
    text: str = ""
    counted: bool = True

    @property
    def name(self) -> str:
        """As the attempts' list calls it."""
        return RETRY if self.state == DeliveryState.PLANNED else str(self.state.value)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many attempts (1 or more)."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def expire_stale(now: datetime) -> int:
    """Let go of what is too late to make sense; how many those were. To be called inside a transaction."""
    done = db.session.execute(
        update(Delivery)
        .where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now, Delivery.stale_at <= now)
        .values(state=DeliveryState.EXPIRED, finished_at=now, last_reply=TOO_LATE, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return _rows(done)


def claim_next(*, lease: timedelta, now: datetime) -> Delivery | None:
    """The most urgent message that is due, now leased to the caller under an owner's name of its own; None if none is.

    To be called inside a transaction that does nothing else.
    """
    claimed = (
        update(Delivery)
        .where(Delivery.id == _next_due(now))
        .values(
            state=DeliveryState.SENDING,
            lease_owner=_new_owner(),
            lease_until=now + lease,
            next_at=now + lease,
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return db.session.scalars(claimed).one_or_none()


def finish(delivery: Delivery, outcome: Outcome, *, owner: str | None, now: datetime) -> bool:
    """Write down how it went, in the caller's transaction; False, and nothing written, if the lease went to another.

    owner: under which the caller claimed it.
    """
    values = {
        "state": outcome.state,
        "last_reply": outcome.reply[:REPLY_LENGTH],
        "lease_owner": None,
        "lease_until": None,
        "next_at": outcome.next_at or delivery.next_at,
        "finished_at": None if outcome.state == DeliveryState.PLANNED else now,
        "attempts": delivery.attempts if outcome.counted else delivery.attempts - 1,
    }
    if outcome.state == DeliveryState.HANDED_OVER:
        values |= {"subject_line": outcome.subject[: _width(Delivery.subject_line)], "body_text": outcome.text}
    done = db.session.execute(
        update(Delivery)
        .where(
            Delivery.id == delivery.id,
            Delivery.lease_owner == owner,
            Delivery.state == DeliveryState.SENDING,
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if _rows(done) == 0:
        return False
    for name, value in values.items():  # so that whoever listens need not read the row again
        set_committed_value(delivery, name, value)
    if outcome.counted:
        attempt = {"delivery_id": delivery.id, "at": now, "outcome": outcome.name, "reply": values["last_reply"]}
        db.session.execute(DeliveryAttempt.__table__.insert().values(attempt))  # type: ignore[attr-defined]
    return True


def _next_due(now: datetime) -> ScalarSelect[int]:
    due = (
        select(Delivery.id)
        .where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now, Delivery.stale_at > now)
        .order_by(Delivery.urgency, Delivery.next_at, Delivery.id)
        .limit(1)
    )
    if not on_sqlite(db.engine):  # SQLite has one writer at a time: nobody else is choosing meanwhile
        due = due.with_for_update(skip_locked=True)
    return due.scalar_subquery()


def _new_owner() -> str:
    # New for each claim: even the same process must not finish what it once held and lost.
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex}"


def _rows(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _width(column: InstrumentedAttribute[str]) -> int:
    return int(column.type.length)
