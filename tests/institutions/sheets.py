"""Files as people make them: workbooks and CSV, in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADER = ("Name", "Art", "E-Mail", "Ansprechperson", "Handlungsfelder", "Bezirk", "Anschrift")


def workbook(*rows: Sequence[Any], header: Sequence[Any] = HEADER) -> bytes:
    """An XLSX file with a header and rows."""
    book = openpyxl.Workbook()
    for row in (header, *rows) if header else rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text(*lines: str, header: str = "Name;Art;E-Mail", encoding: str = "utf-8") -> bytes:
    """A CSV file with a header and lines."""
    return "\r\n".join((header, *lines)).encode(encoding)
