"""The page on which a result is entered: rows come, go and change places, and only one button saves."""

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.core.results import Outcome
from ikb.db import db, transaction
from ikb.deliberations import resolution_kinds
from ikb.deliberations.model import Result
from ikb.deliberations.resolution_kinds import KindEntry
from ikb.deliberations.wordings import wishes_of
from ikb.journal.service import SYSTEM
from tests.factories import (
    make_consultation,
    make_draft,
    make_organization,
    make_paper,
    make_procedure,
    make_user,
    make_version,
)

TODAY = date(2030, 6, 3)


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY], name="Frau Feder")


@pytest.fixture
def consultation(secretary):
    procedure = make_procedure()
    paper = make_paper(make_version(make_draft(procedure)), procedure)
    found = make_consultation(procedure, make_organization("Seniorenrat", [secretary]), held_on=TODAY)
    found.paper_id = paper.id
    return found


@pytest.fixture
def desk(as_user, secretary):
    return as_user(secretary)


@pytest.fixture
def page(desk, consultation):
    def send(act="save", headers=None, **changes):
        data = {
            "outcome": "recommended_amended",
            "votes_yes": "9",
            "votes_no": "2",
            "abstentions": "1",
            "present": "13",
            "excluded": "1",
            "manner": "",
            "next_organization_id": "0",
            "laid_paper_id": str(consultation.paper_id),
            "key": str(uuid.uuid4()),
            "seen_result_id": "",
            "is_provisional": "y",
            "act": act,
        }
        return desk.post(f"/beratungen/{consultation.id}/ergebnis", data=data | changes, headers=headers)

    return send


MOTION = {
    "motions-0-mover": "Gruppe Morgen",
    "motions-0-aim": "",
    "motions-0-text": "Das Konzept soll leiten.",
    "motions-0-outcome": "adopted",
    "motions-0-votes_yes": "9",
    "motions-0-votes_no": "3",
    "motions-0-wordings-0-anchor": "bp-1",
    "motions-0-wordings-0-wish": "replace",
    "motions-0-wordings-0-text": "Die Stadt Musterau beschließt das Konzept als Richtschnur ihrer Arbeit.",
}
GROUP = {
    "groups-0-name": "Gruppe Morgen",
    "groups-0-votes_yes": "5",
    "groups-0-votes_no": "",
    "groups-0-abstentions": "0",
}


def result():
    return db.session.scalars(select(Result)).one()


def test_all_parts_are_saved_from_one_form(page, consultation):
    points = {
        "points-0-anchor": "bp-1",
        "points-0-label": "1",
        "points-0-outcome": "recommended",
        "points-0-manner": "unanimous",
    }

    assert page(**MOTION, **GROUP, **points).status_code == 303

    found = result()
    assert found.excluded == 1
    assert [group.in_words for group in found.groups] == ["Gruppe Morgen: 5 Ja, 0 Enthaltungen"]
    assert [point.phrase for point in found.points] == ["empfohlen, einstimmig"]
    assert [(motion.name, motion.phrase) for motion in found.motions] == [
        ("Änderungsantrag: Gruppe Morgen", "angenommen, mit Mehrheit (9 Ja, 3 Nein)")
    ]
    assert [remark.anchor for remark in wishes_of(consultation.agenda_item_id)] == ["bp-1"]


def test_rows_come_and_go_and_nothing_typed_is_lost(page):
    more = page("motion-add", **MOTION, **GROUP).text
    assert "2. Antrag" in more
    assert 'value="Gruppe Morgen"' in more

    assert "Fraktion 2" in page("group-add", **GROUP).text
    assert "Fraktion eintragen" in page("group-remove-0", **GROUP).text
    assert "Gruppe Morgen" not in page("motion-remove-0", **MOTION).text
    assert "Richtschnur" not in page("motion-0-remove-0", **MOTION).text
    with_passage = page("motion-passage-0", **MOTION, **{"motions-0-passage": "bp-2"}).text
    assert 'name="motions-0-wordings-1-text"' in with_passage
    assert db.session.scalars(select(Result)).all() == []


def test_the_furthest_reaching_motion_is_moved_to_the_top_and_stays_there(page):
    two = MOTION | {"motions-1-mover": "Gruppe Abend", "motions-1-text": "Streichen.", "motions-1-outcome": "rejected"}

    moved = page("motion-up-1", **two).text

    names = dict(re.findall(r'name="(motions-\d-mover)"[^>]*value="([^"]*)"', moved))
    assert names == {"motions-0-mover": "Gruppe Abend", "motions-1-mover": "Gruppe Morgen"}
    assert 'name="motions-1-wordings-0-text"' in moved


@pytest.mark.parametrize(
    "act",
    [
        "motion-up-7",
        "motion-remove-9",
        "motion-passage-3",
        "motion-8-remove-1",
        "group-remove-5",
        "remove-4",
        "nonsense",
    ],
)
def test_a_button_for_a_row_that_is_not_there_does_nothing(page, act):
    assert page(act, **MOTION).status_code == 200


def test_a_part_that_cannot_be_stands_at_its_row_and_nothing_is_stored(page):
    answer = page(**MOTION | {"motions-0-votes_yes": "2"})

    assert answer.status_code == 422
    assert "hat der Antrag keine Mehrheit" in answer.text
    assert 'href="#motions-0-outcome"' in answer.text
    assert 'value="Gruppe Morgen"' in answer.text

    answer = page(**MOTION, **{"groups-0-name": "", "groups-1-name": "Gruppe Abend"})
    assert 'href="#groups-1-votes_yes"' in answer.text  # the empty row above it does not count

    answer = page(**{**MOTION, "motions-0-outcome": ""})
    assert "Wählen Sie, wie er ausging" in answer.text
    assert db.session.scalars(select(Result)).all() == []


def test_a_separate_vote_that_lacks_a_point_says_which(page):
    answer = page(
        outcome="split_vote",
        **{"points-0-anchor": "bp-1", "points-0-label": "1", "points-0-outcome": "recommended", "points-0-manner": ""},
    )

    assert answer.status_code == 422
    assert "Es fehlt: Punkt 2" in answer.text


def test_the_phrase_is_shown_while_typing(page):
    part = page("phrase", {"HX-Request": "true"}, **GROUP).text

    assert "<html" not in part
    assert "mit Änderungen empfohlen, mit Mehrheit (9 Ja, 2 Nein, 1 Enthaltung)" in part
    assert (
        "zusammen 10 Ja-Stimmen" in page("phrase", {"HX-Request": "true"}, **GROUP | {"groups-0-votes_yes": "10"}).text
    )
    assert "Wählen Sie ein Ergebnis" in page("phrase", outcome="").text
    assert page("phrase", votes_yes="viele", manner="weird").status_code == 200
    assert db.session.scalars(select(Result)).all() == []


def test_without_script_a_button_shows_the_phrase_and_the_text_after_the_motions(page):
    checked = page("check", **MOTION).text

    assert "mit Änderungen empfohlen, mit Mehrheit" in checked
    assert re.search(r"<ins[^>]*>.*Richtschnur", checked, re.DOTALL)


def test_an_unknown_line_is_named_and_changes_nothing(page):
    answer = page("read", outcome="", line="siehe Anlage 3").text

    assert "In der Zeile steht kein Ergebnis, das ikb kennt: „siehe Anlage 3“" in answer
    assert db.session.scalars(select(Result)).all() == []


def test_the_form_offers_the_towns_kinds_first_and_reads_them_in_a_line(page, desk, consultation, now):
    with transaction():
        resolution_kinds.add(KindEntry("ungeändert empfohlen", Outcome.RECOMMENDED), by=SYSTEM, now=now)
        kind = resolution_kinds.add(
            KindEntry("mit Maßgaben empfohlen", Outcome.RECOMMENDED_AMENDED), by=SYSTEM, now=now
        )

    shown = desk.get(f"/beratungen/{consultation.id}/ergebnis").text
    offered = re.findall(r'name="outcome"[^>]*value="([^"]*)"', shown)
    assert offered[1] == f"k{kind.id}"
    assert "recommended" not in offered
    assert "noted" in offered

    read = page("read", outcome="", line="mit Maßgaben empfohlen, Ja: 9").text
    assert re.search(rf'<input checked[^>]*value="k{kind.id}"', read)

    assert page(outcome=f"k{kind.id}", **MOTION).status_code == 303
    assert (result().outcome, result().kind_name) == ("recommended_amended", "mit Maßgaben empfohlen")
    again = desk.get(f"/beratungen/{consultation.id}/ergebnis").text
    assert re.search(rf'<input checked[^>]*value="k{kind.id}"', again)


def test_a_correction_begins_with_every_part(page, desk, consultation):
    page(**MOTION, **GROUP)

    again = desk.get(f"/beratungen/{consultation.id}/ergebnis").text

    for words in ('name="motions-0-wordings-0-text"', 'value="Gruppe Morgen"', 'name="groups-0-votes_yes"'):
        assert words in again
    assert 'name="wordings-0-text"' not in again  # it comes in with its motion, not twice
    assert page(**MOTION, **GROUP, seen_result_id=str(result().id)).status_code == 303
    assert db.session.query(Result).count() == 2


def test_the_second_secretary_gets_both_entries_with_their_parts(page):
    page(**MOTION, **GROUP)

    answer = page(outcome="rejected", votes_yes="2", votes_no="9", **{**MOTION, "motions-0-mover": "Gruppe Abend"})

    assert answer.status_code == 409
    assert "Gruppe Morgen: 5 Ja, 0 Enthaltungen" in answer.text
    assert "Änderungsantrag: Gruppe Abend" in answer.text


def test_the_station_and_its_extract_show_every_part(page, desk, consultation):
    page(**MOTION, **GROUP)

    for address in (f"/beratungen/{consultation.id}", f"/beratungen/{consultation.id}/auszug"):
        shown = desk.get(address).text
        for words in (
            "Gruppe Morgen: 5 Ja",
            "Änderungsantrag: Gruppe Morgen",
            "angenommen, mit Mehrheit",
            "1 befangen",
        ):
            assert words in shown
    assert "vorläufig" in desk.get(f"/beratungen/{consultation.id}/auszug").text


def test_there_is_no_extract_without_a_result_and_none_for_others(desk, as_user, consultation, page):
    assert desk.get(f"/beratungen/{consultation.id}/auszug").status_code == 404
    page(**MOTION)

    assert as_user(make_user([Role.SECRETARY])).get(f"/beratungen/{consultation.id}/auszug").status_code == 404


def test_the_pages_ask_a_bounded_number_of_questions(page, desk, consultation, count_queries):
    page(**MOTION, **GROUP)

    for address, most in (("", 22), ("/ergebnis", 22), ("/auszug", 20)):
        with count_queries() as seen:
            assert desk.get(f"/beratungen/{consultation.id}{address}").status_code == 200
        assert len(seen) <= most, address


# The town's kinds


def test_administrators_keep_the_list_of_kinds(as_user):
    browser = as_user(make_user([Role.ADMINISTRATOR]))
    assert "Noch keine eigenen Beschlussarten" in browser.get("/beschlussarten").text

    new = {"name": "zugestimmt", "outcome": "recommended", "position": "", "is_active": "y", "row_version": "0"}
    assert browser.post("/beschlussarten/neu", data=new).status_code == 303
    assert browser.post("/beschlussarten/neu", data=new).status_code == 422  # one name, one kind

    kind = resolution_kinds.all_kinds()[0]
    change = new | {"outcome": "adopted", "row_version": str(kind.row_version)}
    assert browser.post(f"/beschlussarten/{kind.id}", data=change).status_code == 303
    assert browser.post(f"/beschlussarten/{kind.id}", data=change).status_code == 409
    assert "beschlossen" in browser.get("/beschlussarten").text
    assert browser.get("/beschlussarten/999").status_code == 404


@pytest.mark.parametrize("role", [Role.LEAD, Role.SECRETARY])
def test_nobody_else_does(as_user, role):
    assert as_user(make_user([role])).get("/beschlussarten").status_code == 403
