"""Lines put together to blocks: paragraphs, bullets, numbered items and table rows, each with its first line's number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ikb.drafts.importers.lines import Line
from ikb.drafts.importers.markup import BULLETS

BlockKind = Literal["text", "bullet", "item", "row"]

_BULLET = re.compile(rf"\s*[-–—*+{BULLETS}]\s+(?P<text>\S.*)")
_ITEM = re.compile(r"\s*(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)")
_LETTERED = re.compile(r"\s*(?P<number>[a-z])\)\s+(?P<text>\S.*)")
_HEADING = re.compile(r"#{1,6}\s+(?:(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+)?(?P<text>\S.*)")
_MONTH = re.compile(r"(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b")
_OPEN_END = re.compile(r"\b(?:am|ab|bis|dem|den|der|des|das|die|im|in|seit|und|vom|zum|zur)$")
_SENTENCE_ENDS = (".", ":", ";", "!", "?")
_RULE_STROKES, _RULE_JOINTS = frozenset("-=_–—"), frozenset(" \t|:+")
_PIPED = re.compile(r"\s*\|(?P<cells>.*)\|\s*")
_LONGEST_HEADING = 100


@dataclass(frozen=True)
class Block:
    """One paragraph, bullet, numbered item or table row, as printed.

    number:   of an item, without its full stop or bracket; a letter for "a)".
    cells:    of a row; `text` is then empty.
    is_alone: a single line with nothing directly above or below it, as headings are printed.
    is_glued: no blank line before it.
    is_marked: a heading that the document itself calls one ("# …").
    """

    kind: BlockKind
    line: int
    text: str
    number: str | None = None
    cells: tuple[str, ...] = ()
    is_alone: bool = False
    is_glued: bool = False
    is_marked: bool = False


def cells_of(line: Line) -> tuple[str, ...]:
    """A table row's cells, stripped; a single cell for a line that is no row."""
    piped = _PIPED.fullmatch(line.text)
    return tuple(cell.strip() for cell in (piped["cells"].split("|") if piped else line.text.split("\t")))


def is_rule(line: Line) -> bool:
    """Whether the line is only drawn, such as the one below a table's head."""
    drawn = set(line.text)
    strokes = drawn & _RULE_STROKES
    return drawn <= _RULE_STROKES | _RULE_JOINTS and any(3 * stroke in line.text for stroke in strokes)


def to_blocks(lines: Iterable[Line]) -> list[Block]:
    """The lines as blocks; a line that begins nothing new continues the block above it."""
    blocks: list[Block] = []
    is_open = False
    for line in lines:
        if line.is_blank or is_rule(line):
            is_open = False
            continue
        if heading := _HEADING.fullmatch(line.text):
            blocks.append(Block("text", line.number, heading["text"], heading["number"], is_alone=True, is_marked=True))
            is_open = False
            continue
        new = _begin(line, blocks, is_open)
        if new is None:
            blocks[-1] = _continued(blocks[-1], line.text)
        else:
            if is_open:
                blocks[-1] = replace(blocks[-1], is_alone=False)
            blocks.append(replace(new, is_glued=is_open, is_alone=not is_open))
        is_open = True
    return blocks


def _begin(line: Line, blocks: list[Block], is_open: bool) -> Block | None:
    """The block that this line begins; None if it continues the last one."""
    text = line.text.strip()
    bullet = _BULLET.fullmatch(text)
    if bullet and "\t" not in text and not _is_row_below(line, blocks):
        return Block("bullet", line.number, bullet["text"])
    if (item := _ITEM.fullmatch(text) or _LETTERED.fullmatch(text)) and _begins_item(item, blocks, is_open):
        return Block("item", line.number, item["text"].replace("\t", " "), item["number"])
    cells = cells_of(line)
    if len(cells) > 1:
        return Block("row", line.number, "", cells=cells)
    if is_open and blocks[-1].kind != "row":
        return None
    return Block("text", line.number, text)


def _is_row_below(line: Line, blocks: list[Block]) -> bool:
    """Whether a bullet behind a blank first cell goes on with the table above it."""
    return line.text.startswith("\t") and bool(blocks) and blocks[-1].kind == "row"


def _begins_item(item: re.Match[str], blocks: list[Block], is_open: bool) -> bool:
    """Not for a date, a wrapped line that happens to begin with a number, or a table row."""
    if "\t" in item["text"] or _MONTH.match(item["text"]):
        return False
    if not is_open or not item["number"].isdigit():
        return True
    above = blocks[-1].text
    if _OPEN_END.search(above):
        return False
    numbers = [
        int(block.number) for block in blocks if block.kind == "item" and block.number and block.number.isdigit()
    ]
    return int(item["number"]) in (1, numbers[-1] + 1 if numbers else 1) or above.endswith(_SENTENCE_ENDS)


def _continued(block: Block, text: str) -> Block:
    return replace(block, text=f"{block.text} {text.strip()}", is_alone=False)


def is_heading(block: Block, following: Block | None) -> bool:
    """Whether a block looks like a heading: one short line on its own, no sentence, with text below it."""
    text = block.text
    if block.is_marked:
        return following is not None
    if block.kind != "text" or not block.is_alone or following is None or len(text) > _LONGEST_HEADING:
        return False
    if text.endswith(":"):
        return len(text.split()) <= 3 and following.kind == "text"
    if text.endswith((".", ",", ";", "!", "?", "-", "…")) or not (text[0].isupper() or text[0] in "\"„»“'*#"):
        return False
    return not (following.kind == "bullet" and following.text[0].islower())
