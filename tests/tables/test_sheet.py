"""The program that reads tables: what it takes, what it names, what cannot harm it."""

from __future__ import annotations

import io
import zipfile

import pytest

from ikb.errors import Faulty
from ikb.quarantine import process
from ikb.tables import sheet
from ikb.tables.process import read_table
from tests.institutions.sheets import text, workbook


def rows(data: bytes) -> list[list[str | None]]:
    return [cells for _, cells in sheet.read(data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_is_read_as_excel_writes_it(encoding: str, delimiter: str) -> None:
    data = f"Name{delimiter}Art\r\nBrücke für Öst{delimiter}Verein\r\n".encode(encoding)

    assert rows(data) == [["Name", "Art"], ["Brücke für Öst", "Verein"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"Haus ""Öst""";Verein', ['Haus "Öst"', "Verein"]),
        ('"Eins\nzwei";Verein', ["Eins\nzwei", "Verein"]),
        ("  Eins  ;  ", ["Eins", None]),
        ("=1+1;Verein", [sheet.Formula("=1+1"), "Verein"]),
        ("-;+49 521 1", ["-", "+49 521 1"]),
    ],
)
def test_cells_of_csv(line: str, cells: list[str | None]) -> None:
    found = rows(text(line))[1]

    assert found == cells
    assert [type(cell) for cell in found] == [type(cell) for cell in cells]


def test_rows_keep_the_number_that_the_spreadsheet_shows() -> None:
    data = workbook(("Eins", "Amt"), (None,), ("Drei", "Amt"))

    assert [number for number, _ in sheet.read(data)] == [1, 2, 4]
    assert [number for number, _ in sheet.read(b"Name;Art\n\nDrei;Amt\n")] == [1, 3]


def test_values_of_a_workbook_become_text() -> None:
    import datetime

    data = workbook((33602, 1.5, True, datetime.date(2030, 6, 3), "=A1", "#NV"), header=())
    (found,) = rows(data)

    assert found == ["33602", "1.5", "True", "03.06.2030", "=A1", "#NV"]
    assert isinstance(found[4], sheet.Formula)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (sheet.LARGEST_UNPACKED + 1))
    return file.getvalue()


def many_entries() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(sheet.MOST_ENTRIES + 1):
            packed.writestr(str(number), b"")
    return file.getvalue()


def replaced(part: str, old: bytes, new: bytes) -> bytes:
    """A workbook in which one part says something else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("Eins", "Amt")))) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new) if name == part else content)
    return file.getvalue()


def with_entities() -> bytes:
    entities = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    return replaced("xl/worksheets/sheet1.xml", b"<worksheet", entities)


REFUSED = [
    (b"", "leer"),
    (b"  \n ", "leer"),
    (b"\xd0\xcf\x11\xe0" + b"x" * 600, "Kennwort"),
    (b"PK\x03\x04 and nothing", "beschädigt"),
    (b"Name;Art\nEins\x00;Amt", "keine Tabelle"),
    (b"x" * (sheet.LARGEST_FILE + 1), "5 MB"),
    (b'Name;Art\n"Eins;Amt', "Anführungszeichen"),
    (b"Name;Art\n" + b"Eins;Amt\n" * sheet.MOST_ROWS, "mehr als 2000 Zeilen"),
    (b"Name" + b";x" * 70 + b"\n", "mehr als 60 Spalten"),
    (b"Name;Art\n" + b"x" * 5001 + b";Amt\n", "mehr als 5000 Zeichen"),
    (bomb(), "entpackt zu groß"),
    (many_entries(), "entpackt zu groß"),
    (with_entities(), "beschädigt"),
    (replaced("xl/workbook.xml", b"<sheets>", b"<nothing>"), "beschädigt"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_what_is_no_table_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(Faulty) as refusal:
        read_table(data)

    assert len(refusal.value.faults) == 1
    assert words in refusal.value.faults[0]


def test_what_a_workbook_claims_of_its_size_is_not_believed() -> None:
    data = replaced("xl/worksheets/sheet1.xml", b'<dimension ref="A1:G2"', b'<dimension ref="A1:XFD1048576"')

    assert len(read_table(data).rows) == 2


def test_a_cell_far_below_ends_the_reading() -> None:
    data = replaced("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="1048576"')

    with pytest.raises(Faulty, match=r"nicht übernommen") as refusal:
        read_table(data)

    assert "reicht über Zeile 20000 hinaus" in refusal.value.faults[0]


def test_a_reader_that_dies_is_a_fault_of_the_file_not_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "executable", "/bin/false")

    with pytest.raises(Faulty) as refusal:
        read_table(text("Eins;Amt;"))

    assert "ließ sich nicht lesen" in refusal.value.faults[0]
