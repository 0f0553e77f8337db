"""Tables that people take away: as CSV and as XLSX, in which no cell can begin to do something.

A cell that begins like a formula would be run by the program that opens the file; it gets an apostrophe before it, as
OWASP advises against CSV injection.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TITLE = 31  # of a sheet
LONGEST_CELL = 32_767  # characters, the most that Excel holds
_FORMULA = re.compile(r"[ ']*[=+\-@\t\r\n＝＋－＠]")  # and what `harmless` made of one, so that it can be undone
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold


class Sheet(NamedTuple):
    """One sheet of a workbook."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


def harmless(cell: object) -> str:
    """A cell's text, which no program takes for a formula."""
    text = _CONTROL.sub("", "" if cell is None else str(cell))
    if _FORMULA.match(text):
        text = f"'{text}"
    return text[:LONGEST_CELL]


def as_meant(cell: str) -> str:
    """A cell's text as it was before `harmless`: what somebody exports and takes in again is the same."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """With semicolons and a byte order mark: so a German Excel opens it with one click (RFC 4180 otherwise)."""
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(header)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet, every cell a text, the first line fixed."""
    return workbook([Sheet(title, header, rows)])


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Several sheets, each as `as_xlsx` writes one."""
    import openpyxl  # here, so that whoever needs no table does not wait for it

    book = openpyxl.Workbook(write_only=True)
    for wanted in sheets:
        sheet = book.create_sheet(wanted.title[:LONGEST_TITLE])
        sheet.freeze_panes = "A2"
        sheet.append(list(wanted.header))
        for row in wanted.rows:
            sheet.append([harmless(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
