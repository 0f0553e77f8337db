"""Edits by hand, done to a working text that was built from remarks: they follow it as long as they fit. Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ikb.consolidation import rearranging
from ikb.consolidation.bench import Bench, Segment, Work
from ikb.consolidation.building import Built
from ikb.core.diff import apply, edit_script
from ikb.core.rebase import rebase
from ikb.core.texts import joined, normalise, tokens
from ikb.core.word.spans import exact_spans
from ikb.drafts.service import SectionChange, SectionText


@dataclass(frozen=True)
class Worked:
    """The text with the edits done, and the ids of those that do not fit it any more."""

    built: Built
    misfits: Sequence[int] = field(default_factory=tuple)


def done(built: Built, works: Iterable[Work]) -> Worked:
    """Do every edit in its order. One whose section is gone or says something else at that place is left out."""
    bench = Bench(built)
    misfits = [work.id for work in works if not _do(bench, work)]
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


def _do(bench: Bench, work: Work) -> bool:
    if work.kind in rearranging.KINDS:
        return rearranging.do(bench, work)
    place = bench.place_of(work.anchor)
    if place is None:
        return False
    if work.kind in ("insert_after", "insert_before"):
        _insert(bench, place, work)
        return True
    return _delete(bench, place, work) if work.kind == "delete" else _edit(bench, place, work)


def _edit(bench: Bench, place: int, work: Work) -> bool:
    row = bench.sections[place]
    text = carried_over(work, row.text)
    if text is None:
        return False
    bench.write(place, composed(bench.segments(row), text, work.id))
    return True


def _delete(bench: Bench, place: int, work: Work) -> bool:
    row = bench.sections[place]
    if normalise(row.text) != normalise(work.before):
        return False
    bench.take_out(place, composed(bench.segments(row), "", work.id), row.parent)
    return True


def _insert(bench: Bench, place: int, work: Work) -> None:
    beside = bench.sections[place]
    kind = "paragraph" if beside.kind == "heading" else beside.kind
    new = SectionText(work.new_anchor, kind, None, beside.parent, work.after)
    at = place if work.kind == "insert_before" else bench.end_of(place)
    bench.sections.insert(at, new)
    segment = {"t": "ins", "text": work.after, "remarks": [], "proposals": [], "hand": [work.id]}
    bench.changes[work.new_anchor] = SectionChange(work.new_anchor, "insert", [segment])


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
