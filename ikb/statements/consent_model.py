"""Consents that were taken back. What was said when a statement was handed in stays as it was said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class Consent(StrEnum):
    """To what."""

    NAME = "name"  # the person's name beside the published statement
    TEXT = "text"  # the statement itself, where consent is the ground on which a procedure publishes


class ConsentWithdrawal(Base):
    """An institution took a consent back: it no longer holds for whatever was handed in until then."""

    __tablename__ = "consent_withdrawal"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    consent: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
