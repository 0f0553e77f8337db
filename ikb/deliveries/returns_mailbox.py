"""Looks into the mailbox for returns, and keeps for the administrator how that went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from ikb import log
from ikb.config import Config
from ikb.db import db, on_sqlite, transaction
from ikb.deliveries import incoming
from ikb.deliveries.model import ReturnsMailbox
from ikb.mail.imap import MailboxUnavailable, open_mailbox

AT_MOST = 50  # messages in one look: the next one comes within a minute
NAME = "imap"


@dataclass
class Reading:
    """What one look found: how many returns were taken in, and what was wrong; empty if nothing was."""

    taken: int = 0
    fault: str = ""


def read_mailbox(config: Config, clock: Callable[[], datetime]) -> Reading | None:
    """Take in what is unread, each message in a transaction of its own; None where no mailbox is set.

    A message is marked only once it is taken in: what is interrupted comes again, and counts once all the same.
    """
    if config.imap_url is None:
        return None
    reading = Reading()
    try:
        _read_into(reading, config, clock)
    except MailboxUnavailable as fault:
        reading.fault = str(fault)
        log.get(__name__).warning("returns not read", reason=reading.fault)
    with transaction():
        _keep(reading, clock())
    return reading


def _read_into(reading: Reading, config: Config, clock: Callable[[], datetime]) -> None:
    with open_mailbox(config) as mailbox:
        reading.fault = mailbox.hint
        for uid in mailbox.unread(AT_MOST):
            raw = mailbox.fetch(uid)
            try:
                with transaction():
                    incoming.take_in(raw, now=clock())
            except SQLAlchemyError as fault:  # it stays unread and comes again; the others are not to wait for it
                log.get(__name__).error("return not taken in", error=type(fault).__name__)
                reading.fault = "Eine Rückmeldung konnte nicht gespeichert werden; sie bleibt ungelesen im Postfach."
                continue
            mailbox.settle(uid)
            reading.taken += 1


def _keep(reading: Reading, now: datetime) -> None:
    known = state()
    since = (known.faulty_since if known and known.faulty_since else now) if reading.fault else None
    values = {"name": NAME, "tried_at": now, "faulty_since": since, "fault": reading.fault}
    values["read_at"] = now if not reading.fault else known.read_at if known else None
    insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
    rows = insert(ReturnsMailbox.__table__).values(values)  # type: ignore[arg-type]
    db.session.execute(rows.on_conflict_do_update(index_elements=["name"], set_=values))
    if known is not None:
        db.session.expire(known)


def state() -> ReturnsMailbox | None:
    """How the last look went; None if there was none yet."""
    return db.session.scalars(select(ReturnsMailbox).where(ReturnsMailbox.name == NAME)).one_or_none()
