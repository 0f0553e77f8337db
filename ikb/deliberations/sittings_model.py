"""Rows of the sittings: a meeting of one committee or several together, and its agenda."""

from __future__ import annotations

import uuid
from datetime import date, time

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.deliberations.register_model import Organization


class Meeting(Edited, Base):
    """A sitting on one day, of the committee that leads it and of those that sit with it. Times are Berlin wall time."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("organization_id", "held_on"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at_local: Mapped[time | None]  # None where it is not known
    ends_at_local: Mapped[time | None]
    public_from: Mapped[time | None]  # of the public part, where it does not begin with the sitting
    nonpublic_from: Mapped[time | None]  # of the non-public part; None: there is none, or its beginning is open
    has_nonpublic_part: Mapped[bool] = mapped_column(default=False, server_default="0")
    place: Mapped[str] = mapped_column(String(300), default="")
    cancelled: Mapped[bool] = mapped_column(default=False)  # it stays, for everybody who had noted it
    cancelled_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)  # it takes place then
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True, index=True)  # of the form that added it
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)
    moved_to: Mapped[Meeting | None] = relationship(remote_side="Meeting.id")
    further: Mapped[list[MeetingOrganization]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="MeetingOrganization.position"
    )
    agenda_items: Mapped[list[AgendaItem]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="AgendaItem.position"
    )

    @property
    def organizations(self) -> list[Organization]:
        """Everybody who sits, the leading committee first."""
        return [self.organization, *(row.organization for row in self.further)]

    @property
    def is_joint(self) -> bool:
        """Whether several committees sit together."""
        return bool(self.further)


class MeetingOrganization(Base):
    """A committee that sits together with the one that leads the meeting; in order, from 1."""

    __tablename__ = "meeting_organization"
    __table_args__ = (UniqueConstraint("meeting_id", "organization_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship(back_populates="further")
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


class AgendaItem(Edited, Base):
    """One item of a sitting; results and changed wording hang here, as in OParl."""

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    number: Mapped[str] = mapped_column(String(20), default="")  # as printed, empty while unknown
    position: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(500))
    public: Mapped[bool | None]  # None: the paper does not say
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True, index=True)  # of the form that added it
    meeting: Mapped[Meeting] = relationship(back_populates="agenda_items", lazy="joined", innerjoin=True)
