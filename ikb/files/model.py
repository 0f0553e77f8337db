"""Files: a row for each one that was sent; its bytes lie in the data directory, under their hash."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class FileState(StrEnum):
    """How far a file was looked at. The first is all that is known at once; the others end it."""

    RECEIVED = "received"  # stored; nobody opened it yet
    CHECKED = "checked"  # opened, and it is what it says; not scanned for viruses
    CLEAN = "clean"  # checked, and the scanner found nothing
    SUSPICIOUS = "suspicious"  # not given out: `finding` says why


class StoredFile(Base):
    """One file as it was sent.

    sha256:         of its bytes, in hex; they are never changed.
    name:           for display only, cleaned; its ending is the one that the content has.
    finding:        code and sentence of what was found where it is suspicious, else empty.
    text:           what can be read in it, at most `checking.LONGEST_TEXT` signs; not loaded with lists.
    preview_sha256: of a picture of it that was drawn anew (PNG), if there is one.
    institution_id: whose it is; equal bytes of one institution lie on the disk once. None: the procedure's own.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        Index(
            "ix_stored_file_to_check",
            "id",
            postgresql_where=text("state = 'received'"),
            sqlite_where=text("state = 'received'"),
        ),
        Index("ix_stored_file_content", "institution_id", "sha256"),
    )

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]  # bytes
    name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), default=FileState.RECEIVED)
    finding: Mapped[str] = mapped_column(String(40), default="")
    finding_text: Mapped[str] = mapped_column(String(400), default="")
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    pages: Mapped[int | None]
    preview_sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]

    @property
    def is_refused(self) -> bool:
        """Whether it is given to nobody."""
        return self.state == FileState.SUSPICIOUS
