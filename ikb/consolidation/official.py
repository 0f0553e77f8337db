"""Which passages stand in a body's own words: adopted by a decision, they go in word for word and no hand changes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ikb.consolidation import queries
from ikb.consolidation.model import SectionOutcome
from ikb.db import db
from ikb.drafts.model import DraftVersion

Found = tuple[str, Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]


def anchors_in(found: Iterable[Found]) -> frozenset[str]:
    """Anchors of the passages that hold an adopted wording.

    found: anchor, bodies and elements of each section, as in `SectionOutcome`.
    """
    closed: set[str] = set()
    for anchor, bodies, elements in found:
        adopted = [body for body in bodies if body["status"] == "adopted"]
        if any(body["op"] != "insert" for body in adopted):
            closed.add(anchor)
        added = {body["remark"] for body in adopted if body["op"] == "insert"}
        closed |= {one["anchor"] for one in elements if one["kind"] == "insert" and added & _remarks_in(one)}
    return frozenset(closed)


def anchors_after(base: DraftVersion) -> frozenset[str]:
    """The same for what follows a base version, from the findings that count."""
    if (run := queries.shown_run(base.id)) is None:
        return frozenset()
    rows = select(SectionOutcome.anchor, SectionOutcome.bodies, SectionOutcome.elements)
    found = db.session.execute(rows.where(SectionOutcome.run_id == run.id))
    return anchors_in((anchor, bodies, elements) for anchor, bodies, elements in found)


def _remarks_in(element: Mapping[str, Any]) -> set[int]:
    return {one for part in element["segments"] for one in part["remarks"]}
