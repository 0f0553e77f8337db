"""Tables that people take away cannot do anything."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from ikb.tables.written import LONGEST_CELL, as_csv, as_meant, as_xlsx, harmless

ATTACKS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
    '=HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("cell", ATTACKS)
def test_what_begins_like_a_formula_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Verein", "1 = 1", "a@b.example.org", "'s Haus", ""])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("cell", [*ATTACKS, "'=1", "''+1", "'s Haus", "+49 521 1", "Verein", ""])
def test_what_was_made_harmless_comes_back_as_it_was(cell: str) -> None:
    assert as_meant(harmless(cell)) == cell


def test_nothing_numbers_control_characters_and_giants() -> None:
    assert [harmless(cell) for cell in (None, 3, "a\0b\x1f\ud800c")] == ["", "3", "abc"]
    assert harmless("\0=1") == "'=1"
    assert len(harmless("x" * 50_000)) == LONGEST_CELL


def test_a_german_excel_opens_the_csv_and_nothing_is_lost() -> None:
    written = as_csv(("Name", "Text"), [("Ärzte; Verein", 'Zeile 1\nZeile "2"'), ("=1", None)])

    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [["Name", "Text"], ["Ärzte; Verein", 'Zeile 1\nZeile "2"'], ["'=1", ""]]


def test_the_xlsx_holds_only_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx("Nachrichten", ("Was",), [(cell,) for cell in (*ATTACKS, "Ä\0")])))

    cells = [row[0] for row in book["Nachrichten"].iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells][1] == "'=1+1"
    assert cells[-1].value == "Ä"
