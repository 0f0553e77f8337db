"""Drafts, versions, sections, and what changed from one version to the next."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from ikb.db import Base, Edited
from ikb.errors import Immutable


class DraftKind(StrEnum):
    RESOLUTION = "resolution"  # what the committees deliberate on
    CONCEPT = "concept"  # the long text behind it


class VersionState(StrEnum):
    WORKING = "working"
    ISSUED = "issued"


class Draft(Edited, Base):
    """One text of a procedure; a procedure may have several, linked passage by passage."""

    __tablename__ = "draft"

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default=DraftKind.RESOLUTION)
    title: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(default=1)
    versions: Mapped[list[DraftVersion]] = relationship(
        back_populates="draft", cascade="all, delete-orphan", order_by="DraftVersion.number"
    )


class DraftVersion(Edited, Base):
    """A numbered state of a draft: working (may change) or issued (never again)."""

    __tablename__ = "draft_version"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=VersionState.WORKING)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("draft_version.id"))
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    draft: Mapped[Draft] = relationship(back_populates="versions", lazy="joined", innerjoin=True)
    base: Mapped[DraftVersion | None] = relationship(remote_side="DraftVersion.id")
    sections: Mapped[list[Section]] = relationship(
        back_populates="draft_version", cascade="all, delete-orphan", order_by="Section.position"
    )
    changes: Mapped[list[Change]] = relationship(
        back_populates="draft_version", cascade="all, delete-orphan", order_by="Change.position"
    )

    @property
    def is_issued(self) -> bool:
        return self.state == VersionState.ISSUED


class Section(Base):
    """The smallest addressable passage of one version; its `anchor` stays the same over all versions."""

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("draft_version_id", "anchor"),
        Index("ix_section_position", "draft_version_id", "position"),
    )

    draft_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))  # heading, point, paragraph, bullet, goal, objective, measure
    number: Mapped[str | None] = mapped_column(String(40))
    parent: Mapped[str | None] = mapped_column(String(80))  # anchor of the section above it
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    draft_version: Mapped[DraftVersion] = relationship(back_populates="sections")


class SectionLink(Base):
    """Two passages that say the same thing in two places, in one draft or in two: who changes one must look at the other."""

    __tablename__ = "section_link"
    __table_args__ = (UniqueConstraint("draft_id", "anchor", "other_draft_id", "other_anchor"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    other_draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    other_anchor: Mapped[str] = mapped_column(String(80))


class Change(Base):
    """One edit of one section in a new version, word by word.

    segments: list of {"t": "keep" | "del" | "ins", "text", "remarks": [ids], "proposals": [keys]}, and "hand": [ids] where
              it was changed by hand; all keep + del in a row are the old text, all keep + ins the new one.
    kind:     edit, insert, delete; move for a section that only stands elsewhere now.
    trace:    where a section went or came from: list of {"kind", "anchor", "hand": id of the edit}. kind: split_to, split_from,
              joined_to, joined_from with the other section; moved, with "behind" and "below": what stood before and above it.
    """

    __tablename__ = "change"
    __table_args__ = (UniqueConstraint("draft_version_id", "anchor"),)

    draft_version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    segments: Mapped[list[Any]]
    trace: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    draft_version: Mapped[DraftVersion] = relationship(back_populates="changes")


def _refuse_if_issued(_mapper: Mapper[Any], _connection: Connection, row: Section | Change) -> None:
    if row.draft_version.is_issued:
        raise Immutable(
            "Diese Fassung ist herausgegeben und bleibt, wie sie ist. Änderungen kommen in die nächste Fassung."
        )


def _refuse_reissue(_mapper: Mapper[Any], _connection: Connection, row: DraftVersion) -> None:
    before = inspect(row).attrs.state.history.deleted
    touched = {attr.key for attr in inspect(row).attrs if attr.history.has_changes()} - {
        "row_version",
        "changes",
        "sections",
    }
    was_issued = VersionState.ISSUED in before if before else row.is_issued
    if was_issued and touched:
        raise Immutable("Eine herausgegebene Fassung kann nicht mehr geändert werden.")


for _rows in (Section, Change):
    for _moment in ("before_insert", "before_update", "before_delete"):
        event.listen(_rows, _moment, _refuse_if_issued)
event.listen(DraftVersion, "before_update", _refuse_reissue)
