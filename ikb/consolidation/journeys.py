"""The places of remarks on each version after the one that their authors had before them.

Found anew from the texts, which stay; only what a person said about a place is a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from ikb.consolidation.model import AnsweredRemark
from ikb.consolidation.travel_model import RemarkPlace
from ikb.core.travel import Doubt, Said, State, Step, Stop, chosen_stop, next_stop
from ikb.db import db
from ikb.drafts.model import Change, DraftVersion, Section
from ikb.drafts.names import name_of
from ikb.remarks.model import Remark

LOST = 0
"""Stands for the version of a wish that fits no passage any more: no version has this number."""
_TIES = frozenset({"split_to", "split_from", "joined_to", "joined_from"})

_OF_FIT = frozenset({Doubt.OVERTAKEN, Doubt.REWRITTEN})
"""Doubts whether a remark still fits its passage: once it is answered nobody need ask."""


@dataclass(frozen=True)
class Traveller:
    """One remark, as far as its places go.

    version:  number of the one that its author had before them.
    answered: number of the one that answered it, 0 while none did.
    """

    remark_id: int
    version: int
    anchor: str | None
    wish: str
    proposed_text: str
    comment: str
    is_of_a_body: bool = False
    answered: int = 0


@dataclass(frozen=True)
class Halt:
    """Where a remark stands on one version. placed: by whom, None where it follows from the texts."""

    version_id: int
    number: int
    stop: Stop
    placed: RemarkPlace | None = None


@dataclass(frozen=True)
class Elsewhere:
    """Where a remark that does not stand at its own section counts for a version that is worked on.

    anchor: None for the whole draft. version: the number that its wish is on, LOST where it fits nowhere.
    """

    anchor: str | None
    version: int
    wording: str


Choices = Mapping[tuple[int, int], RemarkPlace]
"""The newest word of a person by remark and version."""


class Atlas:
    """The texts of a draft through its versions, and how its passages went from each to the next."""

    def __init__(self, draft_id: int, up_to: int) -> None:
        self.ids: dict[int, int] = {}
        self.texts: dict[int, dict[str, str]] = {}
        self.headings: dict[tuple[int, str], tuple[str, str | None]] = {}
        parents: dict[int, dict[str, str | None]] = defaultdict(dict)
        traces: dict[int, dict[str, Sequence[Mapping[str, Any]]]] = defaultdict(dict)
        for version_id, number, anchor, parent, text, kind, own, trace in db.session.execute(
            _sections(draft_id, up_to)
        ):
            self.ids[number] = version_id
            self.texts.setdefault(number, {})[anchor] = text
            self.headings[number, anchor] = (kind, own)
            if trace:
                traces[number][anchor] = trace
            parents[number][anchor] = parent
        numbers = list(self.texts)
        self.steps = {
            number: _step(self.texts[before], self.texts[number], parents[number], traces.get(number, {}))
            for before, number in pairwise(numbers)
        }
        self._known: dict[tuple[int, str | None, Said], Stop] = {}

    @property
    def tied(self) -> frozenset[str]:
        """Anchors whose words went to other sections, or came from them, at any time."""
        return frozenset(anchor for step in self.steps.values() for anchor in step.ties)

    @property
    def names(self) -> dict[tuple[int, str], str]:
        """What each section is called, by number of the version and anchor."""
        return {
            (number, anchor): name_of(kind, own, self.texts[number][anchor])
            for (number, anchor), (kind, own) in self.headings.items()
        }

    def journey(self, one: Traveller, choices: Choices) -> list[Halt]:
        """Where a remark stands on each later version, in their order."""
        said = Said(one.wish, one.proposed_text, one.comment)
        anchor, stands, text = one.anchor, True, self._text(one.version, one.anchor)
        halts: list[Halt] = []
        for number, step in self.steps.items():
            if number <= one.version:
                continue
            placed = self._choice(choices, one.remark_id, number)
            if placed is not None:
                stop = chosen_stop(said, text, placed.anchor or None, step.new.get(placed.anchor, ""))
                stop = self._unless_moved(stop, anchor, stands, step)
            elif stands:
                stop = self._next(said, anchor, number)
                if stop.doubt in _OF_FIT and 0 < one.answered <= number:
                    stop = replace(stop, doubt=None, offered=())
            else:
                stop = Stop(State.GONE, None, None)
            halts.append(Halt(self.ids[number], number, stop, placed))
            stands = stop.state != State.GONE
            if stands:
                anchor, said, text = stop.anchor, replace(said, wording=stop.wording), self._text(number, stop.anchor)
        return halts

    def _unless_moved(self, chosen: Stop, anchor: str | None, stands: bool, step: Step) -> Stop:
        """What a person said, named for what it means: at the place where the remark was, it did not move."""
        if not stands or chosen.anchor != anchor or anchor is None or anchor in step.moved:
            return chosen
        same = step.old.get(anchor) == step.new[anchor]
        return replace(chosen, state=State.KEPT if same else State.CHANGED)

    def _choice(self, choices: Choices, remark_id: int, number: int) -> RemarkPlace | None:
        placed = choices.get((remark_id, self.ids[number]))
        return placed if placed and (not placed.anchor or placed.anchor in self.texts[number]) else None

    def _next(self, said: Said, anchor: str | None, number: int) -> Stop:
        key = (number, anchor, said)
        if key not in self._known:
            self._known[key] = next_stop(said, anchor, self.steps[number])
        return self._known[key]

    def _text(self, number: int, anchor: str | None) -> str | None:
        return self.texts.get(number, {}).get(anchor) if anchor else None


def travellers(draft_id: int, *conditions: ColumnElement[bool], tied: Collection[str]) -> list[Traveller]:
    """Remarks on a draft that somebody handed in or a body resolved; only for split and joined passages with their words."""
    comment = case((Remark.anchor.in_(tied), Remark.comment), else_="") if tied else cast("", String)
    answering = aliased(DraftVersion)
    rows = (
        select(Remark.id, DraftVersion.number, Remark.anchor, Remark.wish, Remark.proposed_text, comment)
        .add_columns(Remark.agenda_item_id.is_not(None), func.coalesce(answering.number, 0))
        .join(Remark.draft_version)
        .outerjoin(AnsweredRemark, AnsweredRemark.remark_id == Remark.id)
        .outerjoin(answering, answering.id == AnsweredRemark.version_id)
        .where(DraftVersion.draft_id == draft_id, *conditions)
        .order_by(Remark.id)
    )
    return [Traveller(*row) for row in db.session.execute(rows)]


def choices_on(draft_id: int, remark_id: int | None = None) -> dict[tuple[int, int], RemarkPlace]:
    """What people said about places on the versions of a draft; of one remark only if it is named."""
    rows = (
        select(RemarkPlace)
        .join(DraftVersion, DraftVersion.id == RemarkPlace.version_id)
        .where(DraftVersion.draft_id == draft_id)
    )
    if remark_id is not None:
        rows = rows.where(RemarkPlace.remark_id == remark_id)
    return {(row.remark_id, row.version_id): row for row in db.session.scalars(rows.order_by(RemarkPlace.id))}


def elsewhere(base: DraftVersion) -> dict[int, Elsewhere]:
    """The remarks that count at another section of a base version than the one they were made on; most often none.

    No query for a first version, one where no section was split or joined and nobody chose a place.
    """
    if base.number == 1 or not _has_any(base.draft_id, base.number):
        return {}
    atlas = Atlas(base.draft_id, base.number)
    choices = choices_on(base.draft_id)
    chosen = {remark_id for remark_id, _ in choices}
    meant = or_(Remark.anchor.in_(atlas.tied), Remark.id.in_(chosen))
    older = DraftVersion.number < base.number
    found: dict[int, Elsewhere] = {}
    for one in travellers(base.draft_id, meant, older, tied=atlas.tied):
        halts = atlas.journey(one, choices)
        stays = halts and halts[-1].stop.anchor == one.anchor and one.anchor not in atlas.tied
        if halts and not stays and (place := _elsewhere(one, halts[-1], base.number)):
            found[one.remark_id] = place
    return found


def places_on(version: DraftVersion, remarks: Iterable[Remark]) -> dict[int, Stop]:
    """Where remarks on earlier versions stand on one version, by remark; nothing where each can only be at its section."""
    if version.number == 1 or not _has_any(version.draft_id, version.number):
        return {}
    ways = _ways(version.draft_id, version.number, remarks)
    return {remark_id: halts[-1].stop for remark_id, halts in ways.items() if halts}


def all_places(draft_id: int, remarks: Collection[Remark]) -> set[str | None]:
    """Every section at which remarks stand on any version, their own ones included; None for the whole draft."""
    found = {remark.anchor for remark in remarks}
    if not _has_any(draft_id):
        return found
    newest = db.session.scalar(select(func.max(DraftVersion.number)).where(DraftVersion.draft_id == draft_id)) or 0
    return found | {halt.stop.anchor for halts in _ways(draft_id, newest, remarks).values() for halt in halts}


def _ways(draft_id: int, up_to: int, remarks: Iterable[Remark]) -> dict[int, list[Halt]]:
    atlas, choices = Atlas(draft_id, up_to), choices_on(draft_id)
    numbers = {key: number for number, key in atlas.ids.items()}
    return {
        remark.id: atlas.journey(
            Traveller(
                remark.id,
                numbers.get(remark.draft_version_id, up_to),
                remark.anchor,
                remark.wish,
                remark.proposed_text,
                remark.comment,
            ),
            choices,
        )
        for remark in remarks
    }


def _elsewhere(one: Traveller, halt: Halt, number: int) -> Elsewhere | None:
    """None where it counts at its own section all the same: a body's words are taken over whole, or not at all."""
    stop = halt.stop
    is_lost = stop.wording is None
    if is_lost and one.is_of_a_body:
        return None
    if stop.state == State.GONE:
        return Elsewhere(None, LOST, one.proposed_text) if halt.placed is not None else None
    return Elsewhere(stop.anchor, LOST if is_lost else number, one.proposed_text if is_lost else stop.wording or "")


def _has_any(draft_id: int, up_to: int | None = None) -> bool:
    of_draft = [DraftVersion.draft_id == draft_id]
    if up_to is not None:
        of_draft.append(DraftVersion.number <= up_to)
    chosen = exists().where(RemarkPlace.version_id == DraftVersion.id, *of_draft)
    traced = exists().where(Change.draft_version_id == DraftVersion.id, cast(Change.trace, String) != "[]", *of_draft)
    return bool(db.session.scalar(select(or_(chosen, traced))))


def _sections(draft_id: int, up_to: int) -> Any:
    return (
        select(DraftVersion.id, DraftVersion.number, Section.anchor, Section.parent, Section.text)
        .add_columns(Section.kind, Section.number)
        .add_columns(Change.trace)
        .join(Section.draft_version)
        .outerjoin(Change, and_(Change.draft_version_id == DraftVersion.id, Change.anchor == Section.anchor))
        .where(DraftVersion.draft_id == draft_id, DraftVersion.number <= up_to)
        .order_by(DraftVersion.number, Section.position)
    )


def _step(
    old: Mapping[str, str],
    new: Mapping[str, str],
    parents: Mapping[str, str | None],
    traces: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Step:
    moved = {anchor for anchor, trace in traces.items() if any(one["kind"] == "moved" for one in trace)}
    for anchor, parent in parents.items():  # parents stand before their children
        if parent in moved:
            moved.add(anchor)
    return Step(old, new, ties_of(old, new, traces), frozenset(moved))


def ties_of(
    old: Collection[str], new: Iterable[str], traces: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, list[str]]:
    """For each old section whose words went to others, the new ones where they may be, in the order of the text."""
    groups: list[set[str]] = []
    for anchor, trace in traces.items():
        group = {anchor, *(one["anchor"] for one in trace if one["kind"] in _TIES)}
        if len(group) > 1:
            touching = [other for other in groups if other & group]
            groups = [other for other in groups if not other & group] + [group.union(*touching)]
    order = list(new)
    return {anchor: [one for one in order if one in group] for group in groups for anchor in group if anchor in old}
