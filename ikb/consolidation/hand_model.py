"""What somebody changed in a working version by hand: a row that stays, with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class HandEdit(Base):
    """One edit of one section of the version that is being worked on.

    base_version_id: the issued version that the working one goes on from; the working text is built anew each time, and the
                     edits that stand are done to it again, oldest first.
    kind:            edit, delete; insert_after and insert_before for a new section beside this one; split, join (with the one
                     before it) and move_before, move_after, move_under for the section as a whole.
    other_anchor:    the section that this one is joined to, or moved beside or under; "" for every other kind.
    before, after:   the section's text as its editor saw it, and as they want it ("" where there is none); of a split a blank
                     line stands where the new section begins.
    withdrawn_at:    when somebody took it back; None while it stands.
    """

    __tablename__ = "hand_edit"
    __table_args__ = (Index("ix_hand_edit_standing", "base_version_id", "withdrawn_at"),)

    base_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    other_anchor: Mapped[str] = mapped_column(String(80), default="", server_default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    edited_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    edited_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def new_anchor(self) -> str:
        """The anchor of the section that it adds: the same each time the working text is built."""
        return f"hand-{self.id}"

    @property
    def changed_anchors(self) -> tuple[str, ...]:
        """The sections that were there and whose words it touches; a new one beside them and a move leave them alone."""
        if self.kind == "join":
            return self.anchor, self.other_anchor
        return (self.anchor,) if self.kind in ("edit", "delete", "split") else ()
