"""Two versions laid over each other, paragraph by paragraph: what stays, what goes, what comes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ikb.core.word.spans import Origin, Span, exact_spans

Status = Literal["same", "edit", "insert", "delete"]


@dataclass(frozen=True)
class Text:
    """One section as it is written: label is what stands before its text, level how deep it lies, from 0."""

    anchor: str
    kind: str
    label: str
    level: int
    text: str


@dataclass(frozen=True)
class Passage:
    """One paragraph of a file. spans: its text; label_spans: what stands before it.

    whole: where the paragraph as such comes or goes, its origin; else None.
    """

    section: Text
    status: Status
    spans: Sequence[Span]
    label_spans: Sequence[Span]
    whole: Origin | None = None


Reasons = Callable[[str, str, str], Sequence[Span] | None]
"""The spans of a change with their origins, by anchor, old and new text; None where nobody knows them."""


def unchanged(sections: Iterable[Text]) -> list[Passage]:
    """A version as it is."""
    return [Passage(row, "same", (Span("keep", row.text),), (Span("keep", row.label),)) for row in sections]


def laid_over(old: Sequence[Text], new: Sequence[Text], reasons: Reasons, unknown: Origin) -> list[Passage]:
    """The new version with everything that changed since the old one; what is gone stands at its old place.

    A section that stands elsewhere now goes at its old place and comes at the new one.
    unknown: the origin of what `reasons` does not know.
    """
    before = {row.anchor: row for row in old}
    staying = _staying([row.anchor for row in old], [row.anchor for row in new])
    gone = _gone_before(old, staying)
    found: list[Passage] = []
    for row in new:
        if row.anchor in staying:
            found += [_whole(one, "delete", reasons, unknown) for one in gone.pop(row.anchor, ())]
            found.append(_edited(before[row.anchor], row, reasons, unknown))
        else:
            found.append(_whole(row, "insert", reasons, unknown))
    return found + [_whole(one, "delete", reasons, unknown) for one in gone.pop(None, ())]


def rising(places: Sequence[int]) -> set[int]:
    """A longest row of numbers that rise, out of numbers that all differ."""
    ends: list[int] = []
    behind: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        behind[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = behind[last]
    return kept


def _staying(old: Sequence[str], new: Sequence[str]) -> set[str]:
    place = {anchor: at for at, anchor in enumerate(old)}
    return {old[at] for at in rising([place[anchor] for anchor in new if anchor in place])}


def _gone_before(old: Sequence[Text], staying: set[str]) -> dict[str | None, list[Text]]:
    """What goes, under the anchor of the section that stays behind it; None at the end."""
    found: dict[str | None, list[Text]] = {}
    waiting: list[Text] = []
    for row in old:
        if row.anchor not in staying:
            waiting.append(row)
        elif waiting:
            found[row.anchor], waiting = waiting, []
    return found | ({None: waiting} if waiting else {})


def _edited(old: Text, new: Text, reasons: Reasons, unknown: Origin) -> Passage:
    label = exact_spans(old.label, new.label, unknown) if old.label != new.label else (Span("keep", new.label),)
    if old.text == new.text:
        return Passage(new, "same" if old.label == new.label else "edit", (Span("keep", new.text),), label)
    spans = reasons(new.anchor, old.text, new.text) or exact_spans(old.text, new.text, unknown)
    return Passage(new, "edit", spans, label)


def _whole(row: Text, status: Literal["insert", "delete"], reasons: Reasons, unknown: Origin) -> Passage:
    given = reasons(row.anchor, *(("", row.text) if status == "insert" else (row.text, "")))
    origin = next((span.origin for span in given or () if span.origin), unknown)
    kind: Literal["ins", "del"] = "ins" if status == "insert" else "del"
    return Passage(row, status, (Span(kind, row.text, origin),), (Span(kind, row.label, origin),), origin)


def levels(parents: Mapping[str, str | None]) -> Iterator[tuple[str, int]]:
    """How deep each section lies, from 0. parents: anchor of each, in the order of the text."""
    depth: dict[str, int] = {}
    for anchor, parent in parents.items():
        depth[anchor] = depth.get(parent or "", -1) + 1
        yield anchor, depth[anchor]
