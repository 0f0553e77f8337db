"""One section as the workbench shows it: what is asked for, by whom, what stands against what, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ikb.consolidation import board, folding, grouping, journeys, queries, stages
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.holding import holding
from ikb.consolidation.model import Consideration, Run, SectionOutcome
from ikb.consolidation.outcomes import COMPETING, entered, is_open, letter_of
from ikb.consolidation.voices import Voice, voices_of
from ikb.core.proposals import Status
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Remark
from ikb.statements.model import Statement
from ikb.web.paging import Page, cut

COMMENTS_PER_PAGE = 30
WHY = {
    "same_words": "weil dieselben Wörter geändert werden",
    "same_place": "weil beide dieselbe Stelle betreffen",
    "deletion": "weil einer von beiden den ganzen Abschnitt streicht",
    "rivals": "weil beide fast dasselbe neu einfügen wollen",
    "verbatim": "weil der Wortlaut des Gremiums unverändert übernommen wird",
}


@dataclass(frozen=True)
class Rival:
    """One proposal that another cannot stand beside. letter: empty for a body's wording."""

    letter: str
    why: str


@dataclass(frozen=True)
class Asked:
    """One proposal on the page."""

    letter: str
    found: Mapping[str, Any]
    voices: Sequence[Voice]
    rivals: Sequence[Rival]
    consideration: Consideration | None

    @property
    def remark_id(self) -> int:
        """The member on which the decision is noted; it holds for all."""
        return int(self.found["members"][0])

    @property
    def further_rivals(self) -> int:
        """How many more it cannot stand beside than are named; findings of earlier releases name them all."""
        return int(self.found.get("further_rivals", 0))

    @property
    def is_open(self) -> bool:
        return is_open(self.found)

    @property
    def competes(self) -> bool:
        return Status(self.found["status"]) in COMPETING

    @property
    def can_be_followed(self) -> bool:
        return self.found["status"] not in (Status.STALE, Status.UNPLACEABLE)


@dataclass(frozen=True)
class Contest:
    """Two proposals that cannot both stand, side by side. why: a clause that says the reason."""

    one: Asked
    other: Asked
    why: str

    @property
    def is_open(self) -> bool:
        return self.one.is_open or self.other.is_open


def contests_among(asked: Sequence[Asked]) -> list[Contest]:
    """Every pair that cannot both stand, once: those that wait for a decision first, else as they are listed."""
    by_letter = {one.letter: one for one in asked if one.competes}
    found: dict[frozenset[str], Contest] = {}
    for one in by_letter.values():
        for rival in one.rivals:
            if rival.letter in by_letter:
                pair = frozenset((one.letter, rival.letter))
                found.setdefault(pair, Contest(one, by_letter[rival.letter], rival.why))
    return sorted(found.values(), key=lambda contest: not contest.is_open)


@dataclass(frozen=True)
class Spoken:
    """A remark that asks for no other text. topic: key words of those that argue alike, empty where it stands alone."""

    voice: Voice
    consideration: Consideration | None
    topic: str = ""


@dataclass(frozen=True)
class View:
    """Everything on the page of one section."""

    anchor: str
    name: str
    section: queries.Row | None
    run: Run | None
    outcome: SectionOutcome | None
    asked: Sequence[Asked]
    board: Sequence[board.Entry]
    groups: Sequence[folding.Group]
    comments: Page[Spoken]
    next_open: queries.Row | None
    previous_open: queries.Row | None
    neighbours: tuple[queries.Row | None, queries.Row | None]
    same_elsewhere: Sequence[tuple[int, str]] = field(default_factory=tuple)
    waiting: Collection[int] = ()  # ids of the decisions shown that do not count yet

    @property
    def remark_ids(self) -> set[int]:
        """Every remark on this page."""
        asked = {one for each in self.asked for one in each.found["members"]}
        grouped = {one.voice.remark.id for each in self.groups for one in (*each.members, *each.joining)}
        said = {one.voice.remark.id for one in self.comments.items}
        return asked | grouped | said | {one.remark_id for one in self.board}

    @property
    def has_remarks(self) -> bool:
        return bool(self.asked or self.board or self.groups or self.comments.total)

    @property
    def contests(self) -> Sequence[Contest]:
        return contests_among(self.asked)

    @property
    def suggested(self) -> Sequence[Mapping[str, Any]]:
        """The section as it would read now, with its changes; empty where nothing changes."""
        elements = self.outcome.elements if self.outcome else []
        return [element for element in elements if element["kind"] != "keep"]


def view(base: DraftVersion, anchor: str, page: int) -> View | None:
    """The page of one section, None if there is no such section and nothing is said about it."""
    findings = grouping.findings(base.id, anchor)
    outcome = findings.outcome
    rows = queries.rows_of(base.id, findings.run)
    here = next((place for place, row in enumerate(rows) if row.anchor == anchor), None)
    heard = board.heard_on(base, anchor)
    of_bodies = {one.remark.id for one in heard}
    every = queries.comments_on(base, anchor)
    comment_ids = [one for one in every if one not in of_bodies]
    if here is None and not every:
        return None
    folded = folding.fold(findings.alike, base.draft_id, anchor, comment_ids)
    shown_comments = cut(folded.singles, page, COMMENTS_PER_PAGE)
    commenting = [*shown_comments.items, *(one for each in folded.folds for one in each.ids)]
    voices = voices_of({*_remarks_in(outcome), *commenting, *of_bodies})
    decided = _considerations(base, outcome, [*commenting, *of_bodies])
    own = {one: decided["remark", one] for one in commenting if ("remark", one) in decided}
    before, after = (rows[:here], rows[here + 1 :]) if here is not None else (rows, [])
    return View(
        anchor=anchor,
        name=rows[here].name if here is not None else queries.special_name(anchor),
        section=rows[here] if here is not None and rows[here].text else None,
        run=findings.run,
        outcome=outcome,
        asked=_asked(outcome, voices, decided),
        board=_board(base, anchor, heard, outcome, voices, decided),
        groups=folding.shown(folded.folds, voices, own),
        comments=Page(
            [
                Spoken(voices[one], own.get(one), folded.topics.get(one, ""))
                for one in shown_comments.items
                if one in voices
            ],
            shown_comments.number,
            shown_comments.size,
            shown_comments.total,
        ),
        next_open=next((row for row in [*after, *before] if row.counts["open"]), None),
        previous_open=next((row for row in [*before[::-1], *after[::-1]] if row.counts["open"]), None),
        neighbours=(before[-1] if before else None, after[0] if after else None),
        same_elsewhere=drafts.links_of(base.draft_id).get(anchor, ()),
        waiting=_waiting(base, decided.values()),
    )


def _waiting(base: DraftVersion, shown: Iterable[Consideration]) -> set[int]:
    """Those that a second person has not released yet, where the procedure wants that."""
    if not stages.procedure_of(base).two_person:
        return set()
    ids = {row.id for row in shown}
    return ids - holding(ids)


def _remarks_in(outcome: SectionOutcome | None) -> list[int]:
    if outcome is None:
        return []
    asked = [one for proposal in outcome.proposals for one in proposal["members"]]
    return asked + [body["remark"] for body in outcome.bodies]


def _considerations(
    base: DraftVersion, outcome: SectionOutcome | None, comment_ids: Sequence[int]
) -> dict[tuple[str, int], Consideration]:
    """Considerations under ("id", their own id) for wordings, and ("remark", remark id) for comments: the newest ones.

    They may wait for their release, see `View.waiting`.
    """
    found = [*outcome.proposals, *outcome.bodies] if outcome else []
    rows = queries.considerations_here(base.id, {one for one in map(entered, found) if one}, comment_ids)
    return {("id", row.id): row for row in rows} | {("remark", row.remark_id): row for row in rows}


def _asked(
    outcome: SectionOutcome | None, voices: Mapping[int, Voice], decided: Mapping[tuple[str, int], Consideration]
) -> list[Asked]:
    proposals = outcome.proposals if outcome else []
    letters = {proposal["key"]: letter_of(place) for place, proposal in enumerate(proposals)}
    asked = []
    for proposal in proposals:
        members = set(proposal["members"])
        rivals = [
            Rival(letters.get(key, ""), WHY[proposal["reasons"].get(key, "same_place")])
            for key in proposal["conflicts_with"]
        ]
        theirs = [voice for remark_id, voice in voices.items() if remark_id in members]
        decision = decided.get(("id", entered(proposal) or 0))
        asked.append(Asked(letters[proposal["key"]], proposal, theirs, rivals, decision))
    return asked


def _board(
    base: DraftVersion,
    anchor: str,
    heard: Sequence[board.Heard],
    outcome: SectionOutcome | None,
    voices: Mapping[int, Voice],
    decided: Mapping[tuple[str, int], Consideration],
) -> list[board.Entry]:
    found = {body["remark"]: body for body in outcome.bodies} if outcome else {}
    own = {remark_id: row for (kind, remark_id), row in decided.items() if kind == "remark"}
    return board.entries(heard, base.draft.procedure_id, anchor, voices, found, own)


@dataclass(frozen=True)
class Said:
    """One remark of a statement. anchor, name: of the section where it counts now; was: where it was made, if elsewhere."""

    remark: Remark
    name: str
    consideration: Consideration | None
    anchor: str | None = None
    was: str = ""


@dataclass(frozen=True)
class Handed:
    """One statement with its remarks, each with what was decided about it."""

    statement: Statement
    institution: str
    remarks: Sequence[Said]


def statement(row: Statement) -> Handed:
    """A statement as the lead reads it, each remark with what holds for it."""
    remarks = list(remark_queries.of_statement(row.id))
    version = row.version
    names = queries.names(version.id)
    newest = drafts.latest_issued(version.draft_id)
    moved = journeys.elsewhere(newest) if newest else {}
    now = queries.names(newest.id) if newest and any(one.id in moved for one in remarks) else {}
    at = {one.id: moved[one.id].anchor if one.id in moved else one.anchor for one in remarks}
    decided = decided_in(version.draft_id, remarks)
    said = [
        Said(
            remark=remark,
            name=_name(at[remark.id], now if remark.id in moved else names),
            consideration=decided.get(remark.id),
            anchor=at[remark.id],
            was=_name(remark.anchor, names) if remark.id in moved else "",
        )
        for remark in remarks
    ]
    return Handed(row, row.invitation.institution.name, said)


def _name(anchor: str | None, names: Mapping[str, str]) -> str:
    return names.get(anchor or "") or queries.special_name(anchor or WHOLE_DRAFT)


def decided_in(draft_id: int, remarks: Sequence[Remark]) -> dict[int, Consideration]:
    """What holds for each remark: a decision on its proposal, whoever's remark it was noted on, else on itself."""
    own = queries.newest_considerations([remark.id for remark in remarks])
    held = queries.decided_for(draft_id, {at or WHOLE_DRAFT for at in journeys.all_places(draft_id, remarks)})
    by_id = queries.considerations({held[remark.id] for remark in remarks if remark.id in held})
    return own | {remark.id: by_id[held[remark.id]] for remark in remarks if held.get(remark.id) in by_id}
