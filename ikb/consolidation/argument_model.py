"""Remarks that say the same: what a run suggests, and what a person made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class SectionGrouping(Base):
    """What a run found alike among the remarks on one section that ask for no other text. Suggestions, never decisions.

    groups:   list of {"representative": remark id, "members": {remark id as text: [whole sentences that it adds]}}.
    clusters: list of {"label": [one to five key words], "members": [remark ids]}; every remark is in one.
    """

    __tablename__ = "section_grouping"
    __table_args__ = (UniqueConstraint("run_id", "anchor"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    groups: Mapped[list[Any]]
    clusters: Mapped[list[Any]]


class Argument(Base):
    """Remarks on one section that a person put together because they say the same: answered once, for all of them.

    anchor: of the section, or the name that stands for the whole draft. key: of the form that made it.
    """

    __tablename__ = "argument"
    __table_args__ = (Index("ix_argument_section", "draft_id", "anchor"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    key: Mapped[UUID] = mapped_column(unique=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ArgumentMember(Base):
    """One remark in an argument, from when until when. A remark is in one at a time; what was stays.

    added: whole sentences that it says beyond what stands for all.
    """

    __tablename__ = "argument_member"
    __table_args__ = (
        Index(
            "uq_argument_member_standing",
            "remark_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
            sqlite_where=text("left_at IS NULL"),
        ),
    )

    argument_id: Mapped[int] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"))
    added: Mapped[list[str]] = mapped_column(default=list)
    joined_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    joined_at: Mapped[datetime]
    left_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    left_at: Mapped[datetime | None]
