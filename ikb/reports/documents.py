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

from ikb.core.word import sheets
from ikb.core.word.signs import holdable

MIME = sheets.MIME
TABLE_SIZE = "18"  # half points


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
        table = self._document.add_table(rows=0, cols=len(head), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        sizes = [str(Cm(width).twips) for width in widths]
        table._tbl.append(_row(head, sizes, is_head=True))
        for row in rows:
            table._tbl.append(_row(row, sizes))

    def as_bytes(self) -> bytes:
        """The finished file."""
        return sheets.as_bytes(self._document)


def _row(texts: Sequence[str], sizes: Sequence[str], *, is_head: bool = False) -> Any:
    """One row, built at once: python-docx looks all rows through for each one that it adds. sizes: in twentieths of a point."""
    row = OxmlElement("w:tr")
    properties = _add(row, "w:trPr")
    _add(properties, "w:cantSplit", val="true")
    if is_head:  # a real header row: repeated on each page, and announced by screen readers
        _add(properties, "w:tblHeader", val="true")
    for text, size in zip(texts, sizes, strict=True):
        cell = _add(row, "w:tc")
        _add(_add(cell, "w:tcPr"), "w:tcW", w=size, type="dxa")
        _write(_add(_add(cell, "w:p"), "w:r"), holdable(text), is_bold=is_head)
    return row


def _write(run: Any, text: str, *, is_bold: bool) -> None:
    look = _add(run, "w:rPr")
    if is_bold:
        _add(look, "w:b")
    _add(look, "w:sz", val=TABLE_SIZE)
    run.text = text


def _add(parent: Any, name: str, **values: str) -> Any:
    element = OxmlElement(name, {qn(f"w:{key}"): value for key, value in values.items()})
    parent.append(element)
    return element
