"""Archives of a case: asked for by a lead, built by the worker, kept for some days."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ikb.bundles.model import Bundle


class Variant(StrEnum):
    """For whom an archive is."""

    COMPLETE = "complete"  # the town's own file: with originals, receipts, messages and journal
    REDACTED = "redacted"  # to be handed on: institutions by kind and number, blacked out, nothing that was not public


class CaseArchive(Bundle):
    """One archive of one procedure."""

    FOLDER = "archives"
    __tablename__ = "case_archive"
    __table_args__ = (Index("ix_case_archive_state_lease_until", "state", "lease_until"),)

    variant: Mapped[str] = mapped_column(String(20))

    @property
    def stored_name(self) -> str:
        return f"archive-{self.id}.zip"
