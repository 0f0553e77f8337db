"""What the pages show of travelling remarks: those on a version with their places, doubtful ones first, and one's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from ikb.consolidation import journeys, queries
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.journeys import Atlas, Halt, Traveller
from ikb.consolidation.voices import Voice, voices_of
from ikb.core.travel import State
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.remarks.model import Remark
from ikb.remarks.queries import left_out
from ikb.statements.model import Statement, StatementState
from ikb.web.paging import Page, cut

PER_PAGE = 30
TO_CONFIRM = "zu-klaeren"
ORDER = (State.GONE, State.MOVED, State.CHANGED, State.KEPT)


@dataclass(frozen=True)
class Line:
    """One remark on a version. before, now: what its passage is called, where it stood first and where it stands."""

    voice: Voice
    halt: Halt
    before: str
    now: str

    @property
    def is_doubtful(self) -> bool:
        return self.halt.stop.doubt is not None


@dataclass(frozen=True)
class Listing:
    """The remarks on earlier versions as they stand on one version. counts: how many are in each state, and to confirm."""

    lines: Page[Line]
    counts: Mapping[str, int]
    total: int


@dataclass(frozen=True)
class Way:
    """One remark through the versions, each with the name of its place there.

    meant:    the version that the form is about, and where the remark stands there; None where it came to none.
    sections: names of that version's sections, by anchor.
    """

    voice: Voice
    start: str
    halts: Sequence[tuple[DraftVersion, Halt, str]]
    meant: tuple[DraftVersion, Halt] | None
    sections: Mapping[str, str]


def listing(version: DraftVersion, shown: str, page: int) -> Listing:
    """Every remark that counts and was made on an earlier version, each in exactly one state. Six queries."""
    atlas = Atlas(version.draft_id, version.number)
    choices = journeys.choices_on(version.draft_id)
    older = and_(DraftVersion.number < version.number, _counts())
    at = [
        (one, atlas.journey(one, choices)[-1])
        for one in journeys.travellers(version.draft_id, older, tied=atlas.tied)
        if version.number in atlas.steps
    ]
    counts = Counter(str(halt.stop.state) for _, halt in at)
    counts[TO_CONFIRM] = sum(1 for _, halt in at if halt.stop.doubt)
    chosen = cut(sorted((pair for pair in at if _is_shown(pair[1], shown)), key=_order), page, PER_PAGE)
    voices = voices_of([one.remark_id for one, _ in chosen.items])
    names = atlas.names
    lines = [_line(one, halt, voices[one.remark_id], names) for one, halt in chosen.items if one.remark_id in voices]
    return Listing(Page(lines, chosen.number, chosen.size, chosen.total), counts, len(at))


def way(remark: Remark, version_id: int | None) -> Way | None:
    """One remark's places through all versions, None where it is no longer known who said it.

    The form is about the version with this id, else the first on which its place is doubtful, else the newest.
    """
    versions = {row.id: row for row in drafts.history_of(remark.draft_version.draft_id)}
    newest = max(row.number for row in versions.values())
    atlas = Atlas(remark.draft_version.draft_id, newest)
    choices = journeys.choices_on(remark.draft_version.draft_id, remark.id)
    number = remark.draft_version.number
    one = Traveller(
        remark.id,
        number,
        remark.anchor,
        remark.wish,
        remark.proposed_text,
        remark.comment,
        answered=queries.answered_by(remark.id) or 0,
    )
    voice = voices_of([remark.id]).get(remark.id)
    if voice is None:
        return None
    halts = [
        (versions[halt.version_id], halt, _name(halt.number, halt.stop.anchor, atlas.names, halt.stop.state))
        for halt in atlas.journey(one, choices)
    ]
    meant = _meant([(row, halt) for row, halt, _ in halts], version_id)
    chosen = meant[0].number if meant else 0
    sections = {anchor: name for (at, anchor), name in atlas.names.items() if at == chosen}
    return Way(voice, _name(number, remark.anchor, atlas.names), halts, meant, sections)


def _meant(pairs: list[tuple[DraftVersion, Halt]], version_id: int | None) -> tuple[DraftVersion, Halt] | None:
    named = [pair for pair in pairs if pair[0].id == version_id]
    doubtful = [pair for pair in pairs if pair[1].stop.doubt]
    return next(iter([*named, *doubtful, *pairs[::-1]]), None)


def _line(one: Traveller, halt: Halt, voice: Voice, names: Mapping[tuple[int, str], str]) -> Line:
    before = _name(one.version, one.anchor, names)
    return Line(voice, halt, before, _name(halt.number, halt.stop.anchor, names, halt.stop.state))


def _name(number: int, anchor: str | None, names: Mapping[tuple[int, str], str], state: State = State.KEPT) -> str:
    if anchor is None:
        return "" if state == State.GONE else queries.special_name(WHOLE_DRAFT)
    return names.get((number, anchor)) or queries.special_name(anchor)


def _is_shown(halt: Halt, shown: str) -> bool:
    if shown == TO_CONFIRM:
        return halt.stop.doubt is not None
    return not shown or halt.stop.state == shown


def _order(pair: tuple[Traveller, Halt]) -> tuple[bool, int, int]:
    one, halt = pair
    return halt.stop.doubt is None, ORDER.index(halt.stop.state), one.remark_id


def _counts() -> ColumnElement[bool]:
    """Remarks of statements that count, and of bodies; answered ones too: where they went is part of their proof."""
    counting = select(Statement.id).where(Statement.state == StatementState.SUBMITTED, Statement.id.not_in(left_out()))
    return or_(Remark.agenda_item_id.is_not(None), Remark.statement_id.in_(counting))
