"""Archives of a case: asked for by a lead, built by the worker, kept for some days."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class ArchiveState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"  # it was there, and its days are over


class Variant(StrEnum):
    """For whom an archive is."""

    COMPLETE = "complete"  # the town's own file: with originals, receipts, messages and journal
    REDACTED = "redacted"  # to be handed on: institutions by kind and number, blacked out, nothing that was not public


class CaseArchive(Base):
    """One archive of one procedure. A worker holds it by lease; one that dies leaves it to the next, which begins anew.

    requested_at: also the moment that every document in it bears.
    sha256, size: of the finished file, in hex and bytes; files: how many are in it.
    """

    __tablename__ = "case_archive"
    __table_args__ = (Index("ix_case_archive_state_lease_until", "state", "lease_until"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form that asked: sent twice, it is one
    variant: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=ArchiveState.QUEUED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    steps_total: Mapped[int] = mapped_column(default=0)
    steps_done: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    fault: Mapped[str] = mapped_column(String(500), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    files: Mapped[int] = mapped_column(default=0)

    @property
    def is_active(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.state in (ArchiveState.QUEUED, ArchiveState.RUNNING)
