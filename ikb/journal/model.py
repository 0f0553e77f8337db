"""Rows of the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class JournalEntry(Base):
    """One act. `id` is its place in the chain; `digest` seals it together with everything before."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_subject", "subject_kind", "subject_id"),
        Index("ix_journal_entry_procedure", "procedure_id", "id"),  # the newest ten of one, however many there are
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))  # user, invitation, opinion, system
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    procedure_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class JournalHead(Base):
    """The end of the chain: one row, locked while an entry is added, so that two entries never share a predecessor."""

    __tablename__ = "journal_head"

    last_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
