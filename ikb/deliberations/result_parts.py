"""The parts of a result: which of them cannot be, what the carried motions change in the text, and the rows they become."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from ikb.core.motions import (
    AIMS,
    CARRIED,
    POINT_OUTCOMES,
    MotionOutcome,
    aim_in_words,
    group_contradictions,
    motion_contradictions,
)
from ikb.core.result_line import read_result_line
from ikb.core.results import OUTCOMES, Contradiction, Outcome, Tally, contradictions, manner_of
from ikb.deliberations import wordings
from ikb.deliberations.entries import MotionEntry, PointEntry, ResultEntry, voted_on_motion
from ikb.deliberations.model import Paper
from ikb.deliberations.result_model import GroupVote, Motion, MotionWording, PointVote
from ikb.deliberations.wordings import ChangedWording
from ikb.drafts import queries as drafts
from ikb.drafts.model import Section
from ikb.errors import Implausible
from ikb.remarks.model import Wish

# Whoever rejects, withdraws or postpones a paper does not ask for its changed wording either.
NOT_ASKING = frozenset({Outcome.REJECTED, Outcome.WITHDRAWN})


def check(entry: ResultEntry, paper: Paper | None) -> None:
    """Raises Implausible, with the input it stands at, for the first part that cannot be."""
    found = group_contradictions(entry.groups, entry.outcome, entry.tally, entry.manner)
    for place, motion in enumerate(entry.motions):
        found += [_at(f"motions-{place}", f"{place + 1}. Antrag", one) for one in _of_motion(motion)]
    for place, point in enumerate(entry.points):
        found += [_at(f"points-{place}", f"Punkt {point.label}", one) for one in _of_point(point)]
    for one in found:
        raise Implausible(one.sentence, one.field)
    for motion in entry.motions:
        wordings.check(motion.wordings, paper)
    _check_points(entry, paper)


def _at(place: str, name: str, one: Contradiction) -> Contradiction:
    return Contradiction(f"{place}-{one.field}", f"{name}: {one.sentence}")


def _of_motion(motion: MotionEntry) -> list[Contradiction]:
    if motion.aim is not None and motion.aim not in AIMS:
        return [Contradiction("aim", "Wählen Sie die Art des Antrags aus der Liste.")]
    if motion.aim is not None and motion.outcome is MotionOutcome.ADOPTED:
        sentence = (
            f"Ein angenommener {aim_in_words(motion.aim)} ist selbst das Ergebnis der Beratung: Wählen Sie oben "
            f"„{OUTCOMES[motion.aim].words}“ und tragen Sie die Stimmen dort ein."
        )
        return [Contradiction("outcome", sentence)]
    if motion.aim is None and not motion.text.strip() and not motion.wordings:
        return [
            Contradiction("text", "Schreiben Sie, was der Antrag wollte, oder wählen Sie den Abschnitt, den er ändert.")
        ]
    return motion_contradictions(motion.outcome, motion.tally)


def _of_point(point: PointEntry) -> list[Contradiction]:
    if point.outcome not in POINT_OUTCOMES:
        return [Contradiction("outcome", f"„{OUTCOMES[point.outcome].words}“ gilt für die ganze Vorlage.")]
    matter = "" if voted_on_motion(point.outcome) else "der Punkt"
    return contradictions(point.outcome, point.tally, point.manner, matter)


def _check_points(entry: ResultEntry, paper: Paper | None) -> None:
    labels = [point.label for point in entry.points]
    if twice := next((label for label in labels if labels.count(label) > 1), None):
        raise Implausible(f"Punkt {twice} kommt zweimal vor. Je Punkt gibt es ein Ergebnis.", "points")
    known = {section.anchor for section in points_of(paper)}
    if stray := next((point.label for point in entry.points if point.anchor and point.anchor not in known), None):
        raise Implausible(f"Punkt {stray} gibt es in der gewählten Vorlage nicht.", "points")
    if entry.outcome is not Outcome.SPLIT_VOTE:
        return
    voted = {point.anchor for point in entry.points}
    missing = [section.number or section.anchor for section in points_of(paper) if section.anchor not in voted]
    if missing or not entry.points:
        which = f" Es fehlt: Punkt {', '.join(missing)}." if missing else ""
        raise Implausible(f"Bei getrennter Abstimmung braucht jeder Punkt sein Ergebnis.{which}", "points")


def points_of(paper: Paper | None) -> list[Section]:
    """The points of the resolution in a paper, in their order."""
    if paper is None:
        return []
    return [section for section in drafts.sections_of(paper.draft_version_id) if section.kind == "point"]


def with_points(entry: ResultEntry, paper: Paper | None) -> ResultEntry:
    """An entry of separate votes with its points: those entered, else those that its text names line by line."""
    if entry.outcome is not Outcome.SPLIT_VOTE or entry.points:
        return entry
    anchors = {section.number: section.anchor for section in points_of(paper)}
    points = (replace(point, anchor=anchors.get(point.label)) for point in read_points(entry.resolution_text))
    return replace(entry, points=tuple(points))


def read_points(text: str) -> list[PointEntry]:
    """The results of single points, one per line: `1: einstimmig beschlossen`.

    Raises Implausible with the line that could not be read.
    """
    found: list[PointEntry] = []
    for line in filter(str.strip, text.splitlines()):
        label, colon, rest = line.partition(":")
        read = read_result_line(rest)
        if not colon or not label.strip() or read.outcome is None:
            raise Implausible(
                f"Die Zeile „{line.strip()}“ ist nicht lesbar. Schreiben Sie je Punkt eine Zeile, zum Beispiel "
                "„1: einstimmig beschlossen“.",
                "resolution_text",
            )
        found.append(
            PointEntry(label.strip().removeprefix("Punkt ").rstrip("."), read.outcome, read.tally, read.manner)
        )
    return found


def resolved_wordings(entry: ResultEntry, changed: Sequence[ChangedWording]) -> list[ChangedWording]:
    """What the body wants the text to be: the wordings entered for the whole, and those of the motions that carried.

    Where both speak of one passage, what was entered for the whole holds: it is what the body resolved in the end.
    Raises Implausible where two motions that carried change one passage and nobody says what became of it.
    """
    if entry.outcome in NOT_ASKING or voted_on_motion(entry.outcome):
        return list(changed)
    found = {_place(wording): wording for wording in changed}
    said_in_the_end = set(found)
    for wording in carried(entry.motions):
        place = _place(wording)
        if place in said_in_the_end or found.get(place) == wording:
            continue
        if place in found:
            raise Implausible(
                f"Zwei angenommene Anträge ändern denselben Abschnitt ({wording.anchor}). Tragen Sie unter „Vorlage und "
                "Wortlaut“ ein, wie er nach beiden lautet.",
                "wordings",
            )
        found[place] = wording
    return list(found.values())


def carried(motions: Iterable[MotionEntry]) -> list[ChangedWording]:
    """The wordings of the motions that carried, in the order of the votes."""
    return [wording for motion in motions if motion.outcome in CARRIED for wording in motion.wordings]


def _place(wording: ChangedWording) -> tuple[str, str]:
    """What two wordings compete for: a passage has one text, but any number of passages can come behind it."""
    return wording.anchor, wording.text if wording.wish == Wish.INSERT_AFTER else ""


def rows_of(entry: ResultEntry) -> dict[str, Any]:
    """The parts as rows, by the name of the result's relationship."""
    return {
        "groups": [
            GroupVote(position=place, name=group.name, **_columns(group.tally))
            for place, group in enumerate(entry.groups, 1)
        ],
        "points": [_point_row(place, point) for place, point in enumerate(entry.points, 1)],
        "motions": [_motion_row(place, motion) for place, motion in enumerate(_all_motions(entry), 1)],
    }


def _all_motions(entry: ResultEntry) -> list[MotionEntry]:
    """The motions entered; where one on procedure carried, it comes last: nothing was voted on after it."""
    if not voted_on_motion(entry.outcome):
        return list(entry.motions)
    return [*entry.motions, MotionEntry(MotionOutcome.ADOPTED, aim=entry.outcome, tally=entry.tally)]


def _point_row(place: int, point: PointEntry) -> PointVote:
    manner = manner_of(point.outcome, point.tally, point.manner)
    said = {"position": place, "label": point.label[:80], "anchor": point.anchor, "outcome": point.outcome}
    return PointVote(**said, manner=manner, **_columns(point.tally))


def _motion_row(place: int, motion: MotionEntry) -> Motion:
    row = Motion(
        position=place,
        aim=motion.aim,
        mover=motion.mover.strip(),
        text=motion.text.strip(),
        outcome=motion.outcome,
        **_columns(motion.tally),
    )
    row.wordings = [
        MotionWording(position=number, anchor=one.anchor, wish=one.wish, text=one.text)
        for number, one in enumerate(motion.wordings, 1)
    ]
    return row


def _columns(tally: Tally) -> dict[str, int | None]:
    votes = asdict(tally)
    return {"votes_yes": votes.pop("yes"), "votes_no": votes.pop("no"), **votes}
