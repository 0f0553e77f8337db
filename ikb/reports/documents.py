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

from ikb.core.redline import Segment
from ikb.core.word import sheets
from ikb.core.word.signs import holdable

TABLE_SIZE = "18"  # half points
GOES, COMES = "FBE9E9", "E6F4EA"  # tints behind what is struck through or underlined anyway

Cell = str | Sequence[Segment]
"""A text, or one with what goes and what comes in it."""


class Paper:
    """A document that is written from top to bottom."""

    def __init__(self, title: str, made_at: datetime, *, landscape: bool = False, footer: str = "") -> None:
        """footer: what each page says beside its number; the title unless it is given."""
        self._document = sheets.blank(title, made_at, landscape=landscape)
        sheets.set_footer(self._document, footer or title)
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

    def table(self, head: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[float]) -> None:
        """A table with a header row. widths: of its columns in centimetres."""
        table = self._document.add_table(rows=0, cols=len(head), style="Table Grid")
        table.autofit = False
        _set_margins(table._tblPr)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        sizes = [str(Cm(width).twips) for width in widths]
        table._tbl.append(_row(head, sizes, is_head=True))
        for row in rows:
            table._tbl.append(_row(row, sizes))

    def as_bytes(self) -> bytes:
        """The finished file."""
        return sheets.as_bytes(self._document)


def _row(cells: Sequence[Cell], sizes: Sequence[str], *, is_head: bool = False) -> Any:
    """One row, built at once: python-docx looks all rows through for each one that it adds. sizes: in twentieths of a point."""
    row = OxmlElement("w:tr")
    properties = _add(row, "w:trPr")
    _add(properties, "w:cantSplit", val="true")
    if is_head:  # a real header row: repeated on each page, and announced by screen readers
        _add(properties, "w:tblHeader", val="true")
    for content, size in zip(cells, sizes, strict=True):
        cell = _add(row, "w:tc")
        _add(_add(cell, "w:tcPr"), "w:tcW", w=size, type="dxa")
        paragraph = _add(cell, "w:p")
        if isinstance(content, str):
            _write(paragraph, content, _BOLD if is_head else _PLAIN)
            continue
        for segment in content:
            _write(paragraph, segment.text, _LOOKS[segment.kind])
    return row


def _set_margins(properties: Any) -> None:
    """Some air above and below the words of each cell."""
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", "50"), ("left", "100"), ("bottom", "50"), ("right", "100")):
        _add(margins, f"w:{side}", w=twips, type="dxa")
    properties.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription", "w:tblPrChange")


def _tint(color: str) -> tuple[str, dict[str, str]]:
    return "w:shd", {"val": "clear", "color": "auto", "fill": color}


Look = Sequence[tuple[str, dict[str, str]]]  # properties of a run, in the order that the schema asks for
_SIZE = ("w:sz", {"val": TABLE_SIZE})
_PLAIN: Look = (_SIZE,)
_BOLD: Look = (("w:b", {}), _SIZE)
_LOOKS: dict[str, Look] = {
    "keep": _PLAIN,
    "del": (("w:strike", {}), _SIZE, _tint(GOES)),
    "ins": (("w:b", {}), _SIZE, ("w:u", {"val": "single"}), _tint(COMES)),
}


def _write(paragraph: Any, text: str, look: Look) -> None:
    run = _add(paragraph, "w:r")
    properties = _add(run, "w:rPr")
    for name, values in look:
        _add(properties, name, **values)
    run.text = holdable(text)


def _add(parent: Any, name: str, **values: str) -> Any:
    element = OxmlElement(name, {qn(f"w:{key}"): value for key, value in values.items()})
    parent.append(element)
    return element
