"""An institution's request for more time, and what was answered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.institutions.model import Invitation


class Asked(StrEnum):
    """How a request stands."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class ExtensionRequest(Edited, Base):
    """One request; while it is open it is edited, and there is no other. An answered one stays as it is.

    wished_until:  the day that they asked for; granted_until: the day that they got, None unless granted.
    answer:        the lead's sentence, needed to decline.
    """

    __tablename__ = "extension_request"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    wished_until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20), default=Asked.OPEN)
    asked_at: Mapped[datetime]
    granted_until: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    invitation: Mapped[Invitation] = relationship()

    @property
    def is_open(self) -> bool:
        return self.state == Asked.OPEN
