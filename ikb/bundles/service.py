"""The way of a bundle through the workers' hands, and its end. What is in it is its own room's affair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from ikb.bundles.model import Bundle, BundleState
from ikb.bundles.packing import Packed
from ikb.bundles.queries import B
from ikb.db import db, take_next
from ikb.web import labels

LEASE = timedelta(minutes=3)  # a table of ten thousand rows takes half of one; renewed with each step
MOST_ATTEMPTS = 3
KEPT = timedelta(days=7)

labels.add(
    "bundle",
    {
        BundleState.QUEUED: "wartet",
        BundleState.RUNNING: "wird zusammengestellt",
        BundleState.DONE: "fertig",
        BundleState.FAILED: "fehlgeschlagen",
        BundleState.GONE: "gelöscht",
    },
    tones={BundleState.RUNNING: "info", BundleState.DONE: "success", BundleState.FAILED: "danger"},
)


class LeaseLost(Exception):
    """Another worker has the bundle now."""


def claim(kind: type[B], owner: str, *, now: datetime, bundle_id: int | None = None) -> B | None:
    """Take up the oldest one that waits or whose worker fell silent; None if there is none."""
    due = or_(
        kind.state == BundleState.QUEUED,
        and_(kind.state == BundleState.RUNNING, kind.lease_until < now),
    )
    if bundle_id is not None:
        due = and_(due, kind.id == bundle_id)
    return take_next(
        kind,
        due,
        kind.id,
        state=BundleState.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        steps_done=0,
        attempts=kind.attempts + 1,
    )


def step(kind: type[Bundle], bundle_id: int, owner: str, done: int, total: int, *, now: datetime) -> None:
    """Note how far it is, and keep the lease. Raises LeaseLost if another worker has it by now."""
    _change(kind, bundle_id, owner, {"steps_done": done, "steps_total": total, "lease_until": now + LEASE})


def finish(kind: type[B], bundle_id: int, owner: str, packed: Packed, *, now: datetime) -> B:
    """It lies on the shelf. Raises LeaseLost if another worker has it by now."""
    values = {"state": BundleState.DONE, "sha256": packed.sha256, "size": packed.size, "files": packed.files}
    _change(kind, bundle_id, owner, values | {"finished_at": now, "lease_until": None, "lease_owner": None})
    return db.session.get_one(kind, bundle_id, populate_existing=True)


def fail(kind: type[Bundle], bundle_id: int, owner: str, fault: str, *, now: datetime) -> None:
    """End one that cannot be built, with a sentence for whoever asked. Raises LeaseLost if another worker has it by now."""
    values = {"state": BundleState.FAILED, "fault": fault[:500], "finished_at": now}
    _change(kind, bundle_id, owner, values | {"lease_until": None, "lease_owner": None})


def expired(kind: type[B], *, now: datetime) -> Sequence[B]:
    """Those whose days are over."""
    rows = select(kind).where(kind.state == BundleState.DONE, kind.finished_at < now - KEPT)
    return db.session.scalars(rows).all()


def _change(kind: type[Bundle], bundle_id: int, owner: str, values: dict[str, object]) -> None:
    held = (kind.id == bundle_id, kind.lease_owner == owner, kind.state == BundleState.RUNNING)
    changed = update(kind).where(*held).values(**values).returning(kind.id)
    if db.session.execute(changed).scalar_one_or_none() is None:
        raise LeaseLost
