"""The pages of a council system, as an administrator and a lead use them in the browser."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.db import db
from ikb.deliberations import queries as deliberations
from ikb.oparl.model import CouncilSystem, Difference
from tests.factories import make_consultation, make_organization, make_user
from tests.oparl.conftest import FEW_COMMITTEES, connect, read_all
from tests.oparl.town import item_path, meeting_path


@pytest.fixture
def administrator(as_user):
    return as_user(make_user([Role.ADMINISTRATOR]))


def entered(few, **changes):
    values = {
        "name": "ALLRIS",
        "url": few.system,
        "since_on": "2010-01-01",
        "interval_minutes": "60",
        "leads": ["dates", "agendas", "results"],
        "allows_private": "y",
    }
    return values | changes


def offered(page: str) -> dict[str, str]:
    """The choices of the page, as it proposes them: name of the select -> value."""
    selects = re.findall(r'<select[^>]*name="(gremium-\d+)"(.*?)</select>', page, re.DOTALL)
    return {name: re.search(r'value="([^"]*)" selected', inner)[1] for name, inner in selects}


def test_without_a_council_system_the_page_says_what_to_do_first(administrator):
    page = administrator.get("/verwaltung/ratssysteme").text

    assert "Noch kein Ratssystem angebunden" in page
    assert "/verwaltung/ratssysteme/neu" in page


def test_from_the_address_to_the_sequence_in_the_browser(few, paper, administrator):
    make_organization("Psychiatriebeirat", sort_key="psychiatriebeirat")
    answer = administrator.post("/verwaltung/ratssysteme/neu", data=entered(few))
    home = answer.location
    assert "Wird gerade gelesen" in administrator.get(home).text

    read_all()
    assert "Jetzt die Gremien wählen" in administrator.get(home).text
    page = administrator.get(f"{home}/gremien").text
    choices = offered(page)
    assert sorted(choices.values()).count("neu") == 3, "offices and groups are left out, one committee is known"
    version = re.search(r'name="row_version" value="(\d+)"', page)[1]
    assert administrator.post(f"{home}/gremien", data=choices | {"row_version": version}).status_code == 303

    read_all()
    preview = administrator.get(f"{home}/vorschau").text
    assert "Beratung: 5" in preview
    assert deliberations.sequence(paper.procedure_id) == [], "a preview stores nothing"
    version = re.search(r'name="row_version" value="(\d+)"', preview)[1]
    assert administrator.post(f"{home}/uebernehmen", data={"row_version": version}).status_code == 303

    read_all()
    assert len(deliberations.sequence(paper.procedure_id)) == 5
    assert "Keine Fehler bekannt" in administrator.get(home).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "rat.example.org"}, "beginnt nicht mit https://"),
        ({"url": "https://lisa:geheim@rat.example.org/"}, "Zugangsdaten"),
        ({"name": " "}, "zum Beispiel"),
        ({"interval_minutes": "5"}, "15 Minuten bis ein Tag"),
        ({"since_on": ""}, "ersten Tag"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_stored(few, administrator, changes, words):
    answer = administrator.post("/verwaltung/ratssysteme/neu", data=entered(few, **changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(CouncilSystem.id)) is None


def test_no_committee_chosen_is_refused(few, administrator, paper):
    administrator.post("/verwaltung/ratssysteme/neu", data=entered(few))
    read_all()
    [system] = db.session.scalars(select(CouncilSystem))

    answer = administrator.post(
        f"/verwaltung/ratssysteme/{system.id}/gremien", data={"row_version": str(system.row_version)}
    )

    assert answer.status_code == 422
    assert "mindestens ein Gremium" in answer.text


def test_only_administrators_enter(few, paper, as_user):
    system = connect(few, FEW_COMMITTEES)

    lead = as_user(make_user([Role.LEAD]))

    assert lead.get(f"/verwaltung/ratssysteme/{system.id}").status_code == 403
    assert lead.post(f"/verwaltung/ratssysteme/{system.id}/lesen").status_code == 403


def test_the_sequence_says_where_it_comes_from_and_the_form_shows_what_is_fixed(few, paper, as_user):
    connect(few, FEW_COMMITTEES)
    lead = as_user(paper.procedure.leads[0].user)

    page = lead.get(f"/verfahren/{paper.procedure_id}/beratungsfolge").text
    assert "Aus ALLRIS, gelesen heute um 10:00 Uhr." in page

    council = next(step for step in deliberations.sequence(paper.procedure_id) if step.role == "decision")
    form = lead.get(f"/beratungen/{council.id}/bearbeiten").text
    assert '<input type="hidden" name="held_on" value="2010-09-23">' in form
    sent = {
        "held_on": "2010-09-30",
        "role": "decision",
        "public": "ja",
        "row_version": council.row_version,
        "also_past": "y",
    }
    answer = lead.post(f"/beratungen/{council.id}/bearbeiten", data=sent)
    assert answer.status_code == 422
    assert "kommt aus ALLRIS" in answer.text


def test_a_station_and_its_sitting_say_where_they_come_from(few, paper, as_user):
    connect(few, FEW_COMMITTEES)
    lead = as_user(paper.procedure.leads[0].user)
    council = next(step for step in deliberations.sequence(paper.procedure_id) if step.role == "decision")

    assert "Aus ALLRIS" in lead.get(f"/beratungen/{council.id}").text
    sitting = lead.get(f"/sitzungen/{council.agenda_item.meeting_id}").text
    assert "Aus ALLRIS" in sitting
    assert "Sitzung absagen" not in sitting
    assert "Punkt hinzufügen" not in sitting


def test_minutes_and_extract_are_found_where_the_council_system_keeps_them(few, paper, as_user):
    day = date(2010, 9, 23)
    minutes = {"id": f"{few.url}/f/1", "type": "File", "accessUrl": "https://rat.example.org/1.pdf"}
    extract = {"id": f"{few.url}/f/2", "type": "File", "accessUrl": "https://rat.example.org/2.pdf", "name": "Auszug 2"}
    few.tell(
        change={
            meeting_path("Rat der Stadt", day): {"resultsProtocol": minutes},
            item_path("Rat der Stadt", day): {"resolutionFile": extract},
        }
    )
    connect(few, FEW_COMMITTEES)
    lead = as_user(paper.procedure.leads[0].user)
    council = next(step for step in deliberations.sequence(paper.procedure_id) if step.role == "decision")

    station = lead.get(f"/beratungen/{council.id}").text
    sitting = lead.get(f"/sitzungen/{council.agenda_item.meeting_id}").text

    assert '<a href="https://rat.example.org/2.pdf" rel="noreferrer">Auszug 2 (ALLRIS)</a>' in station
    assert '<a href="https://rat.example.org/1.pdf" rel="noreferrer">Niederschrift (ALLRIS)</a>' in sitting


def test_a_lead_decides_about_differences_of_the_own_procedure_only(few, paper, as_user):
    connect(few, FEW_COMMITTEES, leads=frozenset())
    lead, stranger = as_user(paper.procedure.leads[0].user), as_user(make_user([Role.LEAD]))
    home = f"/verfahren/{paper.procedure_id}/beratungsfolge/abweichungen"
    difference = db.session.scalars(select(Difference).where(Difference.field == "station").limit(1)).one()
    assert "Abweichungen vom Ratssystem ansehen" in lead.get(f"/verfahren/{paper.procedure_id}/beratungsfolge").text
    assert difference.subject in lead.get(home).text

    act = f"/abweichungen/{difference.id}/uebernehmen"
    assert stranger.post(act).status_code == 404
    assert stranger.get(home).status_code == 404
    assert lead.post(act, data={"von": "verfahren"}).location == home

    assert len(deliberations.sequence(paper.procedure_id)) == 1


def test_the_pages_ask_the_database_no_more_for_many_faults(few, paper, administrator, count_queries):
    system = connect(few, FEW_COMMITTEES, leads=frozenset())
    with count_queries() as seen:
        assert administrator.get(f"/verwaltung/ratssysteme/{system.id}").status_code == 200
    assert len(seen) <= 12, seen
    with count_queries() as seen:
        assert administrator.get(f"/verwaltung/ratssysteme/{system.id}/abweichungen").status_code == 200
    assert len(seen) <= 10, seen
    with count_queries() as seen:
        assert administrator.get("/verwaltung/ratssysteme").status_code == 200
    assert len(seen) <= 9, seen


def test_an_ended_connection_leaves_everything_and_lets_people_change_it(few, paper, administrator, as_user):
    system = connect(few, FEW_COMMITTEES)
    home = f"/verwaltung/ratssysteme/{system.id}"

    administrator.post(f"{home}/trennen", data={"row_version": str(system.row_version)})

    assert administrator.get(home).status_code == 404
    assert len(deliberations.sequence(paper.procedure_id)) == 5
    lead = as_user(paper.procedure.leads[0].user)
    assert "ALLRIS, gelesen" not in lead.get(f"/verfahren/{paper.procedure_id}/beratungsfolge").text


def test_a_sequence_without_a_council_system_says_nothing_of_one(app, as_user):
    lead = make_user([Role.LEAD])
    step = make_consultation(held_on=date(2030, 6, 12))
    assert "gelesen" not in as_user(lead).get(f"/verfahren/{step.procedure_id}/beratungsfolge").text
