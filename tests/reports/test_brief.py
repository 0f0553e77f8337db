"""The brief for a committee: what concerns it, who speaks of it, what others resolved, what is open; page and DOCX."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
from docx import Document

from ikb.accounts.model import Role
from ikb.consolidation.model import Run, RunState, SectionOutcome
from ikb.core.topics import Topic, topic_of
from ikb.db import transaction
from ikb.deliberations.model import Result
from ikb.reports import brief as room
from tests.factories import (
    MADE_AT,
    make_consultation,
    make_draft,
    make_institution,
    make_invitation,
    make_organization,
    make_paper,
    make_phase,
    make_procedure,
    make_statement,
    make_user,
    make_version,
    save,
)

TODAY = date(2030, 6, 3)
SCHOOL = Topic(("Schul",))


@pytest.fixture
def clerk(app):
    return make_user([Role.SECRETARY])


@pytest.fixture
def version(procedure):
    return make_version(make_draft(procedure))


@pytest.fixture
def paper(version, procedure):
    return make_paper(version, procedure, reference="12/2030")


@pytest.fixture
def phase(version):
    return make_phase(version)


@pytest.fixture
def step(procedure, clerk):
    return make_consultation(procedure, make_organization("Schulausschuss", [clerk]), date(2030, 6, 12))


def says(phase, name, fields=(), district="", remarks=({"anchor": "a3-z1-m1", "comment": "Zu wenig."},), **values):
    institution = make_institution(name, fields=list(fields), district=district)
    return make_statement(make_invitation(phase, institution), remarks, **values)


def sat(procedure, name, held_on, outcome="recommended"):
    step = make_consultation(procedure, make_organization(name), held_on, state="recorded")
    save(
        Result(
            consultation_id=step.id,
            key=uuid.uuid4(),
            outcome=outcome,
            recorded_by_id=make_user().id,
            recorded_at=MADE_AT,
        )
    )
    return step


def test_the_passages_are_those_that_speak_of_its_field_with_the_word_that_found_them(step, paper):
    found = room.brief(step, paper, SCHOOL, TODAY)

    assert [(one.name, one.text, one.because) for one in found.passages.shown] == [
        ("Maßnahme zu Handlungsziel 1", "Jede Schule bietet zwei Kurse am Nachmittag an.", ["Schul"])
    ]


def test_a_committee_for_everything_gets_what_most_is_said_about(step, paper, phase):
    says(phase, "Verein A", remarks=[{"anchor": "bp-2", "comment": "Ja."}])
    says(phase, "Verein B", remarks=[{"anchor": "bp-2", "comment": "Ja."}, {"anchor": "bp-1", "comment": "Nein."}])

    found = room.brief(step, paper, Topic(), TODAY)

    assert [(one.name, one.remarks) for one in found.passages.shown] == [
        ("Beschlusspunkt 2", 2),
        ("Beschlusspunkt 1", 1),
    ]


def test_remarks_are_of_institutions_of_its_field_and_those_on_its_passages_come_first(step, paper, phase):
    says(phase, "Elternverein", ["Schule"], remarks=[{"anchor": "bp-1", "comment": "Allgemein."}])
    says(phase, "Schulverein", ["Schule"], remarks=[{"anchor": "a3-z1-m1", "comment": "Genau hier."}])
    says(phase, "Sportverein", ["Sport"])

    found = room.brief(step, paper, SCHOOL, TODAY)

    assert found.institutions == 2
    assert [(one.institution, one.text) for one in found.said.shown] == [
        ("Schulverein", "Genau hier."),
        ("Elternverein", "Allgemein."),
    ]


def test_a_district_body_hears_its_district(procedure, paper, phase):
    step = make_consultation(procedure, make_organization("Bezirksvertretung Heepen"), date(2030, 6, 12))
    says(phase, "Verein in Heepen", district="Heepen")
    says(phase, "Verein in Mitte", district="Mitte")

    found = room.brief(step, paper, topic_of(step.organization.name), TODAY)

    assert [one.institution for one in found.said.shown] == ["Verein in Heepen"]


def test_where_nobody_is_at_home_in_its_field_those_are_heard_who_speak_of_its_passages(step, paper, phase):
    says(phase, "Sportverein", ["Sport"], remarks=[{"anchor": "a3-z1-m1", "comment": "Hier."}])
    says(phase, "Chor", ["Musik"], remarks=[{"anchor": "bp-1", "comment": "Dort."}])

    found = room.brief(step, paper, SCHOOL, TODAY)

    assert [(one.institution, one.text) for one in found.said.shown] == [("Sportverein", "Hier.")]


def test_what_is_only_a_draft_is_nobodys_business(step, paper, phase):
    says(phase, "Schulverein", ["Schule"], submitted=False)

    assert room.brief(step, paper, SCHOOL, TODAY).said.total == 0


def test_statements_of_another_procedure_are_not_told(step, paper, phase):
    other = make_phase(make_version(make_draft(make_procedure())))
    says(other, "Schulverein", ["Schule"])

    assert room.brief(step, paper, SCHOOL, TODAY).said.total == 0


def test_wishes_are_told_in_words(step, paper, phase):
    wishes = [
        {"anchor": "a3-z1-m1", "comment": "", "wish": "replace", "proposed_text": "Drei Kurse."},
        {"anchor": "a3-z1-m1", "comment": "", "wish": "delete", "stance": "oppose"},
        {"anchor": None, "comment": "Insgesamt gut.", "stance": "support"},
    ]
    says(phase, "Schulverein", ["Schule"], remarks=wishes)

    assert [(one.passage, one.stance, one.text) for one in room.brief(step, paper, SCHOOL, TODAY).said.shown] == [
        ("Maßnahme zu Handlungsziel 1", "nur Anmerkung", "Vorschlag: „Drei Kurse.“"),
        ("Maßnahme zu Handlungsziel 1", "Ablehnung", "möchte den Abschnitt streichen."),
        ("Zum ganzen Entwurf", "Zustimmung", "Insgesamt gut."),
    ]


def test_results_so_far_and_what_is_open(step, procedure, version, paper):
    sat(procedure, "Seniorenrat", date(2030, 5, 20))
    hidden = sat(procedure, "Hauptausschuss", date(2030, 5, 21), "rejected")
    with transaction():
        hidden.agenda_item.public = False
    make_consultation(procedure, make_organization("Kulturausschuss"), date(2030, 5, 27))
    run = save(Run(base_version_id=version.id, state=RunState.DONE, requested_at=MADE_AT))
    for place, (anchor, count) in enumerate((("bp-1", 3), ("a3-z1-m1", 1), ("bp-2", 0))):
        save(
            SectionOutcome(
                run_id=run.id,
                anchor=anchor,
                position=place,
                proposals=[],
                elements=[],
                bodies=[],
                counts={"open": count},
            )
        )

    found = room.brief(step, paper, SCHOOL, TODAY)

    assert list(found.results.shown) == [
        "Hauptausschuss, Di., 21.05.2030: nichtöffentlich beraten",
        "Seniorenrat, Mo., 20.05.2030: empfohlen",
    ]
    assert list(found.open_points.shown) == [
        "Kulturausschuss, Mo., 27.05.2030: Das Ergebnis ist noch nicht eingetragen.",
        "Maßnahme zu Handlungsziel 1: über 1 Vorschlag ist noch nicht entschieden.",
        "Beschlusspunkt 1: über 3 Vorschläge ist noch nicht entschieden.",
    ]


def test_it_stays_on_one_page_and_says_how_much_is_left_out(step, paper, phase, procedure):
    for number in range(10):
        says(phase, f"Verein {number}", ["Schule"], remarks=[{"anchor": "a3-z1-m1", "comment": "Viel Text. " * 60}])
        sat(procedure, f"Gremium {number}", date(2030, 5, 1) + timedelta(days=number))

    found = room.brief(step, paper, SCHOOL, TODAY)

    assert (len(found.said.shown), found.said.more) == (room.SAID, 4)
    assert (len(found.results.shown), found.results.more) == (room.RESULTS, 2)
    assert max(len(one.text) for one in found.said.shown) <= room.LONGEST + 2


def test_without_a_paper_the_page_says_so(as_user, lead, step):
    page = unescape(as_user(lead).get(f"/beratungen/{step.id}/kurzinfo").text)

    assert "Eine Vorlage ist noch nicht herausgegeben." in page


@pytest.mark.parametrize("path", ["kurzinfo", "kurzinfo.docx"])
def test_leads_and_the_committees_clerks_see_it_and_nobody_else(as_user, lead, clerk, step, paper, path):
    for may in (lead, clerk):
        assert as_user(may).get(f"/beratungen/{step.id}/{path}").status_code == 200

    other_clerk = make_user([Role.SECRETARY])
    make_consultation(
        step.procedure, make_organization("Seniorenrat", [other_clerk])
    )  # same procedure, other committee
    for stranger in (other_clerk, make_user([Role.LEAD])):
        assert as_user(stranger).get(f"/beratungen/{step.id}/{path}").status_code == 404
    assert as_user(make_user([Role.ADMINISTRATOR])).get(f"/beratungen/{step.id}/{path}").status_code == 403


def test_a_clerk_is_not_offered_the_leads_pages(as_user, lead, clerk, step, paper):
    at = f"/beratungen/{step.id}/kurzinfo"

    assert "/auswertung" in as_user(lead).get(at).text
    assert "/auswertung" not in as_user(clerk).get(at).text


def test_other_words_can_be_looked_for(as_user, lead, step, paper):
    browser = as_user(lead)

    suggested = unescape(browser.get(f"/beratungen/{step.id}/kurzinfo").text)
    typed = unescape(browser.get(f"/beratungen/{step.id}/kurzinfo?stichworte=Sprachf%C3%B6rderung").text)

    assert "Gesucht nach: Schul, Unterricht, Lehrkräft, Bildung." in suggested
    assert "Gesucht nach: Sprachförderung." in typed
    assert "Mehr Sprachförderung in allen Stadtteilen." in typed
    assert "Mehr Sprachförderung" not in suggested


@pytest.mark.parametrize("typed", ["", "%00", "(.*", "%3Cscript%3E", "x" * 3000])
def test_whatever_is_typed_is_looked_for_and_nothing_else(as_user, lead, step, paper, typed):
    answer = as_user(lead).get(f"/beratungen/{step.id}/kurzinfo?stichworte={typed}")

    assert answer.status_code in (200, 400)
    assert "<script>" not in answer.text


def test_the_document_is_read_back_with_headings_and_header_rows(as_user, clerk, step, paper, phase):
    says(phase, "Schulverein", ["Schule"], remarks=[{"anchor": "a3-z1-m1", "comment": '=CMD("x") { FIELD }'}])
    answer = as_user(clerk).get(f"/beratungen/{step.id}/kurzinfo.docx")

    found = Document(io.BytesIO(answer.data))

    assert [p.text for p in found.paragraphs if p.style.name == "Heading 1"] == [
        "Kurzinfo für: Schulausschuss, Mi., 12.06.2030"
    ]
    assert [p.text for p in found.paragraphs if p.style.name == "Heading 2"] == [
        "Abschnitte, die das Gremium betreffen",
        "Was Institutionen dazu sagen",
        "Ergebnisse bisher",
        "Noch offen",
    ]
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader[@w:val='true']") for table in found.tables)
    assert found.tables[1].rows[1].cells[3].text == '=CMD("x") { FIELD }'
    assert found.element.xpath("//w:fldSimple | //w:instrText") == []


def test_it_costs_no_more_queries_however_much_was_said(as_user, clerk, step, paper, phase, procedure, count_queries):
    browser, counts, path = as_user(clerk), [], f"/beratungen/{step.id}/kurzinfo"
    for more in (1, 20):
        for number in range(more):
            says(phase, f"Verein {more} {number}", ["Schule"])
            sat(procedure, f"Gremium {more} {number}", date(2030, 5, 1) + timedelta(days=number))
        with count_queries() as seen:
            assert browser.get(path).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 12, "\n".join(seen)
