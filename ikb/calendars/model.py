"""Subscriptions of calendars, and how often each date that they show has changed."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base
from ikb.deliberations.model import Organization
from ikb.procedures.model import Procedure


class FeedKind(StrEnum):
    """Which dates a calendar holds."""

    MINE = "mine"  # everything that its owner has to do with
    ORGANIZATION = "organization"
    PROCEDURE = "procedure"


class CalendarFeed(Base):
    """One person's subscription. The token in its address is an HMAC over id and generation; only its hash is kept.

    scope: what it holds as one word, so that nobody has the same calendar twice: `mine`, `organization-3`, `procedure-1`.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("user_id", "scope"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    organization: Mapped[Organization | None] = relationship(lazy="joined")
    procedure: Mapped[Procedure | None] = relationship(lazy="joined")

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None


class CalendarEntry(Base):
    """A date that was in somebody's calendar: what it is called there for good, and its revision (RFC 5545, 3.8.7.4).

    key:        what it is about: `sitzung-12`, `beratung-7`, `frist-2`, `faellig-7-invitation`.
    uid:        made once and never again, so that a date stays the same one wherever it moves.
    digest:     of everything that can be seen of it; another one means another revision.
    last_shown: {"day", "starts", "ends", "place", "title"} while it had a day, for the notice that it is cancelled.
    """

    __tablename__ = "calendar_entry"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    uid: Mapped[uuid.UUID] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    last_shown: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CalendarContent(Base):
    """When what a calendar's address answers last became another: `abo-3`, `gremium-4`, `vorhaben-1`."""

    __tablename__ = "calendar_content"

    address: Mapped[str] = mapped_column(String(60), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
