"""Reads of the ledger: what is due, how many of which state, what a procedure sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from ikb.db import db, on_sqlite
from ikb.deliveries.model import OPEN_STATES, Delivery, DeliveryAttempt, DeliveryState, Heartbeat
from ikb.errors import NotFound

# Over, and not because the message had arrived or was not wanted any more.
FAILED_STATES = (DeliveryState.FAILED, DeliveryState.BOUNCED_HARD)


@dataclass(frozen=True)
class Tally:
    """How many messages are in which state (every state is there), how many are due, and since when the oldest waits."""

    by_state: Mapping[DeliveryState, int]
    due: int
    oldest_due_at: datetime | None


@dataclass(frozen=True)
class Throughput:
    """What went on since some moment: attempts by outcome, and how long the server took for each that it took."""

    since: datetime
    by_outcome: Mapping[str, int]
    seconds: float | None

    @property
    def handed_over(self) -> int:
        return self.by_outcome.get(DeliveryState.HANDED_OVER, 0)

    @property
    def troubled(self) -> int:
        """Attempts after which the message was not out of the house."""
        return sum(self.by_outcome.values()) - self.handed_over - self.by_outcome.get(DeliveryState.CANCELLED, 0)


def due_rows(now: datetime) -> Select[Any]:
    """What is due, in the order in which it will be sent."""
    rows = select(Delivery).where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now)
    return rows.order_by(Delivery.urgency, Delivery.next_at, Delivery.id)


def due(now: datetime) -> list[Delivery]:
    """What is due, in the order in which it will be sent."""
    return list(db.session.scalars(due_rows(now)))


def waiting(now: datetime) -> list[tuple[str, int, int, datetime]]:
    """What waits, by kind: how many messages, how many of them are due, and when the next is."""
    is_due = case((Delivery.next_at <= now, 1), else_=0)
    rows = select(Delivery.kind, func.count(), func.sum(is_due), func.min(Delivery.next_at))
    found = db.session.execute(rows.where(Delivery.state.in_(OPEN_STATES)).group_by(Delivery.kind))
    return sorted(tuple(row) for row in found)


def throughput(now: datetime, hours: Sequence[int] = (1, 24)) -> list[Throughput]:
    """What went on in the last hours, in one query."""
    spans = {span: now - timedelta(hours=span) for span in hours}
    rows = select(DeliveryAttempt.outcome, DeliveryAttempt.began_at, DeliveryAttempt.at)
    found = db.session.execute(rows.where(DeliveryAttempt.at > min(spans.values()))).all()
    return [_throughput(since, [row for row in found if row.at > since]) for since in spans.values()]


def _throughput(since: datetime, rows: Sequence[Row[str, datetime | None, datetime]]) -> Throughput:
    out = [row for row in rows if row.outcome == DeliveryState.HANDED_OVER and row.began_at is not None]
    seconds = [(row.at - row.began_at).total_seconds() for row in out]
    return Throughput(since, Counter(row.outcome for row in rows), median(seconds) if seconds else None)


def attempts_by_kind() -> list[tuple[str, str, int, float]]:
    """All attempts of this installation: kind, outcome, how many, and how many seconds they took together."""
    took = _seconds(DeliveryAttempt.began_at, DeliveryAttempt.at)
    rows = select(Delivery.kind, DeliveryAttempt.outcome, func.count(), func.coalesce(func.sum(took), 0.0))
    found = db.session.execute(rows.join(DeliveryAttempt.delivery).group_by(Delivery.kind, DeliveryAttempt.outcome))
    return [(kind, outcome, count, float(seconds)) for kind, outcome, count, seconds in found]


def _seconds(start: InstrumentedAttribute[datetime | None], end: InstrumentedAttribute[datetime]) -> ColumnElement[Any]:
    if on_sqlite(db.engine):
        return (func.julianday(end) - func.julianday(start)) * 86_400
    return extract("epoch", end - start)


def states_by_kind() -> list[tuple[str, str, int]]:
    """How many messages of which kind are in which state."""
    rows = select(Delivery.kind, Delivery.state, func.count()).group_by(Delivery.kind, Delivery.state)
    return [(kind, state, count) for kind, state, count in db.session.execute(rows)]


def due_count(now: datetime) -> int:
    rows = select(func.count(Delivery.id)).where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now)
    return db.session.scalar(rows) or 0


def oldest_due_at(now: datetime) -> datetime | None:
    """When the message that has waited longest became due, None if nothing is due.

    What waits for its next attempt, or is being sent at the moment, is not due.
    """
    found: datetime | None = db.session.scalar(
        select(func.min(Delivery.next_at)).where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now)
    )
    return found


def tally(now: datetime) -> Tally:
    """The ledger's figures, in one query."""
    is_due = Delivery.state.in_(OPEN_STATES) & (Delivery.next_at <= now)
    rows = select(
        Delivery.state,
        func.count(),
        func.sum(case((is_due, 1), else_=0)),
        func.min(case((is_due, Delivery.next_at))),
    ).group_by(Delivery.state)
    found = db.session.execute(rows).all()
    counted = {DeliveryState(state): number for state, number, _, _ in found}
    return Tally(
        by_state={state: counted.get(state, 0) for state in DeliveryState},
        due=sum(due for _, _, due, _ in found),
        oldest_due_at=min((oldest for *_, oldest in found if oldest), default=None),
    )


def failed() -> Select[Any]:
    """What was given up or refused, newest first."""
    rows = select(Delivery).where(Delivery.state.in_(FAILED_STATES))
    return rows.order_by(Delivery.finished_at.desc(), Delivery.id.desc())


def failed_one(delivery_id: int) -> Delivery:
    """One of them. Raises NotFound for a message that did not fail."""
    found: Delivery | None = db.session.scalar(failed().where(Delivery.id == delivery_id))
    if found is None:
        raise NotFound("Diese Nachricht ist nicht gescheitert, oder es gibt sie nicht.")
    return found


def heartbeats() -> dict[str, datetime]:
    """When each part of the house last showed that it lives."""
    return {row.name: row.at for row in db.session.scalars(select(Heartbeat))}


def known_keys(kind: str, subject_ids: Iterable[int]) -> set[str]:
    """The dedup keys of all messages of a kind about these rows that stay as they are, were they planned again.

    That is whatever became of them, except those that were taken back.
    """
    ids = list(subject_ids)
    keys: set[str] = set()
    settled = select(Delivery.dedup_key).where(Delivery.kind == kind, Delivery.state != DeliveryState.CANCELLED)
    for start in range(0, len(ids), 1000):
        keys |= set(db.session.scalars(settled.where(Delivery.subject_id.in_(ids[start : start + 1000]))))
    return keys
