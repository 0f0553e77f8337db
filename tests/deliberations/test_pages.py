"""Pages of the sequence, the sittings and the results: for the committee's secretary, for the lead, and for others."""

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest

from ikb.accounts.model import Role
from ikb.db import db
from ikb.deliberations import queries
from ikb.deliberations.model import Consultation, Result, StationState
from ikb.remarks.model import Remark
from tests.factories import (
    SECTIONS,
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
def lead(app):
    return make_user()


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY], name="Frau Feder")


@pytest.fixture
def procedure(lead):
    return make_procedure([lead], title="Konzept für Musterau")


@pytest.fixture
def paper(procedure):
    return make_paper(make_version(make_draft(procedure)), procedure, reference="4711/2030-2035")


@pytest.fixture
def committee(secretary):
    return make_organization("Seniorenrat", [secretary])


@pytest.fixture
def consultation(procedure, committee, paper):
    return make_consultation(procedure, committee, held_on=TODAY)


@pytest.fixture
def desk(as_user, secretary):
    return as_user(secretary)


@pytest.fixture
def lead_browser(as_user, lead):
    return as_user(lead)


def entry(**changes):
    return {
        "outcome": "recommended",
        "votes_yes": "12",
        "votes_no": "0",
        "abstentions": "2",
        "present": "14",
        "manner": "",
        "next_organization_id": "0",
        "key": str(uuid.uuid4()),
        "seen_result_id": "",
        "is_provisional": "y",
        "act": "save",
    } | changes


def result_page(consultation):
    return f"/beratungen/{consultation.id}/ergebnis"


def send(browser, consultation, **changes):
    data = entry(**changes)
    data.setdefault("laid_paper_id", str(db.session.query(queries.Paper).one().id))
    return browser.post(result_page(consultation), data=data)


# Who sees what


def test_a_secretary_sees_their_own_committees_only(desk, as_user, consultation, procedure):
    other = make_consultation(procedure, make_organization("Kulturausschuss"), held_on=TODAY)
    nobody = as_user(make_user([Role.SECRETARY]))

    for address in (f"/beratungen/{consultation.id}", result_page(consultation)):
        assert desk.get(address).status_code == 200
        assert nobody.get(address).status_code == 404
    for address in (f"/beratungen/{other.id}", result_page(other), f"/beratungen/{other.id}/bearbeiten"):
        assert desk.get(address).status_code == 404
    assert send(nobody, consultation).status_code == 404
    assert db.session.query(Result).count() == 0


def test_a_lead_reads_a_consultation_but_does_not_enter_results(lead_browser, consultation):
    page = lead_browser.get(f"/beratungen/{consultation.id}")

    assert page.status_code == 200
    assert "Ergebnis eintragen" not in page.text
    assert lead_browser.get(result_page(consultation)).status_code == 403


def test_a_lead_who_is_also_a_secretary_enters_results_for_their_own_committee_only(as_user, procedure, paper):
    both = make_user([Role.LEAD, Role.SECRETARY])
    own = make_consultation(make_procedure([both]), make_organization(), held_on=TODAY)

    assert as_user(both).get(result_page(own)).status_code == 404


def test_strangers_and_administrators_see_no_sequence(as_user, consultation, procedure):
    address = f"/verfahren/{procedure.id}/beratungsfolge"

    assert as_user(make_user()).get(address).status_code == 404
    assert as_user(make_user([Role.SECRETARY])).get(address).status_code == 404
    assert as_user(make_user([Role.ADMINISTRATOR])).get(address).status_code == 403


def test_a_secretary_reads_the_whole_sequence_and_changes_only_their_own_steps(desk, consultation, procedure):
    other = make_consultation(procedure, make_organization("Kulturausschuss"), held_on=TODAY)

    page = desk.get(f"/verfahren/{procedure.id}/beratungsfolge").text

    assert "Kulturausschuss" in page
    assert f"/beratungen/{consultation.id}/bearbeiten" in page
    assert f"/beratungen/{other.id}/bearbeiten" not in page
    assert "Einstellungen" not in page  # a lead's page
    assert "Beratung hinzufügen" not in page


# The sequence


def test_the_sequence_is_a_table_in_the_towns_form(lead_browser, consultation, procedure, desk):
    send(desk, consultation)
    make_consultation(procedure, make_organization("Rat"), held_on=None, role="decision")

    page = unescape(lead_browser.get(f"/verfahren/{procedure.id}/beratungsfolge").text)

    for column in ("Gremium", "Sitzung am", "Beratung", "Rolle", "Ergebnis", "Stimmen"):
        assert f'<th scope="col">{column}</th>' in page
    assert "Mo., 03.06.2030" in page
    assert "empfohlen, einstimmig bei 2 Enthaltungen" in page
    assert "12 Ja, 0 Nein, 2 Enthaltungen, 14 anwesend" in page
    assert "Entscheidung" in page
    assert "noch offen" in page


@pytest.mark.parametrize("count", [3, 22])
def test_the_sequence_asks_at_most_twelve_times_whatever_its_length(
    lead_browser, desk, procedure, paper, secretary, count, count_queries
):
    for number in range(count):
        step = make_consultation(
            procedure, make_organization(clerks=[secretary]), held_on=TODAY - timedelta(days=number)
        )
        if number % 2:
            send(desk, step)
    address = f"/verfahren/{procedure.id}/beratungsfolge"
    lead_browser.get(address)

    with count_queries() as seen:
        assert lead_browser.get(address).status_code == 200

    assert len(seen) <= 12, seen


def test_a_step_is_moved_and_its_role_changed(lead_browser, consultation):
    answer = lead_browser.post(
        f"/beratungen/{consultation.id}/bearbeiten",
        data={"held_on": "2030-06-24", "role": "hearing", "public": "nein", "row_version": "1"},
    )

    assert answer.status_code == 303
    assert (consultation.held_on, consultation.role, consultation.agenda_item.public) == (
        date(2030, 6, 24),
        "hearing",
        False,
    )


def test_an_old_form_gets_both(desk, lead_browser, consultation):
    data = {"held_on": "2030-06-24", "role": "hearing", "public": "ja", "row_version": "1"}
    lead_browser.post(f"/beratungen/{consultation.id}/bearbeiten", data=data)

    answer = desk.post(f"/beratungen/{consultation.id}/bearbeiten", data=data | {"held_on": "2030-06-25"})

    assert answer.status_code == 409
    assert "24.06.2030" in answer.text
    assert "25.06.2030" in answer.text


def test_a_step_is_left_out_with_a_reason_and_taken_up_again(lead_browser, consultation):
    without = lead_browser.post(f"/beratungen/{consultation.id}/auslassen", data={"reason": " ", "row_version": "1"})
    assert without.status_code == 422
    assert "Schreiben Sie, warum." in without.text

    lead_browser.post(f"/beratungen/{consultation.id}/auslassen", data={"reason": "Einvernehmlich", "row_version": "1"})
    assert consultation.state == StationState.SKIPPED
    assert (
        "ausgelassen: Einvernehmlich" in lead_browser.get(f"/verfahren/{consultation.procedure_id}/beratungsfolge").text
    )

    lead_browser.post(f"/beratungen/{consultation.id}/aufnehmen", data={"row_version": str(consultation.row_version)})
    assert consultation.state == StationState.SCHEDULED


def test_a_further_step_is_added_once(lead_browser, procedure, committee):
    data = {
        "organization": "Ausschuss für Neues",
        "held_on": "2030-07-01",
        "role": "preliminary",
        "public": "ja",
        "row_version": "0",
        "key": str(uuid.uuid4()),
    }

    for _ in range(2):
        assert lead_browser.post(f"/verfahren/{procedure.id}/beratungsfolge/neu", data=data).status_code == 303

    steps = queries.sequence(procedure.id)
    assert [(step.organization.name, step.held_on) for step in steps] == [("Ausschuss für Neues", date(2030, 7, 1))]


def test_a_paper_without_a_number_gets_it_once(lead_browser, as_user, procedure):
    paper = make_paper(make_version(make_draft(procedure)), procedure, reference=None)
    address = f"/vorlagen/{paper.id}/nummer"
    assert address in lead_browser.get(f"/verfahren/{procedure.id}/beratungsfolge").text
    assert as_user(make_user()).get(address).status_code == 404

    assert "Schreiben Sie die Nummer" in lead_browser.post(address, data={"reference": " "}).text
    assert lead_browser.post(address, data={"reference": "4400/2020-2025"}).status_code == 303
    assert paper.reference == "4400/2020-2025"
    assert lead_browser.post(address, data={"reference": "1/2030"}).status_code == 409


def test_a_number_that_is_taken_comes_back(lead_browser, procedure, paper):
    other = make_procedure([lead.user for lead in procedure.leads])
    second = make_paper(make_version(make_draft(other)), other, reference=None)

    answer = lead_browser.post(f"/vorlagen/{second.id}/nummer", data={"reference": "4711/2030-2035"})

    assert answer.status_code == 422
    assert "ist schon vergeben" in answer.text


# My sittings


def test_the_desk_shows_what_is_due_with_its_rule(desk, procedure, committee, paper):
    make_consultation(procedure, committee, held_on=date(2030, 5, 29))
    make_consultation(procedure, committee, held_on=date(2030, 6, 14))

    page = unescape(desk.get("/sitzungen").text)

    assert "Ergebnis noch nicht eingetragen" in page
    assert "Einladung bis Do., 06.06.2030 versenden" in page
    assert "Tag der Zustellung und Sitzungstag zählen nicht mit" in page
    assert "Vorlage 4711/2030-2035, Fassung 1" in page
    assert page.index("Offen") < page.index("Diese Woche")


def test_an_empty_desk_says_why(desk, committee):
    assert "Keine Beratung" in desk.get("/sitzungen").text


@pytest.mark.parametrize("count", [2, 15])
def test_the_desk_asks_seven_times_however_full_it_is(desk, secretary, lead, count, count_queries):
    for number in range(count):
        procedure = make_procedure([lead])
        make_paper(make_version(make_draft(procedure)), procedure)
        step = make_consultation(
            procedure, make_organization(clerks=[secretary]), held_on=TODAY - timedelta(days=number)
        )
        if number % 3 == 0:
            desk.post(result_page(step), data=entry(laid_paper_id=str(procedure_paper(procedure).id)))
    desk.get("/sitzungen")

    with count_queries() as seen:
        assert desk.get("/sitzungen").status_code == 200

    assert len(seen) <= 7, seen


def procedure_paper(procedure):
    return db.session.query(queries.Paper).filter_by(procedure_id=procedure.id).one()


def test_the_invitation_is_noted(desk, procedure, committee, paper):
    step = make_consultation(procedure, committee, held_on=date(2030, 6, 20))
    assert "Einladung als versendet vermerken" in desk.get(f"/beratungen/{step.id}").text

    desk.post(f"/beratungen/{step.id}/eingeladen", data={"row_version": "1"})

    assert step.state == StationState.INVITED


# Results


def test_a_result_is_entered_and_what_followed_is_told(desk, consultation, committee):
    answer = send(desk, consultation, outcome="postponed", votes_yes="", votes_no="", next_on="24.06.2030")

    assert answer.status_code == 303
    page = unescape(desk.get(answer.location).text)
    assert "Was dadurch geschehen ist" in page
    assert "Die nächste Beratung ist angelegt: Seniorenrat, Mo., 24.06.2030" in page
    assert "vertagt" in page
    assert db.session.query(Consultation).count() == 2


def test_the_usual_outcomes_come_first_as_plain_radio_buttons(desk, consultation):
    page = desk.get(result_page(consultation)).text

    codes = re.findall(r'<input[^>]*type="radio"[^>]*value="([^"]+)"', page)
    assert codes[:7] == [
        "recommended",
        "recommended_amended",
        "adopted",
        "adopted_amended",
        "noted",
        "rejected",
        "postponed",
    ]
    assert len(codes) == 17


def test_a_pasted_line_fills_the_form_and_shows_what_it_left(desk, consultation):
    answer = send(
        desk,
        consultation,
        act="read",
        line="- mit Mehrheit beschlossen -, Ja: 44, Nein: 22 (TOP 5.1)",
        outcome="",
        votes_yes="",
        votes_no="",
        abstentions="",
        present="70",
    )

    page = unescape(answer.text)
    assert answer.status_code == 200
    assert re.search(r'<input[^>]*checked[^>]*value="adopted"', page)
    assert re.search(r'name="votes_yes"[^>]*value="44"', page)
    assert re.search(r'name="present"[^>]*value="70"', page)  # what the line does not say stays
    assert '<option selected value="majority">' in page
    assert "Nicht gelesen: „TOP 5.1“" in page
    assert db.session.query(Result).count() == 0


def test_checking_shows_phrase_and_redline_and_stores_nothing(desk, consultation):
    answer = send(
        desk,
        consultation,
        act="check",
        outcome="recommended_amended",
        **{
            "wordings-0-anchor": "bp-1",
            "wordings-0-wish": "replace",
            "wordings-0-text": "Die Stadt Musterau beschließt das Konzept als Leitlinie ihrer Arbeit.",
        },
    )

    page = unescape(answer.text)
    assert "mit Änderungen empfohlen, einstimmig bei 2 Enthaltungen" in page
    assert re.search(r"<del>.*Grundlage", page)
    assert re.search(r"<ins>.*Leitlinie", page)
    assert db.session.query(Result).count() == 0


def test_passages_are_added_and_taken_away_with_everything_kept(desk, consultation):
    first = send(desk, consultation, act="add", passage="bp-1", resolution_text="Noch nicht fertig.")
    assert SECTIONS[0][4] in unescape(first.text)
    assert "Noch nicht fertig." in first.text
    kept = {"wordings-0-anchor": "bp-1", "wordings-0-wish": "replace", "wordings-0-text": "Mein Wortlaut."}

    second = send(desk, consultation, act="add", passage="bp-2", **kept)
    assert "Mein Wortlaut." in second.text
    assert 'name="wordings-1-text"' in second.text

    third = send(desk, consultation, act="remove-0", **kept)
    assert "Mein Wortlaut." not in third.text
    assert re.search(r'name="votes_yes"[^>]*value="12"', third.text)


def test_a_passage_that_was_not_chosen_is_asked_for(desk, consultation):
    assert "Wählen Sie einen Abschnitt aus der Liste." in send(desk, consultation, act="add", passage="").text


def test_changed_wording_is_stored_as_what_the_body_resolved(desk, consultation, paper):
    answer = send(
        desk,
        consultation,
        outcome="recommended_amended",
        **{
            "wordings-0-anchor": "bp-1",
            "wordings-0-wish": "replace",
            "wordings-0-text": "Die Stadt Musterau beschließt das Konzept als Leitlinie ihrer Arbeit.",
            "wordings-3-anchor": "bp-2",
            "wordings-3-wish": "delete",
            "wordings-3-text": "wird nicht gebraucht",
        },
    )

    assert answer.status_code == 303, answer.text
    found = db.session.query(Remark).order_by(Remark.position).all()
    assert [(remark.anchor, remark.wish, remark.proposed_text) for remark in found] == [
        ("bp-1", "replace", "Die Stadt Musterau beschließt das Konzept als Leitlinie ihrer Arbeit."),
        ("bp-2", "delete", ""),
    ]
    page = unescape(desk.get(answer.location).text)
    assert "2 geänderte Abschnitte stehen jetzt in der Auswertung" in page
    assert re.search(r"<ins>.*Leitlinie", page)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": ""}, "Wählen Sie das Ergebnis."),
        ({"outcome": "veto"}, "Ergebnis"),
        ({"votes_yes": "zwölf"}, "Schreiben Sie eine Zahl"),
        ({"votes_yes": "-1"}, "Schreiben Sie eine Zahl"),
        ({"present": "13"}, "anwesend waren aber nur 13"),
        ({"outcome": "rejected"}, "abgelehnt passt nicht dazu"),
        ({"outcome": "recommended_amended", "resolution_text": ""}, "Es fehlt, was geändert wurde"),
        ({"outcome": "referred", "votes_yes": "9"}, "Wählen Sie das Gremium"),
        ({"outcome": "postponed", "next_on": "01.06.2030"}, "läge vor dieser Sitzung"),
        ({"outcome": "split_vote", "resolution_text": "alles gut"}, "je Punkt eine Zeile"),
    ],
)
def test_a_faulty_entry_comes_back_as_typed_and_stores_nothing(desk, consultation, changes, words):
    sent = {"resolution_text": "Ein langer Text.", "next_on": "24.06.2030"} | changes

    answer = send(desk, consultation, **sent)

    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert sent["resolution_text"] in answer.text
    assert re.search(r'name="abstentions"[^>]*value="2"', answer.text)
    assert db.session.query(Result).count() == 0


def test_a_result_before_the_sitting_is_refused(desk, procedure, committee, paper):
    tomorrow = make_consultation(procedure, committee, held_on=TODAY + timedelta(days=1))

    assert "Die Sitzung war noch nicht." in desk.get(result_page(tomorrow)).text
    answer = send(desk, tomorrow)

    assert answer.status_code == 422
    assert "frühestens an diesem Tag" in unescape(answer.text)


def test_sent_twice_it_is_one_result(desk, consultation):
    key = str(uuid.uuid4())

    for _ in range(2):
        assert send(desk, consultation, key=key).status_code == 303

    assert db.session.query(Result).count() == 1


def test_two_secretaries_at_once_the_second_sees_both(desk, as_user, consultation, committee):
    colleague = make_user([Role.SECRETARY])
    committee.clerks.append(queries.Clerk(user=colleague))
    db.session.commit()
    send(desk, consultation)

    answer = send(as_user(colleague), consultation, outcome="noted", resolution_text="Wir haben es anders gehört.")

    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "empfohlen, einstimmig bei 2 Enthaltungen" in page
    assert "Eingetragen von Frau Feder." in page
    assert "Wir haben es anders gehört." in page
    assert db.session.query(Result).count() == 1


def test_a_correction_starts_from_what_holds_and_keeps_the_old_entry_visible(desk, consultation):
    send(desk, consultation)
    first = db.session.query(Result).one()
    page = desk.get(result_page(consultation)).text
    assert re.search(r'name="votes_yes"[^>]*value="12"', page)
    assert f'name="seen_result_id" type="hidden" value="{first.id}"' in page

    answer = send(desk, consultation, votes_yes="11", votes_no="1", seen_result_id=str(first.id), is_provisional="")

    assert answer.status_code == 303
    shown = unescape(desk.get(answer.location).text)
    assert "empfohlen, mit Mehrheit (11 Ja, 1 Nein, 2 Enthaltungen)" in shown
    assert "empfohlen, einstimmig bei 2 Enthaltungen (vorläufig) – berichtigt" in shown
