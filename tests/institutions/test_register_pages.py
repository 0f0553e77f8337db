"""The register's pages: found, shown, added, changed, exported, merged."""

from __future__ import annotations

import io
import uuid

import pytest
from flask import Flask
from sqlalchemy import insert, select

from ikb.accounts.model import Role
from ikb.db import db
from ikb.institutions.model import Contact, Institution, OwnKind
from tests.factories import MADE_AT, make_institution, make_user, save

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def browser(app: Flask, as_user):
    return as_user(make_user([Role.LEAD]))


def fresh(institution: Institution) -> Institution:
    db.session.expire_all()
    return institution


def entered(**values: object) -> dict[str, object]:
    given = {"name": "Haus", "kind": "club", "language": "de", "key": str(uuid.uuid4()), "row_version": 0}
    return given | values


@pytest.mark.parametrize("role", [Role.SECRETARY, None])
def test_only_leads_and_administrators_see_the_register(app: Flask, as_user, role) -> None:
    browser = as_user(make_user([role] if role else []))

    assert browser.get("/institutionen").status_code in (403, 404)


def test_the_list_finds_despite_typing_and_narrows(browser) -> None:
    make_institution("Kulturverein Morgenstern", sort_key="kulturverein morgenstern", district="Heepen")
    make_institution("Amt für Brücken", sort_key="amt fuer bruecken", kind="authority")

    alike = browser.get("/institutionen?suche=Morgenstren").text
    narrowed = browser.get("/institutionen?art=authority").text

    assert "Gezeigt ist, was ähnlich heißt" in alike
    assert "Kulturverein Morgenstern" in alike
    assert "Amt für Brücken" in narrowed
    assert "Kulturverein Morgenstern</a>" not in narrowed


def test_ten_thousand_are_listed_in_few_queries(browser, count_queries) -> None:
    db.session.execute(
        insert(Institution),
        [
            {
                "number": 100_000 + place,
                "name": f"Verein {place}",
                "sort_key": f"verein {place}",
                "kind": "club",
                "created_at": MADE_AT,
            }
            for place in range(10_000)
        ],
    )
    db.session.commit()

    with count_queries() as queries:
        page = browser.get("/institutionen?suche=Verien 4711").text

    assert "Verein 4711" in page
    assert len(queries) <= 6


def test_one_is_added_once_however_often_the_form_is_sent(browser) -> None:
    form = entered(name="Haus", fields_of_action="Sprache, Bildung\nSport", languages="Farsi; Dari")

    answers = [browser.post("/institutionen/neu", data=form) for _ in range(2)]

    assert answers[0].location == answers[1].location
    found = db.session.scalars(select(Institution).where(Institution.name == "Haus")).one()
    assert (found.fields, found.languages) == (["Sprache, Bildung", "Sport"], ["Farsi", "Dari"])


def test_a_name_that_is_there_is_said_at_its_field(browser) -> None:
    make_institution("Haus e. V.", number=907)

    answer = browser.post("/institutionen/neu", data=entered(name="HAUS"))

    assert answer.status_code == 422
    assert "steht schon im Verzeichnis (Nr. 907)" in answer.text


def test_two_who_change_one_entry_see_both_texts(browser) -> None:
    institution = make_institution("Haus")
    place = f"/institutionen/{institution.id}/bearbeiten"
    version = institution.row_version
    browser.post(place, data=entered(district="Mitte", row_version=version))

    answer = browser.post(place, data=entered(district="Heepen", row_version=version))

    assert answer.status_code == 409
    assert "Bezirk: Mitte" in answer.text
    assert "Bezirk: Heepen" in answer.text
    assert fresh(institution).district == "Mitte"
    assert "geändert (Bezirk)" in browser.get(f"/institutionen/{institution.id}").text.split("Verlauf")[1]


def test_contacts_come_change_and_go(browser) -> None:
    institution = make_institution("Haus")
    base = f"/institutionen/{institution.id}/kontakte"
    new = {"name": "Frau Neu", "email": "Neu@x.example.org", "valid_from": "01.01.2031", "row_version": 1}
    browser.post(f"{base}/neu", data=new)
    contact = fresh(institution).contacts[0]
    address = contact.email
    backwards = new | {"valid_until": "31.12.2030", "row_version": institution.row_version}

    refused = browser.post(f"{base}/{contact.id}", data=backwards)
    page = browser.get(f"/institutionen/{institution.id}").text
    browser.post(f"{base}/{contact.id}/loeschen", data={"row_version": fresh(institution).row_version})

    assert (address, refused.status_code) == ("neu@x.example.org", 422)
    assert "ab 01.01.2031" in page
    assert "heute nicht" in page
    assert fresh(institution).contacts == []


def test_a_kind_of_ones_own_is_offered_renamed_and_kept_while_it_is_used(browser) -> None:
    browser.post("/institutionen/arten/neu", data={"name": "Nachbarschaftshaus", "row_version": 0})
    kind = db.session.scalars(select(OwnKind)).one()
    browser.post("/institutionen/neu", data=entered(kind="Nachbarschaftshaus"))
    place = f"/institutionen/arten/{kind.id}"

    taken = browser.post("/institutionen/arten/neu", data={"name": "VEREIN", "row_version": 0})
    browser.post(place, data={"name": "Treffpunkt", "row_version": 1})
    kept = browser.post(f"{place}/loeschen", data={"row_version": 2})

    assert (taken.status_code, kept.status_code) == (422, 409)
    assert db.session.scalars(select(Institution.kind).where(Institution.name == "Haus")).one() == "Treffpunkt"
    assert "Treffpunkt" in browser.get("/institutionen").text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_taken_away_can_be_taken_in_again(browser, form: str) -> None:
    institution = make_institution("+Haus", district="Mitte")
    save(Contact(institution_id=institution.id, name="Frau Neu", phone="+49 521 1"))
    data = browser.get(f"/institutionen/verzeichnis.{form}?bezirk=Mitte").data

    answer = browser.post("/institutionen/import", data={"file": (io.BytesIO(data), f"liste.{form}")})

    assert answer.status_code == 303
    assert (fresh(institution).name, institution.contacts[0].phone) == ("+Haus", "+49 521 1")


def test_duplicates_are_suggested_compared_and_merged(browser) -> None:
    survivor = make_institution("Kulturverein Morgenstern", sort_key="kulturverein morgenstern")
    loser = make_institution("Kulturferein Morgenstern", sort_key="kulturferein morgenstern")
    place = f"/institutionen/{loser.id}/zusammenfuehren/{survivor.id}"

    assert place in browser.get("/institutionen/doppelte").text
    browser.post(place, data={"loser_version": 1, "survivor_version": 1})

    assert fresh(loser).merged_into_id == survivor.id
    assert "in einem anderen aufgegangen" in browser.get(f"/institutionen/{loser.id}").text
    assert "Kulturferein" in browser.get(f"/institutionen/{survivor.id}").text
    assert "Kulturferein" not in browser.get("/institutionen").text
