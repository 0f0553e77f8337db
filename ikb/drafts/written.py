"""Sections as the paper has them: what stands before each text, and how deep it lies."""

from __future__ import annotations

from collections.abc import Sequence

from ikb.core.word.passages import Text, levels
from ikb.core.word.signs import label_of
from ikb.drafts import queries
from ikb.drafts.model import DraftVersion, Section
from ikb.drafts.names import name_of, shorten
from ikb.web.labels import label


def texts_of(version: DraftVersion) -> list[Text]:
    """A version's sections, as they are written."""
    return texts(queries.sections_of(version.id))


def texts(sections: Sequence[Section]) -> list[Text]:
    """Sections in the order of the text, as they are written."""
    depth = dict(levels({row.anchor: row.parent for row in sections}))
    return [Text(row.anchor, row.kind, before(row), depth[row.anchor], row.text) for row in sections]


def before(section: Section) -> str:
    """What stands before a section's text: `2.` before a point, `Leitziel 1:` before a goal, mostly nothing."""
    return label_of(section.kind, section.number, label("section_kind", section.kind))


def above(sections: Sequence[Section]) -> dict[str, str]:
    """What stands above each section, from the outside in: `Anlage 3 › Schule › Handlungsziel 4`; empty at the top."""
    known: dict[str, str] = {}
    found: dict[str, str] = {}
    for row in sections:
        found[row.anchor] = known.get(row.parent or "", "")
        own = shorten(row.text) if row.kind == "heading" else name_of(row.kind, row.number, row.text)
        known[row.anchor] = f"{found[row.anchor]} › {own}" if found[row.anchor] else own
    return found
