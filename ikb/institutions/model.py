"""The register of those who are heard, and their invitations."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.drafts.model import DraftVersion
from ikb.institutions.standing_model import StandingInvitation as StandingInvitation
from ikb.procedures.model import ParticipationPhase


class InstitutionKind(StrEnum):
    AUTHORITY = "authority"
    INSTITUTION = "institution"
    ASSOCIATION = "association"
    CLUB = "club"
    MIGRANT_ORGANISATION = "migrant_organisation"


class OwnKind(Edited, Base):
    """A kind of institution that the town added to those above; its name is what institutions carry as their kind."""

    __tablename__ = "institution_kind"

    name: Mapped[str] = mapped_column(String(40), unique=True)


class Institution(Edited, Base):
    """An authority, institution, association, club or migrant organisation of the town.

    kind:      a code of `InstitutionKind`, or the name of an `OwnKind`.
    languages: spoken there, in German words; `language` is the one that we write in.
    merged_into_id: the entry that stands for it since the two were found to be one; nobody is invited through it.
    """

    __tablename__ = "institution"

    number: Mapped[int] = mapped_column(unique=True)  # given once, printed on letters
    name: Mapped[str] = mapped_column(String(300), unique=True)
    sort_key: Mapped[str] = mapped_column(String(300), index=True)  # umlauts folded: no engine of ours can sort German
    kind: Mapped[str] = mapped_column(String(40))
    languages: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    fields: Mapped[list[str]] = mapped_column(default=list)  # fields of action
    district: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")  # function mailbox; empty: reached by letter
    address: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(5), default="de", server_default="de")  # of what we write: de, en
    note: Mapped[str] = mapped_column(Text, default="")
    wants_release: Mapped[bool] = mapped_column(default=False, server_default=false())  # nobody hands in alone
    created_at: Mapped[datetime]
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # of the form that added it: sent twice, it is one
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    merged_at: Mapped[datetime | None]
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="institution",
        cascade="all, delete-orphan",
        order_by="Contact.is_deputy, Contact.position, Contact.id",
    )
    merged_into: Mapped[Institution | None] = relationship(remote_side="Institution.id")

    def contacts_on(self, day: date) -> list[Contact]:
        """Who is in office on a day: first those who hold it, then their deputies."""
        return [contact for contact in self.contacts if contact.covers(day)]


class Contact(Base):
    """A person at an institution; the first in office with an address gets the mail, else the institution's mailbox.

    role:                   what they are there, such as Vorsitz.
    valid_from, valid_until: first and last day in office, None where open.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint(
            "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="begins_before_it_ends"
        ),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    role: Mapped[str] = mapped_column(String(100), default="", server_default="")
    is_deputy: Mapped[bool] = mapped_column(default=False, server_default="0")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=1)
    institution: Mapped[Institution] = relationship(back_populates="contacts")

    def covers(self, day: date) -> bool:
        """Whether they are in office on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


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
    standing_version: where it leads since its phase is over, for those with a standing invitation; `institutions.standing`
                      keeps it up.
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
    wished_until: Mapped[date | None]  # the day that an open request for more time asks for; `institutions.requests`
    is_late: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None]
    standing_version_id: Mapped[int | None] = mapped_column(ForeignKey("draft_version.id"))
    phase: Mapped[ParticipationPhase] = relationship(lazy="joined", innerjoin=True)
    institution: Mapped[Institution] = relationship(lazy="joined", innerjoin=True)
    standing_version: Mapped[DraftVersion | None] = relationship()

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERED

    @property
    def is_standing(self) -> bool:
        """Whether what is written now belongs to no phase any more."""
        return self.standing_version_id is not None

    @property
    def version(self) -> DraftVersion:
        """The version that its link shows."""
        return self.standing_version or self.phase.draft_version

    @property
    def version_id(self) -> int:
        return self.standing_version_id or self.phase.draft_version_id

    @property
    def last_day(self) -> date:
        """The last day that counts for this institution."""
        return max(self.phase.last_day, self.extended_until or self.phase.last_day)
