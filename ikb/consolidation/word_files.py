"""Versions and comparisons as Word files, and a colleague's edited one as a list of edits to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ikb.consolidation import redlines
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.origins import Origins
from ikb.core.redline import Segment, word_diff
from ikb.core.word.cover import Cover
from ikb.core.word.passages import laid_over
from ikb.core.word.returned import Finding
from ikb.drafts import queries as drafts
from ikb.drafts import word_files
from ikb.drafts.model import DraftVersion, Section
from ikb.drafts.names import name_of
from ikb.drafts.service import mark_of
from ikb.drafts.written import texts_of
from ikb.procedures.model import Procedure

KINDS = {"replace": "edit", "delete": "delete", "insert_after": "insert_after", "insert_before": "insert_before"}


@dataclass(frozen=True)
class Item:
    """One edit in a file, as it is shown, corrected and sent back. Fields as in `Edit`; is_stale: "1" or ""."""

    anchor: str
    kind: str
    text: str
    reason: str
    seen: str
    is_stale: str = ""
    is_kept: bool = True

    def as_edit(self, reason_for_all: str) -> Edit:
        return Edit(self.anchor, self.kind, self.text, self.reason or reason_for_all, self.seen)


def version_file(version: DraftVersion, procedure: Procedure, now: datetime) -> bytes:
    """A version as it is; a working one with hints for whoever edits it."""
    return word_files.as_word(version, _cover(version, procedure), now)


def comparison_file(old: DraftVersion, new: DraftVersion, procedure: Procedure, now: datetime) -> bytes:
    """The newer version with everything that changed since the older one as tracked changes."""
    origins = Origins(old, new)
    passages = laid_over(texts_of(old), texts_of(new), origins, origins.unknown)
    return word_files.written(new, _compared(old, new, procedure), passages, now)


def read(version: DraftVersion, procedure: Procedure, data: bytes) -> tuple[list[Item], list[str]]:
    """The edits in a colleague's file, and what cannot become one: comments without a change, what has no place.

    Raises Faulty with one German sentence for a file that is not taken.
    """
    lines = _cover(version, procedure).lines()
    if version.base is not None:
        lines += _compared(version.base, version, procedure).lines()
    found = word_files.returned(version, data, lines)
    sections = sections_of(version)
    items = [_item(finding, sections) for finding in found.findings if finding.wish and finding.anchor]
    said = [_said(finding, sections) for finding in found.findings if not finding.wish]
    return items, [*said, *(f"{one.why} {one.text}" for one in found.unplaced)]


def sections_of(version: DraftVersion) -> dict[str, Section]:
    """A version's sections by anchor."""
    return {section.anchor: section for section in drafts.sections_of(version.id)}


def name_in(sections: Mapping[str, Section], anchor: str) -> str:
    """What a section is called; of one that is gone, that it is."""
    row = sections.get(anchor)
    return name_of(row.kind, row.number, row.text) if row else "Entfallener Abschnitt"


def redline_of(item: Item, sections: Mapping[str, Section]) -> Sequence[Segment]:
    """The section with what the edit changes in it; empty for a new one."""
    row = sections.get(item.anchor)
    if row is None or item.kind not in ("edit", "delete"):
        return ()
    return word_diff(row.text, item.text if item.kind == "edit" else "")


def kept(items: Iterable[Item], reason_for_all: str) -> tuple[list[int], list[Edit]]:
    """The ticked edits, each with its place in the list."""
    ticked = [(place, item) for place, item in enumerate(items) if item.is_kept]
    return [place for place, _ in ticked], [item.as_edit(reason_for_all) for _, item in ticked]


def _cover(version: DraftVersion, procedure: Procedure) -> Cover:
    paper = redlines.papers_of([version.id]).get(version.id)
    comes_back = not version.is_issued and version.base_id is not None
    return word_files.cover_of(version, procedure.title, paper.reference if paper else None, returns=comes_back)


def _compared(old: DraftVersion, new: DraftVersion, procedure: Procedure) -> Cover:
    return replace(_cover(new, procedure), kicker=f"Vergleich: Fassung {old.number} und Fassung {new.number}", notes=())


def _item(finding: Finding, sections: Mapping[str, Section]) -> Item:
    anchor = finding.anchor or ""
    seen = mark_of(sections[anchor].text) if anchor in sections else ""
    stale = "1" if finding.is_stale else ""
    return Item(anchor, KINDS[finding.wish], finding.text, finding.comment, seen, stale, is_kept=not finding.is_stale)


def _said(finding: Finding, sections: Mapping[str, Section]) -> str:
    where = name_in(sections, finding.anchor) if finding.anchor else "Zum ganzen Entwurf"
    return f"Kommentar, {where}: {finding.comment}"
