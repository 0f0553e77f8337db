"""Overviews as DOCX: headings as styles, tables with a header row that is repeated, plain text and nothing else.

What people typed goes in as text runs only: there is no field and no formula that could begin to do something.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Arial"  # on every machine of an administration; sizes follow the printed pages


class Paper:
    """A document that is written from top to bottom."""

    def __init__(self, title: str, made_at: datetime, *, landscape: bool = False) -> None:
        self._document: DocxDocument = Document()
        self._set_up(title, made_at, landscape=landscape)
        self._document.add_heading(clean(title), level=1)

    def _set_up(self, title: str, made_at: datetime, *, landscape: bool) -> None:
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments = clean(title), "", ""
        properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
        properties.language = "de-DE"
        section = self._document.sections[0]
        section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
        self._set_fonts()

    def _set_fonts(self) -> None:
        for name, points in (("Normal", 10), ("Heading 1", 16), ("Heading 2", 12.5), ("Heading 3", 11)):
            style = self._document.styles[name]
            style.font.name, style.font.size = FONT, Pt(points)
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "de-DE")
        self._document.styles["Normal"].element.get_or_add_rPr().append(language)

    def heading(self, text: str) -> None:
        """A heading of the second level."""
        self._document.add_heading(clean(text), level=2)

    def text(self, text: str) -> None:
        """A paragraph."""
        self._document.add_paragraph(clean(text)).paragraph_format.space_after = Pt(4)

    def bullets(self, lines: Iterable[str]) -> None:
        """A list."""
        for line in lines:
            self._document.add_paragraph(clean(line), style="List Bullet").paragraph_format.space_after = Pt(2)

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
        written = io.BytesIO()
        self._document.save(written)
        return written.getvalue()


def _fill(table: Table, number: int, texts: Sequence[str], *, is_head: bool = False) -> None:
    row = table.rows[number]
    properties = row._tr.get_or_add_trPr()
    if is_head:  # a real header row: repeated on each page, and announced by screen readers
        properties.append(_flag("w:tblHeader"))
    properties.append(_flag("w:cantSplit"))
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(clean(text))
        run.font.size, run.bold = Pt(9), is_head


def _flag(name: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    return element


def clean(text: str) -> str:
    """A text without the control characters that a document cannot hold; line breaks and tabs stay."""
    return "".join(sign for sign in text.replace("\r\n", "\n") if sign in "\n\t" or sign.isprintable())
