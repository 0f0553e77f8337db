"""Passages that say the same in two places: where one changed and the other did not, and taking the same change over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ikb.consolidation import by_hand
from ikb.consolidation.bench import Work
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.handwork import carried_over
from ikb.core.texts import normalise
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion, Section
from ikb.drafts.names import name_of
from ikb.drafts.queries import Ends
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, NotFound
from ikb.journal.service import Actor


@dataclass(frozen=True)
class Lagging:
    """One passage that was left as it is, though the one that says the same changed in the version that is worked on.

    kind, text: the edit that does the same change here, edit or delete; text None where it does not fit here.
    """

    draft: Draft
    anchor: str
    name: str
    changed_draft: Draft
    changed_anchor: str
    changed_name: str
    kind: str
    text: str | None

    @property
    def where(self) -> str:
        """The changed passage in a sentence; its draft is named where it is another one."""
        return (
            self.changed_name
            if self.draft is self.changed_draft
            else f"{self.changed_draft.title}, {self.changed_name}"
        )

    @property
    def mark(self) -> str:
        """Tells whether the change is still the one that somebody saw."""
        return mark_of(f"{self.kind}\n{self.text or ''}")


@dataclass(frozen=True)
class _Side:
    """A draft with the linked sections of its newest issued version, and their text in the version that follows it."""

    draft: Draft
    before: Mapping[str, Section]
    after: Mapping[str, str]

    def is_changed(self, anchor: str) -> bool:
        return normalise(self.before[anchor].text) != normalise(self.after.get(anchor, ""))

    def name(self, anchor: str) -> str:
        row = self.before[anchor]
        return name_of(row.kind, row.number, row.text)


def lagging(draft_id: int, anchor: str | None = None) -> list[Lagging]:
    """Every passage that did not follow a linked one, on either side of this draft; of one section only if it is named."""
    links = drafts.links_of(draft_id)
    return lagging_among(draft_id, links if anchor is None else {anchor: links.get(anchor, [])})


def lagging_among(
    draft_id: int, links: Mapping[str, Collection[tuple[int, str]]], known: Mapping[int, Ends] | None = None
) -> list[Lagging]:
    """Those among some links of a draft. known: drafts whose ends are at hand; one query then, else two, none without links.

    links: as `drafts.queries.links_of`.
    """
    pairs = [(own, other_id, other) for own, others in links.items() for other_id, other in others]
    places = {(draft_id, own) for own, *_ in pairs} | {(other_id, other) for _, other_id, other in pairs}
    sides = _sides(places, known or {})
    found: dict[tuple[int, str, int, str], Lagging] = {}
    for own, other_id, other in pairs:
        if draft_id in sides and other_id in sides and (one := _between(sides[draft_id], own, sides[other_id], other)):
            found[one.draft.id, one.anchor, one.changed_draft.id, one.changed_anchor] = one
    return list(found.values())


def _sides(places: Collection[tuple[int, str]], known: Mapping[int, Ends]) -> dict[int, _Side]:
    """What stands at some places, by draft; a draft without an issued version has no side."""
    ids = {draft_id for draft_id, _ in places}
    if not ids:
        return {}
    ends = known if ids <= known.keys() else drafts.ends_of(DraftVersion.draft_id.in_(ids))
    both = {key: (ends[key].issued, ends[key].following) for key in ids if key in ends}
    versions = {version.id for two in both.values() for version in two if version}
    texts = drafts.sections_at(versions, {anchor for _, anchor in places})
    return {
        key: _Side(
            ends[key].draft,
            texts.get(issued.id, {}),
            {anchor: row.text for anchor, row in texts.get((working or issued).id, {}).items()},
        )
        for key, (issued, working) in both.items()
        if issued
    }


def take_over(
    base: DraftVersion, anchor: str, changed: tuple[int, str], *, seen: str, by: Actor, now: datetime
) -> HandEdit:
    """Do to a section what was done to the linked one, as an edit by hand that says so.

    changed: draft id and anchor of the one that changed. seen: `Lagging.mark` as it stood on the page.
    Raises NotFound if there is nothing to take over (any more), Conflict if it is another change by now.
    """
    found = [one for one in lagging(base.draft_id, anchor) if (one.draft.id, one.anchor) == (base.draft_id, anchor)]
    one = next((row for row in found if (row.changed_draft.id, row.changed_anchor) == changed), None)
    if one is None or one.text is None:
        raise NotFound("Hier gibt es nichts zu übernehmen. Öffnen Sie den Abschnitt neu.")
    if one.mark != seen:
        raise Conflict(
            f"{one.where} hat sich inzwischen noch einmal geändert. Es wurde nichts übernommen; öffnen Sie den Abschnitt neu.",
            theirs=one.text,
        )
    current = next(row.text for row in by_hand.sections_after(base) if row.anchor == anchor)
    edit = Edit(anchor, one.kind, one.text, f"Wie in {one.where}", mark_of(current))
    return by_hand.edit_after(base, [edit], by=by, now=now)[0]


def _between(one: _Side, own: str, two: _Side, other: str) -> Lagging | None:
    if own not in one.before or other not in two.before or one.is_changed(own) == two.is_changed(other):
        return None
    moved, moved_at, still, still_at = (one, own, two, other) if one.is_changed(own) else (two, other, one, own)
    kind, text = _same_change(moved.before[moved_at].text, moved.after.get(moved_at), still.after[still_at])
    if text is not None and kind == "edit" and normalise(text) == normalise(still.after[still_at]):
        return None  # it says so already
    return Lagging(still.draft, still_at, still.name(still_at), moved.draft, moved_at, moved.name(moved_at), kind, text)


def _same_change(old: str, new: str | None, here: str) -> tuple[str, str | None]:
    """The edit that makes of a text here what became of the other one; no text where both texts differ at that place."""
    if new is None:
        return "delete", "" if normalise(old) == normalise(here) else None
    text = carried_over(Work(0, "", "edit", old, new, ""), here)
    return "edit", text if text is None or text.strip() else None
