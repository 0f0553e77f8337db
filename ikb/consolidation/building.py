"""From what was found for each section to the sections and changes of the next version. Pure; no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ikb.drafts.service import SectionChange, SectionText

Elements = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Built:
    """The next version: its sections in order, and what changed in them, those that went included."""

    sections: list[SectionText]
    changes: list[SectionChange]


def build(base: Sequence[SectionText], found: Mapping[str, Elements]) -> Built:
    """The base version with everything that was found written in.

    base:  sections in order.
    found: anchor -> elements of its outcome; a section without one stays as it is.
    """
    gone = {row.anchor: row.parent for row in base if _is_gone(found.get(row.anchor, ()))}
    built = Built([], [])
    for row, element in _in_order(base, found):
        kind = element["kind"] if element else "keep"
        if element and kind != "keep":
            built.changes.append(SectionChange(element["anchor"], kind, element["segments"]))
        if kind != "delete":
            built.sections.append(_written(row, element, _living(row.parent, gone)))
    return built


def _written(row: SectionText, element: Mapping[str, Any] | None, parent: str | None) -> SectionText:
    """One section of the new version. What stays keeps its own white space; a new one is of its neighbour's kind."""
    if element is None or element["kind"] == "keep":
        return replace(row, parent=parent)
    if element["kind"] == "insert":
        return SectionText(element["anchor"], row.kind, None, parent, element["text"])
    return replace(row, parent=parent, text=element["text"])


def _in_order(
    base: Sequence[SectionText], found: Mapping[str, Elements]
) -> Iterator[tuple[SectionText, Mapping[str, Any] | None]]:
    """Each old and new section in the order of the text, with the element that says what becomes of it.

    A new section after one that has sections below it comes after all of those.
    """
    waiting: dict[int, list[tuple[SectionText, Mapping[str, Any]]]] = defaultdict(list)
    for place, row in enumerate(base):
        yield from waiting.pop(place, ())
        elements = found.get(row.anchor, ())
        yield from ((row, element) for element in elements if element["place"] == "before")
        yield row, next((element for element in elements if element["place"] is None), None)
        if after := [(row, element) for element in elements if element["place"] == "after"]:
            end = _end_of(base, place)
            waiting[end] = [*after, *waiting[end]]  # what belongs to an inner section comes before its outer one's
    yield from waiting.pop(len(base), ())


def _end_of(base: Sequence[SectionText], place: int) -> int:
    """The first place behind a section and all that is below it."""
    below = {base[place].anchor}
    for following in range(place + 1, len(base)):
        if base[following].parent not in below:
            return following
        below.add(base[following].anchor)
    return len(base)


def _is_gone(elements: Elements) -> bool:
    return any(element["kind"] == "delete" for element in elements)


def _living(parent: str | None, gone: Mapping[str, str | None]) -> str | None:
    """The nearest section above that is still there."""
    while parent is not None and parent in gone:
        parent = gone[parent]
    return parent
