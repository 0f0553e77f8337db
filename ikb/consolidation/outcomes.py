"""What was found for a section, in the form in which it is stored (see SectionOutcome). Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ikb.core.merge import Merged, NewSection
from ikb.core.proposals import Status
from ikb.core.redline import Segment

FOLLOWED = "followed"
COMPETING = frozenset({Status.MERGED, Status.SUPERSEDED, Status.HELD, Status.REJECTED})


@dataclass(frozen=True)
class Found:
    """What stands in a SectionOutcome; the lists are JSON as described there."""

    proposals: list[dict[str, Any]]
    elements: list[dict[str, Any]]
    bodies: list[dict[str, Any]]
    counts: dict[str, int] = field(default_factory=dict)


def figures(found: Found, *, remarks: int, comments: int, conflicts: int) -> dict[str, int]:
    """Figures of a section for lists; `open` are the points that issuing waits for.

    remarks, comments: of statements, all of them and those that ask for no other text.
    conflicts:         pairs of proposals that cannot both stand, also those that no proposal names any more.
    """
    return {
        "remarks": remarks,
        "comments": comments,
        "proposals": len(found.proposals),
        "conflicts": conflicts,
        "bodies": len(found.bodies),
        "open": sum(map(is_open, found.proposals)) + sum(body["decided"] is None for body in found.bodies),
    }


def entered(asked: Mapping[str, Any]) -> int | None:
    """Id of the newest decision on a proposal or a body's wording, whether it counts yet or not.

    Findings of earlier releases know only of decisions that counted at once.
    """
    newest: int | None = asked.get("entered", asked["decided"])
    return newest


def is_waiting(asked: Mapping[str, Any]) -> bool:
    """Whether its newest decision does not count yet."""
    decided: int | None = asked["decided"]
    return entered(asked) != decided


def is_open(proposal: Mapping[str, Any]) -> bool:
    """Whether issuing waits for a proposal: undecided though it competes, or accepted though it cannot stand."""
    if Status(proposal["status"]) not in COMPETING:
        return False
    return proposal["decided"] is None or (proposal["outcome"] == FOLLOWED and proposal["status"] != Status.MERGED)


def letter_of(place: int) -> str:
    """A, B, …, Z, AA, AB, …: what the proposals of a section are called, in their order."""
    letter = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letter = chr(ord("A") + rest) + letter
    return letter


def segments_as_json(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    """Segments as they are stored: {"t", "text", "remarks": [ids], "proposals": [keys]}."""
    return [
        {
            "t": segment.kind,
            "text": segment.text,
            "remarks": sorted(int(one) for one in segment.statements),
            "proposals": list(segment.proposals),
        }
        for segment in segments
    ]


def elements_of(anchor: str, merged: Merged) -> list[dict[str, Any]]:
    """The section and the new ones beside it, in the order of the text."""
    before = [_new(new) for new in merged.new if new.place == "before"]
    after = [_new(new) for new in merged.new if new.place == "after"]
    if merged.status is None:
        return [*before, *after]
    kind = {"unchanged": "keep", "changed": "edit", "deleted": "delete"}[merged.status]
    own = {
        "kind": kind,
        "anchor": anchor,
        "place": None,
        "text": merged.text,
        "segments": segments_as_json(merged.segments) if kind != "keep" else [],
    }
    return [*before, own, *after]


def _new(new: NewSection) -> dict[str, Any]:
    """A new section. Its anchor comes from the first who asked for it, so it stays the same from run to run."""
    proposal = new.proposal
    segment = Segment("ins", new.text, proposal.statements, (proposal.key,))
    return {
        "kind": "insert",
        "anchor": f"neu-{proposal.members[0].statement}",
        "place": new.place,
        "text": new.text,
        "segments": segments_as_json([segment]),
    }
