"""What the administration says to a body's wording."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class AdministrationComment(Base):
    """One comment of the administration on what a body resolved. Insert-only: the newest row for a remark holds.

    text: empty where the comment was taken back.
    """

    __tablename__ = "administration_comment"

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    written_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
