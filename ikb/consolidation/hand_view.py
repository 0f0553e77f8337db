"""What the pages show of edits by hand: a section as it reads now, what was edited on it, and a new text as it would read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from ikb.consolidation import by_hand, hand_edits, wordings
from ikb.consolidation.building import Elements, build
from ikb.consolidation.hand_model import HandEdit
from ikb.core.redline import Segment, word_diff
from ikb.core.texts import normalise
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import Change, DraftVersion, Section
from ikb.drafts.names import name_of
from ikb.drafts.service import SectionText


@dataclass(frozen=True)
class OnSection:
    """The hand's part of a section's page. version: the working one, None while there is none.

    edits:    those that stand on this section, the oldest first.
    misfits:  ids of those that do not fit the text any more; waiting: of those whose decisions are not released yet.
    segments: the section as it reads with them; empty where nothing changes.
    """

    anchor: str
    version: DraftVersion | None
    edits: Sequence[HandEdit]
    misfits: frozenset[int]
    segments: Sequence[Any]
    is_there: bool
    has_own_wording: bool = False
    waiting: frozenset[int] = frozenset()

    def answers(self, given: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """The answers to a proposal: in part only beside a wording of the lead's own."""
        partly = [(wordings.PARTLY, "Teilweise gefolgt", "secondary")] if self.has_own_wording else []
        return [*given, *partly]

    def shown(self, found: Sequence[Mapping[str, Any]]) -> list[Sequence[Any]]:
        """The segments of everything that changes here: what was found, and in place of the section's own what a hand made."""
        own = [self.segments] if self.segments else []
        if not own:
            return [element["segments"] for element in found]
        others = [one for one in found if one["anchor"] != self.anchor]
        before = [one["segments"] for one in others if one["place"] == "before"]
        return [*before, *own, *(one["segments"] for one in others if one["place"] != "before")]


@dataclass(frozen=True)
class Passage:
    """One section of the version that is worked on. before: its text in the issued one, "" if it is new."""

    section: Section
    name: str
    before: str

    def change_to(self, kind: str, text: str) -> Sequence[Segment]:
        """What the council would read; empty where nothing changes or the text is too long to be kept."""
        if len(text) > hand_edits.LONGEST_TEXT:
            return ()
        if kind == "delete":
            return word_diff(self.before, "")
        before = self.before if kind == "edit" else ""
        return () if normalise(before) == normalise(text) else word_diff(before, text)


def on_section(base: DraftVersion, version: DraftVersion | None, anchor: str, text: str, found: Elements) -> OnSection:
    """What was edited by hand on one section of the version that follows a base. One query.

    text:  of the section in the base, "" if it is not in it.
    found: the elements of its outcome.
    """
    marked = wordings.edits_on(base.id, anchor)
    edits, waiting = [one.edit for one in marked], frozenset(one.edit.id for one in marked if not one.counts)
    own = any(one.is_own for one in marked)
    if version is None:
        return OnSection(anchor, None, edits, frozenset(), (), True, own, waiting)
    if any(edit.other_anchor for edit in edits):
        return replace(_beside_others(version, anchor, edits, has_own_wording=own), waiting=waiting)
    built = build([SectionText(anchor, "paragraph", None, None, text)] if text else [], {anchor: found})
    worked = hand_edits.redone(built, [one.edit for one in marked if one.counts])
    changed = next((one.segments for one in worked.built.changes if one.anchor == anchor), ())
    return OnSection(
        anchor,
        version,
        edits,
        frozenset(worked.misfits),
        changed if edits else (),
        is_there=any(one.anchor == anchor for one in worked.built.sections),
        has_own_wording=own,
        waiting=waiting,
    )


def _beside_others(
    version: DraftVersion, anchor: str, edits: Sequence[HandEdit], *, has_own_wording: bool
) -> OnSection:
    """The same for a section that was moved or joined: what became of it shows in the whole text alone."""
    misfits = frozenset(edit.id for edit in by_hand.misfits(version))
    there = drafts.section(version.id, anchor) is not None
    segments = db.session.scalar(
        select(Change.segments).where(
            Change.draft_version_id == version.id, Change.anchor == anchor, Change.kind != "move"
        )
    )
    return OnSection(anchor, version, edits, misfits, segments or (), there, has_own_wording)


def passage(base: DraftVersion, anchor: str) -> Passage | None:
    """A section as it reads now in the version that follows a base; None if it is not in it."""
    section = next((row for row in by_hand.sections_after(base) if row.anchor == anchor), None)
    if section is None:
        return None
    before = drafts.section(base.id, anchor)
    name = name_of(section.kind, section.number, section.text)
    return Passage(section, name, before.text if before else "")
