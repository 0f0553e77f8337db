"""Rows of letters that a procedure's leads wrote anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class MailText(Base):
    """One wording of one letter in one language; the highest number counts, none is ever changed.

    is_original: back to ikb's own wording; subject and body are empty then.
    """

    __tablename__ = "mail_text"
    __table_args__ = (UniqueConstraint("procedure_id", "letter", "language", "number"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    letter: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    is_original: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
