"""Rows about council systems: what is read from where, what it said last, what went wrong, what differs from ikb's own."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.core.oparl.facts import from_facts
from ikb.core.oparl.objects import Remote
from ikb.db import Base, Edited


class SystemState(StrEnum):
    """How far a council system is set up."""

    NEW = "new"  # its bodies are being read
    CHOOSING = "choosing"  # a body is chosen, its committees are being read or chosen
    PREVIEW = "preview"  # committees are chosen; what would be taken over is shown, nothing is written
    ACTIVE = "active"  # what is read is taken over


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Resolution(StrEnum):
    TAKEN_OVER = "taken_over"
    KEPT = "kept"
    SAME = "same"  # the two came to say the same


class CouncilSystem(Edited, Base):
    """A council system such as ALLRIS or SessionNet, its OParl address, and for which fields it leads.

    account: under which what it says is written; nobody can sign in with it.
    """

    __tablename__ = "council_system"

    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(1000), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=SystemState.NEW)
    is_paused: Mapped[bool] = mapped_column(default=False)
    allows_private: Mapped[bool] = mapped_column(default=False)
    interval_minutes: Mapped[int] = mapped_column(default=60)
    since_on: Mapped[date]  # earlier sittings are not read
    leads_dates: Mapped[bool] = mapped_column(default=True)
    leads_agendas: Mapped[bool] = mapped_column(default=True)
    leads_results: Mapped[bool] = mapped_column(default=True)
    body_url: Mapped[str] = mapped_column(String(1000), default="")
    oparl_version: Mapped[str] = mapped_column(String(100), default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    account: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def leads(self, field_kind: str) -> bool:
        """Whether it leads for `dates`, `agendas` or `results`."""
        return bool(getattr(self, f"leads_{field_kind}"))


class SourceLink(Base):
    """One object of a council system: what it said last, and which row of ikb it is.

    parent_id: the remote id of the object that embeds it.
    chosen:    for organizations: it is read.
    """

    __tablename__ = "source_link"
    __table_args__ = (
        UniqueConstraint("system_id", "remote_id"),
        Index("ix_source_link_local", "local_kind", "local_id"),
        Index("ix_source_link_kind", "system_id", "kind"),
    )

    system_id: Mapped[int] = mapped_column(ForeignKey("council_system.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    remote_id: Mapped[str] = mapped_column(String(1000))
    parent_id: Mapped[str] = mapped_column(String(1000), default="", index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    modified: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    deleted: Mapped[bool] = mapped_column(default=False)
    chosen: Mapped[bool] = mapped_column(default=False)
    local_kind: Mapped[str] = mapped_column(String(30), default="")
    local_id: Mapped[int | None]

    @property
    def remote(self) -> Remote:
        """What the council system said last about it."""
        return from_facts(self.kind, self.remote_id, self.facts, modified=self.modified, deleted=self.deleted)

    def joined(self, local_kind: str, local_id: int) -> None:
        """Note which row of ikb this is."""
        self.local_kind, self.local_id = local_kind, local_id


class SyncRun(Base):
    """One reading of a council system: held by lease, going on page by page where another worker stopped.

    since:           what changed since then is asked for; None: everything.
    scope:           digest of what was asked for; when that changes, everything is read again.
    stage, next_url: where it goes on.     trail: digests of what was asked in this stage; nothing is asked twice.
    attempts:        failed tries at the same place; `next_at` is when the next one is due.
    """

    __tablename__ = "sync_run"
    __table_args__ = (
        Index("ix_sync_run_state_next_at", "state", "next_at"),
        Index(
            "uq_sync_run_one_open",
            "system_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
            sqlite_where=text("state IN ('waiting', 'running')"),
        ),
    )

    system_id: Mapped[int] = mapped_column(ForeignKey("council_system.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=RunState.WAITING)
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    since: Mapped[datetime | None]
    scope: Mapped[str] = mapped_column(String(64), default="")
    stage: Mapped[str] = mapped_column(String(30), default="system")
    next_url: Mapped[str] = mapped_column(String(2000), default="")
    trail: Mapped[list[str]] = mapped_column(default=list)
    todo: Mapped[list[Any]] = mapped_column(default=list)  # single objects still to ask for: [kind, url, is wanted]
    is_whole: Mapped[bool] = mapped_column(default=True)  # no list broke off
    requests: Mapped[int] = mapped_column(default=0)
    objects: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    sentence: Mapped[str] = mapped_column(String(500), default="")
    system: Mapped[CouncilSystem] = relationship(lazy="joined", innerjoin=True)


class SyncFault(Base):
    """What a council system got wrong: address and sentence, since when, and until when.

    scope: `object` is cleared when that object is read again without it, `list` and `taking` when a reading ends.
    """

    __tablename__ = "sync_fault"
    __table_args__ = (Index("ix_sync_fault_open", "system_id", "cleared_at"),)

    system_id: Mapped[int] = mapped_column(ForeignKey("council_system.id", ondelete="CASCADE"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("sync_run.id", ondelete="SET NULL"), index=True)
    scope: Mapped[str] = mapped_column(String(10))
    url: Mapped[str] = mapped_column(String(2000))
    sentence: Mapped[str] = mapped_column(String(700))
    first_seen_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class Difference(Base):
    """ikb and a council system say different things, and ikb leads: shown until a person decides, or both say the same."""

    __tablename__ = "difference"
    __table_args__ = (
        Index(
            "uq_difference_one_open",
            "system_id",
            "subject_kind",
            "subject_id",
            "field",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
            sqlite_where=text("resolved_at IS NULL"),
        ),
    )

    system_id: Mapped[int] = mapped_column(ForeignKey("council_system.id", ondelete="CASCADE"))
    link_id: Mapped[int] = mapped_column(ForeignKey("source_link.id", ondelete="CASCADE"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int]
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(400))  # in words, as a heading
    field: Mapped[str] = mapped_column(String(30))
    ours: Mapped[str] = mapped_column(Text)
    theirs: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(String(20), default="")
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    system: Mapped[CouncilSystem] = relationship(lazy="joined", innerjoin=True)
    link: Mapped[SourceLink] = relationship()
