"""Lists of institutions from XLSX or CSV: all of it or nothing, each fault with its row and column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from ikb.core.names import sort_key
from ikb.errors import Faulty
from ikb.institutions.model import Institution
from ikb.institutions.register import Entry, faults_of_names, import_rows
from ikb.journal.service import Actor
from ikb.tables.process import NOT_TAKEN, Table, read_table
from ikb.tables.sheet import LARGEST_FILE
from ikb.web import labels

# Column as the interface calls it -> other headings it may have, as `_plain` writes them.
COLUMNS: dict[str, tuple[str, ...]] = {
    "Name": ("name", "institution", "einrichtung", "organisation", "bezeichnung", "name der institution", "verein"),
    "Art": ("art", "typ", "kategorie", "art der institution", "gruppe"),
    "E-Mail": (
        "e mail",
        "email",
        "mail",
        "e mail adresse",
        "email adresse",
        "mailadresse",
        "postfach",
        "funktionspostfach",
    ),
    "Ansprechperson": (
        "ansprechperson",
        "ansprechpartner",
        "ansprechpartnerin",
        "ansprechpartner in",
        "kontakt",
        "kontaktperson",
    ),
    "Telefon": ("telefon", "tel", "telefonnummer", "rufnummer"),
    "Handlungsfelder": ("handlungsfelder", "handlungsfeld", "felder", "themen"),
    "Bezirk": ("bezirk", "stadtbezirk", "stadtteil", "ortsteil"),
    "Anschrift": ("anschrift", "adresse", "postanschrift", "strasse und ort"),
}
NEEDED = ("Name", "Art")
LONGEST = {"Name": 300, "E-Mail": 254, "Ansprechperson": 200, "Telefon": 60, "Bezirk": 100, "Anschrift": 500}
HEADER_WITHIN = 10  # rows: a title or a date may stand above the header
# Further words for kinds, as `_plain` writes them; the interface's own words come from the labels.
KIND_WORDS = {
    "amt": "authority",
    "dienststelle": "authority",
    "traeger oeffentlicher belange": "authority",
    "institution": "institution",
    "einrichtung": "institution",
    "wohlfahrtsverband": "association",
    "dachverband": "association",
    "verein e v": "club",
    "e v": "club",
    "migrantenselbstorganisation": "migrant_organisation",
    "migrantinnenorganisation": "migrant_organisation",
    "migrant innenorganisation": "migrant_organisation",
    "mso": "migrant_organisation",
    "mo": "migrant_organisation",
}


@dataclass(frozen=True)
class Intake:
    """What a list holds: entries without faults, faults that forbid to take it, hints that do not."""

    entries: Sequence[Entry]
    faults: Sequence[str]
    hints: Sequence[str]


@dataclass(frozen=True)
class Imported:
    """What was taken in, or would be, and what somebody should look at."""

    institutions: Sequence[Institution]
    hints: Sequence[str]
    count: int
    dry_run: bool = False

    @property
    def sentence(self) -> str:
        """What happened, for a command line."""
        counted = "1 Institution" if self.count == 1 else f"{self.count} Institutionen"
        said = f"{counted} gelesen, nichts gespeichert." if self.dry_run else f"{counted} aufgenommen."
        return "\n".join((said, *self.hints))


def import_file(path: Path, *, by: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Take in the list of a file; with `dry_run`, only look through it.

    Raises Faulty with one line per fault; then nothing was stored.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as fault:
        raise Faulty(NOT_TAKEN, [f"Die Datei {path.name} ist nicht lesbar. Prüfen Sie Name und Rechte."]) from fault
    if size > LARGEST_FILE:
        raise Faulty(NOT_TAKEN, ["Die Datei ist zu groß: erlaubt sind 5 MB."])
    return import_data(data, by=by, now=now, dry_run=dry_run)


def import_data(data: bytes, *, by: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Take in the list of an uploaded file. Raises Faulty as `import_file` does."""
    intake = look_through(data)
    if intake.faults:
        raise Faulty(NOT_TAKEN, list(intake.faults))
    count = len(intake.entries)
    rows = [] if dry_run else import_rows(intake.entries, by=by, now=now)
    return Imported(rows, intake.hints, count, dry_run)


def look_through(data: bytes) -> Intake:
    """What the list holds, compared with the register; stores nothing. Raises Faulty for what is no table at all."""
    intake = entries_of(read_table(data))
    twice = faults_of_names(intake.entries)
    return Intake(intake.entries, _by_row([*intake.faults, *twice]), intake.hints)


def entries_of(table: Table) -> Intake:
    """The table's rows as entries, with every fault of every row."""
    header_at, columns = _header_of(table)
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        return Intake((), [_no_column(name) for name in missing], ())
    rows = [(number, cells) for number, cells in table.rows if number > header_at]
    if not rows:
        return Intake((), ["Unter der Kopfzeile steht keine Institution."], ())
    entries, faults = list[Entry](), list[str]()
    for number, cells in rows:
        values = {name: _cell(cells, at) for name, at in columns.items()}
        found = [*_formulas(table, number, columns), *_faults_of(number, values)]
        faults += found
        if not found:
            entries.append(_entry(number, values))
    return Intake(entries, faults, _hints(entries))


def _header_of(table: Table) -> tuple[int, Mapping[str, int]]:
    for number, cells in table.rows[:HEADER_WITHIN]:
        columns = {name: at for at, cell in enumerate(cells) if (name := _column_named(cell or ""))}
        if "Name" in columns and len(columns) > 1:
            return number, columns
    return 0, {}


def _column_named(heading: str) -> str | None:
    plain = sort_key(heading)
    return next((name for name, words in COLUMNS.items() if plain in words), None)


def _no_column(name: str) -> str:
    return (
        f"Die Spalte {name} fehlt. Die erste Zeile nennt die Spalten: {', '.join(COLUMNS)}; nötig sind "
        f"{' und '.join(NEEDED)}."
    )


def _cell(cells: Sequence[str | None], at: int) -> str:
    return (cells[at] or "").strip() if at < len(cells) else ""


def _formulas(table: Table, number: int, columns: Mapping[str, int]) -> Iterator[str]:
    for name, at in columns.items():
        if (number, at) in table.formulas:
            yield f"Zeile {number}, Spalte {name}: enthält eine Formel. Ersetzen Sie sie durch ihren Wert."


def _faults_of(number: int, values: Mapping[str, str]) -> Iterator[str]:
    where = f"Zeile {number}, Spalte "
    if not values["Name"]:
        yield f"{where}Name: fehlt."
    for name, longest in LONGEST.items():
        if len(values.get(name, "")) > longest:
            yield f"{where}{name}: ist zu lang ({len(values[name])} Zeichen, erlaubt sind {longest})."
    if not values["Art"]:
        yield f"{where}Art: fehlt. Erlaubt sind {_kinds_in_words()}."
    elif kind_of(values["Art"]) is None:
        yield f"{where}Art: „{values['Art'][:60]}“ ist nicht bekannt. Erlaubt sind {_kinds_in_words()}."
    if fault := _fault_of_address(values.get("E-Mail", "")):
        yield f"{where}E-Mail: {fault}"


def kind_of(word: str) -> str | None:
    """The kind that a German word means, None for one we do not know."""
    plain = sort_key(word)
    names = {sort_key(name): code for code, name in labels.LABELS["institution_kind"].items()}
    known = names | KIND_WORDS
    return known.get(plain) or next((known[form] for form in _singular(plain) if form in known), None)


def _singular(plain: str) -> Iterator[str]:
    # Behörden, Einrichtungen, Verbände, Vereine, Migrantenorganisationen: lists are often headed in the plural.
    for ending in ("en", "n", "e"):
        if plain.endswith(ending):
            yield plain.removesuffix(ending)
    yield plain.replace("verbaende", "verband")


def _kinds_in_words() -> str:
    return ", ".join(labels.LABELS["institution_kind"].values())


def _fault_of_address(address: str) -> str:
    if not address:
        return ""
    if re.search(r"[;,\s]", address):
        return "nennt mehr als eine Adresse. Tragen Sie eine ein, am besten ein Funktionspostfach."
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return f"„{address[:80]}“ ist keine E-Mail-Adresse. Lassen Sie die Zelle leer, wenn es keine gibt."
    return ""


def _entry(number: int, values: Mapping[str, str]) -> Entry:
    return Entry(
        name=" ".join(values["Name"].split()),
        kind=kind_of(values["Art"]) or "",
        email=values.get("E-Mail", "").lower(),
        contact_name=" ".join(values.get("Ansprechperson", "").split()),
        phone=values.get("Telefon", ""),
        fields=_parts(values.get("Handlungsfelder", "")),
        district=" ".join(values.get("Bezirk", "").split()),
        address=values.get("Anschrift", ""),
        row=number,
    )


def _parts(text: str) -> list[str]:
    # A field's name may hold a comma, so commas part fields only where nothing clearer does.
    pattern = r"[;|\n]" if re.search(r"[;|\n]", text) else ","
    return [part.strip() for part in re.split(pattern, text) if part.strip()]


def _hints(entries: Sequence[Entry]) -> list[str]:
    rows = defaultdict[str, list[int]](list)
    for entry in entries:
        if entry.email:
            rows[entry.email].append(entry.row)
    shared = [
        f"Die Adresse {address} steht in den Zeilen {' und '.join(map(str, found))}. Jede Institution bekommt ihre "
        "eigene Einladung dorthin."
        for address, found in rows.items()
        if len(found) > 1
    ]
    letters = [str(entry.row) for entry in entries if not entry.email]
    if letters:
        shared.append(f"Ohne E-Mail-Adresse, also per Brief: {len(letters)} von {len(entries)} Institutionen.")
    return shared


def _by_row(faults: Sequence[str]) -> list[str]:
    def row(fault: str) -> int:
        found = re.match(r"Zeile (\d+)", fault)
        return int(found[1]) if found else 0

    return sorted(faults, key=row)
