"""The procedure, its leads and its participation phases."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ikb.accounts.model import User
from ikb.core.clock import end_of_day
from ikb.core.periods import effective_deadline
from ikb.db import Base, Edited
from ikb.drafts.model import Draft, DraftVersion
from ikb.procedures.town_model import PeriodKind as PeriodKind
from ikb.procedures.town_model import TownPeriod as TownPeriod
from ikb.procedures.town_model import days_off, each_day


class Stage(StrEnum):
    """At which stage something is decided about what was said; a later one takes the place of those before it."""

    ADMINISTRATION = "administration"
    STEERING_GROUP = "steering_group"
    COUNCIL = "council"

    @property
    def rank(self) -> int:
        return list(Stage).index(self)


class Procedure(Edited, Base):
    """The whole case, from the paper's first version to the council's vote.

    weighing_stages: the stages that its considerations go through, with blanks between, as `stages` gives them.
    issuing_stage:   the one that each consideration must have reached before a version is issued.
    weighing_word:   what weighing is called, a key of `words.WORDS`.
    two_person:      whether a second person must have released each of them too.
    """

    __tablename__ = "procedure"

    title: Mapped[str] = mapped_column(String(500))
    summary: Mapped[str] = mapped_column(Text, default="")
    file_reference: Mapped[str] = mapped_column(String(100), default="")  # Aktenzeichen
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_phone: Mapped[str] = mapped_column(String(60), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    paper_number_pattern: Mapped[str] = mapped_column(String(60), default="{base}/{revision}")
    is_public: Mapped[bool] = mapped_column(default=False)
    texts_version: Mapped[int] = mapped_column(default=0, server_default="0")  # raised with each letter written anew
    weighing_stages: Mapped[str] = mapped_column(
        String(60), default=Stage.ADMINISTRATION, server_default="administration"
    )
    issuing_stage: Mapped[str] = mapped_column(
        String(20), default=Stage.ADMINISTRATION, server_default="administration"
    )
    two_person: Mapped[bool] = mapped_column(default=False, server_default=false())
    weighing_word: Mapped[str] = mapped_column(String(20), default="evaluation", server_default="evaluation")
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # of the form that created it: sent twice, it is one
    restricted_at: Mapped[datetime | None]  # its file is due for erasure: from here on nobody works with it
    created_at: Mapped[datetime]
    leads: Mapped[list[ProcedureLead]] = relationship(back_populates="procedure", cascade="all, delete-orphan")
    phases: Mapped[list[ParticipationPhase]] = relationship(
        back_populates="procedure", cascade="all, delete-orphan", order_by="ParticipationPhase.id"
    )
    drafts: Mapped[list[Draft]] = relationship(cascade="all, delete-orphan", order_by=Draft.position)

    @property
    def stages(self) -> list[Stage]:
        """The stages that its considerations go through, the first one first."""
        return [Stage(name) for name in self.weighing_stages.split()]


class ProcedureLead(Base):
    """One lead of one procedure; only they see its inside."""

    __tablename__ = "procedure_lead"
    __table_args__ = (UniqueConstraint("procedure_id", "user_id"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    procedure: Mapped[Procedure] = relationship(back_populates="leads")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class PhaseState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class ParticipationPhase(Edited, Base):
    """Which version is open for statements, from when, until when.

    closes_on:        the day that was announced; `last_day` is the day that counts.
    deadline_version: raised whenever the deadline moves, so that reminders of the old one fall silent.
    """

    __tablename__ = "participation_phase"
    __table_args__ = (CheckConstraint("deadline_version >= 1", name="deadline_version_positive"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    draft_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id"))
    name: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default=PhaseState.PLANNED)
    opens_at: Mapped[datetime]
    closes_on: Mapped[date]
    is_fixed_date: Mapped[bool] = mapped_column(default=False)
    deadline_version: Mapped[int] = mapped_column(default=1)
    shows_authors: Mapped[bool] = mapped_column(default=False, server_default=false())  # leads see who wrote a remark
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    procedure: Mapped[Procedure] = relationship(back_populates="phases", lazy="joined", innerjoin=True)
    draft_version: Mapped[DraftVersion] = relationship(lazy="joined", innerjoin=True)
    local_days_off: Mapped[str | None] = column_property(days_off())  # the town's own, read with the row

    @property
    def is_open(self) -> bool:
        return self.state == PhaseState.OPEN

    @property
    def last_day(self) -> date:
        """The last day, inclusive, until 24:00 in Berlin (§ 31 (3) VwVfG); the town's own days off count as holidays."""
        return effective_deadline(
            self.closes_on, fixed=self.is_fixed_date, local_exceptions=each_day(self.local_days_off)
        )

    @property
    def ends_at(self) -> datetime:
        """The first moment that is too late."""
        return end_of_day(self.last_day)

    def accepts(self, moment: datetime, extended_until: date | None = None) -> bool:
        """Whether a statement of this moment counts as in time, for an institution with its own extension if it has one."""
        ends_at = self.ends_at if extended_until is None else max(self.ends_at, end_of_day(extended_until))
        return moment < ends_at
