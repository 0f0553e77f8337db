"""A draft as a list of pages, each light enough for a telephone: by chapter, and long chapters by what is below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_ON_A_PAGE = 40  # sections, each with its form
DEEPEST = 6  # of what stands above a section; papers are not deeper


@dataclass(frozen=True)
class Line:
    """One section as the outline shows it: where it hangs, and how it begins."""

    anchor: str
    kind: str
    number: str | None
    parent: str | None
    beginning: str

    @property
    def title(self) -> str:
        """`3 Sprachbildung von Anfang an`, cut at a word."""
        words = self.cut(70)
        return f"{self.number} {words}" if self.number else words

    def cut(self, most: int) -> str:
        """How it begins, cut at a word."""
        return self.beginning if len(self.beginning) < most else self.beginning[:most].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class Chapter:
    """One page: its number from 1, its name, and its sections in order."""

    number: int
    title: str
    lines: Sequence[Line]

    @property
    def anchors(self) -> list[str]:
        return [line.anchor for line in self.lines]


def chapters(lines: Sequence[Line], most: int = MOST_ON_A_PAGE) -> list[Chapter]:
    """The pages of a draft, in order; together they hold every section once. An empty draft has none."""
    is_short = len(lines) <= most
    parts = [list(lines)] if is_short and lines else list(_packed(_split(lines), most))
    return [Chapter(number, part[0].title, part) for number, part in enumerate(parts, 1)]


def chapter_with(pages: Sequence[Chapter], anchor: str | None) -> int:
    """The number of the page on which a section stands, 1 where none does."""
    return next((page.number for page in pages if anchor in page.anchors), 1)


def above(lines: Sequence[Line], anchors: Iterable[str]) -> dict[str, list[Line]]:
    """For some sections, what they hang below, the outermost first."""
    known = {line.anchor: line for line in lines}
    return {anchor: _above(known, anchor) for anchor in anchors}


def _above(known: Mapping[str, Line], anchor: str) -> list[Line]:
    found: list[Line] = []
    here = known.get(anchor)
    while here is not None and here.parent is not None and len(found) < DEEPEST:
        here = known.get(here.parent)
        if here is not None:
            found.insert(0, here)
    return found


def _split(lines: Sequence[Line]) -> list[list[Line]]:
    """Cut before every section that hangs on none of the sections since the last cut."""
    groups: list[list[Line]] = []
    inside: set[str] = set()
    for line in lines:
        if not groups or line.parent not in inside:
            groups.append([])
            inside = set()
        groups[-1].append(line)
        inside.add(line.anchor)
    return groups


def _packed(groups: Sequence[list[Line]], most: int) -> Iterator[list[Line]]:
    """Small neighbours together, large groups apart; a heading begins a page of its own."""
    page: list[Line] = []
    for group in groups:
        begins_anew = group[0].kind == "heading" or len(page) + len(group) > most
        if page and begins_anew:
            yield page
            page = []
        if len(group) <= most:
            page += group
            continue
        *whole, page = _packed_below(group, most)
        yield from whole
    if page:
        yield page


def _packed_below(group: list[Line], most: int) -> list[list[Line]]:
    """A group that is too large: its head stays with the first of what is below it."""
    below = _split(group[1:])
    if len(below) < 2:
        return [group[start : start + most] for start in range(0, len(group), most)]
    below[0].insert(0, group[0])
    return list(_packed(below, most))
