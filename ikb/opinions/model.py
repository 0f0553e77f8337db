"""Questions to departments, the remarks they are about, and each answer as a row of its own."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.core.clock import berlin_day
from ikb.db import Base, Edited
from ikb.drafts.model import DraftVersion


class EndedAs(StrEnum):
    """Why a question is open no longer."""

    WITHDRAWN = "withdrawn"  # before anybody answered
    CLOSED = "closed"  # by the lead, with what was answered
    DECIDED = "decided"  # everything that it is about was decided


class RequestState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    UNANSWERED = "unanswered"  # decided without it


class OpinionRequest(Edited, Base):
    """One question to one department.

    anchor:      the section that it is about, as remarks are gathered there; section_name: what it was called then.
    about:       what was chosen, in words: `Vorschlag A, Gruppe „Kosten“`.
    generation:  of the link; a new link ends the one before.
    token_hash:  of the link's token, which itself is stored nowhere.
    valid_until: when the link ends by itself.
    """

    __tablename__ = "opinion_request"
    __table_args__ = (Index("ix_opinion_request_place", "procedure_id", "anchor"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    base_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"), index=True)
    anchor: Mapped[str] = mapped_column(String(80))
    section_name: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(String(300), default="")
    department: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    question: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form: sent twice, it is one question
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    valid_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(String(20))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    base_version: Mapped[DraftVersion] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[asked_by_id])
    subjects: Mapped[list[OpinionSubject]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="OpinionSubject.id"
    )
    answers: Mapped[list[Opinion]] = relationship(
        back_populates="request", cascade="all, delete-orphan", lazy="selectin", order_by="Opinion.number"
    )

    @property
    def remark_ids(self) -> list[int]:
        return [one.remark_id for one in self.subjects]

    @property
    def newest(self) -> Opinion | None:
        """The answer that holds."""
        return self.answers[-1] if self.answers else None

    @property
    def last_day(self) -> date:
        """The last day on which the link opens the question."""
        return berlin_day(self.valid_until - timedelta(seconds=1))

    @property
    def is_ended(self) -> bool:
        return self.ended_at is not None

    def state(self, today: date) -> RequestState:
        """How it stands on a day."""
        if self.answered_at is not None:
            return RequestState.ANSWERED
        if self.is_ended:
            return RequestState.WITHDRAWN if self.ended_as == EndedAs.WITHDRAWN else RequestState.UNANSWERED
        return RequestState.OVERDUE if self.due_on < today else RequestState.OPEN


class OpinionSubject(Base):
    """One remark that a question is about."""

    __tablename__ = "opinion_subject"
    __table_args__ = (UniqueConstraint("request_id", "remark_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("opinion_request.id", ondelete="CASCADE"))
    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"), index=True)


class Opinion(Base):
    """One answer as it was given; a later one stands beside it. outcome: what the department recommends."""

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("opinion_request.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form: sent twice, it is one answer
    request: Mapped[OpinionRequest] = relationship(back_populates="answers")
