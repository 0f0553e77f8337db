"""Takes in what came back: which message of ours it is about, and what follows from it.

Sources of the same return are many (a mailbox read by two workers, a pipe, a copy); its fingerprint makes them one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ikb.core.returned_mail import LARGEST as LARGEST
from ikb.core.returned_mail import Kind, Returned, read
from ikb.db import db, on_sqlite
from ikb.deliveries import ledger, returns
from ikb.deliveries.model import Delivery, DeliveryState, ReturnedMail

KEPT = timedelta(days=30)
LOOKED_BACK = timedelta(days=7)  # a mail server gives up after five days (RFC 5321, section 4.5.4.1)
WENT_OUT = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.BOUNCED_SOFT)
SAID_NOTHING = "ohne Angabe des Mailservers"


@dataclass(frozen=True)
class Taken:
    """What became of one return. is_new: False if it had been taken in before; then nothing was changed."""

    kind: Kind
    delivery_id: int | None
    is_new: bool

    @property
    def sentence(self) -> str:
        """For whoever handed it in by hand."""
        if not self.is_new:
            return "Schon bekannt: diese Rückmeldung wurde bereits übernommen."
        about = f"zu Nachricht {self.delivery_id}" if self.delivery_id else "zu keiner Nachricht von uns"
        return f"Übernommen: {self.kind.value}, {about}."


def take_in(raw: bytes, *, now: datetime) -> Taken:
    """Take in one message that came back, in the caller's transaction; the same one twice is one."""
    returned = read(raw)
    delivery = _about(returned, now)
    number = None if delivery is None else delivery.id
    if not _is_new(returned, number, now):
        return Taken(returned.kind, number, is_new=False)
    if delivery is not None:
        _follow(delivery, returned, now)
    return Taken(returned.kind, number, is_new=True)


def forget(now: datetime) -> int:
    """Delete what came back more than 30 days ago; how much that was. What it meant for a message stays with the message."""
    done = db.session.execute(delete(ReturnedMail).where(ReturnedMail.received_at < now - KEPT))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _about(returned: Returned, now: datetime) -> Delivery | None:
    """The message it names; else the latest one to the address that it is about."""
    if returned.message_ids:
        rows = select(Delivery).where(Delivery.message_id.in_(returned.message_ids))
        found = {row.message_id: row for row in db.session.scalars(rows)}
        named = next((found[one] for one in returned.message_ids if one in found), None)
        if named is not None:
            return named
    if not returned.recipient or returned.kind == Kind.UNKNOWN:
        return None
    latest = select(Delivery).where(
        func.lower(Delivery.recipient) == returned.recipient,
        Delivery.state.in_(WENT_OUT),
        Delivery.next_at >= now - LOOKED_BACK,
    )
    return db.session.scalars(latest.order_by(Delivery.next_at.desc(), Delivery.id.desc()).limit(1)).one_or_none()


def _is_new(returned: Returned, delivery_id: int | None, now: datetime) -> bool:
    values: dict[str, Any] = {
        "fingerprint": returned.fingerprint,
        "received_at": now,
        "kind": returned.kind.value,
        "delivery_id": delivery_id,
        "recipient": returned.recipient[:254],
        "status": returned.status[:20],
        "reason": returned.reason[:400],
        "excerpt": returned.excerpt[:300],
    }
    insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
    rows = insert(ReturnedMail.__table__).values(values)  # type: ignore[arg-type]
    once = rows.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(ReturnedMail.__table__.c.id)
    return db.session.execute(once).scalar_one_or_none() is not None


def _follow(delivery: Delivery, returned: Returned, now: datetime) -> None:
    """What a return changes. Only bounces and proof of delivery change a message's state."""
    reply = returned.reason if returned.status in returned.reason else f"{returned.status} {returned.reason}"
    reply = reply.strip() or SAID_NOTHING
    match returned.kind:
        case Kind.HARD:
            returns.bounced(delivery, reply, is_permanent=True, now=now)
        case Kind.SOFT:
            returns.bounced(delivery, reply, is_permanent=False, now=now)
        case Kind.DELIVERED:
            returns.delivered(delivery, reply, now=now)
        case Kind.DELAYED:
            ledger.note_return(delivery.id, Kind.DELAYED.value, reply, now=now)
        case Kind.OUT_OF_OFFICE:
            # Not its words: what somebody writes about their absence is forgotten with the return itself.
            ledger.note_return(delivery.id, Kind.OUT_OF_OFFICE.value, "Eine automatische Antwort kam zurück.", now=now)
        case Kind.UNKNOWN:
            pass
