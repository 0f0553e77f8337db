"""What a committee can resolve, how votes and outcome must fit together, and how minutes say it in German."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a deliberation ended (domain notes, section 5)."""

    ADOPTED = "adopted"
    ADOPTED_AMENDED = "adopted_amended"
    RECOMMENDED = "recommended"
    RECOMMENDED_AMENDED = "recommended_amended"
    REJECTED = "rejected"
    NOTED = "noted"
    NO_RECOMMENDATION = "no_recommendation"
    FIRST_READING = "first_reading"
    POSTPONED = "postponed"
    POSTPONED_TO_NEXT = "postponed_to_next"
    DEFERRED = "deferred"
    REMOVED = "removed"
    REFERRED = "referred"
    REFERRED_BACK = "referred_back"
    WITHDRAWN = "withdrawn"
    NOT_DEALT_WITH = "not_dealt_with"
    SPLIT_VOTE = "split_vote"


class Manner(StrEnum):
    """How the majority is described. `large_majority` is only ever stated, never computed."""

    UNANIMOUS = "unanimous"
    UNANIMOUS_WITH_ABSTENTIONS = "unanimous_with_abstentions"
    MAJORITY = "majority"
    LARGE_MAJORITY = "large_majority"


class Successor(StrEnum):
    """Whether the paper comes back, and where."""

    NONE = "none"
    ASKED = "asked"  # possible, a person says
    SAME = "same"  # needed, in the same committee
    ANY = "any"  # needed, in a committee that has to be named


@dataclass(frozen=True)
class Kind:
    """What an outcome means.

    words:     how minutes put it.
    ends:      the station is closed for good.
    successor: whether another station follows from it.
    agrees:    the body wants the paper to go on as it is laid or as it was changed.
    on_motion: the vote was about a motion (to postpone, to refer …), not about the paper.
    """

    words: str
    ends: bool
    successor: Successor
    agrees: bool = False
    on_motion: bool = False


OUTCOMES: dict[Outcome, Kind] = {
    Outcome.ADOPTED: Kind("beschlossen", True, Successor.NONE, agrees=True),
    Outcome.ADOPTED_AMENDED: Kind("geändert beschlossen", True, Successor.NONE, agrees=True),
    Outcome.RECOMMENDED: Kind("empfohlen", True, Successor.NONE, agrees=True),
    Outcome.RECOMMENDED_AMENDED: Kind("mit Änderungen empfohlen", True, Successor.NONE, agrees=True),
    Outcome.REJECTED: Kind("abgelehnt", True, Successor.NONE),
    Outcome.NOTED: Kind("zur Kenntnis genommen", True, Successor.NONE),
    Outcome.NO_RECOMMENDATION: Kind("ohne Beschlussempfehlung", True, Successor.NONE),
    Outcome.FIRST_READING: Kind("1. Lesung", False, Successor.SAME),
    Outcome.POSTPONED: Kind("vertagt", False, Successor.SAME, on_motion=True),
    Outcome.POSTPONED_TO_NEXT: Kind("vertagt in das Folgegremium", True, Successor.NONE, on_motion=True),
    Outcome.DEFERRED: Kind("zurückgestellt", False, Successor.SAME, on_motion=True),
    Outcome.REMOVED: Kind("von der Tagesordnung abgesetzt", False, Successor.ASKED, on_motion=True),
    Outcome.REFERRED: Kind("verwiesen", False, Successor.ANY, on_motion=True),
    Outcome.REFERRED_BACK: Kind("zurückverwiesen", False, Successor.ANY, on_motion=True),
    Outcome.WITHDRAWN: Kind("zurückgezogen", True, Successor.NONE),
    Outcome.NOT_DEALT_WITH: Kind("Nichtbefassung", True, Successor.NONE, on_motion=True),
    # Single points may have been postponed; whether they come back, a person says.
    Outcome.SPLIT_VOTE: Kind("getrennte Abstimmung einzelner Punkte", True, Successor.ASKED),
}
# The seven that most sittings end with, in the order in which a form offers them.
USUAL = (
    Outcome.RECOMMENDED,
    Outcome.RECOMMENDED_AMENDED,
    Outcome.ADOPTED,
    Outcome.ADOPTED_AMENDED,
    Outcome.NOTED,
    Outcome.REJECTED,
    Outcome.POSTPONED,
)
OTHERS = tuple(outcome for outcome in Outcome if outcome not in USUAL)
WITH_CHANGES = frozenset({Outcome.RECOMMENDED_AMENDED, Outcome.ADOPTED_AMENDED})

MANNER_WORDS = {
    Manner.UNANIMOUS: "einstimmig",
    Manner.UNANIMOUS_WITH_ABSTENTIONS: "einstimmig bei Enthaltungen",
    Manner.MAJORITY: "mit Mehrheit",
    Manner.LARGE_MAJORITY: "mit großer Mehrheit",
}


@dataclass(frozen=True)
class Tally:
    """Votes as minutes state them; None is not known, which is not zero."""

    yes: int | None = None
    no: int | None = None
    abstentions: int | None = None
    present: int | None = None
    excluded: int | None = None  # befangen: took no part; towns differ on whether they count as present

    @property
    def is_empty(self) -> bool:
        return self == Tally()

    @property
    def counted(self) -> int:
        """Votes that are known, abstentions included; who was excluded cast none."""
        return sum(votes or 0 for votes in (self.yes, self.no, self.abstentions))


@dataclass(frozen=True)
class Contradiction:
    """Two things that cannot both be: the input it shows at, and a German sentence."""

    field: str
    sentence: str


def needs_successor(outcome: Outcome) -> bool:
    """Whether another station has to follow."""
    return OUTCOMES[outcome].successor in (Successor.SAME, Successor.ANY)


def manner_of(outcome: Outcome, tally: Tally, stated: Manner | None = None) -> Manner | None:
    """How the vote went: as stated, else as the votes show it; None where neither tells.

    A large majority is never computed. One that is stated stays, and so does a plain majority.
    """
    if stated in (Manner.MAJORITY, Manner.LARGE_MAJORITY):
        return stated
    if stated is not None:
        return Manner.UNANIMOUS_WITH_ABSTENTIONS if tally.abstentions else stated
    against = tally.yes if outcome is Outcome.REJECTED else tally.no
    if against is None or tally.yes is None or tally.no is None:
        return None
    if tally.yes == tally.no:
        return None
    if against == 0:
        return Manner.UNANIMOUS_WITH_ABSTENTIONS if tally.abstentions else Manner.UNANIMOUS
    return Manner.MAJORITY


def contradictions(
    outcome: Outcome, tally: Tally, manner: Manner | None = None, matter: str = ""
) -> list[Contradiction]:
    """Everything about votes and outcome that cannot be, in the order of the form; empty where all fits.

    matter: what was voted on, with its article; by default the proposal, or the motion for outcomes of a motion.
    Only what is known is compared. Source: more yes than no carries, a tie is a rejection, abstentions count for
    nothing but the number of those present (domain notes, section 5; § 50 (1) GO NRW).
    """
    matter = matter or ("der Antrag" if OUTCOMES[outcome].on_motion else "der Beschlussvorschlag")
    return [
        *impossible_votes(tally),
        *_against_outcome(outcome, tally, matter),
        *_against_manner(outcome, tally, manner),
    ]


def impossible_votes(tally: Tally) -> list[Contradiction]:
    """What cannot be whatever was voted on. Excluded members are not added: whether they count as present differs."""
    named = {
        "votes_yes": tally.yes,
        "votes_no": tally.no,
        "abstentions": tally.abstentions,
        "present": tally.present,
        "excluded": tally.excluded,
    }
    found = [
        Contradiction(field, f"Weniger als null Stimmen gibt es nicht: {votes}. Lassen Sie Unbekanntes leer.")
        for field, votes in named.items()
        if votes is not None and votes < 0
    ]
    if not found and tally.present is not None and tally.counted > tally.present:
        found.append(
            Contradiction(
                "present",
                f"{_votes_in_words(tally)} ergeben zusammen {tally.counted}, anwesend waren aber nur {tally.present}. "
                "Prüfen Sie die Zahlen in der Niederschrift.",
            )
        )
    if not found and tally.present == 0:
        found.append(Contradiction("present", "Ohne Anwesende kann ein Gremium nichts beschließen."))
    return found


def _against_outcome(outcome: Outcome, tally: Tally, matter: str) -> list[Contradiction]:
    kind = OUTCOMES[outcome]
    if outcome is Outcome.REJECTED and tally.yes is not None and tally.no is not None and tally.yes > tally.no:
        sentence = (
            f"Mit {tally.yes} Ja und {tally.no} Nein hat {matter} eine Mehrheit: "
            "abgelehnt passt nicht dazu. Prüfen Sie Ergebnis und Stimmen."
        )
        return [Contradiction("outcome", sentence)]
    if kind.agrees or kind.on_motion:
        return _without_majority(kind, tally, matter)
    return []


def _without_majority(kind: Kind, tally: Tally, matter: str) -> list[Contradiction]:
    if tally.yes == 0 and tally.no is None:
        sentence = f"Ohne eine Ja-Stimme ist {matter} nicht angenommen: „{kind.words}“ passt nicht."
        return [Contradiction("votes_yes", sentence)]
    if tally.yes is None or tally.no is None or tally.yes > tally.no:
        return []
    if tally.yes == tally.no:
        sentence = (
            f"{tally.yes} Ja gegen {tally.no} Nein ist Stimmengleichheit, und die gilt als Ablehnung: "
            f"„{kind.words}“ passt nicht dazu. Prüfen Sie Ergebnis und Stimmen."
        )
    else:
        sentence = (
            f"Mit {tally.yes} Ja und {tally.no} Nein hat {matter} keine Mehrheit: „{kind.words}“ passt nicht dazu. "
            "Prüfen Sie Ergebnis und Stimmen."
        )
    return [Contradiction("outcome", sentence)]


def _against_manner(outcome: Outcome, tally: Tally, manner: Manner | None) -> list[Contradiction]:
    if manner not in (Manner.UNANIMOUS, Manner.UNANIMOUS_WITH_ABSTENTIONS):
        return []
    against, name = (tally.yes, "Ja-Stimme") if outcome is Outcome.REJECTED else (tally.no, "Gegenstimme")
    if against:
        many = f"{against} {name}{'n' if against > 1 else ''}"
        sentence = f"Einstimmig und {many}: beides zugleich geht nicht. Wählen Sie „mit Mehrheit“."
        return [Contradiction("manner", sentence)]
    if manner is Manner.UNANIMOUS_WITH_ABSTENTIONS and tally.abstentions == 0:
        sentence = "Einstimmig bei Enthaltungen, aber 0 Enthaltungen: Wählen Sie „einstimmig“."
        return [Contradiction("abstentions", sentence)]
    return []


def phrase(
    outcome: Outcome, tally: Tally | None = None, manner: Manner | None = None, target: str = "", name: str = ""
) -> str:
    """The result as minutes say it: `mit Änderungen empfohlen, einstimmig bei 2 Enthaltungen`.

    target: the committee that a paper was referred to.
    name:   what the town calls this kind of resolution; by default the usual words.
    The votes on a motion (to postpone …) are named as such: they say nothing about the paper.
    """
    tally = tally or Tally()
    kind = OUTCOMES[outcome]
    words = name or kind.words
    if target and kind.successor is Successor.ANY:
        words = f"{words} an {target}"
    vote = _vote(outcome, tally, manner_of(outcome, tally, manner))
    if not vote:
        return words
    return f"{words} (über den Antrag: {vote})" if kind.on_motion else f"{words}, {vote}"


def _vote(outcome: Outcome, tally: Tally, manner: Manner | None) -> str:
    if manner in (Manner.UNANIMOUS, Manner.UNANIMOUS_WITH_ABSTENTIONS):
        if tally.abstentions:
            return f"einstimmig bei {_abstentions(tally.abstentions)}"
        return MANNER_WORDS[manner]
    numbers = _votes_in_words(tally)
    if manner is None:
        tied = tally.yes is not None and tally.yes == tally.no and outcome is Outcome.REJECTED
        return f"bei Stimmengleichheit ({numbers})" if tied else numbers
    return f"{MANNER_WORDS[manner]} ({numbers})" if numbers else MANNER_WORDS[manner]


def tally_in_words(tally: Tally) -> str:
    """`44 Ja, 22 Nein, 1 Enthaltung, 67 anwesend, 1 befangen`; what is not known is left out, so it may be empty."""
    parts = [
        f"{tally.yes} Ja" if tally.yes is not None else "",
        f"{tally.no} Nein" if tally.no is not None else "",
        _abstentions(tally.abstentions) if tally.abstentions is not None else "",
        f"{tally.present} anwesend" if tally.present is not None else "",
        f"{tally.excluded} befangen" if tally.excluded is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _votes_in_words(tally: Tally) -> str:
    return tally_in_words(Tally(tally.yes, tally.no, tally.abstentions))


def _abstentions(count: int) -> str:
    return f"{count} Enthaltung" if count == 1 else f"{count} Enthaltungen"
