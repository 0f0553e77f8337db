"""Motions in a sitting and votes by group: how each can end, and which votes cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ikb.core.results import (
    OUTCOMES,
    Contradiction,
    Manner,
    Outcome,
    Tally,
    contradictions,
    impossible_votes,
    phrase,
)


class MotionOutcome(StrEnum):
    """How a motion ended. `settled`: one that went further was adopted, so nobody voted on it any more."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    TAKEN_OVER = "taken_over"  # whoever laid the paper made it their own, without a vote
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    REFERRED = "referred"


MOTION_WORDS = {
    MotionOutcome.ADOPTED: "angenommen",
    MotionOutcome.REJECTED: "abgelehnt",
    MotionOutcome.TAKEN_OVER: "ohne Abstimmung übernommen",
    MotionOutcome.SETTLED: "erledigt",
    MotionOutcome.WITHDRAWN: "zurückgezogen",
    MotionOutcome.REFERRED: "verwiesen",
}
# What a carried motion changes in the text. Whoever takes a motion over changes the proposal before it is voted on.
CARRIED = frozenset({MotionOutcome.ADOPTED, MotionOutcome.TAKEN_OVER})
WITHOUT_VOTE = frozenset({MotionOutcome.TAKEN_OVER, MotionOutcome.SETTLED, MotionOutcome.WITHDRAWN})
# What a motion on procedure can aim at; carried, it is the outcome of the sitting itself.
AIMS: dict[Outcome, str] = {
    Outcome.POSTPONED: "Antrag auf Vertagung",
    Outcome.POSTPONED_TO_NEXT: "Antrag auf Vertagung in das Folgegremium",
    Outcome.DEFERRED: "Antrag auf Zurückstellung",
    Outcome.REMOVED: "Antrag auf Absetzung von der Tagesordnung",
    Outcome.REFERRED: "Antrag auf Verweisung",
    Outcome.REFERRED_BACK: "Antrag auf Zurückverweisung",
    Outcome.NOT_DEALT_WITH: "Antrag auf Nichtbefassung",
}
AMENDMENT = "Änderungsantrag"


@dataclass(frozen=True)
class GroupVotes:
    """How one group of a body voted, as far as it is known; None is not known."""

    name: str
    tally: Tally = field(default_factory=Tally)

    def in_words(self) -> str:
        numbers = [
            (self.tally.yes, "Ja"),
            (self.tally.no, "Nein"),
            (self.tally.abstentions, "Enthaltung" if self.tally.abstentions == 1 else "Enthaltungen"),
        ]
        return f"{self.name}: " + ", ".join(f"{count} {word}" for count, word in numbers if count is not None)


def motion_phrase(outcome: MotionOutcome, tally: Tally | None = None) -> str:
    """How a motion ended, in words: `abgelehnt, mit Mehrheit (3 Ja, 9 Nein)`."""
    tally = tally or Tally()
    if outcome is MotionOutcome.REJECTED:
        return phrase(Outcome.REJECTED, tally, name=MOTION_WORDS[outcome])
    return phrase(Outcome.ADOPTED, tally, name=MOTION_WORDS[outcome])


def motion_contradictions(outcome: MotionOutcome, tally: Tally) -> list[Contradiction]:
    """Everything about a motion's votes that cannot be; empty where all fits."""
    if outcome in WITHOUT_VOTE and not tally.is_empty:
        sentence = f"„{MOTION_WORDS[outcome]}“ heißt ohne Abstimmung, es sind aber Stimmen eingetragen."
        return [
            Contradiction("outcome", f"{sentence} Nehmen Sie die Stimmen heraus, oder wählen Sie ein anderes Ergebnis.")
        ]
    if outcome in (MotionOutcome.ADOPTED, MotionOutcome.REJECTED):
        code = Outcome.ADOPTED if outcome is MotionOutcome.ADOPTED else Outcome.REJECTED
        found = contradictions(code, tally, matter="der Antrag")
        return [replace(one, sentence=one.sentence.replace("„beschlossen“", "„angenommen“")) for one in found]
    return impossible_votes(tally)


def group_contradictions(
    groups: Sequence[GroupVotes], outcome: Outcome, total: Tally, manner: Manner | None = None
) -> list[Contradiction]:
    """Everything about votes by group that cannot be, each with its row's input (`groups-0-votes_yes`).

    Rows may be missing and numbers unknown, so only more votes than the total says are refused, never fewer.
    """
    found = [one for place, group in enumerate(groups) for one in _of_one_group(place, group, groups[:place])]
    return found or [*_more_than_total(groups, total), *_not_unanimous(groups, outcome, manner)]


def _of_one_group(place: int, group: GroupVotes, before: Sequence[GroupVotes]) -> list[Contradiction]:
    name = f"groups-{place}-name"
    if not group.name:
        return [Contradiction(name, f"In Zeile {place + 1} der Stimmen nach Fraktionen fehlt der Name.")]
    if any(group.name.casefold() == other.name.casefold() for other in before):
        return [Contradiction(name, f"„{group.name}“ kommt zweimal vor. Fassen Sie beide Zeilen zusammen.")]
    if group.tally.is_empty:
        sentence = f"{group.name}: Es fehlt, wie die Fraktion gestimmt hat."
        return [
            Contradiction(f"groups-{place}-votes_yes", f"{sentence} Tragen Sie es ein, oder entfernen Sie die Zeile.")
        ]
    impossible = impossible_votes(group.tally)
    return [Contradiction(f"groups-{place}-{one.field}", f"{group.name}: {one.sentence}") for one in impossible]


def _more_than_total(groups: Sequence[GroupVotes], total: Tally) -> list[Contradiction]:
    found = []
    for name, words in (("yes", "Ja-Stimmen"), ("no", "Nein-Stimmen"), ("abstentions", "Enthaltungen")):
        limit = getattr(total, name)
        together = sum(getattr(group.tally, name) or 0 for group in groups)
        if limit is not None and together > limit:
            column = name if name == "abstentions" else f"votes_{name}"
            sentence = f"Die Fraktionen haben zusammen {together} {words}, insgesamt sind aber nur {limit} eingetragen."
            found.append(Contradiction(column, f"{sentence} Prüfen Sie die Zahlen in der Niederschrift."))
    together = sum(group.tally.counted for group in groups)
    if not found and total.present is not None and together > total.present:
        sentence = f"Die Fraktionen haben zusammen {together} Stimmen, anwesend waren aber nur {total.present}."
        found.append(Contradiction("present", f"{sentence} Prüfen Sie die Zahlen in der Niederschrift."))
    return found


def _not_unanimous(groups: Sequence[GroupVotes], outcome: Outcome, manner: Manner | None) -> list[Contradiction]:
    if manner not in (Manner.UNANIMOUS, Manner.UNANIMOUS_WITH_ABSTENTIONS):
        return []
    against = "yes" if outcome is Outcome.REJECTED else "no"
    other = next((group for group in groups if getattr(group.tally, against)), None)
    if other is None:
        return []
    votes = "mit Ja" if outcome is Outcome.REJECTED else "mit Nein"
    sentence = (
        f"Einstimmig, aber {other.name} hat {votes} gestimmt: beides zugleich geht nicht. Wählen Sie „mit Mehrheit“."
    )
    return [Contradiction("manner", sentence)]


def aim_in_words(aim: Outcome | None) -> str:
    """What a motion was: `Änderungsantrag`, `Antrag auf Vertagung`."""
    return AMENDMENT if aim is None else AIMS[aim]


POINT_OUTCOMES = tuple(
    outcome
    for outcome in OUTCOMES
    if outcome not in (Outcome.SPLIT_VOTE, Outcome.FIRST_READING, Outcome.POSTPONED_TO_NEXT, Outcome.REMOVED)
)
