"""The Beschlussvorschlag: numbered points with their further paragraphs and bullets."""

from collections.abc import Sequence

from ikb.drafts.importers.blocks import Block
from ikb.drafts.importers.outline import Outline

CHAPTER = "bp"


def add_resolution(outline: Outline, title: str, blocks: Sequence[Block]) -> None:
    """Add the resolution's sections; where no point is numbered, its first paragraph is the one point."""
    outline.add(CHAPTER, "heading", title)
    is_numbered = any(_is_point(block) for block in blocks)
    point: str | None = None
    for block in blocks:
        if _is_point(block) or (point is None and not is_numbered):
            point = _add_point(outline, block)
        elif point is None:
            outline.add(f"{CHAPTER}-einleitung", "paragraph", _text(block), parent=CHAPTER)
        else:
            _add_below(outline, point, block)
    _warn_of_gaps(outline, blocks)


def _is_point(block: Block) -> bool:
    return block.kind == "item" and (block.number or "").isdigit()


def _add_point(outline: Outline, block: Block) -> str:
    number = block.number or str(outline.count(CHAPTER))
    return outline.add(f"{CHAPTER}-{number}", "point", _text(block), parent=CHAPTER, number=block.number)


def _add_below(outline: Outline, point: str, block: Block) -> None:
    """A bullet (or a lettered item, or a row) of a point gets a letter, a further paragraph its count."""
    if block.kind == "text":
        paragraph = outline.count(f"{point}.paragraphs") + 1  # the point itself is the first
        outline.add(f"{point}.abs{paragraph}", "paragraph", block.text, parent=point)
    else:
        outline.add(outline.letter(point), "bullet", _text(block), parent=point, number=block.number)


def _text(block: Block) -> str:
    return block.text or " ".join(cell for cell in block.cells if cell)


def _warn_of_gaps(outline: Outline, blocks: Sequence[Block]) -> None:
    before = 0
    for block in filter(_is_point, blocks):
        number = int(block.number or 0)
        if number != before + 1:
            outline.warn(
                block.line,
                f"Nach Punkt {before} des Beschlussvorschlags folgt Punkt {number}. Bitte prüfen Sie die Nummern."
                if before
                else f"Der Beschlussvorschlag beginnt mit Punkt {number}. Bitte prüfen Sie, ob davor etwas fehlt.",
            )
        before = number
