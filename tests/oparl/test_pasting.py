"""Lists instead of an interface: pasted text and files, all or nothing, each fault with its line or its row and column."""

from __future__ import annotations

import io
from datetime import date

import pytest

from ikb.accounts.model import Role
from ikb.core.results import Outcome
from ikb.db import db, transaction
from ikb.deliberations import queries
from ikb.errors import Faulty
from ikb.journal.service import Actor
from ikb.moment import now
from ikb.oparl import lists, pasting
from tests.factories import make_procedure, make_user
from tests.oparl.test_town import BY_HAND, as_told, entered_by_hand, traces
from tests.oparl.town import STATIONS

CSV = "Gremium;Sitzung am;Beratung;Rolle;Ergebnis;Beschlusstext\n"


def as_csv() -> bytes:
    """The sequence of 2010 as a spreadsheet has it."""
    rows = [
        f"{committee};{day:%d.%m.%Y};öffentlich;{role};{result};{BY_HAND[committee].resolution_text if result else ''}"
        for committee, day, role, result in STATIONS
    ]
    return (CSV + "\n".join(rows)).encode()


def take(procedure, read, lead):
    assert read.faults == []
    with transaction():
        return pasting.take(procedure, read.entries, by=Actor.user(lead.id), now=now())


def test_a_list_gives_the_same_sequence_as_one_entered_by_hand_and_again_changes_nothing(app, lead):
    by_hand, procedure = entered_by_hand(), make_procedure([lead])

    take(procedure, lists.read_file(as_csv()), lead)

    assert as_told(procedure.id) == as_told(by_hand.id)
    before = traces()
    assert take(procedure, lists.read_file(as_csv()), lead).done == []
    assert traces() == before


def test_pasted_text_is_read_line_by_line(app, lead):
    procedure = make_procedure([lead])
    text = (
        "Gremium\tSitzung am\tBeratung\tErgebnis\n"
        "Kulturausschuss\t14.05.2030\töffentlich\teinstimmig empfohlen\n"
        "Rat der Stadt\t23.09.2030\töffentlich\t\n"
    )

    taken = take(procedure, lists.read_text(text), lead)

    steps = queries.sequence(procedure.id)
    assert [(step.organization.name, step.held_on, step.role) for step in steps] == [
        ("Kulturausschuss", date(2030, 5, 14), "preliminary"),
        ("Rat der Stadt", date(2030, 9, 23), "decision"),
    ]
    assert steps[0].result.outcome == Outcome.RECOMMENDED
    assert len(taken.done) == 3


def test_a_postponement_in_a_list_opens_its_successor(app, lead):
    procedure = make_procedure([lead])
    rows = "Kulturausschuss;14.05.2030;;;vertagt;\nKulturausschuss;28.05.2030;;;einstimmig empfohlen;\n"

    take(procedure, lists.read_file((CSV + rows).encode()), lead)

    first, second = queries.sequence(procedure.id)
    assert (first.result.outcome, second.predecessor_id) == (Outcome.POSTPONED, first.id)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";14.05.2030;;;;", "Zeile 2, Spalte Gremium: fehlt."),
        ("Rat;32.05.2030;;;;", "Zeile 2, Spalte Sitzung am: „32.05.2030“ ist kein Tag"),
        ("Rat;14.05.2030;halb;;;", "Zeile 2, Spalte Beratung: „halb“ ist weder öffentlich noch nichtöffentlich."),
        ("Rat;14.05.2030;;Obacht;;", "Zeile 2, Spalte Rolle: „Obacht“ ist keine bekannte Rolle."),
        ("Rat;;;;einstimmig beschlossen;", "Zeile 2: Ein Ergebnis ohne Sitzungstag"),
        ("Rat;14.05.2030;;;;\nRat;14.05.2030;;;;", "Zeile 3: Rat steht am 14.05.2030 schon unter Zeile 2."),
    ],
)
def test_what_cannot_be_read_names_row_and_column(app, row, fault):
    read = lists.read_file((CSV + row).encode())

    assert any(fault in one for one in read.faults), read.faults


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Rat;14.05.2030;;;irgendwie fertig;", "Zeile 3: Vom Ergebnis „irgendwie fertig“ wurde nicht gelesen"),
        ("Rat;14.06.2030;;;einstimmig beschlossen;", "Zeile 3: Die Sitzung ist erst am 14.06.2030"),
        ("Rat;14.05.2030;;;beschlossen, Ja: 2, Nein: 9;", "Zeile 3: Mit 2 Ja und 9 Nein"),
        ("Rat;14.05.2030;;;verwiesen;", "Zeile 3: Wählen Sie das Gremium"),
    ],
)
def test_what_cannot_be_stores_nothing_at_all(app, lead, row, fault):
    procedure = make_procedure([lead])
    read = lists.read_file((CSV + "Kulturausschuss;14.05.2030;;;einstimmig empfohlen;\n" + row).encode())
    before = traces()

    with pytest.raises(Faulty) as refusal, transaction():
        pasting.take(procedure, read.entries, by=Actor.user(lead.id), now=now())

    db.session.expire_all()
    assert any(fault in one for one in refusal.value.faults), refusal.value.faults
    assert traces() == before


@pytest.mark.parametrize("data", [b"Name;Farbe\nx;y\n", b"", b"%PDF-1.4", b"PK\x03\x04kaputt"])
def test_a_file_that_is_no_list_is_refused_with_a_sentence(app, data):
    with pytest.raises(Faulty) as refusal:
        lists.read_file(data)

    assert refusal.value.faults[0]


@pytest.mark.parametrize("text", ["", "Guten Tag, hier kommt sie, wie besprochen.", "x" * 200_000])
def test_a_text_that_is_no_list_is_refused_with_a_sentence(text):
    assert lists.read_text(text).faults


def test_in_the_browser_the_list_is_shown_before_anything_is_stored(app, lead, as_user):
    procedure = make_procedure([lead])
    browser, home = as_user(lead), f"/verfahren/{procedure.id}/beratungsfolge/einlesen"
    assert "Beratungsfolge einlesen" in browser.get(f"/verfahren/{procedure.id}/beratungsfolge").text

    sent = {"text": "Kulturausschuss, 14.05.2030, Vorberatung, einstimmig empfohlen"}
    page = browser.post(home, data=sent)
    assert page.status_code == 200
    assert "neu in der Beratungsfolge" in page.text
    assert queries.sequence(procedure.id) == []

    rows = lists.to_json(lists.read_text(sent["text"]).entries)
    assert browser.post(home, data={"act": "save", "rows": rows, **sent}).status_code == 303
    assert len(queries.sequence(procedure.id)) == 1
    assert "schon in der Beratungsfolge" in browser.post(home, data=sent).text


def test_in_the_browser_a_faulty_list_comes_back_with_its_faults(app, lead, as_user):
    procedure = make_procedure([lead])
    browser, home = as_user(lead), f"/verfahren/{procedure.id}/beratungsfolge/einlesen"

    empty = browser.post(home, data={"text": ""})
    broken = browser.post(home, data={"text": "Rat der Stadt, 14.06.2030, einstimmig beschlossen"})
    upload = browser.post(home, data={"file": (io.BytesIO((CSV + "Rat;32.05.2030;;;;").encode()), "liste.csv")})
    changed = browser.post(home, data={"act": "save", "rows": "[1]", "text": "x"})

    assert [page.status_code for page in (empty, broken, upload, changed)] == [422, 422, 422, 422]
    assert "Die Sitzung ist erst am 14.06.2030" in broken.text
    assert "Rat der Stadt, 14.06.2030" in broken.text, "what was typed is kept"
    assert "Spalte Sitzung am" in upload.text
    assert queries.sequence(procedure.id) == []


def test_only_the_lead_of_a_procedure_takes_lists_in(app, lead, as_user):
    procedure = make_procedure([lead])

    assert as_user(make_user([Role.LEAD])).get(f"/verfahren/{procedure.id}/beratungsfolge/einlesen").status_code == 404
