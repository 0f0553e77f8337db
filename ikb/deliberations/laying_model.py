"""Which version lay before which sitting and who got it when; and what changed after a body sat."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base
from ikb.drafts.model import DraftVersion

if TYPE_CHECKING:
    from ikb.deliberations.model import Consultation


class LayingManner(StrEnum):
    """How a paper came to a body."""

    INVITATION = "invitation"
    SUPPLEMENT = "supplement"  # after the invitation, before the sitting
    TABLED = "tabled"  # in the sitting itself


class Laying(Base):
    """One version delivered to one body for one sitting. Never overwritten: a correction is a new row."""

    __tablename__ = "laying"
    __table_args__ = (Index("ix_laying_consultation_id", "consultation_id", "paper_id"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form: sent twice, it is one entry
    manner: Mapped[str] = mapped_column(String(20))
    delivered_at: Mapped[datetime]
    recipients: Mapped[str] = mapped_column(String(500), default="")  # who got it, in words
    recipient_count: Mapped[int | None]
    is_void: Mapped[bool] = mapped_column(default=False)  # it says that the entry it corrects never happened
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("laying.id"), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[User] = relationship()


class ChangedSince(Base):
    """A later version was issued after a body sat: its office is asked whether the body must hear of it."""

    __tablename__ = "changed_since"
    __table_args__ = (UniqueConstraint("consultation_id", "version_id"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    version: Mapped[DraftVersion] = relationship()
    consultation: Mapped[Consultation] = relationship()
    answers: Mapped[list[ChangedSinceAnswer]] = relationship(
        cascade="all, delete-orphan", order_by="ChangedSinceAnswer.id", back_populates="question"
    )

    @property
    def answer(self) -> ChangedSinceAnswer | None:
        """The answer that holds: the newest."""
        return self.answers[-1] if self.answers else None


class SinceAnswer(StrEnum):
    """What an office makes of a later version."""

    NOTHING = "nothing"
    TELL = "tell"
    ASK_AGAIN = "ask_again"


class ChangedSinceAnswer(Base):
    """What an office decided, why, and what it set off. Never overwritten: a later answer is a new row."""

    __tablename__ = "changed_since_answer"

    question_id: Mapped[int] = mapped_column(ForeignKey("changed_since.id", ondelete="CASCADE"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    answer: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text, default="")  # what the body is told, in the office's words
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime]
    question: Mapped[ChangedSince] = relationship(back_populates="answers")
    answered_by: Mapped[User] = relationship()
