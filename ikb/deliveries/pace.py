"""Mail servers that take only so many messages a minute: places in the queue, handed out by the database.

A place is booked before a message is claimed, so that the most urgent one takes it whoever comes meanwhile. All workers
book in one row per server: together they never go faster than one alone. At most one of them waits for a place that lies
ahead; the others have something better to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from ikb.config import Config
from ikb.db import db, on_sqlite
from ikb.deliveries.model import Pace


def interval(config: Config) -> timedelta | None:
    """The time between two messages, None where the mail server has not said how many it takes."""
    if config.smtp_url is None or config.mail_pace is None:
        return None
    return timedelta(minutes=1) / config.mail_pace


def server_name(config: Config) -> str:
    """The mail server as its row is called: its host, without user and password."""
    return (urlsplit(config.smtp_url or "").hostname or "")[:200]


def book(server: str, every: timedelta, *, now: datetime) -> datetime | None:
    """When the next message may go out; from then on the place is taken. None if somebody waits for one already.

    every: the time between two messages. To be called inside a transaction.
    """
    insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
    db.session.execute(insert(Pace).values(server=server, free_at=now).on_conflict_do_nothing())
    row = db.session.scalars(
        select(Pace).where(Pace.server == server).with_for_update().execution_options(populate_existing=True)
    ).one()
    if row.free_at > now + every:
        return None
    mine = max(row.free_at, now)
    row.free_at = mine + every
    return mine
