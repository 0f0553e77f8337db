"""Where a person says that a remark belongs on a version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class RemarkPlace(Base):
    """One word on one remark's place on one version. Rows are only added: the newest for a remark and a version holds.

    anchor: the section, "" where its passage is gone. One that names a section that is not in the version (any more) says
            nothing, and the place is found as if nobody had said it.
    """

    __tablename__ = "remark_place"
    __table_args__ = (Index("ix_remark_place_version", "version_id", "remark_id"),)

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80), default="")
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime]
    placed_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
