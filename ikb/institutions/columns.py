"""The columns of a list of institutions: what they are called, what may stand in them, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ikb.core.names import sort_key
from ikb.institutions.cells import address, day, joined, language, number, one_line, parts, yes
from ikb.institutions.entries import MOST_CONTACTS
from ikb.web import labels


@dataclass(frozen=True)
class Column:
    """One column. name: as the interface and an export call it. attribute: where it goes. words: other headings.

    longest: characters. read: the cell's text as a value; raises FaultyCellError.
    """

    name: str
    attribute: str
    words: tuple[str, ...]
    what: str
    longest: int = 5_000
    read: Callable[[str], Any] = str


# Headings as `sort_key` writes them.
COLUMNS: tuple[Column, ...] = (
    Column(
        "Nr.",
        "number",
        ("nr", "nummer", "nummer im verzeichnis"),
        "die Nummer im Verzeichnis; leer: eine neue Institution",
        9,
        number,
    ),
    Column(
        "Name",
        "name",
        (
            "name",
            "institution",
            "einrichtung",
            "organisation",
            "bezeichnung",
            "name der institution",
            "verein",
        ),
        "wie die Institution heißt; jeder Name einmal",
        300,
        one_line,
    ),
    Column("Art", "kind", ("art", "typ", "kategorie", "art der institution", "gruppe"), ""),
    Column(
        "E-Mail",
        "email",
        (
            "e mail",
            "email",
            "mail",
            "e mail adresse",
            "email adresse",
            "mailadresse",
            "postfach",
            "funktionspostfach",
        ),
        "eine Adresse, am besten ein Funktionspostfach; leer: die Einladung geht per Brief",
        254,
        address,
    ),
    Column(
        "Handlungsfelder",
        "fields",
        ("handlungsfelder", "handlungsfeld", "felder", "themen"),
        "mehrere mit Strichpunkt getrennt",
        1_000,
        parts,
    ),
    Column(
        "Bezirk",
        "district",
        ("bezirk", "stadtbezirk", "stadtteil", "ortsteil"),
        "Stadtbezirk oder Ortsteil",
        100,
        one_line,
    ),
    Column(
        "Anschrift",
        "address",
        ("anschrift", "adresse", "postanschrift", "strasse und ort"),
        "für Briefe",
        500,
    ),
    Column(
        "Sprache",
        "language",
        (
            "sprache",
            "sprache der nachrichten",
            "sprache unserer nachrichten",
            "korrespondenzsprache",
            "language",
        ),
        "in der wir schreiben: Deutsch oder Englisch; leer: Deutsch",
        40,
        language,
    ),
    Column(
        "Sprachen",
        "languages",
        (
            "sprachen",
            "gesprochene sprachen",
            "dort gesprochene sprachen",
            "weitere sprachen",
        ),
        "die dort gesprochen werden, mehrere mit Strichpunkt getrennt",
        300,
        parts,
    ),
    Column(
        "Bemerkung",
        "note",
        ("bemerkung", "bemerkungen", "notiz", "notizen", "anmerkung"),
        "nur für uns",
        2_000,
    ),
)
PERSON_COLUMNS: tuple[Column, ...] = (
    Column(
        "Ansprechperson",
        "name",
        (
            "ansprechperson",
            "ansprechpartner",
            "ansprechpartnerin",
            "ansprechpartner in",
            "kontakt",
            "kontaktperson",
        ),
        "ein Name; weitere in „Ansprechperson 2“ und so fort, jeweils mit den folgenden Spalten",
        200,
        one_line,
    ),
    Column(
        "Funktion",
        "role",
        ("funktion", "rolle", "aufgabe"),
        "zum Beispiel Vorsitz",
        100,
        one_line,
    ),
    Column(
        "E-Mail der Person",
        "email",
        (
            "e mail der person",
            "email der person",
            "e mail ansprechperson",
            "persoenliche e mail",
        ),
        "geht dem Funktionspostfach vor, solange die Person im Amt ist",
        254,
        address,
    ),
    Column(
        "Telefon",
        "phone",
        ("telefon", "tel", "telefonnummer", "rufnummer"),
        "eine Nummer",
        60,
        one_line,
    ),
    Column(
        "Vertretung",
        "is_deputy",
        ("vertretung", "stellvertretung"),
        "ja, wenn die Person vertritt",
        10,
        yes,
    ),
    Column(
        "Im Amt von",
        "valid_from",
        ("im amt von", "im amt seit", "amt von"),
        "erster Tag; leer: offen",
        20,
        day,
    ),
    Column(
        "Im Amt bis",
        "valid_until",
        ("im amt bis", "amt bis"),
        "letzter Tag; leer: offen",
        20,
        day,
    ),
)
NEEDED = ("Name", "Art")


@dataclass(frozen=True)
class Place:
    """What a column of a file holds. person: of which contact, from 0; None for the institution itself."""

    column: Column
    person: int | None = None

    @property
    def name(self) -> str:
        """As a fault and an export call it: `Telefon 2`."""
        return self.column.name if not self.person else f"{self.column.name} {self.person + 1}"


def place_of(heading: str) -> Place | None:
    """What a heading means, however it is written; None for one that we do not know."""
    plain = sort_key(heading)
    for column in COLUMNS:
        if plain in column.words:
            return Place(column)
    found = re.fullmatch(r"(.+?) ([1-9])", plain)
    words, person = (found[1], int(found[2]) - 1) if found else (plain, 0)
    column_of_person = next((column for column in PERSON_COLUMNS if words in column.words), None)
    return Place(column_of_person, person) if column_of_person is not None and person < MOST_CONTACTS else None


def all_places(people: int) -> list[Place]:
    """Every column of an export, in its order. people: how many contacts one institution has at most."""
    return [Place(column) for column in COLUMNS] + [
        Place(column, person) for person in range(people) for column in PERSON_COLUMNS
    ]


def written(column: Column, value: Any, kinds: Mapping[str, str]) -> str:
    """A value as its column reads it."""
    if column.attribute == "kind":
        return kinds.get(value) or labels.label("institution_kind", value)
    if column.attribute == "language":
        return labels.label("language", value)
    if column.read is parts:
        return joined(value)
    if isinstance(value, bool):
        return "ja" if value else ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return "" if value is None else str(value)
