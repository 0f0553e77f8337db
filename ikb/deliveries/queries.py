"""Reads of the ledger: what is due, how many of which state, what a procedure sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select

from ikb.db import db
from ikb.deliveries.model import OPEN_STATES, Delivery, DeliveryState, Heartbeat
from ikb.errors import NotFound

# Over, and not because the message had arrived or was not wanted any more.
FAILED_STATES = (DeliveryState.FAILED, DeliveryState.BOUNCED_HARD)


@dataclass(frozen=True)
class Tally:
    """How many messages are in which state (every state is there), how many are due, and since when the oldest waits."""

    by_state: Mapping[DeliveryState, int]
    due: int
    oldest_due_at: datetime | None


def due(now: datetime) -> list[Delivery]:
    """What is due, in the order in which it will be sent."""
    rows = select(Delivery).where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now)
    return list(db.session.scalars(rows.order_by(Delivery.urgency, Delivery.next_at, Delivery.id)))


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
