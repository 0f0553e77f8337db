"""Rows of the ledger: one delivery is one message to one address."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base
from ikb.deliveries.mail_text import MailText as MailText


class DeliveryState(StrEnum):
    """Where a message is. A `planned` one becomes `due` by the clock alone, so that state is never written for it."""

    PLANNED = "planned"
    SENDING = "sending"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    BOUNCED_SOFT = "bounced_soft"
    BOUNCED_HARD = "bounced_hard"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Delivery(Base):
    """One message to one address. Planned with its cause; claimed by lease; finished only by whoever holds the lease."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_next_at", "state", "next_at"),
        Index("ix_delivery_subject", "kind", "subject_id"),
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


class DeliveryAttempt(Base):
    """One try, and what the server said."""

    __tablename__ = "delivery_attempt"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))  # a delivery state, or "retry"
    reply: Mapped[str] = mapped_column(String(500), default="")
    delivery: Mapped[Delivery] = relationship(back_populates="log")


class Heartbeat(Base):
    """When a part of the house last showed that it lives: `worker`, `beat`."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    at: Mapped[datetime]
