"""Lists of institutions: every fault with its row and column, and all of it or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ikb.db import db, transaction
from ikb.errors import Faulty
from ikb.institutions import intake, outgoing, own_kinds, register
from ikb.institutions.entries import Person
from ikb.institutions.model import Contact, Institution
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.tables.process import Table
from ikb.tables.sheet import as_json, read
from tests.factories import make_institution, save
from tests.institutions.sheets import HEADER, text, workbook

GOOD = (
    "Verein Brücke e. V.",
    "Verein",
    "Post@Bruecke.example.org",
    "Frau Beispiel",
    "Sprache; Sport, Spiel",
    "Mitte",
    "Weg 1",
)


def table(data: bytes) -> Table:
    answer = as_json(read(data))
    return Table([(n, cells) for n, cells in answer["rows"]], frozenset((n, at) for n, at in answer["formulas"]))


def faults(*rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> list[str]:
    return list(intake.entries_of(table(workbook(*rows, header=header))).faults)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Institution)) or 0


def test_a_good_row_becomes_an_institution_as_written() -> None:
    (entry,) = intake.entries_of(table(workbook(GOOD))).entries

    assert (entry.name, entry.kind, entry.email) == ("Verein Brücke e. V.", "club", "post@bruecke.example.org")
    assert (entry.people[0].name, entry.fields) == ("Frau Beispiel", ("Sprache", "Sport, Spiel"))
    assert (entry.district, entry.address, entry.row) == ("Mitte", "Weg 1", 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", "Amt"), "Zeile 2, Spalte Name: fehlt."),
        (("Eins", ""), "Zeile 2, Spalte Art: fehlt."),
        (("Eins", "Raumschiff"), "Zeile 2, Spalte Art: „Raumschiff“ ist nicht bekannt. Erlaubt sind Behörde,"),
        (("Eins", "Amt", "keine Adresse"), "Zeile 2, Spalte E-Mail: nennt mehr als eine Adresse."),
        (("Eins", "Amt", "a@b.example.org, c@d.example.org"), "Zeile 2, Spalte E-Mail: nennt mehr als eine Adresse."),
        (("Eins", "Amt", "post@"), "Zeile 2, Spalte E-Mail: „post@“ ist keine E-Mail-Adresse."),
        (("Eins", "Amt", "a@b\r\nBcc:c@d.example.org"), "Zeile 2, Spalte E-Mail:"),
        (("Eins", "=B1"), "Zeile 2, Spalte Art: enthält eine Formel."),
        (("=1", "Amt"), "Zeile 2, Spalte Name: enthält eine Formel."),
        (("x" * 301, "Amt"), "Zeile 2, Spalte Name: ist zu lang (301 Zeichen, erlaubt sind 300)."),
        (("Eins", "Amt", "", "", "", "x" * 101), "Zeile 2, Spalte Bezirk: ist zu lang"),
    ],
)
def test_each_fault_names_row_and_column(row: tuple[object, ...], said: str) -> None:
    assert any(fault.startswith(said) for fault in faults(row))


def test_every_fault_of_a_list_is_named_at_once() -> None:
    found = faults(("", "Amt"), GOOD, ("Zwei", "Raumschiff", "x"), ("Drei", "Amt"))

    assert [fault.split(":")[0] for fault in found] == [
        "Zeile 2, Spalte Name",
        "Zeile 4, Spalte Art",
        "Zeile 4, Spalte E-Mail",
    ]


@pytest.mark.parametrize(
    "header",
    [
        ("Name", "Art"),
        ("NAME", "art"),
        ("Name der Institution", "Kategorie"),
        ("Einrichtung", "Typ"),
        (" Organisation ", "Art der Institution"),
        ("Bezeichnung:", "Gruppe"),
    ],
)
def test_headings_are_understood_however_they_are_written(header: tuple[str, ...]) -> None:
    assert [entry.name for entry in intake.entries_of(table(workbook(("Eins", "Amt"), header=header))).entries] == [
        "Eins"
    ]


def test_a_title_may_stand_above_the_headings() -> None:
    found = intake.entries_of(table(workbook(("Name", "Art"), ("Eins", "Amt"), header=("Liste vom 3. Juni",))))

    assert [(entry.name, entry.row) for entry in found.entries] == [("Eins", 3)]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (("Name", "E-Mail"), "Die Spalte Art fehlt."),
        (("Wer", "Wie"), "Die Spalte Name fehlt."),
        (("Name",), "Die Spalte Name fehlt."),
    ],
)
def test_a_missing_column_is_named_once(header: tuple[str, ...], said: str) -> None:
    assert any(fault.startswith(said) for fault in faults(("Eins", "x"), header=header))


def test_a_list_without_rows_says_so() -> None:
    assert faults() == ["Unter der Kopfzeile steht keine Institution."]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Behörde", "authority"),
        ("Behörden", "authority"),
        ("AMT", "authority"),
        ("Einrichtungen", "institution"),
        ("Verband", "association"),
        ("Wohlfahrtsverbände", "association"),
        ("Verein", "club"),
        ("e.V.", "club"),
        ("Migrantenorganisation", "migrant_organisation"),
        ("Migrantenorganisationen", "migrant_organisation"),
        ("Migrant*innenorganisation", "migrant_organisation"),
        ("MSO", "migrant_organisation"),
        ("Raumschiff", None),
    ],
)
def test_kinds_in_german_words(word: str, kind: str | None) -> None:
    assert intake.kind_of(word) == kind


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(*[st.text(max_size=12)] * 3), max_size=6))
def test_any_cells_end_in_entries_or_in_faults_that_name_a_row(cells: list[tuple[str, str, str]]) -> None:
    rows = [(place, list(row)) for place, row in enumerate(cells, 2)]

    found = intake.entries_of(Table([(1, ["Name", "Art", "E-Mail"]), *rows], frozenset()))

    faulty = {int(fault.split(",")[0].removeprefix("Zeile ")) for fault in found.faults if fault.startswith("Zeile ")}
    assert faulty | {entry.row for entry in found.entries} == {number for number, _ in rows}


def test_a_list_is_taken_in_with_numbers_in_its_order(app: Flask, now) -> None:
    first = make_institution("Schon da", number=41)
    with transaction():
        taken = intake.import_data(workbook(GOOD, ("Amt für Alles", "Amt")), by=SYSTEM, now=now)

    assert [row.number - first.number for row in taken.institutions] == [1, 2]
    assert [row.sort_key for row in taken.institutions] == ["verein bruecke e v", "amt fuer alles"]
    assert taken.institutions[0].contacts[0].name == "Frau Beispiel"
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.action, entry.facts["count"]) == ("institutions imported", 2)


def test_one_fault_and_nothing_is_stored(app: Flask, now) -> None:
    before = count()

    with pytest.raises(Faulty) as refusal, transaction():
        intake.import_data(workbook(GOOD, ("Zwei", "")), by=SYSTEM, now=now)

    assert count() == before
    assert [fault[:8] for fault in refusal.value.faults] == ["Zeile 3,"]


@pytest.mark.parametrize("spelled", ["Verein Brücke e. V.", "VEREIN BRUECKE", "Verein  Brücke e.V."])
def test_whoever_is_in_the_register_is_named_with_its_number(app: Flask, now, spelled: str) -> None:
    make_institution("Verein Brücke e. V.", number=907)

    with pytest.raises(Faulty) as refusal, transaction():
        intake.import_data(text(f"{spelled};Verein;"), by=SYSTEM, now=now)

    assert refusal.value.faults == [
        f"Zeile 2, Spalte Name: „{' '.join(spelled.split())}“ steht schon im Verzeichnis (Nr. 907). Löschen Sie die Zeile."
    ]


def test_whoever_stands_twice_in_the_list_is_named_with_both_rows(app: Flask, now) -> None:
    with pytest.raises(Faulty) as refusal, transaction():
        intake.import_data(text("Eins;Amt;", "Zwei;Amt;", "EINS;Amt;"), by=SYSTEM, now=now)

    assert refusal.value.faults == [
        "Zeile 4, Spalte Name: „EINS“ steht schon in Zeile 2. Löschen Sie eine der beiden Zeilen."
    ]


def test_a_shared_mailbox_is_a_hint_and_no_fault(app: Flask, now) -> None:
    with transaction():
        taken = intake.import_data(text("Eins;Amt;a@x.example.org", "Zwei;Amt;A@x.example.org"), by=SYSTEM, now=now)

    assert len(taken.institutions) == 2
    assert taken.hints[0].startswith("Die Adresse a@x.example.org steht in den Zeilen 2 und 3.")


def test_the_command_can_look_without_storing(app: Flask, now, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes(text("Eins;Amt;", "Zwei;Amt;z@x.example.org"))
    before = count()

    with transaction():
        report = intake.import_file(file, by=SYSTEM, now=now, dry_run=True)

    assert count() == before
    assert report.sentence.splitlines() == [
        "2 Institutionen gelesen, nichts gespeichert.",
        "Ohne E-Mail-Adresse, also per Brief: 1 von 2 Institutionen.",
    ]


def test_a_file_that_is_not_there_is_a_fault(app: Flask, now, tmp_path: Path) -> None:
    with pytest.raises(Faulty) as refusal:
        intake.import_file(tmp_path / "fehlt.csv", by=SYSTEM, now=now)

    assert "fehlt.csv ist nicht lesbar" in refusal.value.faults[0]


EVERYTHING = {
    "fields": ["Bildung, Sprache"],
    "languages": ["Türkisch", "Kurmandschi"],
    "language": "en",
    "district": "Mitte",
    "address": "Weg 1\n33602 Musterau",
    "note": "=HYPERLINK(1)",
}


@pytest.fixture
def full(app: Flask) -> Institution:
    """An institution about which everything is known, in words that a spreadsheet would run."""
    institution = make_institution("+Plus e. V.", **EVERYTHING)
    for contact in (
        Contact(name="Frau Alt", phone="+49 521 1", valid_until=date(2030, 5, 31), position=1),
        Contact(name="-Neu", role="Vorsitz", email="neu@x.example.org", valid_from=date(2030, 6, 1), position=2),
        Contact(name="'=Mut", is_deputy=True, position=3),
    ):
        contact.institution_id = institution.id
        save(contact)
    db.session.expire_all()
    return institution


@pytest.mark.parametrize("as_workbook", [True, False])
def test_what_was_exported_and_is_taken_in_again_changes_nothing(full: Institution, now, as_workbook: bool) -> None:
    make_institution("Ohne alles", email="")
    rows = list(db.session.scalars(select(Institution).order_by(Institution.id)))
    before = [register.entry_of(row) for row in rows]
    entries = db.session.scalar(select(func.count()).select_from(JournalEntry))
    data = outgoing.as_table(rows, as_workbook=as_workbook)

    with transaction():
        taken = intake.import_data(data, by=SYSTEM, now=now)

    db.session.expire_all()
    assert [register.entry_of(row) for row in rows] == before
    assert (taken.count, taken.known) == (len(rows), len(rows))
    assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == entries


def test_a_known_row_changes_only_what_the_list_has_columns_for(full: Institution, now) -> None:
    data = text(f"{full.number};Neuer Name;Verband", header="Nr.;Name;Art")
    with transaction():
        intake.import_data(data, by=SYSTEM, now=now)

    db.session.expire_all()
    entry = register.entry_of(full)
    assert (entry.name, entry.kind, entry.language, len(entry.people)) == ("Neuer Name", "association", "en", 3)
    noted = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (noted.action, noted.facts) == ("institution changed", {"fields": ["kind", "name"]})


def test_contacts_and_languages_come_in_with_their_periods(app: Flask, now) -> None:
    header = "Name;Art;Sprache;Sprachen;Ansprechperson;Im Amt bis;Ansprechperson 2;Vertretung 2;E-Mail der Person 2"
    line = "Haus;Verein;Englisch;Türkisch; ;31.12.2030;Frau Mut;ja;Mut@x.example.org"
    with transaction():
        taken = intake.import_data(text(line, header=header), by=SYSTEM, now=now)

    (institution,) = taken.institutions
    assert (institution.language, institution.languages) == ("en", ["Türkisch"])
    assert [Person.of(contact) for contact in institution.contacts] == [
        Person(name="Frau Mut", email="mut@x.example.org", is_deputy=True)
    ]


@pytest.mark.parametrize(
    ("header", "cells", "said"),
    [
        ("Sprache", "Türkisch", "Spalte Sprache: „Türkisch“ schreiben wir nicht."),
        ("Im Amt bis 2", "31.13.2030", "Spalte Im Amt bis 2: „31.13.2030“ ist kein Tag."),
        ("Im Amt von;Im Amt bis", "02.06.2030;01.06.2030", "Spalte Im Amt bis: liegt vor dem ersten Tag."),
        ("Vertretung", "vielleicht", "Spalte Vertretung: „vielleicht“ heißt weder ja noch nein."),
        ("E-Mail der Person 3", "x@", "Spalte E-Mail der Person 3: „x@“ ist keine E-Mail-Adresse."),
        ("Nr.", "999999", "Spalte Nr.: 999999 gibt es im Verzeichnis nicht."),
        ("Nr.", "-1", "Spalte Nr.: „-1“ ist keine Nummer."),
    ],
)
def test_faults_of_languages_contacts_and_numbers_name_row_and_column(app: Flask, now, header, cells, said) -> None:
    data = text(f"Haus;Verein;{cells}", header=f"Name;Art;{header}")

    with pytest.raises(Faulty) as refusal, transaction():
        intake.import_data(data, by=SYSTEM, now=now)

    assert [fault.startswith(f"Zeile 2, {said}") for fault in refusal.value.faults] == [True]


def test_a_kind_of_the_towns_own_is_known_to_lists(app: Flask, now) -> None:
    with transaction():
        own_kinds.add("Nachbarschaftshaus", by=SYSTEM, now=now)
        taken = intake.import_data(text("Haus;NACHBARSCHAFTSHAUS;"), by=SYSTEM, now=now)

    assert taken.institutions[0].kind == "Nachbarschaftshaus"
