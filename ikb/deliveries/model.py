"""Rows of the ledger: one delivery is one message to one address."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base
from ikb.deliveries.mail_text import MailText as MailText


class DeliveryState(StrEnum):
    """Where a message is.

    A `planned` one becomes due by the clock alone, so `due` is never written: see `Delivery.is_due`. Waiting to be sent
    are also those whose worker has not come back (`sending`) and those that came back for a passing reason
    (`bounced_soft`).
    """

    PLANNED = "planned"
    SENDING = "sending"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    BOUNCED_SOFT = "bounced_soft"
    BOUNCED_HARD = "bounced_hard"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN_STATES = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.BOUNCED_SOFT)
# Written out, not as parameters: only then does PostgreSQL see that the index of what is open answers the question.
IS_OPEN = "state IN ('planned', 'sending', 'bounced_soft')"


def dedup_key(kind: str, subject_id: int, edition: str, step: str, recipient: str) -> str:
    """Equal for the same message, however often it is planned; holds no address in the clear."""
    address = hashlib.sha256(recipient.strip().lower().encode()).hexdigest()[:32]
    return f"{kind}/{subject_id}/{edition}/{step}/{address}"


class Delivery(Base):
    """One message to one address. Planned with its cause; claimed by lease; finished only by whoever holds the lease."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_next_at", "state", "next_at"),
        Index("ix_delivery_subject", "kind", "subject_id"),
        Index(
            "ix_delivery_open",
            *("urgency", "next_at", "id"),
            postgresql_where=text(IS_OPEN),
            sqlite_where=text(IS_OPEN),
        ),
    )

    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]  # of the row that the kind is about; the room that registered the kind knows its table
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    step: Mapped[str] = mapped_column(String(40), default="")  # "7" of a reminder seven days before
    edition: Mapped[str] = mapped_column(
        String(40), default=""
    )  # of what it tells: another deadline is another message
    dedup_key: Mapped[str] = mapped_column(String(300), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    urgency: Mapped[int] = mapped_column(default=5)  # 1 goes first, 9 last
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.PLANNED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime]  # the next attempt; equal to due_at at first
    stale_at: Mapped[datetime]  # from here on it would only confuse: it expires instead
    attempts: Mapped[int] = mapped_column(default=0)
    soft_bounces: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    finished_at: Mapped[datetime | None]
    last_reply: Mapped[str] = mapped_column(String(500), default="")
    subject_line: Mapped[str] = mapped_column(String(300), default="")  # as handed over
    body_text: Mapped[str] = mapped_column(
        Text, default=""
    )  # as handed over, secrets in links cut to their first characters
    log: Mapped[list[DeliveryAttempt]] = relationship(
        back_populates="delivery", cascade="all, delete-orphan", order_by="DeliveryAttempt.id"
    )

    def is_due(self, now: datetime) -> bool:
        """Whether it waits to be sent and its time has come."""
        return self.state in OPEN_STATES and self.next_at <= now


class DeliveryAttempt(Base):
    """One try, and what the server said; or what came back later.

    began_at: when the message was claimed; `at` is when the answer was there. Empty for what came back later.
    worker:   machine and process that tried it.
    """

    __tablename__ = "delivery_attempt"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime | None]
    at: Mapped[datetime]
    worker: Mapped[str] = mapped_column(String(60), default="", server_default="")
    outcome: Mapped[str] = mapped_column(String(20))  # a delivery state, or "retry"
    reply: Mapped[str] = mapped_column(String(500), default="")
    delivery: Mapped[Delivery] = relationship(back_populates="log")


class Heartbeat(Base):
    """When a part of the house last showed that it lives: `worker`, `beat`."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    at: Mapped[datetime]


class Refusal(Base):
    """Somebody wants no messages of a stream any more, such as reminders; gone again once they do.

    address_hash: SHA-256 of the address in small letters: no list of addresses comes into being here.
    """

    __tablename__ = "mail_refusal"
    __table_args__ = (UniqueConstraint("address_hash", "stream"),)

    address_hash: Mapped[str] = mapped_column(String(64))
    stream: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class Pace(Base):
    """From when on the next message may be handed to a mail server that takes only so many a minute."""

    __tablename__ = "mail_pace"

    server: Mapped[str] = mapped_column(String(200), unique=True)
    free_at: Mapped[datetime]


class ReturnedMail(Base):
    """One message that came back to the mailbox for returns. Kept for 30 days: it may hold a line of what somebody wrote.

    fingerprint: of the return itself, so that it counts once however often it is fetched.
    delivery:    the message of ours that it is about, as far as it says so.
    kind, status, reason, excerpt: as `ikb.core.returned_mail` reads them.
    """

    __tablename__ = "returned_mail"

    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(254), default="")
    status: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")
    excerpt: Mapped[str] = mapped_column(String(300), default="")
    delivery: Mapped[Delivery | None] = relationship()


class ReturnsMailbox(Base):
    """How the last look into the mailbox for returns went. One row, as there is one mailbox.

    read_at: when it was last read without a fault; faulty_since: since when it has not been.
    """

    __tablename__ = "returns_mailbox"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    tried_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    faulty_since: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(300), default="")
