"""What a remark says in German, where it was written in another language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class RemarkTranslation(Base):
    """One translation by one person. Rows are only added; the newest stands at the remark too, where lists read it."""

    __tablename__ = "remark_translation"
    __table_args__ = (UniqueConstraint("remark_id", "number"),)

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    translated_at: Mapped[datetime]
    translated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    translated_by: Mapped[User | None] = relationship()
