"""Tables that people take away: as CSV and as XLSX, in which no cell can begin to do something.

A cell that begins like a formula would be run by the program that opens the file; it gets an apostrophe before it, as
OWASP advises against CSV injection.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ikb.core.redline import Segment

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TITLE = 31  # of a sheet
A4 = 9  # as Excel counts papers
LONGEST_CELL = 32_767  # characters, the most that Excel holds
_FORMULA = re.compile(r"[ ']*[=+\-@\t\r\n＝＋－＠]")  # and what `harmless` made of one, so that it can be undone
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold


class Sheet(NamedTuple):
    """One sheet of a workbook. A cell may be a text with its changes, as segments. widths: of the columns, in letters.

    With widths, its lines are broken and it is printed across, the header repeated on each page.
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: Sequence[float] = ()


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
        if wanted.widths:
            _fill_in_columns(sheet, wanted)
            continue
        sheet.append(list(wanted.header))
        for row in wanted.rows:
            sheet.append([harmless(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill_in_columns(sheet: Any, wanted: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = "1:1"
    for number, width in enumerate(wanted.widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    broken, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)

    def styled(value: Any, **looks: Any) -> Any:
        cell = WriteOnlyCell(sheet, value=value)
        cell.alignment = broken
        for name, look in looks.items():
            setattr(cell, name, look)
        return cell

    sheet.append([styled(name, font=bold) for name in wanted.header])
    for row in wanted.rows:
        sheet.append([styled(_marked(cell) if isinstance(cell, list | tuple) else harmless(cell)) for cell in row])


def _marked(segments: Sequence[Segment]) -> object:
    """A text with its changes: what goes struck through, what comes bold and underlined; as harmless as any other cell."""
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    looks = {"del": InlineFont(strike=True), "ins": InlineFont(b=True, u="single")}
    texts = [(segment.kind, _CONTROL.sub("", segment.text)) for segment in segments]
    parts: list[Any] = ["'"] if _FORMULA.match("".join(text for _, text in texts)) else []
    left = LONGEST_CELL - len(parts)
    for kind, text in texts:
        if shown := text[:left]:
            parts.append(TextBlock(looks[kind], shown) if kind in looks else shown)
            left -= len(shown)
    return CellRichText(*parts)
