"""What hangs on a statement: files, on the whole of it, on one remark, or as the letter that is the answer itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base
from ikb.files.model import StoredFile


class Attachment(Base):
    """One file on one statement; a statement that replaces another one has rows of its own for the same files.

    anchor:    the section whose remark it belongs to; None: the statement as a whole.
    is_letter: whether this is the institution's own letter, out of which staff makes remarks.
    """

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("statement_id", "file_id"),)

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    anchor: Mapped[str | None] = mapped_column(String(80))
    is_letter: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
