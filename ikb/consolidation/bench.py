"""The sections and changes of a working text while edits by hand are done to them. Pure; no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ikb.consolidation.building import Built
from ikb.drafts.service import SectionChange, SectionText

Segment = Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """One edit. kind: edit, delete, insert_after, insert_before, or one of `rearranging.KINDS`.

    new_anchor: of the section that it adds. other: the section that it moves beside, or joins to.
    """

    id: int
    anchor: str
    kind: str
    before: str
    after: str
    new_anchor: str
    other: str = ""


class Bench:
    """Sections in their order and the change of each. What is done here keeps parents before their children."""

    def __init__(self, built: Built) -> None:
        self.sections = list(built.sections)
        self.changes = {change.anchor: change for change in built.changes}

    def built(self) -> Built:
        return Built(self.sections, list(self.changes.values()))

    def place_of(self, anchor: str) -> int | None:
        return next((at for at, row in enumerate(self.sections) if row.anchor == anchor), None)

    def end_of(self, place: int) -> int:
        """The first place behind a section and all that is below it."""
        below = {self.sections[place].anchor}
        for following in range(place + 1, len(self.sections)):
            if self.sections[following].parent not in below:
                return following
            below.add(self.sections[following].anchor)
        return len(self.sections)

    def segments(self, row: SectionText) -> Sequence[Segment]:
        """A section word by word, as it came to be what it is."""
        change = self.changes.get(row.anchor)
        return change.segments if change else [{"t": "keep", "text": row.text, "remarks": [], "proposals": []}]

    def write(self, place: int, segments: Sequence[Segment], trace: Sequence[Mapping[str, Any]] = ()) -> None:
        """Let a section read as these segments say; what reads and stands as it did before all changes is no change.

        trace: what else is to be known of it, beside what is known already.
        """
        row = self.sections[place]
        self.sections[place] = replace(row, text=new_of(segments))
        before = self.changes.get(row.anchor)
        known = [*(before.trace if before else ()), *trace]
        if before is not None and before.kind == "insert":
            self.changes[row.anchor] = SectionChange(row.anchor, "insert", segments, known)
        elif new_of(segments) != old_of(segments):
            self.changes[row.anchor] = SectionChange(row.anchor, "edit", segments, known)
        elif moved := [one for one in known if one["kind"] == "moved"]:
            self.changes[row.anchor] = SectionChange(row.anchor, "move", segments, moved)
        else:
            self.changes.pop(row.anchor, None)

    def take_out(
        self,
        place: int,
        segments: Sequence[Segment],
        heir: str | None,
        trace: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Let a section go; what stood below it stands below `heir`. One that was not there before leaves no change."""
        row = self.sections[place]
        came = self.changes.get(row.anchor)
        if came is not None and came.kind == "insert":
            del self.changes[row.anchor]
        else:
            known = [one for one in came.trace if one["kind"] != "moved"] if came else []
            self.changes[row.anchor] = SectionChange(row.anchor, "delete", segments, [*known, *trace])
        rest = [other for at, other in enumerate(self.sections) if at != place]
        self.sections = [replace(one, parent=heir) if one.parent == row.anchor else one for one in rest]


def old_of(segments: Sequence[Segment]) -> str:
    """The text before the changes."""
    return "".join(part["text"] for part in segments if part["t"] != "ins")


def new_of(segments: Sequence[Segment]) -> str:
    """The text after the changes."""
    return "".join(part["text"] for part in segments if part["t"] != "del")
