"""Which answers one act gave to several remarks, and which of them were taken back."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class BulkAnswer(Base):
    """One consideration of an act. It stays when it is taken back: `taken_back_id` then is the act that did it.

    What was taken back holds no more: `holding.holds` leaves it out wherever it is asked what was decided.
    """

    __tablename__ = "bulk_answer"

    act_id: Mapped[int] = mapped_column(ForeignKey("bulk_act.id", ondelete="CASCADE"), index=True)
    consideration_id: Mapped[int] = mapped_column(ForeignKey("consideration.id", ondelete="CASCADE"), unique=True)
    taken_back_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_act.id"), index=True)
