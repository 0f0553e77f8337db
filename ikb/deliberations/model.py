"""The council's objects, named as in OParl 1.1: Organization, Meeting, AgendaItem, Paper, Consultation; and results."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.core.results import OUTCOMES, Manner, Outcome, Tally, phrase, tally_in_words
from ikb.core.workflow import StationState as StationState
from ikb.db import Base, Edited
from ikb.deliberations.laying_model import ChangedSince as ChangedSince
from ikb.deliberations.laying_model import ChangedSinceAnswer as ChangedSinceAnswer
from ikb.deliberations.laying_model import Laying as Laying
from ikb.deliberations.register_model import Clerk as Clerk
from ikb.deliberations.register_model import Organization as Organization
from ikb.deliberations.register_model import OrganizationName as OrganizationName
from ikb.deliberations.result_model import GroupVote, Motion, PointVote
from ikb.deliberations.result_model import ResolutionKind as ResolutionKind
from ikb.deliberations.sittings_model import AgendaItem as AgendaItem
from ikb.deliberations.sittings_model import Meeting as Meeting
from ikb.deliberations.sittings_model import MeetingOrganization as MeetingOrganization
from ikb.drafts.model import DraftVersion
from ikb.procedures.model import Procedure


class Paper(Base):
    """What is laid before a committee: an issued version with its number. Numbers are given once and never reused."""

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("reference"), UniqueConstraint("procedure_id", "revision"))

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    reference: Mapped[str | None] = mapped_column(String(100))  # None: the paper bears none yet
    revision: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(500))
    draft_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id"), unique=True)
    created_at: Mapped[datetime]
    procedure: Mapped[Procedure] = relationship(lazy="joined", innerjoin=True)
    draft_version: Mapped[DraftVersion] = relationship(lazy="joined", innerjoin=True)


class Consultation(Edited, Base):
    """One step of the Beratungsfolge: one committee, once. History stays; a postponed step gets a successor."""

    __tablename__ = "consultation"
    __table_args__ = (Index("ix_consultation_sequence", "procedure_id", "position"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    laid_paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))  # the version laid before the sitting
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    position: Mapped[int]
    role: Mapped[str | None] = mapped_column(String(20))  # hearing, preliminary, decision, information, introduction
    authoritative: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default=StationState.PLANNED)
    skip_reason: Mapped[str] = mapped_column(String(300), default="")
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # of the form that added it: sent twice, it is one step
    procedure: Mapped[Procedure] = relationship(lazy="joined", innerjoin=True)
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)
    agenda_item: Mapped[AgendaItem | None] = relationship(lazy="joined")
    laid_paper: Mapped[Paper | None] = relationship()
    results: Mapped[list[Result]] = relationship(
        back_populates="consultation", cascade="all, delete-orphan", order_by="Result.id"
    )
    extracts: Mapped[list[MinutesExtract]] = relationship(
        back_populates="consultation", cascade="all, delete-orphan", order_by="MinutesExtract.id"
    )

    @property
    def held_on(self) -> date | None:
        """The day of its sitting, None while it has none."""
        return None if self.agenda_item is None else self.agenda_item.meeting.held_on

    @property
    def body_name(self) -> str:
        """The committee's name as it was on the day of the sitting; today's while there is none."""
        return self.organization.name_on(self.held_on)

    @property
    def result(self) -> Result | None:
        """The result that holds: the newest, since a correction is a new row."""
        return self.results[-1] if self.results else None


class Result(Base):
    """What a body resolved about one consultation. Never overwritten: a correction is a new row that names the old one."""

    __tablename__ = "result"
    __table_args__ = (
        CheckConstraint(
            "votes_yes >= 0 AND votes_no >= 0 AND abstentions >= 0 AND present >= 0", name="no_negative_votes"
        ),
    )

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form: sent twice, it is one result
    outcome: Mapped[str] = mapped_column(String(30))
    manner: Mapped[str | None] = mapped_column(
        String(40)
    )  # unanimous, unanimous_with_abstentions, majority, large_majority
    votes_yes: Mapped[int | None]  # None: not known, which is not zero
    votes_no: Mapped[int | None]
    abstentions: Mapped[int | None]
    present: Mapped[int | None]
    excluded: Mapped[int | None] = mapped_column(CheckConstraint("excluded >= 0", name="no_negative_excluded"))
    kind_name: Mapped[str] = mapped_column(String(120), default="", server_default="")  # the town's words, if its own
    resolution_text: Mapped[str] = mapped_column(Text, default="")
    entered_provisional: Mapped[bool] = mapped_column("is_provisional", default=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("result.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    consultation: Mapped[Consultation] = relationship(back_populates="results")
    recorded_by: Mapped[User] = relationship()
    groups: Mapped[list[GroupVote]] = relationship(cascade="all, delete-orphan", order_by="GroupVote.position")
    points: Mapped[list[PointVote]] = relationship(cascade="all, delete-orphan", order_by="PointVote.position")
    motions: Mapped[list[Motion]] = relationship(cascade="all, delete-orphan", order_by="Motion.position")

    @property
    def is_provisional(self) -> bool:
        """Whether it waits for the minutes: it was entered so, and they were not released since."""
        holds = self.consultation is None or self is self.consultation.result
        return self.entered_provisional and not (holds and self._is_confirmed)

    @is_provisional.setter
    def is_provisional(self, entered: bool) -> None:
        self.entered_provisional = entered

    @property
    def _is_confirmed(self) -> bool:
        return self.consultation is not None and self.consultation.state == StationState.CONFIRMED

    @property
    def tally(self) -> Tally:
        """The votes on the paper itself; those on a motion to postpone … belong to the motion."""
        return Tally(self.votes_yes, self.votes_no, self.abstentions, self.present, self.excluded)

    @property
    def carried_motion(self) -> Motion | None:
        """The motion on procedure whose adoption is this result; None where the paper itself was voted on."""
        return next((motion for motion in self.motions if motion.carries(self.outcome)), None)

    @property
    def phrase(self) -> str:
        """The result as minutes say it: `mit Änderungen empfohlen, einstimmig bei 2 Enthaltungen`."""
        manner = Manner(self.manner) if self.manner else None
        target = self.details.get("target", "")
        return phrase(Outcome(self.outcome), self._voted, manner, target, self.kind_name)

    @property
    def votes(self) -> str:
        """The votes in words, empty where none are known; those on a motion say so."""
        words = tally_in_words(self._voted)
        return f"über den Antrag: {words}" if words and OUTCOMES[Outcome(self.outcome)].on_motion else words

    @property
    def _voted(self) -> Tally:
        """What the phrase tells: noted with the result too, so that no list asks for motions row by row."""
        on_motion: dict[str, Any] | None = self.details.get("over_motion")
        return self.tally if on_motion is None else Tally(**on_motion)


class MinutesExtract(Base):
    """That the minutes were released, with the extract for one result. Never overwritten: a later one is a new row."""

    __tablename__ = "minutes_extract"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("result.id", ondelete="CASCADE"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form: sent twice, it is one release
    released_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    consultation: Mapped[Consultation] = relationship(back_populates="extracts")
    result: Mapped[Result] = relationship()
    recorded_by: Mapped[User] = relationship()
