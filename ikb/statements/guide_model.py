"""The short way to answer: a summary and a few guiding questions of a phase, in several languages."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base, Edited


class GuidingQuestion(Base):
    """One question of a phase. anchor: the section that an answer is about, None for the whole document."""

    __tablename__ = "guiding_question"
    __table_args__ = (
        UniqueConstraint("phase_id", "position"),
        CheckConstraint("position BETWEEN 1 AND 5", name="at_most_five"),
    )

    phase_id: Mapped[int] = mapped_column(ForeignKey("participation_phase.id", ondelete="CASCADE"))
    position: Mapped[int]
    anchor: Mapped[str | None] = mapped_column(String(80))


class GuideText(Edited, Base):
    """Summary and questions in one language. questions: by position, the first first; empty where not translated."""

    __tablename__ = "guide_text"
    __table_args__ = (UniqueConstraint("phase_id", "language"),)

    phase_id: Mapped[int] = mapped_column(ForeignKey("participation_phase.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(35))
    summary: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[list[str]] = mapped_column(default=list)
