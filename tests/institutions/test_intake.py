"""Lists of institutions: every fault with its row and column, and all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ikb.db import db, transaction
from ikb.errors import Faulty
from ikb.institutions import intake
from ikb.institutions.model import Institution
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.tables.process import Table
from ikb.tables.sheet import as_json, read
from tests.factories import make_institution
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
    assert (entry.contact_name, entry.fields) == ("Frau Beispiel", ["Sprache", "Sport, Spiel"])
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
