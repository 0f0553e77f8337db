"""What a document is made of, whatever its form: paragraphs and tables; and the lines that they are as plain text.

One importer reads papers, and it reads lines: blocks apart by a blank line, "- " before bullets, "1. " before numbered
items, "# " before headings, tabs between the cells of a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BULLET = "- "
IN_CELL = "○"
REFERENCE = re.compile(r"\b(?:Drucksachen?|Vorlagen?|\w+vorlagen?|Ds|Dr)\.?\s*-?\s*(?:Nr\b|nummer)", re.IGNORECASE)
_MARKED_BY_HAND = re.compile(r"^(\s*(?:[-–—*+○◦•●▪■‣·]|\(?\w{1,3}[.)]))\t+")


@dataclass(frozen=True)
class Text:
    """One paragraph, item or heading. text: its lines; mark: what stands before an item, such as "1. " or "- "."""

    text: str
    mark: str = ""
    is_heading: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells, each with what stands in it; a cell that a merge covers is empty."""

    rows: tuple[tuple[tuple[Part, ...], ...], ...]


Part = Text | Table


def to_lines(parts: Iterable[Part]) -> list[str]:
    """The lines of a document, in its order."""
    lines: list[str] = []
    for part in parts:
        new = list(_of_text(part)) if isinstance(part, Text) else _of_table(part)
        if new:
            lines += [*([""] if lines else []), *new]
    return lines


def _of_text(part: Text) -> Iterator[str]:
    mark = f"# {part.mark}" if part.is_heading else part.mark
    for line in part.text.split("\n"):
        if tidy := _tidy(line):
            yield mark + tidy
            mark = ""


def _tidy(line: str) -> str:
    """Single spaces; tabs stay where they part columns, and not where they only push a text to the right."""
    line = _MARKED_BY_HAND.sub(r"\1 ", line)
    cells = [" ".join(cell.split()) for cell in line.split("\t")]
    while cells and not cells[-1]:
        cells.pop()
    return "\t".join(cells) if sum(map(bool, cells)) > 1 else "".join(cells)


def _of_table(table: Table) -> list[str]:
    if _is_layout(table):
        return to_lines(part for row in table.rows for cell in row for part in cell)
    width = max(map(len, table.rows), default=0)
    rows = [[_cell(cell, is_head=place == 0) for cell in row] for place, row in enumerate(table.rows)]
    return ["\t".join([*row, *[""] * (width - len(row))]) for row in rows if any(row)]


def _is_layout(table: Table) -> bool:
    """Whether it only puts things in their place: one column, or tables in its cells."""
    return all(len(row) < 2 for row in table.rows) or any(
        isinstance(part, Table) for row in table.rows for cell in row for part in cell
    )


def _cell(cell: Sequence[Part], *, is_head: bool) -> str:
    """A cell in one line; its lists and paragraphs marked the way converters do, which the importer knows."""
    texts = [part for part in cell if isinstance(part, Text) and part.text.strip()]
    if is_head or len(texts) < 2:
        return " ".join(_flat(part) for part in texts)
    found: list[str] = []
    is_in_list = False
    for part in texts:
        if bool(part.mark) is not is_in_list:
            is_in_list = bool(part.mark)
            found.append("<ul>" if is_in_list else "</ul>")
        found.append(f"{IN_CELL} {_flat(part, bullet='')}" if is_in_list else f"<p>{_flat(part)}</p>")
    return " ".join(found)


def _flat(part: Text, bullet: str = BULLET) -> str:
    text = " ".join(part.text.split())
    return (bullet if part.mark == BULLET else part.mark) + text


def item_mark(label: str, depth: int) -> str:
    """What stands before a numbered item: the outermost numbers are the paper's own, deeper ones belong to a bullet.

    label: as printed, such as "1.", "(a)" or "2.3"; depth: 0 for the outermost list.
    """
    bare = label.strip().strip("().")
    if re.fullmatch(r"[a-z]", bare):
        return f"{bare}) "
    if re.fullmatch(r"\d{1,3}", bare):
        return f"{bare}. " if depth == 0 else f"{BULLET}{bare}. "
    return f"{label.strip()} " if depth == 0 else f"{BULLET}{label.strip()} "


def numeral(number: int, form: str) -> str:
    """A number as Word and HTML count: decimal, letters, Roman."""
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        return _roman(number).lower() if form == "lowerRoman" else _roman(number)
    return str(number)


def _roman(number: int) -> str:
    found = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        times, number = divmod(min(number, 3999), value)
        found += sign * times
    return found
