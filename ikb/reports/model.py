"""Word forms that a procedure's leads brought, and the letters that were written on them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.bundles.model import Bundle
from ikb.db import Base
from ikb.files.model import StoredFile


class Purpose(StrEnum):
    """What a form is for."""

    ANSWER_LETTER = "answer_letter"  # tells an institution what became of its remarks
    PAPER = "paper"  # a part of an issued version, as it is laid before the council


class WordForm(Base):
    """One form. Rows are only added; the newest that was not dropped holds, and without one the built-in form.

    dropped_at: when a lead went back to the built-in one.
    """

    __tablename__ = "word_form"
    __table_args__ = (Index("ix_word_form_purpose", "procedure_id", "purpose"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form that brought it: sent twice, it is one
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    dropped_at: Mapped[datetime | None]
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    created_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Wanted(StrEnum):
    """Which letters, and how."""

    EACH = "each"  # one file for each institution, in a ZIP
    TOGETHER = "together"  # all in one Word file
    BY_POST = "by_post"  # as EACH, for institutions without a mailbox only


class AnswerLetters(Bundle):
    """The letters of one phase as one file. wanted: a `Wanted`."""

    FOLDER = "answer-letters"
    __tablename__ = "answer_letters"
    __table_args__ = (Index("ix_answer_letters_state_lease_until", "state", "lease_until"),)

    phase_id: Mapped[int] = mapped_column(ForeignKey("participation_phase.id", ondelete="CASCADE"))
    wanted: Mapped[str] = mapped_column(String(20))

    @property
    def ending(self) -> str:
        return "docx" if self.wanted == Wanted.TOGETHER else "zip"

    @property
    def stored_name(self) -> str:
        return f"letters-{self.id}.{self.ending}"
