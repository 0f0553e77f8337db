"""Planning messages, taking them back, and sending once more what failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Executable, Insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ikb import mail
from ikb.core.clock import require_aware
from ikb.db import db, on_sqlite, rows_at_once, write_rows
from ikb.deliveries import queries
from ikb.deliveries.kinds import urgency_of
from ikb.deliveries.ledger import UNWANTED
from ikb.deliveries.model import Delivery, DeliveryState, Heartbeat, dedup_key
from ikb.deliveries.previews import deliver_once, preview
from ikb.deliveries.rendering import new_message_id
from ikb.deliveries.returns import bounced, delivered
from ikb.deliveries.sending import HELP_FROM, Line, Report, send_due
from ikb.errors import Conflict
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.queue import wake_after_commit, wake_soon_after_commit
from ikb.together import Change, bound, prefixed

__all__ = [
    "Line", "Planned", "Report", "beat", "bounced", "cancel", "deliver_once", "delivered", "due_count", "oldest_due_age",
    "plan", "plan_many", "preview", "promise", "send_again", "send_due",
]  # fmt: skip

ROWS_PER_INSERT = 500
# What a message that was taken back gets anew when it is planned again. Its id and its Message-ID stay, as whenever the
# same message is tried once more: an earlier attempt may have arrived although nobody said so.
ANEW = (
    "recipient", "recipient_name", "procedure_id", "urgency", "state", "due_at", "next_at", "stale_at", "attempts",
    "soft_bounces", "lease_until", "lease_owner", "finished_at", "last_reply", "subject_line", "body_text",
)  # fmt: skip
# What is said of a message when it is planned; everything else begins as its column does.
GIVEN = (
    "kind", "subject_id", "recipient", "due_at", "stale_at", "recipient_name", "step", "edition", "procedure_id", "dedup_key",
    "message_id", "urgency", "created_at", "next_at",
)  # fmt: skip
SECOND_CHANCE = timedelta(hours=24)


@dataclass(frozen=True)
class Planned:
    """One message to be: which kind about which row, to whom, when, and until when it makes sense.

    step:    which of several messages of that kind ("7": seven days before).
    edition: of what it tells; another deadline is another message.
    Kind, subject, recipient, step and edition together are sent once.
    """

    kind: str
    subject_id: int
    recipient: str
    due_at: datetime
    stale_at: datetime
    recipient_name: str = ""
    step: str = ""
    edition: str = ""
    procedure_id: int | None = None

    @property
    def dedup_key(self) -> str:
        """Equal for the same message, however often it is planned; holds no address in the clear."""
        return dedup_key(self.kind, self.subject_id, self.edition, self.step, self.recipient)


def plan(
    kind: str,
    *,
    subject_id: int,
    recipient: str,
    recipient_name: str = "",
    step: str = "",
    edition: str = "",
    due_at: datetime,
    stale_at: datetime,
    procedure_id: int | None = None,
    now: datetime,
) -> None:
    """Promise one message, in the transaction of its cause; planned again, it stays one. See `plan_many`."""
    message = Planned(
        kind=kind,
        subject_id=subject_id,
        recipient=recipient,
        recipient_name=recipient_name,
        step=step,
        edition=edition,
        due_at=due_at,
        stale_at=stale_at,
        procedure_id=procedure_id,
    )
    plan_many([message], now=now)


def plan_many(messages: Sequence[Planned], *, now: datetime) -> None:
    """Promise many messages at once; those that were promised before stay as they are, unless they were taken back.

    One that was taken back waits again: its cause came, went and is there once more.
    The worker is woken after the commit if any of them is due already.
    Raises ValueError for a message without an address: what goes by letter is no delivery.
    """
    # Of two that are the same the first counts: one statement cannot write a row twice.
    rows = list({row["dedup_key"]: row for row in (_row(message, now) for message in reversed(messages))}.values())[
        ::-1
    ]
    for start in range(0, len(rows), ROWS_PER_INSERT):
        _insert(rows[start : start + ROWS_PER_INSERT])
    due = sum(message.due_at <= now for message in messages)
    if due:
        _wake_once()
    if due >= HELP_FROM:
        wake_after_commit("deliveries.send_due")  # a second worker need not wait until the first has looked


def promise(message: Planned, *, now: datetime) -> Change:
    """As `plan_many`, of one message: to be written together with its cause."""
    if message.due_at <= now:
        _wake_once()
    return Change(_promise_one(embedded=on_sqlite(db.engine)), prefixed(_row(message, now), "planned"))


def _insert(rows: Sequence[dict[str, Any]]) -> None:
    db.session.flush()
    if on_sqlite(db.engine):
        db.session.connection().execute(_promise(embedded=True), list(rows))
    else:
        write_rows(_promise(embedded=False), rows)


@lru_cache(maxsize=2)
def _promise(*, embedded: bool) -> Executable:
    table: Any = Delivery.__table__
    if embedded:
        rows: Any = sqlite.insert(table).inline()
    else:
        given = rows_at_once("planned", [table.c[name] for name in GIVEN])
        rows = postgresql.insert(table).from_select(GIVEN, select(given))
    return _once(rows)


@lru_cache(maxsize=2)
def _promise_one(*, embedded: bool) -> Insert:
    table: Any = Delivery.__table__
    begins = {one.name: one.default.arg for one in table.c if one.default is not None and one.name not in GIVEN}
    insert: Any = sqlite.insert if embedded else postgresql.insert
    return _once(insert(table).inline().values(begins | bound([table.c[name] for name in GIVEN], "planned")))


def _once(rows: Any) -> Insert:
    return cast(
        Insert,
        rows.on_conflict_do_update(
            index_elements=["dedup_key"],
            set_={name: rows.excluded[name] for name in ANEW},
            where=rows.table.c.state == DeliveryState.CANCELLED.value,
        ),
    )


def _row(message: Planned, now: datetime) -> dict[str, Any]:
    recipient = message.recipient.strip()
    if not recipient:
        raise ValueError(f"{message.kind} about {message.subject_id} has no recipient.")
    due_at = require_aware(message.due_at)
    name = mail.one_line(message.recipient_name)[:200]
    return vars(message) | {
        "recipient": recipient,
        "recipient_name": name,
        "dedup_key": message.dedup_key,
        "message_id": new_message_id(),
        "urgency": urgency_of(message.kind),
        "created_at": now,
        "due_at": due_at,
        "next_at": due_at,
        "stale_at": require_aware(message.stale_at),
    }


def _wake_once() -> None:
    # One wake-up for a transaction is enough, however many messages it plans.
    current, info = db.session().get_transaction(), db.session().info
    if info.get("deliveries woken in") is not current:
        info["deliveries woken in"] = current
        wake_soon_after_commit("deliveries.send_due")


def cancel(
    kind: str,
    subject_ids: Iterable[int],
    *,
    now: datetime,
    step: str | None = None,
    except_edition: str | None = None,
) -> None:
    """Take back messages that wait to be sent; what is on its way or gone stays as it is.

    step, except_edition: only those of one step; all but those of one edition.
    """
    ids = list(subject_ids)
    for start in range(0, len(ids), ROWS_PER_INSERT):
        waiting = update(Delivery).where(
            Delivery.kind == kind,
            Delivery.subject_id.in_(ids[start : start + ROWS_PER_INSERT]),
            Delivery.state.in_((DeliveryState.PLANNED, DeliveryState.BOUNCED_SOFT)),
        )
        if step is not None:
            waiting = waiting.where(Delivery.step == step)
        if except_edition is not None:
            waiting = waiting.where(Delivery.edition != except_edition)
        taken_back = waiting.values(state=DeliveryState.CANCELLED, finished_at=now, last_reply=UNWANTED)
        db.session.execute(taken_back.execution_options(synchronize_session="fetch"))


def send_again(delivery: Delivery, *, by: Actor, now: datetime) -> None:
    """Give a message that failed another day, under the same Message-ID; it still has to be wanted when its turn comes.

    Raises Conflict if it did not fail, or somebody was faster.
    """
    revived = db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state.in_(queries.FAILED_STATES))
        .values(
            state=DeliveryState.PLANNED,
            next_at=now,
            stale_at=max(delivery.stale_at, now + SECOND_CHANCE),
            attempts=0,
            soft_bounces=0,
            finished_at=None,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if revived is None:
        raise Conflict(
            "Diese Nachricht ist nicht mehr gescheitert: sie ist schon unterwegs oder wurde inzwischen gesendet."
        )
    db.session.expire(delivery)
    journal.record("message sent again", delivery, by=by, now=now, procedure_id=delivery.procedure_id)
    _wake_once()


def beat(names: Iterable[str], *, now: datetime) -> None:
    """Note that parts of the house live: `worker`, `beat`."""
    insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
    rows = insert(Heartbeat.__table__).values([{"name": name, "at": now} for name in sorted(names)])  # type: ignore[arg-type]
    db.session.execute(rows.on_conflict_do_update(index_elements=["name"], set_={"at": rows.excluded.at}))


def due_count(now: datetime) -> int:
    """How many messages are due and not sent yet."""
    return queries.due_count(now)


def oldest_due_age(now: datetime) -> timedelta | None:
    """For how long the oldest due message has been waiting, None if none is: the first sign that something is wrong."""
    since = queries.oldest_due_at(now)
    return None if since is None else max(now - since, timedelta(0))
