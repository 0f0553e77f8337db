"""Snapshots of what left the house, and the ground on which a procedure publishes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ikb.db import Base, Edited


class Ground(StrEnum):
    """On what a procedure publishes statements; `NONE` until somebody decided."""

    NONE = "none"
    RESOLUTION = "resolution"
    STATUTE = "statute"
    CONSENT = "consent"


class PublicationRule(Edited, Base):
    """Whether and on what ground the statements of one procedure are published; without a row none is.

    basis: what is cited, in full: `Beschluss des Rates vom …`. note: what institutions are told besides.
    """

    __tablename__ = "publication_rule"

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), unique=True)
    ground: Mapped[str] = mapped_column(String(20), default=Ground.NONE)
    basis: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class Act(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # nothing of it is public any more


class Publication(Base):
    """One act: a version of something went public, or it was withdrawn. The newest row of a subject says what is public.

    kind, subject_id: what it is of, such as `statement` and its id.
    number:           under which the public finds it.
    content:          exactly what left, without names of persons: see `PublishedName`.
    ground, basis:    the procedure's rule of that moment.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "version"),
        Index("ix_publication_procedure_id", "procedure_id", "kind"),
    )

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(20), default=Act.PUBLISHED)
    number: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    content: Mapped[dict[str, Any]]
    ground: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[PublishedName | None] = relationship(
        back_populates="publication", cascade="all, delete-orphan", lazy="joined"
    )

    @property
    def is_public(self) -> bool:
        return self.act == Act.PUBLISHED

    @property
    def person(self) -> str:
        """The name of the person that left with it, empty where none did or the consent was withdrawn."""
        return self.name.name if self.name is not None else ""


class PublishedName(Base):
    """The name of a person who agreed, beside the snapshot: withdrawn, the row is deleted and the snapshot stays whole."""

    __tablename__ = "published_name"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    publication: Mapped[Publication] = relationship(back_populates="name")
