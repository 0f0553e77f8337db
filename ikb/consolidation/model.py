"""Runs, the proposals they found, and what people decided about them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.consolidation.argument_model import Argument as Argument
from ikb.consolidation.assignment_model import Assignment as Assignment
from ikb.consolidation.board_model import AdministrationComment as AdministrationComment
from ikb.consolidation.bulk_answer_model import BulkAnswer as BulkAnswer
from ikb.consolidation.claim_model import SectionClaim as SectionClaim
from ikb.consolidation.release_model import ConsiderationRelease as ConsiderationRelease
from ikb.consolidation.view_model import SavedView as SavedView
from ikb.core.clock import berlin_day
from ikb.db import Base
from ikb.drafts.model import DraftVersion
from ikb.procedures.model import Stage
from ikb.remarks.model import Remark


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # a lead did not want it any more
    OUTDATED = "outdated"  # something came in since; the next run replaces it


class Run(Base):
    """One passage through the pool of a draft: from an issued version to the next working one.

    A worker holds it by lease and goes on where another one died: finished sections stay finished.

    input_mark:       how many remarks it found when it began, and which; another mark at its end means: outdated.
    considered_up_to: the newest decision it knew when it began; later ones are put in before it ends.
    released_up_to:   the same of the releases of decisions.
    attempts:         how often it was taken up since a section was last finished.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_state_lease_until", "state", "lease_until"),
        Index(
            "uq_run_one_queued",
            "base_version_id",
            unique=True,
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
    )

    base_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"), index=True)
    result_version_id: Mapped[int | None] = mapped_column(ForeignKey("draft_version.id"))
    state: Mapped[str] = mapped_column(String(20), default=RunState.QUEUED)
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    sections_total: Mapped[int] = mapped_column(default=0)
    sections_done: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    input_mark: Mapped[str] = mapped_column(String(120), default="")
    considered_up_to: Mapped[int] = mapped_column(default=0)
    released_up_to: Mapped[int] = mapped_column(default=0, server_default="0")
    fault: Mapped[str] = mapped_column(String(500), default="")
    base_version: Mapped[DraftVersion] = relationship(foreign_keys=base_version_id, lazy="joined", innerjoin=True)
    result_version: Mapped[DraftVersion | None] = relationship(foreign_keys=result_version_id)
    outcomes: Mapped[list[SectionOutcome]] = relationship(back_populates="run", cascade="all, delete-orphan")


class SectionOutcome(Base):
    """What a run found for one section: proposals with their status, and the merged text word by word.

    proposals: what statements ask for: list of {"key", "op", "place", "status", "support", "members": [remark ids],
               "bodies": [remark ids of bodies that ask for the same], "conflicts_with": [keys], "reasons": {key: why},
               "further_rivals": how many more it conflicts with that are not named,
               "decided": id of the consideration that holds or None, "outcome": what it says or None,
               "entered": id of the newest one, which may still wait for its release, "segments", "text"}.
    elements:  the section and the new ones beside it, in the order of the text: list of {"kind": "keep" | "edit" | "delete" |
               "insert", "anchor", "text", "segments"}; segments as in `Change`.
    bodies:    what bodies resolved, never counted: list of {"remark", "op", "place", "status": "open" | "adopted" | "apart",
               "decided", "outcome", "entered", "segments", "text"}.
    counts:    {"remarks", "comments", "proposals", "conflicts", "bodies", "open"}; open are those that issuing waits for.
    """

    __tablename__ = "section_outcome"
    __table_args__ = (UniqueConstraint("run_id", "anchor"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    proposals: Mapped[list[Any]]
    elements: Mapped[list[Any]]
    bodies: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    run: Mapped[Run] = relationship(back_populates="outcomes")


class Consideration(Base):
    """What a person decided about a remark, and through it about the whole proposal it belongs to.

    Insert-only: of those that `holding.holds` names, the newest row for a remark holds.
    outcome:     followed, partly_followed, not_followed, noted.
    argument_id: of the argument whose answer this is; each of its members has a row of its own.
    stage:       at which it was decided; a row of a later stage is newer than those before it, never the other way round.
    resolved_on, resolved_by: the day of the decision and whose it is, where a stage has a day and a name of its own
                 ("Steuerungsgruppe, 3. Sitzung"); decided_at and decided_by tell who entered it when.
    """

    __tablename__ = "consideration"
    __table_args__ = (Index("ix_consideration_base", "base_version_id", "remark_id"),)

    base_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"))
    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"), index=True)
    proposal_key: Mapped[str] = mapped_column(String(80), default="")
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[str] = mapped_column(String(20), default=Stage.ADMINISTRATION)
    resolved_on: Mapped[date | None]
    resolved_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id"), index=True)
    remark: Mapped[Remark] = relationship(lazy="joined", innerjoin=True)
    decided_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def on(self) -> date:
        """The day of the decision."""
        return self.resolved_on or berlin_day(self.decided_at)

    @property
    def whose(self) -> str:
        """Whose decision it is, in words."""
        return self.resolved_by or self.decided_by.name


class AnsweredRemark(Base):
    """A remark that an issued version has answered, so that it does not come up again for the next one.

    What nobody decided on (a comment, a wish whose passage had changed) is not among them: it stays in the pool.
    """

    __tablename__ = "answered_remark"
    __table_args__ = (UniqueConstraint("remark_id"),)

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"))
