"""A line pasted from minutes, read into outcome, manner and votes; what was not understood is handed back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ikb.core.results import Manner, Outcome, Tally

# Longest wording first: whatever a pattern takes is gone for those below it. "nicht beschlossen" is left unread.
_NOT = r"(?<!nicht )(?<!nicht mehr )(?<!un)(?<!kein )(?<!keine )"
_CHANGED = (
    r"(?:abweichend vo[mn] (?:\w+ )?(?:beschluss)?vorschlag|(?:ab)?geändert|mit (?:\w+ )?(?:änderung|ergänzung)(?:en)?|"
    r"in (?:der )?(?:ab)?geänderte[rn] (?:fassung|form))"
)
# What was taken out before may stand in between: "in geänderter Fassung einstimmig beschlossen".
_GAP = r"[ ,\x00]+"
_ADOPTED = r"(?:beschlossen|angenommen|zugestimmt|zustimmung|beschluss gefasst)"
_RECOMMENDED = r"(?:(?:zur (?:beschlussfassung|annahme) )?empfohlen|(?<!ohne )(?<!beschluss)empfehlung)"
_UNCHANGED = (
    r"(?:(?:un(?:ge|ver)ändert|wie vorgeschlagen|gemäß (?:beschluss)?vorschlag|laut (?:beschluss)?vorschlag)[ ,\x00]+)?"
)
_NEXT = r"(?:folgegremium|folgegremien|nächste gremium|rat|hauptausschuss)"
_COMMITTEE = r"(?:den |die |das )?[^,.;–\x00]+?"
_OUTCOMES: tuple[tuple[Outcome, str], ...] = (
    (Outcome.SPLIT_VOTE, r"getrennte abstimmung(?: einzelner punkte)?|(?:getrennt|einzeln|punktweise) abgestimmt"),
    (Outcome.NO_RECOMMENDATION, r"(?:ohne|keine) (?:beschluss)?empfehlung|ohne votum|kein votum"),
    (
        Outcome.POSTPONED_TO_NEXT,
        rf"(?:vertagt|verschoben) in (?:das|den|die) {_NEXT}|in (?:das|den|die) {_NEXT} (?:vertagt|verschoben)",
    ),
    (Outcome.REFERRED_BACK, r"zurückverwiesen|zurückverweisung|zurück ?überwiesen"),
    (
        Outcome.REFERRED,
        (
            rf"(?:an|in) (?P<before>{_COMMITTEE}) (?:verwiesen|überwiesen)|"
            rf"(?:verwiesen|überwiesen|verweisung)(?: (?:an|in) (?P<after>{_COMMITTEE}))?(?= ?[,.;–\x00]| bei | -|$)"
        ),
    ),
    (
        Outcome.RECOMMENDED_AMENDED,
        rf"{_CHANGED}{_GAP}{_RECOMMENDED}|(?:empfehlung|empfohlen) mit (?:\w+ )?änderung(?:en)?",
    ),
    (Outcome.ADOPTED_AMENDED, rf"{_CHANGED}{_GAP}{_ADOPTED}|{_ADOPTED}{_GAP}mit (?:\w+ )?änderung(?:en)?"),
    (Outcome.RECOMMENDED, rf"{_UNCHANGED}{_NOT}{_RECOMMENDED}"),
    (Outcome.ADOPTED, rf"{_UNCHANGED}{_NOT}{_ADOPTED}"),
    (Outcome.REJECTED, r"(?<!nicht )abgelehnt|(?<!keine )ablehnung"),
    (
        Outcome.NOTED,
        (
            r"(?<!nicht )(?<!nicht zur )(?:zur )?kenntnis genommen|(?:zur )?kenntnisnahme|"
            r"nimmt (?:die vorlage )?(?:zur )?kenntnis"
        ),
    ),
    (Outcome.FIRST_READING, r"(?:1\.|erste|in erster|in 1\.) lesung"),
    (Outcome.POSTPONED, r"(?<!nicht )vertagt|vertagung"),
    (Outcome.DEFERRED, r"zurückgestellt|zurückstellung"),
    (
        Outcome.REMOVED,
        r"von der tagesordnung (?:abgesetzt|genommen|gestrichen)|abgesetzt|absetzung(?: von der tagesordnung)?",
    ),
    (Outcome.WITHDRAWN, r"zurückgezogen"),
    (Outcome.NOT_DEALT_WITH, r"nichtbefassung|nicht befasst"),
)
_MANNERS: tuple[tuple[Manner, str], ...] = (
    (Manner.UNANIMOUS, r"einstimmig(?:e[rsnm]?)?|einmütig"),
    (Manner.LARGE_MAJORITY, r"(?:mit )?gro(?:ß|ss)er (?:stimmen)?mehrheit"),
    (Manner.MAJORITY, r"(?:mit )?(?:stimmen)?mehrheit|mehrheitlich(?:e[rsnm]?)?"),
)
_NUMBER_WORDS = {
    "keine": 0, "keiner": 0, "ohne": 0, "eine": 1, "einer": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
_NUMBER = rf"(?:\d{{1,4}}|{'|'.join(_NUMBER_WORDS)})"
_VOTES = {
    "yes": r"ja(?:[- ]?stimmen?)?|dafür|fürstimmen?|zustimmung(?:en)?(?=\s*[:=])",
    "no": r"nein(?:[- ]?stimmen?)?|gegenstimmen?|dagegen|ablehnung(?:en)?(?=\s*[:=])",
    "abstentions": r"(?:stimm)?enthaltung(?:en)?|enth\.?",
    "present": r"(?:mitglieder )?anwesend(?:e[nr]?)?(?: mitglieder)?",
    "excluded": r"befangen(?:heit)?|ausgeschlossen|nicht beteiligt",
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
# "12 Ja- gegen 3 Nein-Stimmen": the hyphen stands for the word that both share.
_YES_AGAINST_NO = re.compile(
    r"\b(?P<yes>\d{1,4}) ja-? (?:gegen|zu|und|bei) (?P<no>\d{1,4}) nein-?stimmen?", re.IGNORECASE
)
# "mit 12 zu 3 Stimmen abgelehnt": whichever comes first, what was rejected had the fewer votes.
_ONE_TO_OTHER = re.compile(r"\bmit (?P<first>\d{1,4}) ?(?:zu|gegen|:) ?(?P<second>\d{1,4}) stimmen\b", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:bei|mit|und|sowie|stimmen?|der|die|dem|den|wird|wurde|ist|beschluss|beschlussvorschlag|beschlussart|vorlage|"
    r"abstimmung|abstimmungsergebnis|ergebnis|stimmengleichheit|gegen)\b",
    re.I,
)
_TAKEN = "\x00"


@dataclass(frozen=True)
class ReadLine:
    """What a line says. `unread` is the rest, as it stood there; empty if everything was understood.

    target: the committee that a paper was referred to, as printed.
    name:   the town's own name of the kind of resolution, where the line has it.
    """

    outcome: Outcome | None = None
    manner: Manner | None = None
    tally: Tally = field(default_factory=Tally)
    target: str = ""
    unread: str = ""
    name: str = ""


def read_result_line(line: str, names: Mapping[str, Outcome] | None = None) -> ReadLine:
    """Read a result as minutes put it: `- mit Mehrheit beschlossen -, Ja: 44, Nein: 22`.

    names: the town's own kinds of resolution with what they mean; they are looked for first, the longest before others.
    Where a line names two different outcomes, none is taken: a person says which one is meant.
    """
    text = " ".join(line.replace("\x00", " ").split())
    text, name = _take_name(text, names or {})
    text, tally = _take_votes(text)
    text, manner = _take_manner(text)
    rest, outcome, target = _take_outcome(text)
    if name:
        text, outcome = (text, None) if outcome not in (None, (names or {})[name]) else (rest, (names or {})[name])
        name = name if outcome else ""
    else:
        text = rest
    text, tally = _take_one_to_other(text, outcome, tally)
    if manner is Manner.UNANIMOUS and tally.abstentions:
        manner = Manner.UNANIMOUS_WITH_ABSTENTIONS
    return ReadLine(outcome, manner, tally, target, _rest(text), name)


def _take_name(text: str, names: Mapping[str, Outcome]) -> tuple[str, str]:
    for name in sorted(names, key=len, reverse=True):
        taken, count = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", _TAKEN, text, count=1, flags=re.IGNORECASE)
        if count:
            return taken, name
    return text, ""


def _take_one_to_other(text: str, outcome: Outcome | None, tally: Tally) -> tuple[str, Tally]:
    match = _ONE_TO_OTHER.search(text)
    if match is None or outcome is None or tally.yes is not None or tally.no is not None:
        return text, tally
    votes = int(match["first"]), int(match["second"])
    if outcome is not Outcome.REJECTED and votes[0] <= votes[1]:
        return text, tally  # carried by the fewer: what is meant, a person says
    yes, no = sorted(votes) if outcome is Outcome.REJECTED else votes
    return text[: match.start()] + _TAKEN + text[match.end() :], replace(tally, yes=yes, no=no)


def _take_votes(text: str) -> tuple[str, Tally]:
    """Votes with a colon first; `Ja 44 Nein 22` and `44 Ja 22 Nein` are told apart by which reading finds more."""
    found: dict[str, int] = {}
    if match := _YES_AGAINST_NO.search(text):
        found = {"yes": int(match["yes"]), "no": int(match["no"])}
        text = text[: match.start()] + _TAKEN + text[match.end() :]

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
            hits[outcome] = next((name.strip() for name in match.groupdict().values() if name), "")
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
