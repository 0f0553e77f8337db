"""What became of an institution's remarks, for the page behind its link: own words, the answer, the passage before and after.

Only what an issued version has answered is told: until then a decision is a proposal that may still change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from ikb.consolidation import journeys, queries
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.consolidation.sections import Said, statement
from ikb.consolidation.voices import Voice, body_in_words, voices_of
from ikb.core.redline import Segment, word_diff
from ikb.core.texts import normalise
from ikb.core.travel import Stop
from ikb.core.workflow import OPEN
from ikb.db import db
from ikb.deliberations import queries as deliberations
from ikb.deliberations.model import AgendaItem, Consultation, Paper
from ikb.drafts.model import Change, DraftVersion, Section
from ikb.institutions.model import Invitation
from ikb.remarks.model import Remark, Wish
from ikb.statements import queries as statements
from ikb.statements.late import Late, Standing, standings_of
from ikb.statements.model import Statement, StatementState
from ikb.web.filters import day

STANDS_ALREADY = "Was Sie wünschen, steht schon im Text."
NOT_YET = "Darüber ist noch nicht entschieden."
LEFT_OUT = "Diese Anmerkung wird nicht berücksichtigt, weil die Stellungnahme nach der Frist kam."
ANSWERS: Mapping[tuple[str, bool], str] = {
    ("followed", True): "Wir folgen Ihrem Vorschlag.",
    ("followed", False): "Wir folgen Ihrer Anmerkung.",
    ("partly_followed", True): "Wir folgen Ihrem Vorschlag zum Teil.",
    ("partly_followed", False): "Wir folgen Ihrer Anmerkung zum Teil.",
    ("not_followed", True): "Wir folgen Ihrem Vorschlag nicht.",
    ("not_followed", False): "Wir folgen Ihrer Anmerkung nicht.",
    ("noted", True): "Wir haben Ihren Vorschlag zur Kenntnis genommen.",
    ("noted", False): "Wir haben Ihre Anmerkung zur Kenntnis genommen.",
}
BECAME: Mapping[str, str] = {
    Wish.REPLACE: "Der Abschnitt hat jetzt einen neuen Wortlaut.",
    Wish.DELETE: "Der Abschnitt ist entfallen.",
    Wish.INSERT_AFTER: "Der neue Abschnitt steht jetzt im Text.",
    Wish.INSERT_BEFORE: "Der neue Abschnitt steht jetzt im Text.",
}


@dataclass(frozen=True)
class Answer:
    """One remark and what became of it.

    sentence:      the answer in plain words; reason: why, as the institution may read it.
    outcome:       of the consideration, empty where none was needed or none is there yet; stage, decided_on: of it.
    version:       which one answered it, None while it is open; reference: of its paper.
    before, after: the passage as its author read it and as it reads now; None where it did not or does not exist.
    now_in:        what the section is called in which it stands now, empty where that is its own.
    redline:       what changed between the two, empty where nothing did.
    bodies:        the committees whose wording stands in the passage now.
    """

    said: Said
    sentence: str
    reason: str = ""
    outcome: str = ""
    stage: str = ""
    decided_on: date | None = None
    version: int | None = None
    reference: str = ""
    before: str | None = None
    after: str | None = None
    redline: Sequence[Segment] = ()
    bodies: Sequence[str] = ()
    now_in: str = ""

    @property
    def is_answered(self) -> bool:
        return self.version is not None

    @property
    def is_same(self) -> bool:
        """Whether the passage reads as it did."""
        return self.before is not None and self.after is not None and not self.redline


@dataclass(frozen=True)
class Result:
    """An institution's statement with an answer to each remark.

    late:     how it stands if it came late, else None.
    sittings: the deciding ones, each a sentence: what was resolved when, or when it will be.
    others:   what else counts of this institution: outside of a phase, each statement stands beside the others.
    """

    statement: Statement
    answers: Sequence[Answer]
    sittings: Sequence[str] = field(default_factory=tuple)
    others: Sequence[Statement] = field(default_factory=tuple)
    late: Standing | None = None

    @property
    def is_left_out(self) -> bool:
        return self.late is not None and self.late.late == Late.LEFT_OUT

    @property
    def answered(self) -> int:
        return sum(answer.is_answered for answer in self.answers)


@dataclass(frozen=True)
class _Version:
    """The version that answered a remark."""

    id: int
    number: int
    reference: str


def result(invitation: Invitation, today: date, number: str = "") -> Result | None:
    """What became of a statement that counts; None where there is none. A handful of queries, whatever its length.

    number: of the one that is wanted; without it, or for one that does not count, the last.
    """
    handed_in = [row for row in statements.of_invitation(invitation.id) if row.state == StatementState.SUBMITTED]
    if not handed_in:
        return None
    standings = standings_of(handed_in)
    row = next((one for one in handed_in if one.number == number), _that_counts(handed_in, standings))
    late = standings.get(row.id)
    said = statement(row).remarks
    versions = _answering([one.remark.id for one in said])
    passages = _Passages(said, versions)
    not_yet = LEFT_OUT if late is not None and late.late == Late.LEFT_OUT else NOT_YET
    answers = [_answer(one, versions.get(one.remark.id), passages, not_yet) for one in said]
    others = [one for one in handed_in if one is not row]
    return Result(row, answers, _sittings(invitation.phase.procedure_id, today), others, late)


def _that_counts(handed_in: Sequence[Statement], standings: Mapping[int, Standing]) -> Statement:
    """The newest that is taken into account; the newest of all where none is."""
    left_out = {id for id, standing in standings.items() if standing.late == Late.LEFT_OUT}
    return next((row for row in reversed(handed_in) if row.id not in left_out), handed_in[-1])


def _answering(remark_ids: Collection[int]) -> dict[int, _Version]:
    if not remark_ids:
        return {}
    rows = (
        select(AnsweredRemark.remark_id, DraftVersion.id, DraftVersion.number, Paper.reference)
        .join(DraftVersion, DraftVersion.id == AnsweredRemark.version_id)
        .outerjoin(Paper, Paper.draft_version_id == DraftVersion.id)
        .where(AnsweredRemark.remark_id.in_(remark_ids))
    )
    return {one: _Version(key, number, reference or "") for one, key, number, reference in db.session.execute(rows)}


class _Passages:
    """The passages that remarks are about, in the versions before and after, and the bodies behind their words."""

    def __init__(self, said: Sequence[Said], versions: Mapping[int, _Version]) -> None:
        self._places = _places(said, versions)
        anchors = {one.remark.anchor for one in said if one.remark.anchor}
        anchors |= {stop.anchor for stop in self._places.values() if stop.anchor}
        after = {version.id for version in versions.values()}
        self._texts = _texts({one.remark.draft_version_id for one in said} | after, anchors)
        changes = _changes(after, anchors)
        self._changes = changes
        self._voices = _public_bodies(voices_of({one for segments in changes.values() for one in _behind(segments)}))

    def text(self, version_id: int, anchor: str | None) -> str | None:
        return self._texts.get((version_id, anchor or ""))

    def anchor(self, remark: Remark) -> str | None:
        """The section at which a remark stands in the version that answered it; its own where that is gone."""
        stop = self._places.get(remark.id)
        return stop.anchor if stop and stop.anchor else remark.anchor

    def name(self, version_id: int, anchor: str | None) -> str:
        return queries.names(version_id).get(anchor or "", "")

    def bodies(self, version_id: int, anchor: str | None) -> list[str]:
        """Committees whose wording went into a passage, by their sitting."""
        behind = _behind(self._changes.get((version_id, anchor or ""), ()))
        return list(dict.fromkeys(body_in_words(self._voices[one]) for one in behind if one in self._voices))


def _places(said: Sequence[Said], versions: Mapping[int, _Version]) -> dict[int, Stop]:
    """Where each remark stands in the version that answered it, as far as that can be another section than its own."""
    found: dict[int, Stop] = {}
    for version_id in {version.id for version in versions.values()}:
        answered = [
            one.remark for one in said if one.remark.id in versions and versions[one.remark.id].id == version_id
        ]
        found |= journeys.places_on(db.session.get_one(DraftVersion, version_id), answered)
    return found


def _public_bodies(voices: Mapping[int, Voice]) -> dict[int, Voice]:
    """Committees among the voices; of what was not public nothing is told, not even who spoke."""
    items = {voice.remark.agenda_item_id for voice in voices.values() if voice.is_of_a_body}
    shown = set(
        db.session.scalars(select(AgendaItem.id).where(AgendaItem.id.in_(items), AgendaItem.public.is_not(False)))
    )
    return {one: voice for one, voice in voices.items() if voice.remark.agenda_item_id in shown}


def _texts(version_ids: Collection[int], anchors: Collection[str]) -> dict[tuple[int, str], str]:
    rows = select(Section.draft_version_id, Section.anchor, Section.text).where(
        Section.draft_version_id.in_(version_ids), Section.anchor.in_(anchors)
    )
    return {(version, anchor): text for version, anchor, text in db.session.execute(rows)}


def _changes(version_ids: Collection[int], anchors: Collection[str]) -> dict[tuple[int, str], Sequence[Any]]:
    if not version_ids:
        return {}
    rows = select(Change.draft_version_id, Change.anchor, Change.segments).where(
        Change.draft_version_id.in_(version_ids), Change.anchor.in_(anchors)
    )
    return {(version, anchor): segments for version, anchor, segments in db.session.execute(rows)}


def _behind(segments: Iterable[Mapping[str, Any]]) -> list[int]:
    return list(dict.fromkeys(one for segment in segments for one in segment.get("remarks", ())))


def _answer(said: Said, version: _Version | None, passages: _Passages, not_yet: str) -> Answer:
    remark = said.remark
    if version is None:
        return Answer(said, not_yet, before=passages.text(remark.draft_version_id, remark.anchor))
    before = passages.text(remark.draft_version_id, remark.anchor)
    anchor = passages.anchor(remark)
    after = passages.text(version.id, anchor)
    is_changed = normalise(before or "") != normalise(after or "")
    return Answer(
        said,
        _sentence(remark, said.consideration),
        reason=said.consideration.reason if said.consideration else "",
        outcome=said.consideration.outcome if said.consideration else "",
        stage=said.consideration.stage if said.consideration else "",
        decided_on=said.consideration.on if said.consideration else None,
        version=version.number,
        reference=version.reference,
        before=before,
        after=after,
        redline=word_diff(before or "", after or "") if remark.anchor and is_changed else (),
        bodies=passages.bodies(version.id, anchor),
        now_in=passages.name(version.id, anchor) if anchor != remark.anchor else "",
    )


def _sentence(remark: Remark, consideration: Consideration | None) -> str:
    if consideration is None:
        return STANDS_ALREADY
    answer = ANSWERS[consideration.outcome, remark.wish != Wish.NONE]
    became = BECAME.get(remark.wish, "") if consideration.outcome == "followed" else ""
    return f"{answer} {became}".strip()


def _sittings(procedure_id: int, today: date) -> list[str]:
    """The sittings that decide, as far as they are public: what they resolved, or when they meet."""
    steps = [step for step in deliberations.sequence(procedure_id) if step.authoritative and _is_public(step)]
    return [sentence for step in steps if (sentence := _of_sitting(step, today))]


def _is_public(step: Consultation) -> bool:
    return step.agenda_item is None or step.agenda_item.public is not False


def _of_sitting(step: Consultation, today: date) -> str:
    if step.result is not None and step.held_on is not None:
        phrase, votes = step.result.phrase, step.result.votes
        counted = f", {votes}" if votes and votes not in phrase else ""
        told = " (vorläufig, bis die Niederschrift freigegeben ist)" if step.result.is_provisional else ""
        return f"{step.body_name}, {day(step.held_on)}: {phrase}{counted}{told}."
    if step.held_on is not None and step.state in OPEN and step.held_on >= today:
        return f"{step.body_name} entscheidet voraussichtlich am {day(step.held_on)}."
    return ""
