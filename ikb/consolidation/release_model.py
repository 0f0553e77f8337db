"""That a second person released a decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class ConsiderationRelease(Base):
    """One decision with whoever released it, never the person who entered it. Insert-only; another decision needs another."""

    __tablename__ = "consideration_release"

    consideration_id: Mapped[int] = mapped_column(ForeignKey("consideration.id", ondelete="CASCADE"), unique=True)
    released_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime]
    released_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
