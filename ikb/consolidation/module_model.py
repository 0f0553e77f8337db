"""Text modules: pieces of reasons that come up again and again, with every version and where each is used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.accounts.model import User
from ikb.db import Base


class TextModule(Base):
    """One text module of a procedure. key: of the form that made it; dropped_at: when it was deleted, being nowhere used."""

    __tablename__ = "text_module"

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    key: Mapped[UUID] = mapped_column(unique=True)
    dropped_at: Mapped[datetime | None]


class TextModuleVersion(Base):
    """What a module said from a moment on; the newest is offered, earlier ones stay. number: from 1."""

    __tablename__ = "text_module_version"
    __table_args__ = (UniqueConstraint("module_id", "number"),)

    module_id: Mapped[int] = mapped_column(ForeignKey("text_module.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    module: Mapped[TextModule] = relationship(lazy="joined", innerjoin=True)
    written_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class TextModuleUse(Base):
    """That a reason contains a version of a module."""

    __tablename__ = "text_module_use"
    __table_args__ = (UniqueConstraint("version_id", "consideration_id"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("text_module_version.id", ondelete="CASCADE"))
    consideration_id: Mapped[int] = mapped_column(ForeignKey("consideration.id", ondelete="CASCADE"), index=True)
