"""Filters of the workbench's list that somebody gave a name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base, Edited


class SavedView(Edited, Base):
    """One filter with its name. address: its parts as the address carries them, read anew and checked at each use.

    is_shared: everybody who leads the procedure may use it; only its owner may change it.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("procedure_id", "user_id", "name"),)

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(1000))
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    key: Mapped[UUID] = mapped_column(unique=True)
    made_at: Mapped[datetime]
