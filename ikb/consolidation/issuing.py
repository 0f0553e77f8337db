"""Issuing the next version: only what was decided, under a number, and never again otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import insert

from ikb.consolidation import (
    board,
    confirming,
    gathering,
    hand_edits,
    official,
    queries,
    runs,
    signoffs,
    wordings,
    working,
)
from ikb.consolidation.model import AnsweredRemark
from ikb.consolidation.outcomes import COMPETING, FOLLOWED, Found, entered, is_open, is_waiting, letter_of
from ikb.consolidation.voices import body_in_words, voices_of
from ikb.consolidation.weighing import Passage, weigh
from ikb.core.proposals import Status
from ikb.db import db
from ikb.deliberations import papers
from ikb.drafts import service as drafts
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, NotReady, NotYetDecided
from ikb.journal.service import Actor

Reason = tuple[str, str]
"""An anchor, and the German sentence that says what is missing there."""


@dataclass(frozen=True)
class OpenPoint:
    """Something that issuing a version waits for. name: of the section; why: one German sentence."""

    anchor: str
    name: str
    why: str

    @property
    def text(self) -> str:
        """The sentence as it stands alone."""
        return f"{self.name}: {self.why}"


def open_points(version: DraftVersion) -> list[OpenPoint]:
    """What a working version still waits for, from what stands in the database now. Empty: it can be issued."""
    return open_points_on(_base_of_working(version))


def open_points_on(base: DraftVersion) -> list[OpenPoint]:
    """What the version after a base waits for."""
    return _points(base, {passage.anchor: weigh(passage) for passage in gathering.passages(base)})


def issue(version: DraftVersion, reference: str, *, by: Actor, now: datetime) -> DraftVersion:
    """Issue the next version under a paper number, with exactly what was decided.

    Everything is weighed once more, so no proposal comes in that nobody confirmed.
    Raises NotYetDecided naming the open points or missing signatures, Immutable if it is issued; whatever the papers refuse.
    """
    base = _base_of_working(version)
    working.lock(base)
    working.refuse_if_overtaken(base)
    passages = gathering.passages(base)
    found = {passage.anchor: weigh(passage) for passage in passages}
    if points := _points(base, found):
        raise NotYetDecided(
            f"Die Fassung kann noch nicht herausgegeben werden: {_open_in_words(len(points))}. Es wurde nichts geändert.",
            [point.text for point in points],
        )
    _keep_found(base, passages, found)
    working.put(base, working.built(base, {anchor: one.elements for anchor, one in found.items()}), now=now)
    signoffs.refuse_if_missing(version)
    _note_answered(base, version, passages, found)
    drafts.issue(version, by=by, now=now)
    papers.register_paper(version, reference, by=by, now=now)
    return version


def _base_of_working(version: DraftVersion) -> DraftVersion:
    if version.is_issued:
        raise Conflict("Diese Fassung ist schon herausgegeben.")
    if version.base is None:
        raise NotReady(
            "Diese Fassung baut auf keiner anderen auf; sie wird mit der Eröffnung der Beteiligung herausgegeben."
        )
    return version.base


def _points(base: DraftVersion, found: Mapping[str, Found]) -> list[OpenPoint]:
    """Whatever issuing waits for, in the order of the text."""
    reasons = [
        *_undecided(found),
        *_not_carried_out(base, found),
        *_without_wording(base, found),
        *_misfits(base, found),
        *confirming.unconfirmed(base, found),
    ]
    names = queries.names(base.id) if reasons else {}
    place = {anchor: place for place, anchor in enumerate(found)}
    reasons.sort(key=lambda reason: place.get(reason[0], len(place)))
    return [OpenPoint(anchor, names.get(anchor) or queries.special_name(anchor), why) for anchor, why in reasons]


def by_section(points: Iterable[OpenPoint]) -> list[list[OpenPoint]]:
    """Points that follow each other on one section, together."""
    return [list(those) for _, those in groupby(points, key=attrgetter("anchor"))]


def _undecided(found: Mapping[str, Found]) -> Iterator[Reason]:
    """Every proposal and every body's wording that nobody has decided on."""
    waiting = {anchor: one for anchor, one in found.items() if one.counts["open"]}
    bodies = {
        anchor: [one["remark"] for one in those.bodies if entered(one) is None] for anchor, those in waiting.items()
    }
    voices = voices_of({one for those in bodies.values() for one in those})
    for anchor, one in waiting.items():
        asked = [(letter_of(number), proposal) for number, proposal in enumerate(one.proposals)]
        yield from ((anchor, _why_open(*each)) for each in asked if is_open(each[1]) and not is_waiting(each[1]))
        for body in bodies[anchor]:
            yield anchor, f"Der Wortlaut von {body_in_words(voices[body])} wartet auf eine Entscheidung."


def _not_carried_out(base: DraftVersion, found: Mapping[str, Found]) -> list[Reason]:
    """Wordings that the deciding body adopted, though they were kept apart before it did."""
    apart = {
        anchor: {body["remark"] for body in one.bodies if body["status"] == "apart"} for anchor, one in found.items()
    }
    binding = [anchor for anchor, ids in apart.items() if ids and ids & board.binding_on(base, anchor)]
    why = "Das entscheidende Gremium hat einen Wortlaut beschlossen, der noch nicht übernommen ist."
    return [(anchor, why) for anchor in binding]


def _without_wording(base: DraftVersion, found: Mapping[str, Found]) -> list[Reason]:
    """Proposals that are followed in part, though the wording that does so was taken back."""
    partly = [anchor for anchor, one in found.items() for p in one.proposals if p["outcome"] == wordings.PARTLY]
    there = wordings.anchors_with_one(base.id) if partly else ()
    why = "Einem Vorschlag wird teilweise gefolgt, aber der eigene Wortlaut dazu ist zurückgenommen."
    return [(anchor, why) for anchor in dict.fromkeys(partly) if anchor not in there]


def _misfits(base: DraftVersion, found: Mapping[str, Found]) -> list[Reason]:
    """Edits by hand that do not fit what was decided since."""
    if not (edits := {edit.id: edit for edit in hand_edits.standing(base)}):
        return []
    misfits = set(working.worked(base, {anchor: one.elements for anchor, one in found.items()}).misfits)
    closed = official.anchors_in((anchor, one.bodies, one.elements) for anchor, one in found.items())
    misfits |= {edit.id for edit in edits.values() if closed.intersection(edit.changed_anchors)}
    again = "passt nicht mehr zum Text. Nehmen Sie sie zurück, und ändern Sie die Stelle neu."
    found_again = [edits[one] for one in sorted(misfits)]
    return [(edit.anchor, f"Die Änderung von Hand von {edit.edited_by.name} {again}") for edit in found_again]


def _why_open(letter: str, proposal: Mapping[str, Any]) -> str:
    asking = "1 Institution" if proposal["support"] == 1 else f"{proposal['support']} Institutionen"
    if proposal["outcome"] == FOLLOWED:
        why = "ist angenommen, widerspricht aber einem anderen angenommenen Wortlaut"
    elif proposal["status"] == Status.MERGED:
        why = "ändert den Text und ist noch nicht bestätigt"
    else:
        why = "steht im Widerspruch zu einem anderen und ist noch nicht entschieden"
    return f"Vorschlag {letter} ({asking}) {why}."


def _open_in_words(count: int) -> str:
    return "1 Punkt ist offen" if count == 1 else f"{count} Punkte sind offen"


def _keep_found(base: DraftVersion, passages: Iterable[Passage], found: Mapping[str, Found]) -> None:
    run = queries.shown_run(base.id)
    if run is not None:
        for passage in passages:
            runs.store(run, passage, found[passage.anchor])


def _note_answered(
    base: DraftVersion, version: DraftVersion, passages: Iterable[Passage], found: Mapping[str, Found]
) -> None:
    """Remember which remarks this version answers, so that they do not come up again for the next one."""
    answered = set(queries.considered_remarks(base.id))
    for one in found.values():
        for proposal in one.proposals:
            if Status(proposal["status"]) in COMPETING | {Status.ADOPTED, Status.NO_CHANGE}:
                answered.update(proposal["members"])
    in_pool = {said.remark_id for passage in passages for said in passage.said}
    rows = [{"remark_id": remark_id, "version_id": version.id} for remark_id in sorted(answered & in_pool)]
    if rows:
        db.session.execute(insert(AnsweredRemark), rows)
