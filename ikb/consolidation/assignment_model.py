"""Who sees to which section or remark until when, and the acts by which many were given at once."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class BulkKind(StrEnum):
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    UNDONE = "undone"


class BulkAct(Base):
    """One act of one person on several sections or remarks. Rows only grow: undoing is an act too.

    key:       of the form; sent twice, it is one act.
    undoes_id: the act that this one took back, as far as nobody had changed anything since.
    """

    __tablename__ = "bulk_act"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[UUID] = mapped_column(unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_act.id"), unique=True)


class Assignment(Base):
    """That a person sees to a section, or to one remark on it, perhaps until a day. What was stays: its row only ends.

    anchor:    of the section, or the name that stands for the whole draft; of a remark, that of its section.
    remark_id: None where the whole section is meant.
    user_id:   None where only a day is set.
    due_on:    last day, inclusive, in Berlin.
    act_id, ended_act_id: the acts with which it began and ended.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_of_section",
            "draft_id",
            "anchor",
            unique=True,
            postgresql_where=text("remark_id IS NULL AND ended_at IS NULL"),
            sqlite_where=text("remark_id IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "uq_assignment_of_remark",
            "remark_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_assignment_draft", "draft_id", "ended_at"),
    )

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    remark_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    due_on: Mapped[date | None]
    given_at: Mapped[datetime]
    act_id: Mapped[int] = mapped_column(ForeignKey("bulk_act.id"), index=True)
    ended_at: Mapped[datetime | None]
    ended_act_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_act.id"), index=True)
    user: Mapped[User | None] = relationship(lazy="joined")

    def is_overdue(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.due_on is not None and self.due_on < today
