"""The rules of reminding, as each procedure's leads set them, and who was called."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.core.clock import BERLIN
from ikb.db import Base, Edited
from ikb.institutions.model import Invitation
from ikb.reminders.rules import Rules, Step


class ReminderRules(Edited, Base):
    """How one procedure reminds; a procedure without a row follows `rules.USUAL`.

    Wall times stand with the zone in which their clock hangs: "9 in the morning" is another moment in summer.
    """

    __tablename__ = "reminder_rules"
    __table_args__ = (
        CheckConstraint("gather_minutes BETWEEN 1 AND 1440", name="gather_within_a_day"),
        CheckConstraint("lead_days BETWEEN 0 AND 20", name="lead_days_sensible"),
    )

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), unique=True)
    send_at_local: Mapped[time]
    zone: Mapped[str] = mapped_column(String(40), default=BERLIN.key)
    quiet_from_local: Mapped[time]
    quiet_until_local: Mapped[time]
    spares_saturdays: Mapped[bool] = mapped_column(default=False)
    spares_sundays: Mapped[bool] = mapped_column(default=True)
    spares_holidays: Mapped[bool] = mapped_column(default=True)
    second_contact_days: Mapped[int | None]
    call_list_days: Mapped[int | None]
    gather_minutes: Mapped[int] = mapped_column(default=60)
    lead_days: Mapped[int] = mapped_column(default=1)
    has_digest: Mapped[bool] = mapped_column(default=True)
    warns_of_busy_days: Mapped[bool] = mapped_column(default=True)
    steps: Mapped[list[ReminderStep]] = relationship(
        back_populates="rules", cascade="all, delete-orphan", lazy="joined", order_by="ReminderStep.days"
    )

    def as_rules(self) -> Rules:
        """The row as plain data."""
        return Rules(
            steps=tuple(sorted((Step(row.days, row.in_working_days) for row in self.steps), reverse=True)),
            send_at=self.send_at_local,
            zone=self.zone,
            quiet_from=self.quiet_from_local,
            quiet_until=self.quiet_until_local,
            spares_saturdays=self.spares_saturdays,
            spares_sundays=self.spares_sundays,
            spares_holidays=self.spares_holidays,
            second_contact_days=self.second_contact_days,
            call_list_days=self.call_list_days,
            gather_minutes=self.gather_minutes,
            lead_days=self.lead_days,
            has_digest=self.has_digest,
            warns_of_busy_days=self.warns_of_busy_days,
        )

    def take_over(self, rules: Rules) -> None:
        """Set everything from plain data; steps that stay keep their rows."""
        self.send_at_local, self.zone = rules.send_at, rules.zone
        self.quiet_from_local, self.quiet_until_local = rules.quiet_from, rules.quiet_until
        self.spares_saturdays, self.spares_sundays = rules.spares_saturdays, rules.spares_sundays
        self.spares_holidays = rules.spares_holidays
        self.second_contact_days, self.call_list_days = rules.second_contact_days, rules.call_list_days
        self.gather_minutes, self.lead_days = rules.gather_minutes, rules.lead_days
        self.has_digest, self.warns_of_busy_days = rules.has_digest, rules.warns_of_busy_days
        kept = {Step(row.days, row.in_working_days): row for row in self.steps}
        self.steps = [kept.get(step) or ReminderStep.of(step) for step in rules.steps]


class ReminderStep(Base):
    """One step before the deadline."""

    __tablename__ = "reminder_step"
    __table_args__ = (
        UniqueConstraint("rules_id", "days", "in_working_days"),
        CheckConstraint("days BETWEEN 0 AND 60", name="days_sensible"),
    )

    rules_id: Mapped[int] = mapped_column(ForeignKey("reminder_rules.id", ondelete="CASCADE"))
    days: Mapped[int]
    in_working_days: Mapped[bool] = mapped_column(default=False)
    rules: Mapped[ReminderRules] = relationship(back_populates="steps")

    @classmethod
    def of(cls, step: Step) -> ReminderStep:
        return cls(days=step.days, in_working_days=step.in_working_days)


class CallOutcome(StrEnum):
    """What a call came to. None of them is an answer: that comes in writing."""

    PROMISED = "promised"
    MESSAGE_LEFT = "message_left"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"


class CallNote(Base):
    """One call to an institution that had not answered; insert-only."""

    __tablename__ = "call_note"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    called_at: Mapped[datetime]
    called_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    invitation: Mapped[Invitation] = relationship()
    called_by: Mapped[User] = relationship()
