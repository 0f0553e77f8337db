"""Rows of the register of committees: what each one is called and when, who keeps it, and the rules of its sittings."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.core.notice import NoticeRule, ShortUnit, Unit, Way
from ikb.db import Base, Edited


class Organization(Edited, Base):
    """A committee (Gremium), with the rules of its sittings as its Geschäftsordnung has them."""

    __tablename__ = "organization"

    name: Mapped[str] = mapped_column(String(300), unique=True)  # the newest; earlier ones stand in `names`
    sort_key: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # council, committee, district, advisory, integration_council
    district: Mapped[str] = mapped_column(String(100), default="", server_default="")
    chair: Mapped[str] = mapped_column(String(200), default="", server_default="")
    valid_from: Mapped[date | None]  # first and last day of its existence, None where open
    valid_to: Mapped[date | None]
    # The notice period (Ladungsfrist): length and counting differ from town to town (domain notes, section 8).
    notice_days: Mapped[int] = mapped_column(default=7)
    notice_unit: Mapped[str] = mapped_column(String(10), default="calendar", server_default="calendar")  # or working
    count_delivery_day: Mapped[bool] = mapped_column(default=False, server_default="0")
    count_meeting_day: Mapped[bool] = mapped_column(default=False, server_default="0")
    short_notice_amount: Mapped[int | None]  # None: no shorter period in urgent cases
    short_notice_unit: Mapped[str] = mapped_column(String(15), default="hours", server_default="hours")
    delivery: Mapped[str] = mapped_column(String(10), default="electronic", server_default="electronic")  # or post
    delivery_extra_days: Mapped[int] = mapped_column(default=0, server_default="0")  # that a letter is on its way
    papers_days: Mapped[int | None]  # papers are due that many days before the sitting; None: no such rule
    minutes_days: Mapped[int | None]  # minutes are due that many days after it; None: no such rule
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True, index=True)  # of the form that added it
    clerks: Mapped[list[Clerk]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", order_by="Clerk.id"
    )
    names: Mapped[list[OrganizationName]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", order_by="OrganizationName.valid_to"
    )

    def name_on(self, day: date | None) -> str:
        """What it was called on a day; its newest name where no day is given."""
        if day is None:
            return self.name
        return next((known.name for known in self.names if known.covers(day)), self.name)

    @property
    def notice_rule(self) -> NoticeRule:
        """How its notice period is counted."""
        return NoticeRule(
            days=self.notice_days,
            unit=Unit(self.notice_unit or Unit.CALENDAR),
            count_delivery_day=bool(self.count_delivery_day),
            count_meeting_day=bool(self.count_meeting_day),
            short_amount=self.short_notice_amount,
            short_unit=ShortUnit(self.short_notice_unit or ShortUnit.HOURS),
            delivery=Way(self.delivery or Way.ELECTRONIC),
            extra_days=self.delivery_extra_days or 0,
        )

    def exists_on(self, day: date) -> bool:
        """Whether the committee existed on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class OrganizationName(Base):
    """A name that a committee bore before, until its last day (inclusive)."""

    __tablename__ = "organization_name"
    __table_args__ = (
        UniqueConstraint("organization_id", "valid_to"),
        CheckConstraint("valid_from IS NULL OR valid_from <= valid_to", name="begins_before_it_ends"),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(300))
    sort_key: Mapped[str] = mapped_column(String(300), index=True)
    valid_from: Mapped[date | None]  # None: since it exists
    valid_to: Mapped[date]
    organization: Mapped[Organization] = relationship(back_populates="names")

    @property
    def next_name_from(self) -> date:
        """The first day of the name after this one."""
        return self.valid_to + timedelta(days=1)

    def covers(self, day: date) -> bool:
        """Whether the committee bore this name on a day."""
        return day <= self.valid_to and (self.valid_from is None or self.valid_from <= day)


class Clerk(Base):
    """The person who keeps a committee's business (Schriftführung), or their deputy."""

    __tablename__ = "clerk"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    is_deputy: Mapped[bool] = mapped_column(default=False)
    organization: Mapped[Organization] = relationship(back_populates="clerks")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
