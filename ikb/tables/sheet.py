"""Reads one table or calendar from standard input and writes it as JSON: a program of its own, never part of the web process.

Run as `python -m ikb.tables.sheet`. It locks itself up (`ikb.quarantine.locked`) before it
looks at the first byte, since the file may be anybody's.

Output: {"rows": [[row number, [cell, …]], …], "formulas": [[row number, column index], …]}, for a calendar
{"events": […]} as `ikb.tables.ics` describes them, or {"fault": sentence}.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from ikb.quarantine.locked import lock_up
from ikb.tables import ics

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 2_000  # with content, the header included
LAST_ROW = 20_000  # how far down anything is looked for
MOST_COLUMNS = 60
LONGEST_CELL = 5_000
MOST_ENTRIES = 300
LARGEST_UNPACKED = 60 * 1024 * 1024
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

TOO_LARGE = "Die Datei ist zu groß: erlaubt sind 5 MB. Teilen Sie die Liste auf mehrere Dateien auf."

Cell = str | None
Row = tuple[int, list[Cell]]


class UnreadableError(Exception):
    """The file cannot be taken in; the message is a German sentence."""


class Formula(str):
    """A cell that computes something."""


def main() -> int:
    """Read, answer, end: 0 with JSON on standard output, whatever the file was."""
    lock_up()
    try:
        data = sys.stdin.buffer.read(LARGEST_FILE + 1)
        answer = {"events": _events(data)} if ics.is_calendar(data) else as_json(read(data))
    except UnreadableError as fault:
        answer = {"fault": str(fault)}
    sys.stdout.write(json.dumps(answer))
    return 0


def _events(data: bytes) -> list[dict[str, Any]]:
    if len(data) > LARGEST_FILE:
        raise UnreadableError(TOO_LARGE)
    try:
        return ics.read(data)
    except ics.NoCalendarError as fault:
        raise UnreadableError(str(fault)) from fault


def read(data: bytes) -> list[Row]:
    """The rows with content, each with its number as the spreadsheet counts, from 1. Raises UnreadableError."""
    if len(data) > LARGEST_FILE:
        raise UnreadableError(TOO_LARGE)
    if not data.strip():
        raise UnreadableError("Die Datei ist leer.")
    if data.startswith(OLD_OFFICE):
        raise UnreadableError(
            "Die Datei ist mit einem Kennwort geschützt oder im alten Excel-Format (.xls). "
            "Speichern Sie sie ohne Kennwort als „Excel-Arbeitsmappe (.xlsx)“."
        )
    found = _read_workbook(data) if data.startswith(ZIP) else _read_text(data)
    return list(_bounded(found))


def as_json(rows: Iterable[Row]) -> dict[str, Any]:
    """The rows as they are handed over, formulas told apart."""
    kept = list(rows)
    formulas = [[number, at] for number, cells in kept for at, cell in enumerate(cells) if isinstance(cell, Formula)]
    return {"rows": [[number, cells] for number, cells in kept], "formulas": formulas}


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    count = 0
    for number, cells in rows:
        if number > LAST_ROW:
            raise UnreadableError(f"Die Tabelle reicht über Zeile {LAST_ROW} hinaus. Löschen Sie die Zeilen darunter.")
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableError(f"Die Liste hat mehr als {MOST_ROWS} Zeilen. Teilen Sie sie auf mehrere Dateien auf.")
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise UnreadableError(f"Zeile {number} hat mehr als {MOST_COLUMNS} Spalten.")
        if any(len(cell or "") > LONGEST_CELL for cell in cells):
            raise UnreadableError(f"In Zeile {number} steht eine Zelle mit mehr als {LONGEST_CELL} Zeichen.")
        yield number, cells[:MOST_COLUMNS]


def _read_text(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    if "\x00" in text:
        raise UnreadableError("Das ist keine Tabelle. Erlaubt sind XLSX und CSV.")
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            yield number, [_from_text(cell) for cell in cells]
    except csv.Error as fault:
        raise UnreadableError(
            f"Die CSV-Datei ist bei Zeile {reader.line_num} nicht lesbar: ein Anführungszeichen wurde nicht geschlossen "
            "oder eine Zelle ist zu lang."
        ) from fault


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("Die Zeichen der Datei sind nicht lesbar. Speichern Sie sie als „CSV UTF-8“.")


def _from_text(cell: str) -> Cell:
    stripped = cell.strip()
    return Formula(stripped) if stripped.startswith("=") else stripped or None


def _read_workbook(data: bytes) -> Iterator[Row]:
    _refuse_bomb(data)
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # openpyxl would load it: half our memory, for nothing
    import openpyxl  # here, so that a text file does not wait for it

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file claims of its own size is not believed
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, [_from_cell(cell) for cell in cells]
    except (UnreadableError, MemoryError):
        raise
    except Exception as fault:  # openpyxl raises whatever its depths raise; the sentence is the same
        raise UnreadableError(
            "Die Excel-Datei ist beschädigt oder keine Arbeitsmappe. Öffnen Sie sie in Excel oder LibreOffice und "
            "speichern Sie sie neu als XLSX."
        ) from fault


def _refuse_bomb(data: bytes) -> None:
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as fault:
        raise UnreadableError("Die Excel-Datei ist beschädigt. Speichern Sie sie neu als XLSX.") from fault
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise UnreadableError("Die Excel-Datei ist entpackt zu groß. Kopieren Sie nur die Liste in eine neue Mappe.")


def _from_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula(str(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() != time.min:
        return value.strftime("%d.%m.%Y %H:%M")
    if isinstance(value, datetime | date):
        return value.strftime("%d.%m.%Y")
    return str(value).strip() or None


if __name__ == "__main__":
    sys.exit(main())
