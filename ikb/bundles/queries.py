"""Reads of bundles of one kind."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from ikb.bundles.model import Bundle, BundleState
from ikb.db import db

SHOWN = 10
B = TypeVar("B", bound=Bundle)


def of_procedure(kind: type[B], procedure_id: int) -> list[B]:
    """The bundles of a procedure that were asked for last, the newest first."""
    rows = select(kind).where(kind.procedure_id == procedure_id).order_by(kind.id.desc())
    return list(db.session.scalars(rows.limit(SHOWN)))


def active_of(kind: type[B], procedure_id: int) -> B | None:
    """The one that is being built, None if none is."""
    is_active = kind.state.in_((BundleState.QUEUED, BundleState.RUNNING))
    rows = select(kind).where(kind.procedure_id == procedure_id, is_active)
    return db.session.scalar(rows.order_by(kind.id).limit(1))


def with_key(kind: type[B], key: UUID) -> B | None:
    """The one that a form asked for."""
    return db.session.scalar(select(kind).where(kind.key == key))
