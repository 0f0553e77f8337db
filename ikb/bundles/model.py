"""What every kind of bundle has in common: who asked, how far it is, who has it in hands, and what came out."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class BundleState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"  # it was there, and its days are over


class Bundle(Base):
    """One file of one procedure. A worker holds it by lease; one that dies leaves it to the next, which begins anew.

    FOLDER:       where the finished files of a kind lie in the data directory.
    requested_at: also the moment that every document in it bears.
    sha256, size: of the finished file, in hex and bytes; files: how many are in it.
    """

    __abstract__ = True
    FOLDER: ClassVar[str]

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form that asked: sent twice, it is one
    state: Mapped[str] = mapped_column(String(20), default=BundleState.QUEUED)
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
        return self.state in (BundleState.QUEUED, BundleState.RUNNING)

    @property
    def stored_name(self) -> str:
        """What the finished file is called in its folder."""
        return f"{self.id}.zip"
