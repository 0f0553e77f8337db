"""Letters that came in another way, from the pile on the desk to the remarks that were made of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.core.letter_parts import Part
from ikb.db import Base, Edited
from ikb.files.model import StoredFile
from ikb.statements.model import Statement


class Channel(StrEnum):
    """How something reached the town."""

    LETTER = "letter"
    EMAIL = "email"
    FAX = "fax"
    EVENT = "event"  # said at an event, written down there
    MINUTES = "minutes"  # of a talk or a meeting that was no sitting
    LINK = "link"  # sent as a file behind the institution's link


class LetterState(StrEnum):
    """How far a letter has come."""

    INCOMING = "incoming"  # on the pile; nobody said yet whose it is
    RECORDED = "recorded"  # a statement with number and receipt
    SPLIT = "split"  # a person said that every word of it is on a remark or a courtesy


class Letter(Edited, Base):
    """One piece of writing with its original, and what it says.

    text:        what can be read in it, as staff checked it; the original lies beside it unchanged.
    parts:       list of [start, end, use, remark id or None] over `text`: each sign is in exactly one (ikb.core.letter_parts).
    received_at: when it reached the town, which is what counts; a day alone is its beginning in Berlin.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_pile", "procedure_id", "state"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), unique=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form that brought it: sent twice, it is one
    state: Mapped[str] = mapped_column(String(20), default=LetterState.INCOMING)
    channel: Mapped[str] = mapped_column(String(20), default=Channel.LETTER)
    sender: Mapped[str] = mapped_column(String(300), default="")
    sender_address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    received_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(Text, default="")
    parts: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(Text, default="")  # for colleagues; leaves the house nowhere
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    statement: Mapped[Statement | None] = relationship()
    files: Mapped[list[LetterFile]] = relationship(
        back_populates="letter", cascade="all, delete-orphan", order_by="LetterFile.position"
    )

    def as_parts(self) -> list[Part]:
        """Its parts as the rules of the core take them."""
        return [Part(start, end, use, remark) for start, end, use, remark in self.parts]

    def set_parts(self, parts: list[Part]) -> None:
        self.parts = [[part.start, part.end, part.use, part.remark] for part in parts]


class LetterFile(Base):
    """One file of a letter: the original as it came, or what was attached to a mail."""

    __tablename__ = "letter_file"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    is_original: Mapped[bool] = mapped_column(default=True)
    letter: Mapped[Letter] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
