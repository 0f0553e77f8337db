"""A worker whose clock is wrong goes by the database's: it is the one clock that all workers share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from ikb import log
from ikb.core.clock import Clock, system_clock
from ikb.db import db, on_sqlite

MOST_SKEW = timedelta(seconds=2)


def corrected(clock: Clock) -> Clock:
    """The clock, moved by what this machine's differs from the database's, if that is more than a hair's breadth.

    Measured with the machine's own clock, so that the demonstration's day and a test's stay what they are.
    """
    skew = _skew()
    if abs(skew) <= MOST_SKEW:
        return clock
    log.get(__name__).error("clock differs from the database's", seconds=round(skew.total_seconds()))
    return lambda: clock() + skew


def _skew() -> timedelta:
    if on_sqlite(db.engine):
        return timedelta(0)
    theirs: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = theirs.astimezone(UTC) - system_clock()
    db.session.commit()
    return skew
