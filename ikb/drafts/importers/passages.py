"""Running text as sections: paragraphs, their bullets, numbered paragraphs and plain tables below headings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ikb.drafts.importers.blocks import Block, is_heading
from ikb.drafts.importers.markup import BULLETS
from ikb.drafts.importers.outline import Outline, slug
from ikb.drafts.importers.parsed import SectionKind

_MARK = re.compile(rf"^[-{BULLETS}]\s+")


@dataclass
class _Place:
    """Where the next passage belongs: below which heading, paragraph, bullet and table group."""

    heading: str
    paragraph: str | None = None
    bullet: str | None = None
    group: str | None = None

    @property
    def nearest(self) -> str:
        return self.bullet or self.paragraph or self.heading


def add_passages(outline: Outline, chapter: str, blocks: Sequence[Block], *, items_are_goals: bool = False) -> None:
    """Add the blocks of one chapter below its heading's anchor.

    items_are_goals: numbered items become `goal` (anchor "…-z5") instead of numbered paragraphs.
    """
    place = _Place(chapter)
    for block, following in zip_longest(blocks, blocks[1:]):
        if block.kind == "row":
            _add_row(outline, place, block)
        elif block.kind == "bullet" or (block.kind == "item" and (block.number or "").isalpha()):
            _add_bullet(outline, place, block)
        elif is_heading(block, following):
            name = f"{chapter}-{slug(block.text)}"
            anchor = outline.add(name, "heading", block.text.rstrip(":"), parent=chapter, number=block.number)
            place = _Place(anchor)
        elif block.kind == "item" and items_are_goals:
            outline.add(f"{chapter}-z{block.number}", "goal", block.text, parent=place.heading, number=block.number)
        else:
            anchor = _add(outline, place.heading, "paragraph", block)
            place = _Place(place.heading, paragraph=anchor)


def _add(outline: Outline, heading: str, kind: SectionKind, block: Block) -> str:
    return outline.add(f"{heading}-{outline.count(heading)}", kind, block.text, parent=heading, number=block.number)


def _add_bullet(outline: Outline, place: _Place, block: Block) -> None:
    """A bullet belongs to the paragraph above it, or to the heading where there is none."""
    if place.paragraph is None:
        place.bullet = _add(outline, place.heading, "bullet", block)
    else:
        anchor = outline.letter(place.paragraph)
        place.bullet = outline.add(anchor, "bullet", block.text, parent=place.paragraph, number=block.number)
    place.group = None


def _add_row(outline: Outline, place: _Place, block: Block) -> None:
    """A table row: its first cell names a group (blank: the one above), the others are one bullet in it."""
    name, *rest = block.cells
    text = _MARK.sub("", " ".join(cell for cell in rest if cell)).strip()
    if name:
        anchor = f"{place.nearest}.t{outline.count(f'{place.nearest}.tables')}"
        place.group = outline.add(anchor, "heading", name, parent=place.nearest)
    parent = place.group or place.nearest
    if text:
        outline.add(outline.letter(parent), "bullet", text, parent=parent)
