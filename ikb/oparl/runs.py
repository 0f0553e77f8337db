"""Readings: asked for once, held by lease, going on where another worker stopped, tried again later where a server is away.

The pause before another try is a moment in the row, not a countdown in the broker.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, func, or_, select, update

from ikb.db import db, take_next
from ikb.oparl.model import CouncilSystem, RunState, SyncRun, SystemState
from ikb.queue import wake_after_commit

LEASE = timedelta(minutes=4)  # the slowest request with all its redirects ends well before
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 300, 900))
KEPT = timedelta(days=30)
WATERMARK_OVERLAP = timedelta(hours=1)  # the two clocks may differ; what is read twice changes nothing
FULL_EVERY = timedelta(days=7)  # some servers never say that something was deleted
_OPEN = (RunState.WAITING, RunState.RUNNING)


class LeaseLost(Exception):
    """Another worker has the reading now."""


def ask(system: CouncilSystem, *, now: datetime) -> SyncRun:
    """The reading that is under way or waits, due at once; or a new one. A worker is woken."""
    db.session.refresh(system, with_for_update={"of": CouncilSystem})
    run = open_run(system.id)
    if run is None:
        run = SyncRun(system=system, asked_at=now, next_at=now)
        db.session.add(run)
        db.session.flush()
        _forget_old(system.id, now)
    elif run.state == RunState.WAITING:
        run.next_at = now
    system_id = system.id
    wake_after_commit("oparl.read", system_id)
    return run


def open_run(system_id: int) -> SyncRun | None:
    """The reading that waits or is under way."""
    rows = select(SyncRun).where(SyncRun.system_id == system_id, SyncRun.state.in_(_OPEN))
    return db.session.scalars(rows).one_or_none()


def due_systems(now: datetime) -> list[CouncilSystem]:
    """Council systems whose interval is over and that nobody reads at the moment."""
    last = select(func.max(SyncRun.finished_at)).where(SyncRun.system_id == CouncilSystem.id).scalar_subquery()
    is_read = exists().where(SyncRun.system_id == CouncilSystem.id, SyncRun.state.in_(_OPEN))
    rows = select(CouncilSystem, last).where(
        CouncilSystem.is_paused.is_(False), CouncilSystem.state == SystemState.ACTIVE, ~is_read
    )
    found = db.session.execute(rows.order_by(CouncilSystem.id)).all()
    return [system for system, ended in found if ended is None or ended + interval(system) <= now]


def interval(system: CouncilSystem) -> timedelta:
    """How long after the end of a reading the next one begins."""
    return timedelta(minutes=system.interval_minutes)


def _forget_old(system_id: int, now: datetime) -> None:
    db.session.execute(
        delete(SyncRun)
        .where(SyncRun.system_id == system_id, SyncRun.finished_at < now - KEPT)
        .execution_options(synchronize_session=False)
    )


def since_when(run: SyncRun, *, now: datetime) -> datetime | None:
    """From when on changes have to be asked for; None where everything must be read.

    That is the beginning of the last reading that asked for the same and got all of it, with some overlap.
    """
    whole = select(func.max(SyncRun.started_at)).where(
        SyncRun.system_id == run.system_id,
        SyncRun.state == RunState.FINISHED,
        SyncRun.is_whole,
        SyncRun.scope == run.scope,
    )
    last = db.session.scalar(whole)
    last_full = db.session.scalar(whole.where(SyncRun.since.is_(None)))
    if last is None or last_full is None or last_full + FULL_EVERY <= now:
        return None
    return last - WATERMARK_OVERLAP


def claim(owner: str, *, now: datetime, system_id: int | None = None) -> SyncRun | None:
    """Take up a reading that is due or whose worker fell silent; None if there is none."""
    due = or_(
        and_(SyncRun.state == RunState.WAITING, SyncRun.next_at <= now),
        and_(SyncRun.state == RunState.RUNNING, SyncRun.lease_until < now),
    )
    if system_id is not None:
        due = and_(due, SyncRun.system_id == system_id)
    return take_next(
        SyncRun,
        due,
        SyncRun.next_at,
        state=RunState.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        started_at=func.coalesce(SyncRun.started_at, now),
    )


def hold(run_id: int, owner: str, *, now: datetime) -> SyncRun:
    """The reading, kept for another lease; its row is locked until the transaction ends.

    Raises LeaseLost if another worker has it by now.
    """
    kept = db.session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id, SyncRun.lease_owner == owner, SyncRun.state == RunState.RUNNING)
        .values(lease_until=now + LEASE)
        .returning(SyncRun.id)
    ).scalar_one_or_none()
    if kept is None:
        raise LeaseLost
    return db.session.get_one(SyncRun, run_id, populate_existing=True)


def try_later(run: SyncRun, sentence: str, *, now: datetime) -> bool:
    """Let a reading wait because the server is away; False, and nothing happened, once all pauses are used up."""
    if run.attempts >= len(PAUSES):
        return False
    run.next_at = now + PAUSES[run.attempts]
    run.attempts += 1
    run.sentence = sentence[:500]
    _release(run, RunState.WAITING)
    return True


def go_on_later(run: SyncRun, *, now: datetime) -> None:
    """Give a reading back before it is finished, to be taken up at once."""
    run.next_at = now
    _release(run, RunState.WAITING)


def fail(run: SyncRun, sentence: str, *, now: datetime) -> None:
    """End a reading that cannot go on."""
    run.sentence, run.finished_at = sentence[:500], now
    _release(run, RunState.FAILED)


def finish(run: SyncRun, *, now: datetime) -> None:
    """End a reading that came to its end."""
    run.sentence, run.finished_at = "", now
    _release(run, RunState.FINISHED)


def _release(run: SyncRun, state: RunState) -> None:
    run.state, run.lease_owner, run.lease_until = state, None, None
    db.session.flush()
