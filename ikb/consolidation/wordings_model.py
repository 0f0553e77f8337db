"""Which decisions a wording of the lead's own belongs to."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class OwnWording(Base):
    """That an edit by hand answers what somebody asked for, by a decision: neither their wording nor the old one."""

    __tablename__ = "own_wording"
    __table_args__ = (UniqueConstraint("hand_edit_id", "consideration_id"),)

    hand_edit_id: Mapped[int] = mapped_column(ForeignKey("hand_edit.id", ondelete="CASCADE"))
    consideration_id: Mapped[int] = mapped_column(ForeignKey("consideration.id", ondelete="CASCADE"), index=True)
