"""Who has a section in hand right now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class SectionClaim(Base):
    """That a person works on a section: a lease, so that nobody has to give it back. It locks nothing and leaves no trace.

    anchor:     of the section, or the name that stands for the whole draft.
    held_until: from then on nobody works on it any more.
    """

    __tablename__ = "section_claim"
    __table_args__ = (UniqueConstraint("draft_id", "anchor"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    held_until: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")
