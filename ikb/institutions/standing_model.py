"""Who may go on contributing between and after the phases of a procedure."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base


class StandingInvitation(Base):
    """A kind of institution, or a single one, whose links stay open in one procedure when a phase is over.

    Exactly one of `kind` (as institutions carry it) and `institution_id` is set.
    """

    __tablename__ = "standing_invitation"
    __table_args__ = (
        UniqueConstraint("procedure_id", "kind"),
        UniqueConstraint("procedure_id", "institution_id"),
        CheckConstraint("(kind IS NULL) != (institution_id IS NULL)", name="kind_or_institution"),
    )

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    kind: Mapped[str | None] = mapped_column(String(40))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime]
