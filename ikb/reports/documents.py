"""Overviews as DOCX: headings as styles, tables with a header row that is repeated, plain text and nothing else.

What people typed goes in as text runs only: there is no field and no formula that could begin to do something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table

from ikb.core.word import sheets
from ikb.core.word.signs import holdable

MIME = sheets.MIME


class Paper:
    """A document that is written from top to bottom."""

    def __init__(self, title: str, made_at: datetime, *, landscape: bool = False) -> None:
        self._document = sheets.blank(title, made_at, landscape=landscape)
        self._document.add_heading(holdable(title), level=1)

    def heading(self, text: str) -> None:
        """A heading of the second level."""
        self._document.add_heading(holdable(text), level=2)

    def text(self, text: str) -> None:
        """A paragraph."""
        self._document.add_paragraph(holdable(text)).paragraph_format.space_after = Pt(4)

    def bullets(self, lines: Iterable[str]) -> None:
        """A list."""
        for line in lines:
            self._document.add_paragraph(holdable(line), style="List Bullet").paragraph_format.space_after = Pt(2)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """A table with a header row. widths: of its columns in centimetres."""
        table = self._document.add_table(rows=1, cols=len(head), style="Table Grid")
        table.autofit = False
        _fill(table, 0, head, is_head=True)
        for number, row in enumerate(rows, 1):
            table.add_row()
            _fill(table, number, row)
        for column, width in zip(table.columns, widths, strict=True):
            for cell in column.cells:
                cell.width = Cm(width)

    def as_bytes(self) -> bytes:
        """The finished file."""
        return sheets.as_bytes(self._document)


def _fill(table: Table, number: int, texts: Sequence[str], *, is_head: bool = False) -> None:
    row = table.rows[number]
    properties = row._tr.get_or_add_trPr()
    if is_head:  # a real header row: repeated on each page, and announced by screen readers
        properties.append(_flag("w:tblHeader"))
    properties.append(_flag("w:cantSplit"))
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(holdable(text))
        run.font.size, run.bold = Pt(9), is_head


def _flag(name: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    return element
