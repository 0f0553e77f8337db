"""What a late statement counts for. A lead decides; a correction is a new row, and the newest holds."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class LateDecision(Base):
    """One decision about one late statement. counts: like one in time; else it stays stored and is weighed nowhere."""

    __tablename__ = "late_decision"

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)  # of the form that sent it
    counts: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
