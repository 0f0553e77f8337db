"""Lists of institutions from XLSX or CSV: all of it or nothing, each fault with its row and column.

A row with a number of the register says how that institution is from now on, as far as the list has columns for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ikb.core.names import sort_key
from ikb.errors import Faulty
from ikb.institutions import own_kinds, register
from ikb.institutions.cells import FaultyCellError
from ikb.institutions.columns import COLUMNS, NEEDED, PERSON_COLUMNS, Place, place_of
from ikb.institutions.entries import Entry, Person, in_order
from ikb.institutions.model import Institution
from ikb.institutions.register import faults_of_names, import_rows
from ikb.journal.service import Actor
from ikb.tables.process import NOT_TAKEN, Table, read_table
from ikb.tables.sheet import LARGEST_FILE
from ikb.tables.written import as_meant
from ikb.web import labels

HEADER_WITHIN = 10  # rows: a title or a date may stand above the header
# Further words for kinds, as `sort_key` writes them; the interface's own words come from the labels.
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
class Given:
    """What a row says, and nothing of what it leaves open: values of the institution, and of each of its people."""

    row: int
    values: Mapping[str, Any]
    people: Mapping[int, Mapping[str, Any]]

    @property
    def number(self) -> int | None:
        """Of the register, None for a new institution."""
        found: int | None = self.values.get("number")
        return found

    def over(self, base: Entry) -> Entry:
        """The entry that results where this row speaks, and `base` where it is silent."""
        count = max([len(base.people), *(place + 1 for place in self.people)])
        known = [*base.people, *[Person()] * (count - len(base.people))]
        people = [replace(one, **self.people.get(place, {})) for place, one in enumerate(known)]
        return replace(base, **self.values, people=tuple(in_order(people)), row=self.row)


@dataclass(frozen=True)
class Intake:
    """What a list holds: rows without faults, faults that forbid to take it, hints that do not."""

    given: Sequence[Given]
    faults: Sequence[str]
    hints: Sequence[str] = ()
    entries: Sequence[Entry] = field(default=())


@dataclass(frozen=True)
class Imported:
    """What was taken in, or would be, and what somebody should look at. known: how many the register had already."""

    institutions: Sequence[Institution]
    hints: Sequence[str]
    count: int
    dry_run: bool = False
    known: int = 0

    @property
    def sentence(self) -> str:
        """What happened, for a command line."""
        counted = "1 Institution" if self.count == 1 else f"{self.count} Institutionen"
        said = f"{counted} gelesen, nichts gespeichert." if self.dry_run else f"{counted} aufgenommen."
        if self.known:
            said += f" Davon standen {self.known} schon im Verzeichnis."
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
    known = sum(1 for entry in intake.entries if entry.number)
    rows = [] if dry_run else import_rows(intake.entries, by=by, now=now)
    return Imported(rows, intake.hints, len(intake.entries), dry_run, known)


def look_through(data: bytes) -> Intake:
    """What the list holds, compared with the register; stores nothing. Raises Faulty for what is no table at all."""
    intake = entries_of(read_table(data), own_kinds.names())
    stored = register.by_number(given.number for given in intake.given if given.number)
    faults = [*intake.faults, *_faults_of_numbers(intake.given, stored)]
    entries = [
        given.over(register.entry_of(stored[given.number])) if given.number in stored else entry
        for given, entry in zip(intake.given, intake.entries, strict=True)
    ]
    return Intake(intake.given, _by_row([*faults, *faults_of_names(entries)]), _hints(entries), entries)


def _faults_of_numbers(rows: Sequence[Given], stored: Mapping[int, Institution]) -> Iterator[str]:
    seen: dict[int, int] = {}
    for given in rows:
        if given.number is None:
            continue
        where = f"Zeile {given.row}, Spalte Nr.: {given.number}"
        if given.number not in stored:
            yield f"{where} gibt es im Verzeichnis nicht. Bei neuen Institutionen bleibt die Zelle leer."
        elif given.number in seen:
            yield f"{where} steht schon in Zeile {seen[given.number]}. Löschen Sie eine der beiden Zeilen."
        seen.setdefault(given.number, given.row)


def entries_of(table: Table, kinds: Mapping[str, str] | None = None) -> Intake:
    """The table's rows as entries, with every fault of every row. kinds: code -> name of those that the town has."""
    header_at, places = _header_of(table)
    missing = [name for name in NEEDED if name not in {place.name for place in places.values()}]
    if missing:
        return Intake((), [_no_column(name) for name in missing])
    rows = [(number, cells) for number, cells in table.rows if number > header_at]
    if not rows:
        return Intake((), ["Unter der Kopfzeile steht keine Institution."])
    taken, faults = list[Given](), list[str]()
    for number, cells in rows:
        found = [*_formulas(table, number, places)]
        given = _given(number, cells, places, kinds or {}, found)
        faults += found
        if not found:
            taken.append(given)
    entries = [given.over(Entry("", "")) for given in taken]
    return Intake(taken, faults, _hints(entries), entries)


def _header_of(table: Table) -> tuple[int, Mapping[int, Place]]:
    for number, cells in table.rows[:HEADER_WITHIN]:
        places: dict[int, Place] = {}
        for at, cell in enumerate(cells):
            place = place_of(cell or "")
            if place is not None and place not in places.values():
                places[at] = place
        if len(places) > 1 and "Name" in {place.name for place in places.values()}:
            return number, places
    return 0, {}


def _no_column(name: str) -> str:
    known = ", ".join(column.name for column in (*COLUMNS, *PERSON_COLUMNS))
    return f"Die Spalte {name} fehlt. Die erste Zeile nennt die Spalten: {known}; nötig sind {' und '.join(NEEDED)}."


def _formulas(table: Table, number: int, places: Mapping[int, Place]) -> Iterator[str]:
    for at, place in places.items():
        if (number, at) in table.formulas:
            yield f"Zeile {number}, Spalte {place.name}: enthält eine Formel. Ersetzen Sie sie durch ihren Wert."


def _given(
    number: int, cells: Sequence[str | None], places: Mapping[int, Place], kinds: Mapping[str, str], faults: list[str]
) -> Given:
    values, people = dict[str, Any](), defaultdict[int, dict[str, Any]](dict)
    for at, place in places.items():
        text = as_meant((cells[at] or "").strip() if at < len(cells) else "")
        into = values if place.person is None else people[place.person]
        try:
            into[place.column.attribute] = _value(place, text, kinds)
        except FaultyCellError as fault:
            faults.append(f"Zeile {number}, Spalte {place.name}: {fault}")
    for place_of_person, person in people.items():
        if person.get("valid_from") and person.get("valid_until") and person["valid_until"] < person["valid_from"]:
            which = f" {place_of_person + 1}" if place_of_person else ""
            faults.append(f"Zeile {number}, Spalte Im Amt bis{which}: liegt vor dem ersten Tag.")
    return Given(number, values, people)


def _value(place: Place, text: str, kinds: Mapping[str, str]) -> Any:
    column = place.column
    if len(text) > column.longest:
        raise FaultyCellError(f"ist zu lang ({len(text)} Zeichen, erlaubt sind {column.longest}).")
    if column.attribute == "kind":
        return _kind(text, kinds)
    if place.name == "Name" and not text:
        raise FaultyCellError("fehlt.")
    return column.read(text)


def _kind(text: str, kinds: Mapping[str, str]) -> str:
    allowed = ", ".join({**labels.LABELS["institution_kind"], **kinds}.values())
    if not text:
        raise FaultyCellError(f"fehlt. Erlaubt sind {allowed}.")
    found = kind_of(text, kinds)
    if found is None:
        raise FaultyCellError(f"„{text[:60]}“ ist nicht bekannt. Erlaubt sind {allowed}.")
    return found


def kind_of(word: str, kinds: Mapping[str, str] | None = None) -> str | None:
    """The kind that a German word means, None for one we do not know. kinds: code -> name of the town's own."""
    plain = sort_key(word)
    names = {sort_key(name): code for code, name in {**labels.LABELS["institution_kind"], **(kinds or {})}.items()}
    known = KIND_WORDS | names
    return known.get(plain) or next((known[form] for form in _singular(plain) if form in known), None)


def _singular(plain: str) -> Iterator[str]:
    # Behörden, Einrichtungen, Verbände, Vereine, Migrantenorganisationen: lists are often headed in the plural.
    for ending in ("en", "n", "e"):
        if plain.endswith(ending):
            yield plain.removesuffix(ending)
    yield plain.replace("verbaende", "verband")


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
    letters = [str(entry.row) for entry in entries if not entry.email and not any(one.email for one in entry.people)]
    if letters:
        shared.append(f"Ohne E-Mail-Adresse, also per Brief: {len(letters)} von {len(entries)} Institutionen.")
    return shared


def _by_row(faults: Sequence[str]) -> list[str]:
    def row(fault: str) -> int:
        found = re.match(r"Zeile (\d+)", fault)
        return int(found[1]) if found else 0

    return sorted(faults, key=row)
