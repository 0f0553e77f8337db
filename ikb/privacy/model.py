"""Rows of this room: what the town tells about itself, how long it keeps what, and what was given out or erased."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base, Edited


class TownNotice(Edited, Base):
    """What the town says in its imprint and its privacy notice: one row. texts: by the codes of `notices.FIELDS`."""

    __tablename__ = "town_notice"

    texts: Mapped[dict[str, Any]]


class RetentionRule(Edited, Base):
    """How long one kind of data is kept, where that differs from the usual; without a row the usual rule holds.

    period:  how many of `unit` after the start; None: not decided, nothing is ever due.
    held:    nothing of it is erased, whatever is due (a lawsuit, a complaint); hold_reason says why.
    """

    __tablename__ = "retention_rule"

    kind: Mapped[str] = mapped_column(String(40), unique=True)
    period: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(500), default="")
    offers_archive: Mapped[bool] = mapped_column(default=False)
    is_held: Mapped[bool] = mapped_column(default=False)
    hold_reason: Mapped[str] = mapped_column(Text, default="")


class RetentionState(StrEnum):
    DUE = "due"  # restricted: nobody works with it any more
    OFFERED = "offered"  # to the archive
    RELEASED = "released"  # the archive has answered, or need not be asked
    ERASED = "erased"


class RetentionBatch(Base):
    """What of one kind became due together, and how far its erasure has come.

    scope:  the procedure's id, 0 where a kind is not kept by procedure.
    due_on: the day on which it became due; count: how many rows, and after the erasure how many were erased.
    """

    __tablename__ = "retention_batch"
    __table_args__ = (
        UniqueConstraint("kind", "scope", "due_on"),
        Index("ix_retention_batch_state", "state"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    scope: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20), default=RetentionState.DUE)
    count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")  # the archive's


class PersonRequest(Base):
    """Somebody's data were given out or erased. Holds nothing of the person: only how many of what."""

    __tablename__ = "person_request"

    act: Mapped[str] = mapped_column(String(20))  # export, erase
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    counts: Mapped[dict[str, Any]]
