"""Which column of a list is which: found by the words that people head it with, wherever the header stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ikb.core.names import sort_key
from ikb.tables.process import Table

HEADER_WITHIN = 10  # rows: a title or a date may stand above the header


def header_of(table: Table, words: Mapping[str, Sequence[str]], least: int = 2) -> tuple[int, dict[str, int]]:
    """The number of the header row, and where each known column stands; 0 and nothing where there is no header.

    words: by the column's name, further headings as `sort_key` writes them; the name itself counts too.
    least: so many known columns make a header.
    """
    for number, cells in table.rows[:HEADER_WITHIN]:
        columns = {name: at for at, cell in enumerate(cells) if (name := _named(cell or "", words))}
        if len(columns) >= least:
            return number, columns
    return 0, {}


def cell_of(cells: Sequence[str | None], at: int | None) -> str:
    """A cell's text without blanks around it; empty where the row is shorter or the column is missing."""
    return (cells[at] or "").strip() if at is not None and at < len(cells) else ""


def formulas_in(table: Table, number: int, columns: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each formula in a known column of one row."""
    for name, at in columns.items():
        if (number, at) in table.formulas:
            yield f"Zeile {number}, Spalte {name}: enthält eine Formel. Ersetzen Sie sie durch ihren Wert."


def _named(heading: str, words: Mapping[str, Sequence[str]]) -> str | None:
    plain = sort_key(heading)
    return next((name for name, others in words.items() if plain == sort_key(name) or plain in others), None)
