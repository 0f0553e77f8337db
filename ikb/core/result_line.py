"""A line pasted from minutes, read into outcome, manner and votes; what was not understood is handed back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ikb.core.results import Manner, Outcome, Tally

# Longest wording first: whatever a pattern takes is gone for those below it. "nicht beschlossen" is left unread.
_NOT = r"(?<!nicht )(?<!nicht mehr )(?<!un)"
_CHANGED = (
    r"(?:abweichend vo[mn] (?:\w+ )?(?:beschluss)?vorschlag|geändert|mit (?:\w+ )?änderung(?:en)?|"
    r"in (?:der )?geänderte[rn] fassung)"
)
# What was taken out before may stand in between: "in geänderter Fassung einstimmig beschlossen".
_GAP = r"[ ,\x00]+"
_ADOPTED = r"(?:beschlossen|angenommen|zugestimmt|beschluss gefasst)"
_RECOMMENDED = r"(?:empfohlen|(?<!ohne )(?<!beschluss)empfehlung)"
_OUTCOMES: tuple[tuple[Outcome, str], ...] = (
    (Outcome.SPLIT_VOTE, r"getrennte abstimmung(?: einzelner punkte)?|getrennt abgestimmt"),
    (Outcome.NO_RECOMMENDATION, r"ohne (?:beschluss)?empfehlung|keine (?:beschluss)?empfehlung"),
    (Outcome.POSTPONED_TO_NEXT, r"vertagt in (?:das|den|die) (?:folgegremium|folgegremien|nächste gremium|rat)"),
    (Outcome.REFERRED_BACK, r"zurückverwiesen|zurückverweisung"),
    (
        Outcome.REFERRED,
        r"(?<!zurück)verwiesen(?: (?:an|in) (?P<target>(?:den |die |das )?[^,.;–]+?))?(?= ?[,.;–]| -|$)",
    ),
    (Outcome.RECOMMENDED_AMENDED, rf"{_CHANGED}{_GAP}{_RECOMMENDED}|empfehlung mit (?:\w+ )?änderungen"),
    (Outcome.ADOPTED_AMENDED, rf"{_CHANGED}{_GAP}{_ADOPTED}"),
    (Outcome.RECOMMENDED, rf"(?:un(?:ge|ver)ändert )?{_NOT}{_RECOMMENDED}"),
    (Outcome.ADOPTED, rf"(?:un(?:ge|ver)ändert )?{_NOT}{_ADOPTED}"),
    (Outcome.REJECTED, r"(?<!nicht )abgelehnt|ablehnung"),
    (Outcome.NOTED, r"(?:zur )?kenntnis genommen|zur kenntnisnahme|kenntnisnahme"),
    (Outcome.FIRST_READING, r"(?:1\.|erste|in erster|in 1\.) lesung"),
    (Outcome.POSTPONED, r"(?<!nicht )vertagt|vertagung"),
    (Outcome.DEFERRED, r"zurückgestellt"),
    (Outcome.REMOVED, r"von der tagesordnung (?:abgesetzt|genommen)|abgesetzt"),
    (Outcome.WITHDRAWN, r"zurückgezogen"),
    (Outcome.NOT_DEALT_WITH, r"nichtbefassung|nicht befasst"),
)
_MANNERS: tuple[tuple[Manner, str], ...] = (
    (Manner.UNANIMOUS, r"einstimmig(?:e[rsnm]?)?"),
    (Manner.LARGE_MAJORITY, r"(?:mit )?gro(?:ß|ss)er (?:stimmen)?mehrheit"),
    (Manner.MAJORITY, r"(?:mit )?(?:stimmen)?mehrheit|mehrheitlich"),
)
_NUMBER_WORDS = {
    "keine": 0, "keiner": 0, "ohne": 0, "eine": 1, "einer": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
_NUMBER = rf"(?:\d{{1,4}}|{'|'.join(_NUMBER_WORDS)})"
_VOTES = {
    "yes": r"ja(?:[- ]?stimmen?)?|dafür|fürstimmen?",
    "no": r"nein(?:[- ]?stimmen?)?|gegenstimmen?|dagegen",
    "abstentions": r"(?:stimm)?enthaltung(?:en)?|enth\.?",
    "present": r"anwesend(?:e[nr]?)?(?: mitglieder)?",
}
_COLON = re.compile(
    "|".join(rf"\b(?:{label})\s*[:=]\s*(?P<{name}>{_NUMBER})\b" for name, label in _VOTES.items()), re.IGNORECASE
)
_NAME_FIRST = re.compile(
    "|".join(rf"\b(?:{label})\s+(?P<{name}>{_NUMBER})\b" for name, label in _VOTES.items()), re.IGNORECASE
)
_NUMBER_FIRST = re.compile(
    "|".join(rf"\b(?P<{name}>{_NUMBER})\s+(?:{label})(?!\w)" for name, label in _VOTES.items()), re.IGNORECASE
)
_FILLERS = re.compile(
    r"\b(?:bei|mit|und|sowie|stimmen?|der|wird|wurde|ist|beschluss|beschlussvorschlag|abstimmungsergebnis|ergebnis)\b",
    re.I,
)
_TAKEN = "\x00"


@dataclass(frozen=True)
class ReadLine:
    """What a line says. `unread` is the rest, as it stood there; empty if everything was understood.

    target: the committee that a paper was referred to, as printed.
    """

    outcome: Outcome | None = None
    manner: Manner | None = None
    tally: Tally = field(default_factory=Tally)
    target: str = ""
    unread: str = ""


def read_result_line(line: str) -> ReadLine:
    """Read a result as minutes put it: `- mit Mehrheit beschlossen -, Ja: 44, Nein: 22`.

    Where a line names two different outcomes, none is taken: a person says which one is meant.
    """
    text = " ".join(line.split())
    text, tally = _take_votes(text)
    text, manner = _take_manner(text)
    text, outcome, target = _take_outcome(text)
    if manner is Manner.UNANIMOUS and tally.abstentions:
        manner = Manner.UNANIMOUS_WITH_ABSTENTIONS
    return ReadLine(outcome, manner, tally, target, _rest(text))


def _take_votes(text: str) -> tuple[str, Tally]:
    """Votes with a colon first; `Ja 44 Nein 22` and `44 Ja 22 Nein` are told apart by which reading finds more."""
    found: dict[str, int] = {}

    def take(match: re.Match[str]) -> str:
        name, value = next((name, value) for name, value in match.groupdict().items() if value is not None)
        if name in found:
            return match[0]
        found[name] = _number(value)
        return _TAKEN

    text = _COLON.sub(take, text)
    ways = sorted((_NUMBER_FIRST, _NAME_FIRST), key=lambda way: len(way.findall(text)), reverse=True)
    for way in ways:
        text = way.sub(take, text)
    return text, Tally(**found)


def _number(value: str) -> int:
    return int(value) if value.isdigit() else _NUMBER_WORDS[value.lower()]


def _take_outcome(text: str) -> tuple[str, Outcome | None, str]:
    hits: dict[Outcome, str] = {}
    rest = text
    for outcome, pattern in _OUTCOMES:
        match = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", rest, re.IGNORECASE)
        if match:
            hits[outcome] = (match.groupdict().get("target") or "").strip()
            rest = rest[: match.start()] + _TAKEN + rest[match.end() :]
    if len(hits) != 1:
        return text, None, ""
    outcome, target = next(iter(hits.items()))
    return rest, outcome, target


def _take_manner(text: str) -> tuple[str, Manner | None]:
    for manner, pattern in _MANNERS:
        taken, count = re.subn(rf"(?<!\w)(?:{pattern})(?!\w)", _TAKEN, text, count=1, flags=re.IGNORECASE)
        if count:
            return taken, manner
    return text, None


def _rest(text: str) -> str:
    parts = (part.strip(" ,;.:–-()/|") for part in text.split(_TAKEN))
    return " … ".join(part for part in parts if _FILLERS.sub("", part).strip(" ,;.:–-()/|"))
