"""Claiming and finishing: the two moments in which workers could get in each other's way.

A claim is one statement. It takes the most urgent rows that are due, also one whose holder has not come back in time: some
at once where nothing has gone wrong yet, else one. While a row is being sent, `next_at` is the end of its lease, so that
"due" is the same question for both. Whoever finishes must still hold the lease: a worker that slept through it changes
nothing any more.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CursorResult,
    Executable,
    Table,
    Update,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value

from ikb.db import Base, db, on_sqlite, write
from ikb.deliveries.along import Along
from ikb.deliveries.model import IS_OPEN, OPEN_STATES, Delivery, DeliveryAttempt, DeliveryState, dedup_key
from ikb.mail.message import REPLY_LENGTH

RETRY = "retry"
# After the first failure half a minute, then longer and longer; from the eighth on every two hours.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 1800, 3600, 7200))
MOST_ATTEMPTS = 19  # with these pauses about a day
SERVER_PAUSE = timedelta(seconds=30)
UNWANTED = "Nicht mehr gesendet: inzwischen überholt."
TOO_LATE = "Nicht mehr gesendet: der Zeitpunkt, bis zu dem es sinnvoll war, ist vorbei."


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    state:   the delivery's new state; PLANNED means: once more, at `next_at`.
    counted: False if nothing can be said about this message, because the mail server itself was away.
    """

    state: DeliveryState
    reply: str
    next_at: datetime | None = None
    subject: str = ""
    text: str = ""
    counted: bool = True

    @property
    def name(self) -> str:
        """As the attempts' list calls it."""
        return RETRY if self.state == DeliveryState.PLANNED else str(self.state.value)


@dataclass(frozen=True)
class Claim:
    """A message in somebody's hands. owner: under which name it was claimed, new each time; since: when."""

    delivery: Delivery
    owner: str
    since: datetime


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many attempts (1 or more)."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def expire_stale(now: datetime) -> int:
    """Let go of what is too late to make sense; how many those were. To be called inside a transaction."""
    done = db.session.execute(
        update(Delivery)
        .where(Delivery.state.in_(OPEN_STATES), Delivery.next_at <= now, Delivery.stale_at <= now)
        .values(state=DeliveryState.EXPIRED, finished_at=now, last_reply=TOO_LATE, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return _rows(done)


def claim_next(*, lease: timedelta, now: datetime) -> Claim | None:
    """The most urgent message that is due, now leased to the caller; None if none is. As `claim_some`."""
    return next(iter(claim_some(1, lease=lease, now=now)), None)


def claim_some(at_most: int, *, lease: timedelta, now: datetime) -> list[Claim]:
    """The most urgent messages that are due, now leased to the caller, the most urgent first.

    More than one only where none of them was ever tried: a message that ended its worker holds up nobody the next time.
    To be called inside a transaction that does nothing afterwards but end: a claim that is not saved is none.
    """
    owner = _new_owner()
    values = {"now": now, "until": now + lease, "owner": owner, "at_most": at_most}
    found = db.session.scalars(_claim(skip_locked=not on_sqlite(db.engine)), values).all()
    in_turn = sorted(found, key=lambda delivery: (delivery.urgency, delivery.due_at, delivery.id))
    return [Claim(delivery, owner, now) for delivery in in_turn]


def give_back(claims: Sequence[Claim], *, now: datetime) -> None:
    """Messages that were claimed together and not tried wait again as before. To be called inside a transaction."""
    if claims:
        write(_give_back(), these=[claim.delivery.id for claim in claims], owner=claims[0].owner, now=now)


def finish(claim: Claim, outcome: Outcome, *, now: datetime, along: Sequence[Along] = ()) -> bool:
    """Write down how it went, in the caller's transaction; False, and nothing written, if the lease went to another.

    One statement on PostgreSQL. along: what is written with it.
    """
    delivery = claim.delivery
    values: dict[str, Any] = {
        "state": outcome.state.value,
        "last_reply": outcome.reply[:REPLY_LENGTH],
        "lease_owner": None,
        "lease_until": None,
        "next_at": outcome.next_at or delivery.next_at,
        "finished_at": None if outcome.state == DeliveryState.PLANNED else now,
        "attempts": delivery.attempts if outcome.counted else delivery.attempts - 1,
    }
    if outcome.state == DeliveryState.HANDED_OVER:
        values |= {"subject_line": outcome.subject[: _width(Delivery.subject_line)], "body_text": outcome.text}
    if not _write_finish(claim, values, _line(claim, outcome, now) if outcome.counted else None, along):
        return False
    for one in along:
        one.read_again()
    for name, value in values.items():  # so that whoever listens need not read the row again
        set_committed_value(delivery, name, value)
    return True


def _line(claim: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    reply = outcome.reply[:REPLY_LENGTH]
    return {"began_at": claim.since, "at": now, "worker": worker_name(), "outcome": outcome.name, "reply": reply}


def _write_finish(claim: Claim, values: dict[str, Any], line: dict[str, Any] | None, along: Sequence[Along]) -> bool:
    """The row, its line in the history and what goes along, if the lease is still ours; at once where the engine can."""
    written = {f"new_{name}": value for name, value in values.items()} | {
        "this": claim.delivery.id,
        "owner": claim.owner,
    }
    if line is None or on_sqlite(db.engine):
        return _write_in_turn(claim, written, tuple(values), line, along)
    more = {name: value for one in along for name, value in one.values.items()}
    statement = _finish_and_note(tuple(values), tuple(one.update for one in along))
    return write(statement, **written, **line, **more).rowcount > 0


def _write_in_turn(
    claim: Claim,
    written: dict[str, Any],
    names: tuple[str, ...],
    line: dict[str, Any] | None,
    along: Sequence[Along],
) -> bool:
    is_ours = write(_finish(names), **written).rowcount > 0
    if is_ours and line is not None:
        write(_note_attempt(), delivery_id=claim.delivery.id, **line)
        for one in along:
            write(one.update, **one.values)
    return is_ours


def readdress(claim: Claim, recipient: str, name: str) -> bool:
    """A claimed message goes elsewhere, because the address has changed since it was planned; False if the lease is lost.

    To be called inside a transaction of its own. Raises IntegrityError if the same message goes there already.
    """
    old = claim.delivery
    key = dedup_key(old.kind, old.subject_id, old.edition, old.step, recipient)
    values = {"recipient": recipient, "recipient_name": name, "dedup_key": key}
    is_ours = (_ROWS.c.id == old.id) & (_ROWS.c.lease_owner == claim.owner)
    if _rows(db.session.execute(update(_ROWS).where(is_ours).values(values))) == 0:
        return False
    for column, value in values.items():
        set_committed_value(old, column, value)
    return True


def note_return(delivery_id: int, outcome: str, reply: str, *, now: datetime) -> None:
    """One line in a message's history: what came back later."""
    line: dict[str, Any] = {"delivery_id": delivery_id, "began_at": None, "at": now, "worker": "", "outcome": outcome}
    write(_note_attempt(), **line, reply=reply[:REPLY_LENGTH])


def worker_name() -> str:
    """Machine and process: who tried it."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


# Built once: these run for every message, and to put a statement together costs more than to send it.


@lru_cache(maxsize=2)
def _claim(*, skip_locked: bool) -> Executable:
    in_turn = (_ROWS.c.urgency, _ROWS.c.next_at, _ROWS.c.id)
    due = (
        select(_ROWS.c.id, (_ROWS.c.attempts + _ROWS.c.soft_bounces).label("tries"), *in_turn[:2])
        .where(text(IS_OPEN), _ROWS.c.next_at <= bindparam("now"), _ROWS.c.stale_at > bindparam("now"))
        .order_by(*in_turn)
        .limit(bindparam("at_most"))
    )
    if skip_locked:  # SQLite has one writer at a time: nobody else is choosing meanwhile
        due = due.with_for_update(skip_locked=True)
    head = due.cte("head")  # chosen and locked once, however the rest is planned
    place = func.row_number().over(order_by=(head.c.urgency, head.c.next_at, head.c.id))
    placed = select(head.c.id, place.label("place"), func.max(head.c.tries).over().label("tried")).subquery()
    chosen = select(placed.c.id).where(or_(placed.c.place == 1, placed.c.tried == 0))
    claimed = (
        update(_ROWS)
        .where(_ROWS.c.id.in_(chosen))
        .values(
            state=DeliveryState.SENDING.value,
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
            next_at=bindparam("until"),
            attempts=_ROWS.c.attempts + 1,
        )
        .returning(*_ROWS.c)
    )
    return select(Delivery).from_statement(claimed).execution_options(populate_existing=True)


@lru_cache(maxsize=1)
def _give_back() -> Executable:
    # What was never tried waits since it was due; where it was given another moment, it is due now at any rate.
    waits_since = case((_ROWS.c.due_at < bindparam("now"), _ROWS.c.due_at), else_=bindparam("now"))
    values: dict[str, Any] = {"state": DeliveryState.PLANNED.value, "lease_owner": None, "lease_until": None}
    is_ours = _ROWS.c.id.in_(bindparam("these", expanding=True)) & (_ROWS.c.lease_owner == bindparam("owner"))
    rows = update(_ROWS).where(is_ours, _ROWS.c.state == DeliveryState.SENDING.value)
    return rows.values(values | {"next_at": waits_since, "attempts": _ROWS.c.attempts - 1})


@lru_cache(maxsize=4)
def _finish(written: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in written}
    is_ours = (_ROWS.c.id == bindparam("this")) & (_ROWS.c.lease_owner == bindparam("owner"))
    return update(_ROWS).where(is_ours, _ROWS.c.state == DeliveryState.SENDING.value).values(values)


@lru_cache(maxsize=1)
def _note_attempt() -> Executable:
    return insert(_LINES).inline()  # nobody asks for its id


@lru_cache(maxsize=16)
def _finish_and_note(written: tuple[str, ...], along: tuple[Update, ...]) -> Executable:
    done = _finish(written).returning(_ROWS.c.id).cte("done")
    told = [bindparam(name, type_=_LINES.c[name].type) for name in LINE]
    rows = insert(_LINES).inline().from_select(["delivery_id", *LINE], select(done.c.id, *told))
    for place, one in enumerate(along):
        rows = rows.add_cte(one.where(exists(select(done.c.id))).cte(f"along_{place}"))
    return rows.execution_options(preserve_rowcount=True)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table of its own.")
    return table


_ROWS, _LINES = _table(Delivery), _table(DeliveryAttempt)
LINE = ("began_at", "at", "worker", "outcome", "reply")


def _new_owner() -> str:
    # New for each claim: even the same process must not finish what it once held and lost.
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex}"


def _rows(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _width(column: InstrumentedAttribute[str]) -> int:
    return int(column.type.length)
