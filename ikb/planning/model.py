"""Rows of the planning room: reasons beside findings, the town's own steps, trial runs and the moves they propose."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base, Edited
from ikb.deliberations.model import Consultation, Meeting
from ikb.procedures.model import Procedure


class FindingOverride(Base):
    """Why a finding is accepted as it is, or that this holds no longer. Only grows: the newest row of a finding counts.

    finding: digest of its code, its stations and their days; a reason holds for the days for which it was written.
    """

    __tablename__ = "finding_override"
    __table_args__ = (Index("ix_finding_override_finding", "procedure_id", "finding"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    finding: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(60))
    station_ids: Mapped[list[Any]]
    sentence: Mapped[str] = mapped_column(Text)  # as it read when the reason was given
    reason: Mapped[str] = mapped_column(Text)
    is_taken_back: Mapped[bool] = mapped_column(default=False)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form: sent twice, it is one row
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class TownPlan(Edited, Base):
    """The town's own steps of the plan backwards from a sitting, and what it worries about; one row.

    steps:             [{"name", "days", "unit", "kind"}], from the sitting back to the start; see `core.sequence.values.Step`.
    silence_days:      after so many calendar days silence may count as consent.
    presenter_minutes: two sittings on one day whose beginnings lie closer than this cannot have the same presenter.
    busy_sittings:     so many sittings of one procedure within `busy_days` are worth a word.
    """

    __tablename__ = "town_plan"

    steps: Mapped[list[Any]]
    silence_days: Mapped[int] = mapped_column(default=42, server_default="42")
    presenter_minutes: Mapped[int] = mapped_column(default=90, server_default="90")
    busy_sittings: Mapped[int] = mapped_column(default=15, server_default="15")
    busy_days: Mapped[int] = mapped_column(default=10, server_default="10")


class Presenter(Edited, Base):
    """Who presents the paper in one consultation: nobody can be in two places on one evening."""

    __tablename__ = "presenter"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")


class ScenarioState(StrEnum):
    """Where a trial run is. Nothing has moved in a draft; a sent one waits for offices until it is done or refused."""

    DRAFT = "draft"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    OUTDATED = "outdated"
    DISCARDED = "discarded"


class Scenario(Edited, Base):
    """A trial run (Planspiel): one station to another sitting on a copy of the sequence, and what would follow.

    base:   the sequence from which it started, {station id: meeting id, None without a sitting, "skipped"}.
    keep:   ids of stations that must stay, since an office declined to move them.
    answer: one of the five that the planner knows; None until one was chosen.
    """

    __tablename__ = "scenario"
    __table_args__ = (Index("ix_scenario_procedure_state", "procedure_id", "state"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(String(300))
    target_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    answer: Mapped[str | None] = mapped_column(String(20))
    base: Mapped[dict[str, Any]]
    keep: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    state: Mapped[str] = mapped_column(String(20), default=ScenarioState.DRAFT)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    procedure: Mapped[Procedure] = relationship(lazy="joined", innerjoin=True)
    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    target: Mapped[Meeting | None] = relationship(lazy="joined")
    created_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    moves: Mapped[list[Move]] = relationship(
        back_populates="scenario", cascade="all, delete-orphan", order_by="Move.position"
    )

    @property
    def is_draft(self) -> bool:
        return self.state == ScenarioState.DRAFT

    @property
    def is_waiting(self) -> bool:
        """Whether offices still have to answer."""
        return self.state == ScenarioState.SENT


class Act(StrEnum):
    """What a move does with its station."""

    MOVE = "move"  # to another sitting
    RELEASE = "release"  # off the agenda, without a new sitting
    SKIP = "skip"  # left out, with the reason
    SILENCE = "silence"  # no sitting; it counts as consent when the body has said nothing by a day


class MoveState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


ANSWERED = (MoveState.DONE, MoveState.REFUSED)


class Move(Edited, Base):
    """What a trial run that was sent wants of one station: done at once, or a proposal to the office of its body."""

    __tablename__ = "scenario_move"
    __table_args__ = (Index("ix_scenario_move_consultation_state", "consultation_id", "state"),)

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id", ondelete="CASCADE"), index=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    position: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date | None]
    to_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    consent_on: Mapped[date | None]  # of silence: the day from which it counts as consent
    skip_reason: Mapped[str] = mapped_column(String(300), default="")
    is_own: Mapped[bool] = mapped_column(default=False)  # it moved at once, with the sending
    state: Mapped[str] = mapped_column(String(20), default=MoveState.OPEN)
    refusal: Mapped[str] = mapped_column(String(300), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    scenario: Mapped[Scenario] = relationship(back_populates="moves")
    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    to_meeting: Mapped[Meeting | None] = relationship(lazy="joined")
    decided_by: Mapped[User | None] = relationship(lazy="joined")

    @property
    def to_on(self) -> date | None:
        """The day of the sitting to which it moves; None where it gets none."""
        return None if self.to_meeting is None else self.to_meeting.held_on

    @property
    def is_open(self) -> bool:
        return self.state == MoveState.OPEN
