"""Reads of the ledger: what is due, how many of which state, what a procedure sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from ikb.db import db
from ikb.deliveries.model import Delivery, DeliveryState, Heartbeat

# Over, and not because the message had arrived or was not wanted any more.
FAILED_STATES = (DeliveryState.FAILED, DeliveryState.BOUNCED_HARD)
WAITING_STATES = (DeliveryState.PLANNED, DeliveryState.SENDING)


def due(now: datetime) -> list[Delivery]:
    """What is due, in the order in which it will be sent."""
    rows = select(Delivery).where(Delivery.state.in_(WAITING_STATES), Delivery.next_at <= now)
    return list(db.session.scalars(rows.order_by(Delivery.urgency, Delivery.next_at, Delivery.id)))


def due_count(now: datetime) -> int:
    rows = select(func.count(Delivery.id)).where(Delivery.state.in_(WAITING_STATES), Delivery.next_at <= now)
    return db.session.scalar(rows) or 0


def oldest_due_at(now: datetime) -> datetime | None:
    """When the message that has waited longest became due, None if nothing is due.

    What waits for its next attempt, or is being sent at the moment, is not due.
    """
    found: datetime | None = db.session.scalar(
        select(func.min(Delivery.next_at)).where(Delivery.state.in_(WAITING_STATES), Delivery.next_at <= now)
    )
    return found


def counts() -> dict[DeliveryState, int]:
    """How many messages are in which state; every state is there."""
    rows = db.session.execute(select(Delivery.state, func.count(Delivery.id)).group_by(Delivery.state))
    counted = {DeliveryState(state): number for state, number in rows}
    return {state: counted.get(state, 0) for state in DeliveryState}


def failed() -> Select[Any]:
    """What was given up or refused, newest first."""
    rows = select(Delivery).where(Delivery.state.in_(FAILED_STATES))
    return rows.order_by(Delivery.finished_at.desc(), Delivery.id.desc())


def heartbeats() -> dict[str, datetime]:
    """When each part of the house last showed that it lives."""
    return {row.name: row.at for row in db.session.scalars(select(Heartbeat))}


def known_keys(kind: str, subject_ids: Iterable[int]) -> set[str]:
    """The dedup keys of all messages of a kind about these rows, whatever became of them."""
    ids = list(subject_ids)
    keys: set[str] = set()
    for start in range(0, len(ids), 1000):
        part = ids[start : start + 1000]
        keys |= set(
            db.session.scalars(select(Delivery.dedup_key).where(Delivery.kind == kind, Delivery.subject_id.in_(part)))
        )
    return keys


def with_attempts(rows: Select[Any], *, state: str = "", kind: str = "") -> Select[Any]:
    """The rows of a filter, newest first, each with its attempts."""
    if state:
        rows = rows.where(Delivery.state == state)
    if kind:
        rows = rows.where(Delivery.kind == kind)
    return rows.options(selectinload(Delivery.log)).order_by(Delivery.next_at.desc(), Delivery.id.desc())
