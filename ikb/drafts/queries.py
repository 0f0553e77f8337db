"""Reads of drafts: their versions, their sections, and what says the same elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, contains_eager
from sqlalchemy.sql.elements import ColumnElement

from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion, Section, SectionLink, VersionState


@dataclass(frozen=True)
class Ends:
    """The two versions of a draft that people work with: the newest issued one, and the one that may still change."""

    draft: Draft
    issued: DraftVersion | None = None
    working: DraftVersion | None = None

    @property
    def following(self) -> DraftVersion | None:
        """The working version, where it goes on from the newest issued one."""
        goes_on = self.working and self.issued and self.working.base_id == self.issued.id
        return self.working if goes_on else None


def ends_of(*conditions: ColumnElement[bool]) -> dict[int, Ends]:
    """Both ends of every draft that has a version, by draft, in the order of the drafts. One query."""
    newer = aliased(DraftVersion)
    is_overtaken = exists().where(
        newer.draft_id == DraftVersion.draft_id, newer.state == DraftVersion.state, newer.number > DraftVersion.number
    )
    rows = (
        select(DraftVersion)
        .join(DraftVersion.draft)
        .options(contains_eager(DraftVersion.draft))
        .where(~is_overtaken, *conditions)
        .order_by(Draft.position, Draft.id)
    )
    found: dict[int, dict[str, DraftVersion]] = defaultdict(dict)
    for version in db.session.scalars(rows):
        found[version.draft_id][version.state] = version
    return {
        draft_id: Ends(next(iter(two.values())).draft, two.get(VersionState.ISSUED), two.get(VersionState.WORKING))
        for draft_id, two in found.items()
    }


def drafts_of(procedure_id: int) -> list[Draft]:
    """The texts of a procedure, in their order."""
    rows = select(Draft).where(Draft.procedure_id == procedure_id).order_by(Draft.position, Draft.id)
    return list(db.session.scalars(rows))


def sections_of(version_id: int) -> list[Section]:
    """The sections of one version, in the order of the text."""
    rows = select(Section).where(Section.draft_version_id == version_id).order_by(Section.position)
    return list(db.session.scalars(rows))


def section(version_id: int, anchor: str) -> Section | None:
    """One section of one version."""
    return db.session.scalar(select(Section).where(Section.draft_version_id == version_id, Section.anchor == anchor))


def sections_at(version_ids: Collection[int], anchors: Collection[str]) -> dict[int, dict[str, Section]]:
    """Some sections of some versions, by version and anchor. One query."""
    rows = select(Section).where(Section.draft_version_id.in_(version_ids), Section.anchor.in_(anchors))
    found: dict[int, dict[str, Section]] = defaultdict(dict)
    for section in db.session.scalars(rows):
        found[section.draft_version_id][section.anchor] = section
    return found


def latest_issued(draft_id: int) -> DraftVersion | None:
    """The version that counts now, None while none was issued."""
    rows = select(DraftVersion).where(DraftVersion.draft_id == draft_id, DraftVersion.state == VersionState.ISSUED)
    return db.session.scalar(rows.order_by(DraftVersion.number.desc()).limit(1))


def working_version(draft_id: int) -> DraftVersion | None:
    """The version that may still change; a draft has at most one."""
    rows = select(DraftVersion).where(DraftVersion.draft_id == draft_id, DraftVersion.state == VersionState.WORKING)
    return db.session.scalar(rows.order_by(DraftVersion.number.desc()).limit(1))


def history_of(draft_id: int) -> list[DraftVersion]:
    """Every version of a draft, the newest first."""
    rows = select(DraftVersion).where(DraftVersion.draft_id == draft_id).order_by(DraftVersion.number.desc())
    return list(db.session.scalars(rows))


def links_of(draft_id: int) -> dict[str, list[tuple[int, str]]]:
    """For each linked anchor of a draft, where the same is said: [(draft id, anchor)], read in both directions."""
    rows = select(SectionLink).where((SectionLink.draft_id == draft_id) | (SectionLink.other_draft_id == draft_id))
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in db.session.scalars(rows.order_by(SectionLink.id)):
        if link.draft_id == draft_id:
            found[link.anchor].append((link.other_draft_id, link.other_anchor))
        if link.other_draft_id == draft_id:
            found[link.other_anchor].append((link.draft_id, link.anchor))
    return dict(found)
