"""What comes back after a message was handed over: proof that it arrived, or that it did not.

Such reports come late, twice, or in the wrong order (RFC 3464 promises nothing else). Each is kept in the message's
history; its state only changes where the report is news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update

from ikb.db import db
from ikb.deliveries import ledger
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.events import announce
from ikb.mail.message import REPLY_LENGTH

# A full mailbox is seldom emptied within a minute: these pauses are the longer ones of the back-off.
SOFT_PAUSES = ledger.BACK_OFF[3:]
MOST_SOFT_BOUNCES = len(SOFT_PAUSES)  # 5


def delivered(delivery: Delivery, reply: str, *, now: datetime) -> None:
    """A mail server says that it lies in the recipient's mailbox; one that was to be tried again is not."""
    _become(delivery, DeliveryState.DELIVERED, (DeliveryState.HANDED_OVER, DeliveryState.BOUNCED_SOFT), now)
    ledger.note_return(delivery.id, DeliveryState.DELIVERED, reply, now=now)


def bounced(delivery: Delivery, reply: str, *, is_permanent: bool, now: datetime) -> None:
    """A mail server could not deliver it: for good, or for now. Then it is tried again, at most five times.

    Whoever listens to "message_bounced" hears of it once it will not be tried again.
    """
    state = DeliveryState.BOUNCED_HARD if is_permanent else _after_soft_bounce(delivery, now)
    before = [DeliveryState.HANDED_OVER, DeliveryState.DELIVERED]
    if is_permanent:
        before.append(DeliveryState.BOUNCED_SOFT)
    is_news = _become(delivery, state, before, now, reply)
    ledger.note_return(delivery.id, _told(is_permanent), reply, now=now)
    if is_news and state != DeliveryState.BOUNCED_SOFT:
        announce("message_bounced", delivery_id=delivery.id, now=now)


def _told(is_permanent: bool) -> DeliveryState:
    return DeliveryState.BOUNCED_HARD if is_permanent else DeliveryState.BOUNCED_SOFT


def _after_soft_bounce(delivery: Delivery, now: datetime) -> DeliveryState:
    """To be tried again, unless that was done often enough or would be too late."""
    if delivery.soft_bounces >= MOST_SOFT_BOUNCES or now + SOFT_PAUSES[delivery.soft_bounces] >= delivery.stale_at:
        return DeliveryState.FAILED
    return DeliveryState.BOUNCED_SOFT


def _become(
    delivery: Delivery, state: DeliveryState, before: Sequence[DeliveryState], now: datetime, reply: str = ""
) -> bool:
    """Whether this changed the message's state; else somebody was faster, or it is on its way again."""
    values: dict[str, Any] = {"state": state.value, "finished_at": now}
    if reply:
        values["last_reply"] = reply[:REPLY_LENGTH]
    if state == DeliveryState.BOUNCED_SOFT:
        values |= {
            "finished_at": None,
            "next_at": now + SOFT_PAUSES[delivery.soft_bounces],
            "soft_bounces": delivery.soft_bounces + 1,
            "attempts": 0,
        }
    rows = update(Delivery).where(Delivery.id == delivery.id, Delivery.state.in_(before)).values(values)
    done = db.session.execute(rows.execution_options(synchronize_session=False))
    db.session.refresh(delivery)
    return isinstance(done, CursorResult) and done.rowcount > 0
