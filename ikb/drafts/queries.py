"""Reads of drafts: their versions, their sections, and what says the same elsewhere."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion, Section, SectionLink, VersionState


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
