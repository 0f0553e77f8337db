"""Edits by hand, done to a working text that was built from remarks: they follow it as long as they fit. Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ikb.consolidation.building import Built
from ikb.core.diff import apply, edit_script
from ikb.core.rebase import rebase
from ikb.core.texts import joined, normalise, tokens
from ikb.core.word.spans import exact_spans
from ikb.drafts.service import SectionChange, SectionText

Segment = Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """One edit. kind: edit, delete, insert_after, insert_before. new_anchor: of the section that it adds."""

    id: int
    anchor: str
    kind: str
    before: str
    after: str
    new_anchor: str


@dataclass(frozen=True)
class Worked:
    """The text with the edits done, and the ids of those that do not fit it any more."""

    built: Built
    misfits: Sequence[int] = field(default_factory=tuple)


def done(built: Built, works: Iterable[Work]) -> Worked:
    """Do every edit in its order. One whose section is gone or says something else at that place is left out."""
    bench = _Bench(built)
    misfits = [work.id for work in works if not bench.do(work)]
    return Worked(bench.built(), misfits)


def carried_over(work: Work, current: str) -> str | None:
    """What an edit makes of a text that may have changed since; None where both change the same words."""
    if normalise(work.before) == normalise(current):
        return work.after
    old, here = tokens(work.before), tokens(current)
    moved = rebase(edit_script(old, tokens(work.after)), old, here)
    return None if moved is None else joined(apply(here, moved.hunks))


def composed(first: Sequence[Segment], new: str, work_id: int) -> list[dict[str, Any]]:
    """The segments of two changes one after the other: those of the first, and what an edit makes of their new text.

    What the first put in and the edit takes out again is in neither.
    """
    middle = "".join(part["text"] for part in first if part["t"] != "del")
    found: list[dict[str, Any]] = []
    waiting = [dict(part) for part in first]
    for span in exact_spans(middle, new):
        if span.kind == "ins":
            found.append({"t": "ins", "text": span.text, "remarks": [], "proposals": [], "hand": [work_id]})
        else:
            found += _taken(waiting, len(span.text), keep=span.kind == "keep", work_id=work_id)
    found += [part for part in waiting if part["t"] == "del"]
    return found


class _Bench:
    """Sections and changes while edits are done to them."""

    def __init__(self, built: Built) -> None:
        self.sections = list(built.sections)
        self.changes = {change.anchor: change for change in built.changes}

    def built(self) -> Built:
        return Built(self.sections, list(self.changes.values()))

    def do(self, work: Work) -> bool:
        place = next((at for at, row in enumerate(self.sections) if row.anchor == work.anchor), None)
        if place is None:
            return False
        if work.kind in ("insert_after", "insert_before"):
            self._insert(place, work)
            return True
        return self._delete(place, work) if work.kind == "delete" else self._edit(place, work)

    def _edit(self, place: int, work: Work) -> bool:
        row = self.sections[place]
        text = carried_over(work, row.text)
        if text is None:
            return False
        segments = composed(self._segments(row), text, work.id)
        self.sections[place] = replace(row, text=text)
        before = self.changes.get(row.anchor)
        kind = before.kind if before else "edit"
        if text == "".join(part["text"] for part in segments if part["t"] != "ins"):  # what it was before all changes
            self.changes.pop(row.anchor, None)
        else:
            self.changes[row.anchor] = SectionChange(row.anchor, kind, segments)
        return True

    def _delete(self, place: int, work: Work) -> bool:
        row = self.sections[place]
        if normalise(row.text) != normalise(work.before):
            return False
        segments = composed(self._segments(row), "", work.id)
        came = self.changes.get(row.anchor)
        if came is not None and came.kind == "insert":
            del self.changes[row.anchor]
        else:
            self.changes[row.anchor] = SectionChange(row.anchor, "delete", segments)
        rest = (other for at, other in enumerate(self.sections) if at != place)
        self.sections = [replace(one, parent=row.parent) if one.parent == row.anchor else one for one in rest]
        return True

    def _insert(self, place: int, work: Work) -> None:
        beside = self.sections[place]
        kind = "paragraph" if beside.kind == "heading" else beside.kind
        new = SectionText(work.new_anchor, kind, None, beside.parent, work.after)
        at = place if work.kind == "insert_before" else self._end_of(place)
        self.sections.insert(at, new)
        segment = {"t": "ins", "text": work.after, "remarks": [], "proposals": [], "hand": [work.id]}
        self.changes[work.new_anchor] = SectionChange(work.new_anchor, "insert", [segment])

    def _end_of(self, place: int) -> int:
        """The first place behind a section and all that is below it."""
        below = {self.sections[place].anchor}
        for following in range(place + 1, len(self.sections)):
            if self.sections[following].parent not in below:
                return following
            below.add(self.sections[following].anchor)
        return len(self.sections)

    def _segments(self, row: SectionText) -> Sequence[Segment]:
        change = self.changes.get(row.anchor)
        return change.segments if change else [{"t": "keep", "text": row.text, "remarks": [], "proposals": []}]


def _taken(waiting: list[dict[str, Any]], length: int, *, keep: bool, work_id: int) -> list[dict[str, Any]]:
    """The next signs of the new text off the waiting segments, with what was deleted between them."""
    found: list[dict[str, Any]] = []
    while length and waiting:
        part = waiting[0]
        if part["t"] == "del":
            found.append(waiting.pop(0))
            continue
        piece = part["text"][:length]
        length -= len(piece)
        if keep:
            found.append(part | {"text": piece})
        elif part["t"] == "keep":
            found.append({"t": "del", "text": piece, "remarks": [], "proposals": [], "hand": [work_id]})
        part["text"] = part["text"][len(piece) :]
        if not part["text"]:
            waiting.pop(0)
    return found
