"""Statements and their receipts."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.drafts.model import DraftVersion
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import SharedLink as SharedLink
from ikb.remarks.model import Remark
from ikb.statements.attachment_model import Attachment as Attachment
from ikb.statements.clearance_model import Clearance as Clearance
from ikb.statements.consent_model import ConsentWithdrawal as ConsentWithdrawal
from ikb.statements.guide_model import GuideText as GuideText
from ikb.statements.guide_model import GuidingQuestion as GuidingQuestion
from ikb.statements.late_model import LateDecision as LateDecision


class StatementState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REPLACED = "replaced"  # a later one of the same institution counts
    WITHDRAWN = "withdrawn"  # taken back before the deadline


class Answer(StrEnum):
    """What kind of answer it is; each means another thing, and they are counted apart."""

    REMARKS = "remarks"
    AGREES = "agrees"
    NO_REMARKS = "no_remarks"
    NOT_CONCERNED = "not_concerned"
    LETTER = "letter"  # files only; staff makes remarks out of them


WITH_REMARKS = frozenset({Answer.REMARKS, Answer.LETTER})


class Release(StrEnum):
    """Whether a draft waits for a second person."""

    NONE = ""
    ASKED = "asked"
    RETURNED = "returned"
    GIVEN = "given"


class Statement(Edited, Base):
    """What one institution says in one phase: a draft that may change, then a statement that may not.

    standing_version: the version it was handed in on outside of a phase; None within one.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("invitation_id", "sequence"),
        Index("ix_statement_arrival", "state", "submitted_at"),  # the newest twenty, however many there are
        Index(
            "ix_statement_in_force",  # one of many versions of what an institution said
            "invitation_id",
            postgresql_where=text("state = 'submitted'"),
            sqlite_where=text("state = 'submitted'"),
        ),
        Index(
            "uq_statement_one_draft",
            "invitation_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
            sqlite_where=text("state = 'draft'"),
        ),
    )

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    sequence: Mapped[int] = mapped_column(default=1)  # 2 replaces 1
    state: Mapped[str] = mapped_column(String(20), default=StatementState.DRAFT)
    answer: Mapped[str] = mapped_column(String(20), default=Answer.REMARKS)
    channel: Mapped[str] = mapped_column(String(20), default="link")
    author_name: Mapped[str] = mapped_column(String(200), default="")
    consents_to_text: Mapped[bool] = mapped_column(default=False, server_default=false())  # where consent is the ground
    consents_to_name: Mapped[bool] = mapped_column(default=False)  # to its publication; unticked unless a person did
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # of the form that submitted it (promise 2)
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    release: Mapped[str] = mapped_column(String(20), default=Release.NONE, server_default="")
    letter_note: Mapped[str] = mapped_column(Text, default="", server_default="")  # a sentence that goes with a letter
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    standing_version_id: Mapped[int | None] = mapped_column(ForeignKey("draft_version.id"))
    invitation: Mapped[Invitation] = relationship(lazy="joined", innerjoin=True)
    standing_version: Mapped[DraftVersion | None] = relationship()
    remarks: Mapped[list[Remark]] = relationship(
        cascade="all, delete-orphan", order_by=Remark.position, foreign_keys=Remark.statement_id
    )
    receipt: Mapped[Receipt | None] = relationship(back_populates="statement")

    @property
    def is_standing(self) -> bool:
        """Whether it was handed in outside of a phase."""
        return self.standing_version_id is not None

    @property
    def version(self) -> DraftVersion:
        """What it is about: while it is written, the version that its link shows."""
        if self.state == StatementState.DRAFT:
            return self.invitation.version
        return self.standing_version or self.invitation.phase.draft_version


class Receipt(Base):
    """Proof of what arrived when.

    received_at: what counts for the sender; arrived_at: what the proxy in front noted, where it notes anything.
    content:     the statement as canonical JSON (sorted keys, no blanks, UTF-8), exactly the bytes that were hashed.
    sha256:      over `content`, in hex.
    signed_part: exactly what `signature` (base64) is over; both are missing where ikb did not sign receipts yet, and then a
                 `LateSignature` may stand beside it.
    """

    __tablename__ = "receipt"

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    received_at: Mapped[datetime]
    is_late: Mapped[bool]
    deadline_version: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    journal_entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    arrived_at: Mapped[datetime | None]
    signed_part: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(String(100))
    statement: Mapped[Statement] = relationship(back_populates="receipt", lazy="joined", innerjoin=True)


class ReleaseStep(Base):
    """One step of releasing: asked for, returned with a comment, given. Rows are only added.

    link_id: through which shared link, None for the invitation's own; name: as its holder gave it then.
    """

    __tablename__ = "release_step"

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(Text, default="")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("shared_link.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)


class Withdrawal(Base):
    """That a statement was taken back, proved like its receipt: `content` hashed, `signed_part` signed."""

    __tablename__ = "withdrawal"

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    received_at: Mapped[datetime]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    journal_entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    signed_part: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(100))
    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)


class LateSignature(Base):
    """The signature of a receipt that was given before ikb signed receipts. Receipts only grow, so it is a row of its own."""

    __tablename__ = "late_signature"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id", ondelete="CASCADE"), unique=True)
    signed_at: Mapped[datetime]
    signed_part: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(100))
