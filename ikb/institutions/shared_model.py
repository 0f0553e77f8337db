"""Further links to one invitation: to read, to write, to hand in, one for each person or for whoever has it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.institutions.model import Invitation


class Scope(StrEnum):
    """How far a link goes; each of them can do what those before it can."""

    READ = "read"  # the draft and nothing of the institution: harmless in a messenger
    WRITE = "write"
    SUBMIT = "submit"

    def covers(self, needed: Scope) -> bool:
        """Whether a link of this scope opens a page that needs the other."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


class SharedLink(Edited, Base):
    """A link beside the invitation's own one, which an institution or the lead gave to somebody.

    name:  as its holder gave it; empty for a link to read that anybody may have.
    email: where it was sent; empty if it was passed on in another way.
    """

    __tablename__ = "shared_link"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # of the form that made it: sent twice, it is one
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    invitation: Mapped[Invitation] = relationship(lazy="joined", innerjoin=True)


@dataclass(frozen=True)
class Person:
    """Who stands behind a request, as far as the link tells. link_id: None for the invitation's own link."""

    name: str = ""
    link_id: int | None = None
    scope: Scope = Scope.SUBMIT


INVITED = Person()  # whoever has the invitation's own link and gave no name
