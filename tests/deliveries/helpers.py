"""A wire that a test can cut, and rows to send over it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliveries import service
from ikb.deliveries.model import Delivery
from ikb.mail import Written


class Wire:
    """A transport that keeps what it is given. faults: per recipient, what its next attempts meet."""

    def __init__(self, faults: dict[str, list[Exception]] | None = None) -> None:
        self.faults = faults or {}
        self.tried: list[EmailMessage] = []
        self.sent: list[EmailMessage] = []
        self.recipients: list[str] = []

    def send(self, sent: Written, recipient: str) -> str:
        message = message_from_bytes(
            sent.as_bytes(), _class=EmailMessage, policy=default
        )  # as whoever gets it reads it
        self.tried.append(message)
        if waiting := self.faults.get(recipient):
            raise waiting.pop(0)
        self.sent.append(message)
        self.recipients.append(recipient)
        return "250 OK"

    def close(self) -> None:
        pass


def given(now: datetime, **values: Any) -> None:
    """One planned message of the kind "note", due now and good for a day, unless the test says otherwise."""
    message: dict[str, Any] = {
        "kind": "note",
        "subject_id": 1,
        "recipient": "post@verein.example.org",
        "due_at": now,
        "stale_at": now + timedelta(days=1),
    }
    with transaction():
        service.plan(**(message | values), now=now)


def planned() -> list[Delivery]:
    """All rows of the ledger as they are now, in the order in which they were planned."""
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def only() -> Delivery:
    """The one row of the ledger as it is now."""
    (row,) = planned()
    return row
