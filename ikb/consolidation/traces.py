"""Where sections went and came from between two versions, in sentences: moved, split, joined, each with who did it and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from ikb.consolidation import hand_edits, queries
from ikb.consolidation.hand_model import HandEdit
from ikb.db import db
from ikb.drafts.model import Change, DraftVersion
from ikb.web import labels

labels.add(
    "hand_edit_kind",
    {
        "edit": "Von Hand geändert",
        "delete": "Von Hand gestrichen",
        "insert_after": "Von Hand eingefügt",
        "insert_before": "Von Hand davor eingefügt",
        "move_after": "Von Hand verschoben",
        "move_before": "Von Hand nach vorn verschoben",
        "move_under": "Von Hand anderswo eingeordnet",
        "split": "Von Hand geteilt",
        "join": "Von Hand zusammengelegt",
    },
)


@dataclass(frozen=True)
class Told:
    """One step of a section. other: the section that it leads to, "" where that is in neither text."""

    text: str
    other: str
    edit: HandEdit | None


Names = Mapping[str, str]


def of_version(version: DraftVersion) -> dict[str, list[Told]]:
    """What is to be told of each section of a version against its base, by anchor."""
    return {} if version.base is None else between(version.base, version)


def between(old: DraftVersion, new: DraftVersion) -> dict[str, list[Told]]:
    """The same between any two versions of a draft."""
    traced = [change for change in changes_between(old, new) if change.trace]
    if not traced:
        return {}
    names = queries.names(old.id) | queries.names(new.id)
    edits = hand_edits.by_ids({step["hand"] for change in traced for step in change.trace})
    found: dict[str, list[Told]] = defaultdict(list)
    for change in traced:
        for step in change.trace:
            text, other = _sentence(step, names)
            found[change.anchor].append(Told(text, other if other in names else "", edits.get(step["hand"])))
    return dict(found)


def moved(changes: Iterable[Change]) -> frozenset[str]:
    """Anchors of the sections that stand elsewhere since."""
    return frozenset(one.anchor for one in changes for step in one.trace if step["kind"] == "moved")


def changes_between(old: DraftVersion, new: DraftVersion) -> list[Change]:
    """Every change after the older version up to the newer one, in the order of the versions."""
    rows = (
        select(Change)
        .join(Change.draft_version)
        .where(
            DraftVersion.draft_id == new.draft_id, DraftVersion.number > old.number, DraftVersion.number <= new.number
        )
        .order_by(DraftVersion.number, Change.position)
    )
    return list(db.session.scalars(rows))


def _sentence(step: Mapping[str, str | None], names: Names) -> tuple[str, str]:
    other = step["anchor"] or ""
    if step["kind"] == "moved":
        behind = step["behind"]
        if behind is None:
            return "Verschoben: stand vorher am Anfang.", ""
        return f"Verschoben: stand vorher hinter {_name(behind, names)}.", behind
    name = _name(other, names)
    return {
        "split_to": f"Geteilt: der letzte Teil ist jetzt ein eigener Abschnitt, {name}.",
        "split_from": f"Abgeteilt: diese Wörter standen vorher in {name}.",
        "joined_from": f"Zusammengelegt: enthält jetzt auch {name}.",
        "joined_to": f"Zusammengelegt: steht jetzt in {name}.",
    }[step["kind"] or ""], other


def _name(anchor: str, names: Names) -> str:
    return names.get(anchor, "einem Abschnitt, den es nicht mehr gibt")
