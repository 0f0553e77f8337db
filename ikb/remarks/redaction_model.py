"""What is blacked out of remarks: rows beside them, so that what was handed in stays as it was."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class Part(StrEnum):
    """Which text of a remark."""

    COMMENT = "comment"
    WORDING = "proposed_text"


class Reason(StrEnum):
    """Why it must not leave."""

    PERSON = "person"
    THIRD_PERSON = "third_person"
    BUSINESS = "business"
    INSULT = "insult"
    OTHER = "other"


class Redaction(Base):
    """One blacked-out part of one text. Taken back, the row stays with the moment and the person.

    start, end: in characters of the text as it is stored, end exclusive.
    """

    __tablename__ = "redaction"
    __table_args__ = (
        CheckConstraint("span_start >= 0 AND span_end > span_start", name="a_span"),
        Index("ix_redaction_remark_id", "remark_id"),
    )

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(20))
    start: Mapped[int] = mapped_column("span_start")
    end: Mapped[int] = mapped_column("span_end")
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class RedactionCheck(Base):
    """A person has gone through a statement and says that nothing else in it has to stay inside."""

    __tablename__ = "redaction_check"

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), unique=True)
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
