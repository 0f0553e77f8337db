"""The numbers and bullets that Word does not store in a text but counts when it shows it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from ikb.quarantine.papers.parts import BULLET, item_mark, numeral
from ikb.quarantine.word import W

_PLACE = re.compile(r"%(\d)")


@dataclass(frozen=True)
class _Level:
    form: str = "bullet"
    shown: str = ""
    start: int = 1


class Styles:
    """What the styles say of a paragraph: whether it is a heading, and which list it belongs to."""

    def __init__(self, styles: Any | None) -> None:
        self._styles = {} if styles is None else {style.get(f"{W}styleId"): style for style in styles.iter(f"{W}style")}

    def chain(self, paragraph: Any) -> list[Any]:
        """The properties that hold for a paragraph, its own first."""
        found = [own] if (own := paragraph.find(f"{W}pPr")) is not None else []
        name = _value(own, "pStyle")
        for _ in range(20):  # a style that is based on itself would never end
            style = self._styles.get(name)
            if style is None:
                break
            if (properties := style.find(f"{W}pPr")) is not None:
                found.append(properties)
            name = _value(style, "basedOn")
        return found

    def name(self, paragraph: Any) -> str:
        """The style's own name, in English for the built-in ones."""
        style = self._styles.get(_value(paragraph.find(f"{W}pPr"), "pStyle"))
        return (_value(style, "name") or "").lower()

    def is_heading(self, paragraph: Any) -> bool:
        name = self.name(paragraph)
        if name.startswith(("heading", "überschrift", "title")):
            return True
        levels = (_value(properties, "outlineLvl") for properties in self.chain(paragraph))
        return (next((level for level in levels if level), None) or "9") in "012345678"


class Numbering:
    """Counts lists as Word does, paragraph after paragraph."""

    def __init__(self, numbering: Any | None, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, Counter[int]] = {}
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.iter(f"{W}abstractNum"):
            levels = {_number(level.get(f"{W}ilvl")): _level(level) for level in abstract.iter(f"{W}lvl")}
            self._levels[abstract.get(f"{W}abstractNumId")] = levels
        for number in numbering.iter(f"{W}num"):
            name = number.get(f"{W}numId")
            self._abstract[name] = _value(number, "abstractNumId") or ""
            self._restarts[name] = {
                _number(override.get(f"{W}ilvl")): _number(start)
                for override in number.iter(f"{W}lvlOverride")
                if (start := _value(override, "startOverride")) is not None
            }

    def mark(self, paragraph: Any) -> str:
        """What stands before this paragraph; nothing outside of lists. Counts on with each call."""
        chain = self._styles.chain(paragraph)
        name = next((found for properties in chain if (found := _value(properties, "numPr", "numId"))), None)
        if name is None or name == "0":
            return ""
        depth = _number(next((found for properties in chain if (found := _value(properties, "numPr", "ilvl"))), "0"))
        levels = self._levels.get(self._abstract.get(name, ""), {})
        level = levels.get(depth, _Level())
        if level.form == "none":
            return ""
        if level.form == "bullet":
            return BULLET
        return item_mark(self._label(name, depth, levels), depth)

    def _label(self, name: str, depth: int, levels: dict[int, _Level]) -> str:
        restarts = self._restarts.get(name, {})
        counts = self._counts.setdefault(name if restarts else f"a{self._abstract.get(name)}", Counter())
        counts[depth] = counts[depth] + 1 if depth in counts else restarts.get(depth, levels[depth].start)
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]

        def number(place: re.Match[str]) -> str:
            shown = int(place[1]) - 1
            level = levels.get(shown, _Level("decimal"))
            return numeral(counts.get(shown, level.start), level.form)

        return _PLACE.sub(number, levels[depth].shown)


def _level(level: Any) -> _Level:
    return _Level(
        _value(level, "numFmt") or "decimal", _value(level, "lvlText") or "", _number(_value(level, "start") or "1")
    )


def _value(element: Any | None, *names: str) -> str | None:
    for name in names:
        element = None if element is None else element.find(f"{W}{name}")
    return None if element is None else str(element.get(f"{W}val", ""))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
