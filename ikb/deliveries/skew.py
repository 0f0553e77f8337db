"""The first look of a run: is anything due, and is our clock right? One question, so that an idle tick costs next to nothing.

A worker whose clock is wrong goes by the database's: it is the one clock that all workers share.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select, text

from ikb import log
from ikb.core.clock import Clock, system_clock
from ikb.db import db, on_sqlite
from ikb.deliveries.model import IS_OPEN, Delivery

MOST_SKEW = timedelta(seconds=2)
# By the database's clock, whatever ours says; the demonstration's day and a test's stay what they are, because the
# difference is measured with the machine's own clock.
LOOK = text(
    "SELECT clock_timestamp(), EXISTS (SELECT 1 FROM delivery WHERE "  # noqa: S608 (a constant)
    + IS_OPEN
    + " AND next_at <= CAST(:now AS timestamptz) + (clock_timestamp() - CAST(:mine AS timestamptz)))"
)


def look(clock: Clock) -> tuple[Clock, bool]:
    """The clock to go by, moved if this machine's is wrong by more than a hair's breadth; and whether anything is due."""
    now = clock()
    if on_sqlite(db.engine):
        rows = select(exists().where(text(IS_OPEN), Delivery.next_at <= now))
        is_due = bool(db.session.scalar(rows))
        db.session.commit()
        return clock, is_due
    mine = system_clock()
    theirs: datetime
    theirs, is_due = db.session.execute(LOOK, {"now": now, "mine": mine}).one()
    db.session.commit()
    skew = theirs.astimezone(UTC) - mine
    if abs(skew) <= MOST_SKEW:
        return clock, is_due
    log.get(__name__).error("clock differs from the database's", seconds=round(skew.total_seconds()))
    return lambda: clock() + skew, is_due
