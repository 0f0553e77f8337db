"""Whether the house is well: what `/bereit` answers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from ikb.core.clock import system_clock
from ikb.db import db, on_sqlite
from ikb.deliveries import queries as deliveries
from ikb.deliveries.service import oldest_due_age
from ikb.journal.model import JournalEntry, JournalHead
from ikb.queue import waiting_wakeups

LATE = timedelta(seconds=120)  # lease and tick together are below 60 s: twice that means that nobody is working
SILENT = timedelta(seconds=90)  # each shows every 15 s that it lives; `ikb deliver` by cron once a minute
LEAST_FREE = 500 * 1024 * 1024  # bytes
MOST_SKEW = timedelta(seconds=2)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, whether it is well, and what was seen, in words."""

    name: str
    ok: bool
    seen: str


def checks(now: datetime, data_dir: Path) -> list[Check]:
    """Everything that must be well before this installation takes requests."""
    try:
        return [_oldest_due(now), *_heartbeats(now), _broker(), _disk(data_dir), _clock_skew(), _end_of_chain()]
    except SQLAlchemyError as fault:
        db.session.rollback()
        return [Check("datenbank", False, type(fault).__name__)]


def _oldest_due(now: datetime) -> Check:
    age = oldest_due_age(now)
    return Check("sendungen", age is None or age < LATE, f"älteste fällige: {_seconds(age)}")


def _heartbeats(now: datetime) -> list[Check]:
    beats = deliveries.heartbeats()
    return [
        Check(name, name in beats and now - beats[name] < SILENT, f"zuletzt: {_seconds(now - beats[name])}")
        if name in beats
        else Check(name, False, "hat sich nie gemeldet")
        for name in ("worker", "beat")
    ]


def _broker() -> Check:
    # Away, it delays messages to the next tick and loses none; but somebody should know.
    try:
        waiting = waiting_wakeups()
    except RedisError as fault:
        return Check("warteschlange", False, type(fault).__name__)
    seen = "im selben Prozess" if waiting is None else f"{waiting} Weckrufe warten"
    return Check("warteschlange", True, seen)


def _disk(data_dir: Path) -> Check:
    free = shutil.disk_usage(data_dir if data_dir.exists() else data_dir.anchor).free
    return Check("platz", free >= LEAST_FREE, f"{free // (1024 * 1024)} MB frei")


def _clock_skew() -> Check:
    # The machine's clock, not the demonstration's shifted one: it is the database that must agree with it.
    if on_sqlite(db.engine):
        return Check("uhr", True, "Datenbank läuft auf derselben Uhr")
    theirs: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs(system_clock() - theirs.astimezone(UTC))
    return Check("uhr", skew <= MOST_SKEW, f"Abweichung {skew.total_seconds():.1f} s")


def _end_of_chain() -> Check:
    # The whole chain is checked by `ikb journal verify`; here only that its end belongs to its last entry.
    head = db.session.get(JournalHead, 1)
    last = db.session.scalar(select(func.max(JournalEntry.id))) or 0
    return Check("kette", head is not None and head.last_id == last, f"{last} Einträge")


def _seconds(age: timedelta | None) -> str:
    return "keine" if age is None else f"vor {int(age.total_seconds())} s"
