"""People with accounts, what they may do, their sessions and their one-time links."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited


class Role(StrEnum):
    """What a visitor may be. PUBLIC is everybody; INSTITUTION is whoever holds an invitation's link."""

    PUBLIC = "public"
    INSTITUTION = "institution"
    LEAD = "lead"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"


ACCOUNT_ROLES = (Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)


class User(Edited, Base):
    """A person of the administration. Institutions need no account."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # None until the invitation's link was used
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin", order_by="Grant.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in self.grants)


class Grant(Base):
    """One role of one person."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    user: Mapped[User] = relationship(back_populates="grants")


class LoginSession(Base):
    """One sign-in on one device; deleting the row ends it, whatever cookie somebody kept."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class AccountToken(Base):
    """A link that is used once: to set a first password, or a new one. Only its hash is kept."""

    __tablename__ = "account_token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))  # invitation, reset
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
