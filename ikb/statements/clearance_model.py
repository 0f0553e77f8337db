"""Which files of statements may leave: never the one that was sent, always a copy that somebody looked at and let go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base
from ikb.files.model import StoredFile
from ikb.statements.attachment_model import Attachment


class Clearance(Base):
    """One copy of one attached file, on its way out or out.

    key:          of the form; sent twice, it is one.
    file:         the copy, made clean in quarantine; the procedure's own, never the institution's file.
    is_redacted:  brought by the lead with parts blacked out; else made from the file as it came.
    reason, note: why parts are black: a `remarks.redaction_model.Reason`, and words where none of them fits.
    readable:     every word in it that a program can still read; not loaded with lists. images: pictures, in which none can.
    released_at:  when a person said that they looked and it may leave, on which ground; withdrawn_at: when it was taken back.
    """

    __tablename__ = "clearance"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    key: Mapped[UUID] = mapped_column(unique=True)
    is_redacted: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    readable: Mapped[str] = mapped_column(Text, default="", deferred=True)
    images: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ground: Mapped[str] = mapped_column(String(20), default="")
    basis: Mapped[str] = mapped_column(String(500), default="")
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    attachment: Mapped[Attachment] = relationship()

    @property
    def is_released(self) -> bool:
        return self.released_at is not None and self.withdrawn_at is None
