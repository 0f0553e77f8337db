"""Who is to sign a version before it is issued, and when they did."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class SignOffKind(StrEnum):
    COSIGN = "cosign"  # a department whose field the version touches
    RELEASE = "release"  # the head of the administration


class SignOff(Base):
    """One office that a version waits for.

    who:        the office, not a person.
    given_on:   the day on which it signed, None while it did not.
    text_mark:  of the text that it signed; another text needs its signature again.
    dropped_at: when it was taken off the list; the row stays.
    """

    __tablename__ = "sign_off"

    version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(200))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    given_on: Mapped[date | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime | None]
    text_mark: Mapped[str] = mapped_column(String(16), default="")
    dropped_at: Mapped[datetime | None]
    recorded_by: Mapped[User | None] = relationship(foreign_keys=recorded_by_id, lazy="joined")
