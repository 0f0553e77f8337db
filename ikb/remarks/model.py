"""A remark: one thing said about one section of one version, by exactly one source."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.drafts.model import DraftVersion
from ikb.remarks.redaction_model import Redaction as Redaction
from ikb.remarks.redaction_model import RedactionCheck as RedactionCheck
from ikb.remarks.translation_model import RemarkTranslation as RemarkTranslation


class Stance(StrEnum):
    SUPPORT = "support"
    SUPPORT_WITH_CHANGES = "support_with_changes"
    OPPOSE = "oppose"
    NEUTRAL = "neutral"


class Wish(StrEnum):
    """What a remark asks for in the text, in the words of the consolidation format."""

    NONE = ""
    REPLACE = "replace"  # the section's text becomes `proposed_text`
    DELETE = "delete"  # the whole section goes
    INSERT_AFTER = "insert_after"  # a new section with `proposed_text` behind this one
    INSERT_BEFORE = "insert_before"


ADDITIONS = frozenset({Wish.INSERT_AFTER, Wish.INSERT_BEFORE})
"""Wishes for a new passage: they stand beside what is said about the section itself."""


class Remark(Edited, Base):
    """One remark. Its source is a statement or an agenda item, never both and never neither."""

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint("(statement_id IS NULL) <> (agenda_item_id IS NULL)", name="exactly_one_source"),
        Index("ix_remark_section", "draft_version_id", "anchor"),
    )

    draft_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id"))  # what its author had before them
    anchor: Mapped[str | None] = mapped_column(String(80))  # None: the whole document
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)  # its number within its source
    stance: Mapped[str | None] = mapped_column(String(30))
    comment: Mapped[str] = mapped_column(Text, default="")
    wish: Mapped[str] = mapped_column(String(20), default=Wish.NONE)
    proposed_text: Mapped[str] = mapped_column(Text, default="")
    authors: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # who wrote it, the last one last
    question_id: Mapped[int | None] = mapped_column(ForeignKey("guiding_question.id"), index=True)  # what it answers
    language: Mapped[str] = mapped_column(String(35), default="de", server_default="de")  # of `comment`, a BCP 47 tag
    translation: Mapped[str] = mapped_column(Text, default="", server_default="")  # the newest one into German
    created_at: Mapped[datetime]
    draft_version: Mapped[DraftVersion] = relationship()

    @property
    def in_german(self) -> str:
        """What it says in German: the translation where there is one."""
        return self.translation or self.comment

    @property
    def is_of_a_body(self) -> bool:
        """Whether a committee resolved this; it is then never counted among statements."""
        return self.agenda_item_id is not None

    @property
    def is_addition(self) -> bool:
        """Whether it asks for a new passage beside its section."""
        return self.wish in ADDITIONS

    @property
    def is_empty(self) -> bool:
        return not self.comment.strip() and self.wish == Wish.NONE and self.stance is None
