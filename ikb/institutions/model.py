"""The register of those who are heard, and their invitations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.procedures.model import ParticipationPhase


class InstitutionKind(StrEnum):
    AUTHORITY = "authority"
    INSTITUTION = "institution"
    ASSOCIATION = "association"
    CLUB = "club"
    MIGRANT_ORGANISATION = "migrant_organisation"


class Institution(Edited, Base):
    """An authority, institution, association, club or migrant organisation of the town."""

    __tablename__ = "institution"

    number: Mapped[int] = mapped_column(unique=True)  # given once, printed on letters
    name: Mapped[str] = mapped_column(String(300), unique=True)
    sort_key: Mapped[str] = mapped_column(String(300), index=True)  # umlauts folded: no engine of ours can sort German
    kind: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[str]] = mapped_column(default=list)  # fields of action
    district: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")  # function mailbox; empty: reached by letter
    address: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(5), default="de", server_default="de")  # of what we write: de, en
    note: Mapped[str] = mapped_column(Text, default="")
    wants_release: Mapped[bool] = mapped_column(default=False, server_default=false())  # nobody hands in alone
    created_at: Mapped[datetime]
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="institution", cascade="all, delete-orphan", order_by="Contact.position"
    )


class Contact(Base):
    """A person at an institution; the first with an address gets the mail, else the institution's own mailbox."""

    __tablename__ = "contact"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=1)
    institution: Mapped[Institution] = relationship(back_populates="contacts")


class InvitationState(StrEnum):
    """How far an invitation has come; `extended` and `late` are facts beside it."""

    PLANNED = "planned"
    INVITED = "invited"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    OPENED = "opened"
    DRAFTED = "drafted"
    AWAITS_RELEASE = "awaits_release"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    AGREES = "agrees"
    NO_REMARKS = "no_remarks"
    NOT_CONCERNED = "not_concerned"


ANSWERED = frozenset(
    {InvitationState.SUBMITTED, InvitationState.AGREES, InvitationState.NO_REMARKS, InvitationState.NOT_CONCERNED}
)


class Invitation(Edited, Base):
    """One institution in one phase, with its personal link.

    The token in the link is an HMAC over id and generation, so that reminders can write it again; only its hash is kept.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("phase_id", "institution_id"),)

    phase_id: Mapped[int] = mapped_column(ForeignKey("participation_phase.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20), default="mail")  # mail, letter
    holder_name: Mapped[str] = mapped_column(String(200), default="", server_default="")  # of the own link, as given
    state: Mapped[str] = mapped_column(String(20), default=InvitationState.PLANNED)
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    extended_until: Mapped[date | None]
    extension_reason: Mapped[str] = mapped_column(String(300), default="")
    is_late: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None]
    phase: Mapped[ParticipationPhase] = relationship(lazy="joined", innerjoin=True)
    institution: Mapped[Institution] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERED

    @property
    def last_day(self) -> date:
        """The last day that counts for this institution."""
        return max(self.phase.last_day, self.extended_until or self.phase.last_day)
