"""Versions against their base and against each other, and the reasons behind each changed word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ikb.consolidation import confirming, hand_edits, queries, traces, wordings
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.model import Consideration, Run, SectionOutcome
from ikb.consolidation.outcomes import FOLLOWED
from ikb.consolidation.voices import Voice, voices_of
from ikb.core.redline import Segment, word_diff
from ikb.core.texts import normalise
from ikb.core.word.passages import Text
from ikb.db import db
from ikb.deliberations.model import Paper
from ikb.drafts import queries as drafts
from ikb.drafts.model import Change, DraftVersion, Section
from ikb.drafts.written import above, texts


@dataclass(frozen=True)
class Line:
    """One passage of a redline.

    label: what the paper has before its text; level: how deep it lies, from 0; above: what it stands below, in words;
    change: None where nothing changed; confirmed: whether a person decided on all of it.
    """

    anchor: str
    name: str
    kind: str
    label: str
    level: int
    above: str
    text: str
    change: Change | None = None
    confirmed: bool = True


@dataclass(frozen=True)
class Reason:
    """Why a stretch of text is as it is: who asked for it, how many, and what was decided."""

    change: Change
    number: int
    segment: Mapping[str, Any]
    voices: Sequence[Voice]
    proposals: Sequence[Mapping[str, Any]]
    considerations: Sequence[Consideration]
    by_hand: Sequence[HandEdit] = ()
    waiting: Collection[int] = ()  # ids of decisions that are not confirmed yet
    is_own_wording: bool = False  # whether it answers remarks in words that none of them asked for

    @property
    def support(self) -> int:
        """Institutions that asked for exactly this; bodies are named, not counted."""
        return len({voice.name for voice in self.voices if not voice.is_of_a_body})

    @property
    def is_confirmed(self) -> bool:
        return bool(self.by_hand) or any(
            row.outcome == FOLLOWED and row.id not in self.waiting for row in self.considerations
        )


@dataclass(frozen=True)
class Compared:
    """One passage in two versions. segments: its redline; status: same, edit, insert, delete, move."""

    anchor: str
    name: str
    status: str
    segments: Sequence[Segment]

    @property
    def older(self) -> list[Segment]:
        """What the older version says, with what goes."""
        return [segment for segment in self.segments if segment.kind != "ins"]

    @property
    def newer(self) -> list[Segment]:
        """What the newer version says, with what comes."""
        return [segment for segment in self.segments if segment.kind != "del"]


class Findings:
    """What the run behind a version found: its proposals by key, its bodies' wordings by remark."""

    def __init__(self, version: DraftVersion) -> None:
        self.proposals: dict[str, Mapping[str, Any]] = {}
        self.bodies: dict[int, Mapping[str, Any]] = {}
        for proposals, bodies in _outcomes_behind(version):
            self.proposals |= {proposal["key"]: proposal for proposal in proposals}
            self.bodies |= {body["remark"]: body for body in bodies}
        decided = {one["decided"] for one in (*self.proposals.values(), *self.bodies.values()) if one["decided"]}
        base = None if version.is_issued else version.base
        self.waiting = confirming.unconfirmed_among(base, decided) if base is not None else set()

    def behind(self, segment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The proposals that a changed stretch comes from, with their status."""
        return [self.proposals[key] for key in segment["proposals"] if key in self.proposals]

    def decided(self, segment: Mapping[str, Any]) -> list[int]:
        """Ids of the considerations that hold for a changed stretch."""
        own = [proposal["decided"] for proposal in self.behind(segment)]
        own += [self.bodies[one]["decided"] for one in segment["remarks"] if one in self.bodies]
        return sorted({one for one in own if one})

    def asked_with(self, decisions: Iterable[Consideration]) -> set[int]:
        """The remarks that decisions on wordings hold for: those they were noted on, and all that ask for the same."""
        found: set[int] = set()
        for one in decisions:
            found |= {one.remark_id, *self.proposals.get(one.proposal_key, {}).get("members", ())}
        return found

    def is_confirmed(self, segment: Mapping[str, Any]) -> bool:
        """Whether a person has said yes to a changed stretch, or written it."""
        if segment.get("hand"):
            return True
        behind = [*self.behind(segment), *(self.bodies[one] for one in segment["remarks"] if one in self.bodies)]
        return any(one["outcome"] == FOLLOWED and one["decided"] not in self.waiting for one in behind)


def lines(version: DraftVersion, findings: Findings) -> list[Line]:
    """Every passage of a version in the order of the text, those that went at their old place."""
    sections = drafts.sections_of(version.id)
    changes = {change.anchor: change for change in _changes(version.id)}
    went = _went(version, sections, changes)
    shown = [one for section in sections for one in (*went.pop(section.anchor, ()), section)] + went.pop(None, [])
    places = above(shown)
    return [
        _line(one, text, places[one.anchor], changes.get(one.anchor), version, findings)
        for one, text in zip(shown, texts(shown), strict=True)
    ]


def _line(
    section: Section, text: Text, place: str, change: Change | None, version: DraftVersion, findings: Findings
) -> Line:
    name = queries.name_of(section.kind, section.number, section.text) if section.number else ""
    confirmed = version.is_issued or change is None or all(map(findings.is_confirmed, _changed(change)))
    return Line(section.anchor, name, text.kind, text.label, text.level, place, text.text, change, confirmed)


def _changed(change: Change) -> list[Mapping[str, Any]]:
    return [segment for segment in change.segments if segment["t"] != "keep"]


def _went(
    version: DraftVersion, sections: Sequence[Section], changes: Mapping[str, Change]
) -> dict[str | None, list[Section]]:
    """Sections of the base that are gone, under the anchor of the section that follows them; None at the end."""
    if version.base_id is None or not any(change.kind == "delete" for change in changes.values()):
        return {}
    return _gone(drafts.sections_of(version.base_id), sections, traces.moved(changes.values()))


def reason(version: DraftVersion, findings: Findings, change_id: int, number: int) -> Reason | None:
    """The reasons for one changed stretch, None if there is none under these numbers (any more)."""
    change = db.session.scalar(select(Change).where(Change.id == change_id, Change.draft_version_id == version.id))
    if change is None or not 0 <= number < len(change.segments) or change.segments[number]["t"] == "keep":
        return None
    segment = change.segments[number]
    answered = [one for rows in wordings.decisions_by(segment.get("hand", ())).values() for one in rows]
    voices = voices_of({*segment["remarks"], *findings.asked_with(answered)})
    considerations = queries.considerations(findings.decided(segment)) | {one.id: one for one in answered}
    return Reason(
        change=change,
        number=number,
        segment=segment,
        voices=list(voices.values()),
        proposals=findings.behind(segment),
        considerations=list(considerations.values()),
        waiting=findings.waiting,
        is_own_wording=bool(answered),
        by_hand=list(hand_edits.by_ids(segment.get("hand", ())).values()),
    )


def compare(old: DraftVersion, new: DraftVersion) -> list[Compared]:
    """Two versions passage by passage, in the order of the new one, what is gone at its old place."""
    before = {section.anchor: section for section in drafts.sections_of(old.id)}
    after = drafts.sections_of(new.id)
    moved = traces.moved(traces.changes_between(old, new))
    gone = _gone(before.values(), after, moved)
    found: list[Compared] = []
    for section in after:
        found += [_compared(one, one.text, "") for one in gone.pop(section.anchor, [])]
        earlier = before.get(section.anchor)
        found.append(_compared(section, earlier.text if earlier else "", section.text, moved))
    return found + [_compared(one, one.text, "") for one in gone.pop(None, [])]


def _gone(
    before: Iterable[Section], after: Iterable[Section], moved: frozenset[str]
) -> dict[str | None, list[Section]]:
    """Sections that went, under the anchor of the one that follows them and still stands there; None at the end."""
    living = {section.anchor for section in after}
    found: dict[str | None, list[Section]] = {}
    waiting: list[Section] = []
    for section in before:
        if section.anchor not in living:
            waiting.append(section)
        elif waiting and section.anchor not in moved:
            found[section.anchor], waiting = waiting, []
    return found | ({None: waiting} if waiting else {})


def _compared(section: Section, old: str, new: str, moved: frozenset[str] = frozenset()) -> Compared:
    name = queries.name_of(section.kind, section.number, section.text)
    if normalise(old) == normalise(new):
        status = "move" if section.anchor in moved else "same"
        return Compared(section.anchor, name, status, [Segment("keep", new)])
    status = "insert" if not old else "delete" if not new else "edit"
    return Compared(section.anchor, name, status, word_diff(old, new))


def papers_of(version_ids: Iterable[int]) -> dict[int, Paper]:
    """The paper that each version became, by version."""
    rows = select(Paper).where(Paper.draft_version_id.in_(list(version_ids)))
    return {paper.draft_version_id: paper for paper in db.session.scalars(rows)}


def _changes(version_id: int) -> list[Change]:
    rows = select(Change).where(Change.draft_version_id == version_id).order_by(Change.position)
    return list(db.session.scalars(rows))


def _outcomes_behind(version: DraftVersion) -> Iterable[tuple[list[Any], list[Any]]]:
    newest = select(Run.id).where(Run.result_version_id == version.id).order_by(Run.id.desc()).limit(1)
    rows = select(SectionOutcome.proposals, SectionOutcome.bodies)
    found = db.session.execute(rows.where(SectionOutcome.run_id == newest.scalar_subquery()))
    return [(proposals, bodies) for proposals, bodies in found]
