"""Which passages concern a committee: found by words that anybody can read and change, never by a guess that stays hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What committees of German towns are called after, and the words by which texts speak of it. First part of a word each.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "arbeit": ("Arbeit", "Beschäftig", "Ausbildung", "Beruf"),
    "bau": ("Bau", "Wohn", "Stadtentwicklung"),
    "behindert": ("Behinder", "barriere", "Inklusion"),
    "bildung": ("Bildung", "Schul", "Lern"),
    "chancengerechtigkeit": ("Integration", "Migration", "Vielfalt"),
    "familie": ("Famili", "Eltern", "Kind"),
    "finanz": ("Finanz", "Kosten", "Haushalt"),
    "frauen": ("Frau", "Mädchen", "Gleichstellung"),
    "gesundheit": ("Gesundheit", "Pflege", "Selbsthilfe"),
    "gleichstellung": ("Gleichstellung", "Frau", "Mädchen"),
    "jugend": ("Jugend", "Kind", "Eltern", "Elementar"),
    "kinder": ("Kind", "Elementar", "Eltern"),
    "kultur": ("Kultur", "Begegnung", "Religion"),
    "mädchen": ("Mädchen", "Frau", "Jugend"),
    "psychiatrie": ("psych", "seelisch", "Selbsthilfe"),
    "schul": ("Schul", "Unterricht", "Lehrkräft", "Bildung"),
    "senioren": ("Senior", "älter", "Pflege"),
    "sozial": ("Sozial", "Beratung", "Pflege", "Wohn"),
    "sport": ("Sport", "Bewegung", "Verein"),
    "stadtentwicklung": ("Stadtentwicklung", "Stadtteil", "Wohn"),
    "umwelt": ("Umwelt", "Klima", "Grün"),
    "verkehr": ("Verkehr", "Mobilität"),
    "wirtschaft": ("Wirtschaft", "Arbeit", "Betrieb"),
    "wohn": ("Wohn", "Stadtteil", "Quartier"),
}
_DISTRICT = re.compile(r"\b(?:Bezirks(?:vertretung|rat|beirat|ausschuss)|Orts(?:rat|beirat)|Ortschaftsrat)\s+(.+)$")
LONGEST = 40  # characters of one word
MOST = 12


@dataclass(frozen=True)
class Topic:
    """What a committee is concerned with. words: beginnings of words; district: a name, matched as a whole word."""

    words: Sequence[str] = ()
    district: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.district)

    @property
    def terms(self) -> list[str]:
        """Everything that is looked for, the district first."""
        return [*([self.district] if self.district else []), *self.words]


def topic_of(name: str, district: str = "") -> Topic:
    """The topic that a committee's name suggests; empty for those that are concerned with everything (Rat, Hauptausschuss).

    district: of a district body, where the register knows it; else it is read from the name.
    """
    found = _DISTRICT.search(name)
    where = district.strip() or (found[1].strip() if found else "")
    plain = name.casefold()
    words = [word for subject, about in SUBJECTS.items() if not where and subject in plain for word in about]
    return Topic(tuple(dict.fromkeys(words)), where)


def read_topic(written: str, district: str = "") -> Topic:
    """A topic as a person typed it: words between commas or blanks; at most twelve, each once."""
    first: dict[str, str] = {}
    for word in re.split(r"[\s,;]+", written):
        if len(word) > 1 and word != district:
            first.setdefault(word.casefold(), word[:LONGEST])
    return Topic(tuple(first.values())[:MOST], district)


def matches(topic: Topic, text: str) -> list[str]:
    """The terms of a topic that a text speaks of, in the topic's order.

    A word matches at the beginning of a word or of a part of a compound ("Grundschule" for "Schul"); a district only
    as a whole word with its capital, since "Mitte" is also a common noun.
    """
    found = [topic.district] if topic.district and _whole(topic.district).search(text) else []
    plain = text.casefold()
    return found + [word for word in topic.words if word.casefold() in plain]


def weight(topic: Topic, text: str) -> int:
    """How much a text has to do with a topic, for sorting: its district counts most, a word of its own more than a part."""
    plain = text.casefold()
    total = 10 if topic.district and _whole(topic.district).search(text) else 0
    for word in topic.words:
        begins = len(re.findall(rf"\b{re.escape(word.casefold())}", plain))
        total += 2 * begins + (plain.count(word.casefold()) - begins)
    return total


def concerns(topic: Topic, fields: Iterable[str], district: str) -> bool:
    """Whether an institution is at home where a committee is: in its district, or in a field of its own."""
    if topic.district:
        return district.strip().casefold() == topic.district.casefold()
    return any(word.casefold() in field.casefold() for field in fields for word in topic.words)


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
