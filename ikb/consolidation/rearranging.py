"""Sections moved, split and joined by hand. Anchors stay: of a split section the first part keeps it, of two joined ones the
upper one; words that go over to another section keep their reasons there, and both sections say where they went. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ikb.consolidation.bench import Bench, Segment, Work, new_of
from ikb.core.diff import edit_script
from ikb.core.texts import TOKEN, normalise, tokens
from ikb.drafts.service import SectionChange, SectionText

MOVES = ("move_before", "move_after", "move_under")
KINDS = (*MOVES, "split", "join")
BORDER = "\n\n"
"""Stands in the text of a split where the new section begins."""


def do(bench: Bench, work: Work) -> bool:
    """Do one of these to the text; False where it does not fit any more."""
    place = bench.place_of(work.anchor)
    if place is None:
        return False
    if work.kind == "split":
        return _split(bench, place, work)
    other = bench.place_of(work.other)
    if other is None:
        return False
    return _join(bench, place, other, work) if work.kind == "join" else _move(bench, place, other, work)


def border_in(work: Work, current: str) -> int | None:
    """Where the second part of a split begins in a text that may have changed since; None if that place changed too.

    Signs from the start of `current`.
    """
    first = len(tokens(work.after.partition(BORDER)[0]))
    for change in edit_script(tokens(work.before), tokens(current)):
        if change.i < first < change.j:
            return None
        if change.j <= first:
            first += change.growth
    starts = [match.start() for match in TOKEN.finditer(current)]
    return starts[first] if 0 < first < len(starts) else None


def fits_beside(row: SectionText, other: SectionText) -> bool:
    """Whether two sections can be one: a heading goes only with a heading."""
    return (row.kind == "heading") == (other.kind == "heading")


def _split(bench: Bench, place: int, work: Work) -> bool:
    row = bench.sections[place]
    segments = bench.segments(row)
    text = new_of(segments)
    border = border_in(work, text)
    if border is None:
        return False
    blanks = len(text[:border]) - len(text[:border].rstrip())
    first, rest = _cut(segments, border - blanks)
    second = _cut(rest, blanks)[1]
    is_heading = row.kind == "heading"
    new = SectionText(
        work.new_anchor, "paragraph" if is_heading else row.kind, None, row.anchor if is_heading else row.parent, ""
    )
    if not is_heading:
        bench.sections = [
            replace(one, parent=new.anchor) if one.parent == row.anchor else one for one in bench.sections
        ]
    bench.sections.insert(place + 1, new)
    bench.changes[new.anchor] = SectionChange(new.anchor, "insert")
    bench.write(place, [*first, *_leaving(rest, work.id)], [_told("split_to", new.anchor, work)])
    bench.write(place + 1, _arriving(second, work.id), [_told("split_from", row.anchor, work)])
    return True


def _join(bench: Bench, place: int, other: int, work: Work) -> bool:
    """Put a section behind the one before it. Something that came between them since would be leapt over."""
    row, upper = bench.sections[place], bench.sections[other]
    if other != place - 1 or not fits_beside(row, upper):
        return False
    came_since = row.anchor in bench.changes and bench.changes[row.anchor].kind == "insert"
    segments = bench.segments(row)
    blank = {"t": "ins", "text": " ", "remarks": [], "proposals": [], "hand": [work.id]}
    told = _handed_on(bench, row, upper, work)
    told += [] if came_since else [_told("joined_from", row.anchor, work)]
    joined = [*bench.segments(upper), blank, *_arriving(segments, work.id)]
    bench.take_out(place, _leaving(segments, work.id), upper.anchor, [_told("joined_to", upper.anchor, work)])
    bench.write(other, joined, told)
    return True


def _handed_on(bench: Bench, row: SectionText, upper: SectionText, work: Work) -> list[dict[str, Any]]:
    """What the upper section has to tell of those whose words it gets through this one: what this one tells is in no text."""
    came_from = [
        step["anchor"]
        for step in (bench.changes[row.anchor].trace if row.anchor in bench.changes else ())
        if step["kind"] in ("split_from", "joined_from")
    ]
    for anchor, change in list(bench.changes.items()):
        kept = [step for step in change.trace if (step["kind"], step["anchor"]) != ("split_to", row.anchor)]
        if len(kept) < len(change.trace):
            kept += [] if anchor == upper.anchor else [_told("split_to", upper.anchor, work)]
            bench.changes[anchor] = replace(change, trace=kept)
    return [_told("joined_from", anchor, work) for anchor in came_from if anchor != upper.anchor]


def _move(bench: Bench, place: int, other: int, work: Work) -> bool:
    """Move a section with all that is below it."""
    block = bench.sections[place : bench.end_of(place)]
    if any(row.anchor == work.other for row in block):
        return False
    stood = _where(bench, place)
    target = bench.sections[other]
    head = replace(block[0], parent=target.anchor if work.kind == "move_under" else target.parent)
    bench.sections = [row for row in bench.sections if row not in block]
    at = bench.place_of(work.other) or 0
    at = {"move_before": at, "move_under": at + 1}.get(work.kind, bench.end_of(at))
    bench.sections[at:at] = [head, *block[1:]]
    _note_move(bench, at, stood, work)
    return True


def _note_move(bench: Bench, at: int, stood: tuple[str | None, str | None], work: Work) -> None:
    """Of several moves the last one counts, and where the section stood before the first; back there, it never moved."""
    row = bench.sections[at]
    change = bench.changes.get(row.anchor)
    known = list(change.trace) if change else []
    first = next((one for one in known if one["kind"] == "moved"), None)
    behind, below = (first["behind"], first["below"]) if first else stood
    rest = [one for one in known if one["kind"] != "moved"]
    if (behind, below) != _where(bench, at):
        rest.append({"kind": "moved", "anchor": work.other, "hand": work.id, "behind": behind, "below": below})
    segments = bench.segments(row)
    kind = change.kind if change else "edit"
    bench.changes[row.anchor] = SectionChange(row.anchor, "edit" if kind == "move" else kind, segments, rest)
    bench.write(at, segments)


def _where(bench: Bench, place: int) -> tuple[str | None, str | None]:
    """The section that stands right before this one, and the one that stands above it."""
    return bench.sections[place - 1].anchor if place else None, bench.sections[place].parent


def _told(kind: str, anchor: str, work: Work) -> dict[str, Any]:
    return {"kind": kind, "anchor": anchor, "hand": work.id}


def _cut(segments: Sequence[Segment], at: int) -> tuple[list[Segment], list[Segment]]:
    """Segments on both sides of a place in their new text, in signs; what was deleted there is on the right."""
    left: list[Segment] = []
    right: list[Segment] = []
    for part in segments:
        if part["t"] == "del":
            (left if at else right).append(part)
            continue
        here, rest = part["text"][:at], part["text"][at:]
        at -= len(here)
        left += [{**part, "text": here}] if here else []
        right += [{**part, "text": rest}] if rest else []
    return left, right


def _leaving(segments: Sequence[Segment], work_id: int) -> list[Segment]:
    """How words that go over to another section stand in the one that they leave: gone, unless they never were there."""
    return [_by_hand("del", part, work_id) if part["t"] == "keep" else part for part in segments if part["t"] != "ins"]


def _arriving(segments: Sequence[Segment], work_id: int) -> list[Segment]:
    """How they stand in the one that they go to: new; what somebody had asked for keeps who that was."""
    return [_by_hand("ins", part, work_id) if part["t"] == "keep" else part for part in segments if part["t"] != "del"]


def _by_hand(kind: str, part: Segment, work_id: int) -> Segment:
    return {"t": kind, "text": part["text"], "remarks": [], "proposals": [], "hand": [work_id]}


def parts_of(text: str) -> tuple[str, str] | None:
    """The two parts that one blank line makes of a text; None where there is not exactly one."""
    parts = [part.strip() for part in text.replace("\r\n", "\n").split(BORDER)]
    parts = [part for part in parts if part]
    return (parts[0], parts[1]) if len(parts) == 2 else None


def says_the_same(parts: tuple[str, str], text: str) -> bool:
    """Whether two parts have the words of a text, no more and no fewer."""
    return normalise(" ".join(parts)) == normalise(text)
