"""The overview for the council: each body with its result, what it asked for, and what became of that; page and DOCX."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta

import pytest
from docx import Document
from pypdf import PdfReader

from ikb.accounts.model import Role
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.db import transaction
from ikb.deliberations.model import Result
from ikb.reports import council
from tests.factories import (
    MADE_AT,
    make_consultation,
    make_draft,
    make_organization,
    make_paper,
    make_remark_row,
    make_user,
    make_version,
    save,
)

TODAY = date(2030, 6, 3)


@pytest.fixture
def version(procedure):
    return make_version(make_draft(procedure))


def sat(procedure, name, held_on=date(2030, 5, 20), outcome="recommended", **votes):
    step = make_consultation(procedure, make_organization(name), held_on, state="recorded")
    recorded_by = make_user().id
    save(
        Result(
            consultation_id=step.id, key=uuid.uuid4(), outcome=outcome, recorded_by_id=recorded_by,
            recorded_at=MADE_AT, **votes,
        )
    )  # fmt: skip
    return step


def asks(step, version, text="Die Verwaltung berichtet zweimal im Jahr.", **values):
    given = {"anchor": "bp-2", "wish": "replace", "proposed_text": text, "stance": None, "comment": ""}
    return save(make_remark_row(draft_version=version, agenda_item_id=step.agenda_item_id, **(given | values)))


def decide(remark, version, outcome, reason=""):
    save(
        Consideration(
            base_version_id=version.id, remark_id=remark.id, outcome=outcome, reason=reason,
            decided_by_id=make_user().id, decided_at=MADE_AT,
        )
    )  # fmt: skip


def line_of(procedure, name):
    [found] = [line for line in council.overview(procedure.id, TODAY).lines if line.body == name]
    return found


def test_each_body_stands_with_result_and_votes_in_the_order_of_days(procedure):
    sat(procedure, "Seniorenrat", date(2030, 5, 21), votes_yes=14, votes_no=0, abstentions=1)
    sat(procedure, "Beirat", date(2030, 5, 20), outcome="noted")
    make_consultation(procedure, make_organization("Kulturausschuss"), date(2030, 6, 1))
    make_consultation(procedure, make_organization("Rat"), date(2030, 6, 12), role="decision", authoritative=True)

    overview = council.overview(procedure.id, TODAY)

    assert [(line.body, line.result, line.votes) for line in overview.lines] == [
        ("Beirat", "zur Kenntnis genommen (vorläufig)", ""),
        ("Seniorenrat", "empfohlen, einstimmig bei 1 Enthaltung (vorläufig)", "14 Ja, 0 Nein, 1 Enthaltung"),
        ("Kulturausschuss", "Ergebnis noch nicht eingetragen", ""),
        ("Rat", "steht bevor", ""),
    ]
    assert overview.lines[-1].is_decision
    assert overview.sentence == "2 von 4 Beratungen sind abgeschlossen. Änderungen hat bisher kein Gremium verlangt."


@pytest.mark.parametrize(
    ("outcome", "is_issued", "became"),
    [
        (None, False, "noch nicht entschieden"),
        ("followed", False, "wird übernommen, die Fassung ist noch nicht herausgegeben: Das ist besser."),
        ("followed", True, "übernommen in Fassung 2, Drucksache 12/1: Das ist besser."),
        ("partly_followed", True, "teilweise übernommen in Fassung 2, Drucksache 12/1: Das ist besser."),
        ("not_followed", False, "soll nicht übernommen werden: Das ist besser."),
        ("not_followed", True, "nicht übernommen: Das ist besser."),
        ("noted", False, "zur Kenntnis genommen: Das ist besser."),
    ],
)
def test_what_a_body_asked_for_and_what_became_of_it(procedure, version, outcome, is_issued, became):
    remark = asks(sat(procedure, "Seniorenrat", outcome="recommended_amended"), version)
    if outcome:
        decide(remark, version, outcome, "Das ist besser.")
    if is_issued:
        later = make_version(version.draft, number=2, base_id=version.id)
        make_paper(later, procedure, reference="12/1", revision=1)
        save(AnsweredRemark(remark_id=remark.id, version_id=later.id))

    [asked] = line_of(procedure, "Seniorenrat").asked

    assert (asked.passage, asked.does, asked.became) == ("Beschlusspunkt 2", "neu fassen", became)
    assert asked.is_settled is bool(outcome)


def test_the_newest_decision_counts(procedure, version):
    remark = asks(sat(procedure, "Seniorenrat"), version)
    decide(remark, version, "followed")
    decide(remark, version, "not_followed", "Zu teuer.")

    assert line_of(procedure, "Seniorenrat").asked[0].became == "soll nicht übernommen werden: Zu teuer."


def test_a_wording_that_was_taken_back_is_not_asked_for(procedure, version):
    step = sat(procedure, "Seniorenrat")
    remark = asks(step, version)
    with transaction():
        remark.wish = ""

    assert line_of(procedure, "Seniorenrat").asked == ()


def test_of_a_deliberation_that_was_not_public_nothing_is_told(procedure, version):
    step = sat(procedure, "Seniorenrat", votes_yes=9, votes_no=1)
    asks(step, version, text="Das geheime Grundstück")
    with transaction():
        step.agenda_item.public = False

    line = line_of(procedure, "Seniorenrat")

    assert (line.result, line.votes, line.asked) == ("nichtöffentlich beraten", "", ())


def test_the_page_shows_it_and_links_to_the_document(as_user, lead, procedure, version):
    asks(sat(procedure, "Seniorenrat"), version)

    page = as_user(lead).get(f"/verfahren/{procedure.id}/uebersicht").text

    assert "1 Gremium verlangt zusammen 1 Änderung; über 0 davon ist entschieden." in page
    assert "Die Verwaltung berichtet zweimal im Jahr." in page
    assert f"/verfahren/{procedure.id}/uebersicht.docx" in page


@pytest.mark.parametrize("path", ["uebersicht", "uebersicht.docx"])
def test_somebody_elses_overview_does_not_exist(as_user, procedure, path):
    assert as_user(make_user([Role.LEAD])).get(f"/verfahren/{procedure.id}/{path}").status_code == 404
    assert as_user(make_user([Role.SECRETARY])).get(f"/verfahren/{procedure.id}/{path}").status_code == 403


def document_of(as_user, lead, procedure):
    answer = as_user(lead).get(f"/verfahren/{procedure.id}/uebersicht.docx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return Document(io.BytesIO(answer.data))


def test_the_document_says_the_same_with_real_headings_and_a_real_header_row(as_user, lead, procedure, version):
    asks(sat(procedure, "Seniorenrat", votes_yes=9), version)

    found = document_of(as_user, lead, procedure)

    assert [p.text for p in found.paragraphs if p.style.name == "Heading 1"] == ["Übersicht der Beratungen: Konzept"]
    [table] = found.tables
    assert [cell.text for cell in table.rows[0].cells][:3] == ["Gremium", "Sitzung am", "Ergebnis"]
    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader[@w:val='true']")
    assert not table.rows[1]._tr.xpath("./w:trPr/w:tblHeader")
    assert [cell.text for cell in table.rows[1].cells] == [
        "Seniorenrat",
        "Mo., 20.05.2030",
        "empfohlen, 9 Ja (vorläufig)",
        "9 Ja",
        "Beschlusspunkt 2 neu fassen: Die Verwaltung berichtet zweimal im Jahr.",
        "Beschlusspunkt 2: noch nicht entschieden",
    ]
    assert found.core_properties.language == "de-DE"


@pytest.mark.parametrize(
    "sly",
    ['=HYPERLINK("http://x.example.org")', "{ INCLUDEPICTURE http://x }", "<w:fldSimple/>", "@SUM(1)", "a\x07\x00b"],
)
def test_what_people_typed_stays_text(as_user, lead, procedure, version, sly):
    asks(sat(procedure, "Seniorenrat"), version, text=sly.replace("\x00", ""))

    found = document_of(as_user, lead, procedure)

    assert found.element.xpath("//w:fldSimple | //w:instrText | //w:hyperlink | //w:object") == []
    shown = sly.replace("\x07", "").replace("\x00", "")
    assert shown in found.tables[0].rows[1].cells[4].text


def test_the_overview_costs_no_more_queries_for_22_bodies(as_user, lead, procedure, version, count_queries):
    browser, counts = as_user(lead), []
    for more in (2, 20):
        for place in range(more):
            remark = asks(sat(procedure, f"Gremium {more} {place}", date(2030, 5, 1) + timedelta(days=place)), version)
            decide(remark, version, "followed")
        with count_queries() as seen:
            assert browser.get(f"/verfahren/{procedure.id}/uebersicht").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 12, seen


def test_as_pdf_it_is_tagged_and_says_what_the_page_says(procedure, version, lead, as_user):
    asks(sat(procedure, "Seniorenrat", votes_yes=14, votes_no=0), version)

    answer = as_user(lead).get(f"/verfahren/{procedure.id}/uebersicht.pdf")

    reader = PdfReader(io.BytesIO(answer.data))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    assert ("Seniorenrat" in text, "Die Verwaltung berichtet zweimal im Jahr." in text) == (True, True)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
