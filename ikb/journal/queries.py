"""Reading the journal."""

from __future__ import annotations

from sqlalchemy import Select, select

from ikb.journal.model import JournalEntry


def newest_first(procedure_id: int | None = None) -> Select[JournalEntry]:
    """All entries, or those of one procedure, the newest first."""
    entries = select(JournalEntry).order_by(JournalEntry.id.desc())
    return entries if procedure_id is None else entries.where(JournalEntry.procedure_id == procedure_id)
