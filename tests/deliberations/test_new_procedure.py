"""A procedure begins in the browser: give the paper, see what was read, correct it, create."""

import io
import re
from datetime import date
from html import unescape

import pytest

from ikb.accounts.model import Role
from ikb.db import db
from ikb.deliberations import queries
from ikb.deliberations.model import Paper
from ikb.procedures.model import Procedure
from tests.deliberations.paper import TEXT
from tests.drafts.papers import as_docx, as_html, as_pdf
from tests.factories import make_user

ADDRESS = "/verfahren/neu"


@pytest.fixture
def browser(as_user):
    return as_user(make_user())


def fields_of(page):
    """The fields of the form with the paper in it, as a browser would send them."""
    form = page[page.rindex("<form", 0, page.index('name="paper_text"')) :]
    found = {
        name: unescape(value) for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    }
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text).replace("\n", "\r\n")
    return {name: value for name, value in found.items() if "leave_out" not in name and name != "csrf_token"}


def preview(browser, text=TEXT):
    answer = browser.post(ADDRESS, data={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_preview_shows_what_was_read_and_what_was_not(browser):
    page = preview(browser, TEXT.replace("Begründung:", "Finanzielle Auswirkungen:\nkeine\n\nBegründung:"))

    assert "6 Beratungen in 5 Gremien" in page
    assert "Drucksachennummer 4711/2030-2035" in page
    assert re.search(r"Zeile \d+: Der Abschnitt „Finanzielle Auswirkungen“ wurde nicht gelesen", page)
    assert 'value="Bezirksvertretung Nord"' in page
    assert db.session.query(Procedure).count() == 0


def test_an_uploaded_file_is_read_like_pasted_text(browser):
    data = {"file": (io.BytesIO(TEXT.encode("cp1252")), "vorlage.txt")}

    page = browser.post(ADDRESS, data=data, content_type="multipart/form-data").text

    assert "6 Beratungen in 5 Gremien" in page
    assert "Konzept für gutes Zusammenleben in Musterau" in page


@pytest.mark.parametrize(("form", "name"), [(as_docx, "v.docx"), (as_pdf, "v.pdf"), (as_html, "v.html")])
def test_a_word_file_a_pdf_and_a_page_are_read_like_pasted_text(browser, form, name):
    data = {"file": (io.BytesIO(form(TEXT)), name)}

    page = browser.post(ADDRESS, data=data, content_type="multipart/form-data").text

    assert "6 Beratungen in 5 Gremien" in page
    assert "Drucksachennummer 4711/2030-2035" in page
    assert 'value="Bezirksvertretung Nord"' in page
    assert "Viele Menschen haben an dem Konzept gearbeitet." in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": ""}, "Wählen Sie die Datei der Vorlage, oder fügen Sie ihren Text ein."),
        ({"text": "Guten Tag,\nich hätte eine Frage."}, "Der Beschlussvorschlag fehlt"),
        ({"text": "x\n" * 600_000}, "erlaubt ist 1 MB"),
        ({"file": (b"%PDF-1.7 ...", "vorlage.pdf")}, "(PDF) wurde nicht gelesen. Sie ist beschädigt"),
        ({"file": (b"PK\x03\x04", "vorlage.docx")}, "(DOCX) wurde nicht gelesen. Sie ist beschädigt"),
    ],
    ids=["nothing", "a letter", "too long", "PDF", "broken DOCX"],
)
def test_what_is_no_paper_is_refused_with_a_reason(browser, data, words):
    if "file" in data:
        content, name = data["file"]
        answer = browser.post(ADDRESS, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    else:
        answer = browser.post(ADDRESS, data=dict(data))

    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert db.session.query(Procedure).count() == 0


def test_pasted_text_that_is_no_paper_is_not_lost(browser):
    assert "ich hätte eine Frage." in browser.post(ADDRESS, data={"text": "Guten Tag,\nich hätte eine Frage."}).text


def test_the_lead_corrects_and_creates(browser):
    sent = fields_of(preview(browser)) | {
        "title": "Zusammenleben in Musterau",
        "steps-0-role": "information",
        "steps-2-held_on": "16.05.2030",
        "steps-3-organization": "Bezirksvertretung Nordwest",
        "steps-4-leave_out": "y",
        "steps-5-public": "nein",
    }

    answer = browser.post(ADDRESS, data=sent)

    assert answer.status_code == 303, answer.text
    procedure = db.session.query(Procedure).one()
    assert answer.location == f"/fassungen/{procedure.drafts[0].versions[0].id}/bearbeiten"
    assert procedure.title == "Zusammenleben in Musterau"
    steps = queries.sequence(procedure.id)
    assert [(step.organization.name, step.held_on, step.role, step.agenda_item.public) for step in steps] == [
        ("Seniorenrat", date(2030, 5, 16), "hearing", True),
        ("Integrationsrat", date(2030, 5, 22), "information", True),
        ("Bezirksvertretung Nordwest", date(2030, 6, 19), "hearing", True),
        ("Integrationsrat", date(2030, 6, 26), "preliminary", True),
        ("Rat der Stadt Musterau", date(2030, 7, 4), "decision", False),
    ]
    assert "Konzept als Grundlage ihrer Arbeit" in browser.get(answer.location).text


def place_of(sent, anchor):
    return next(name.split("-")[1] for name, value in sent.items() if name.endswith("-anchor") and value == anchor)


def test_sections_are_split_moved_renamed_joined_and_deleted_and_nothing_typed_is_lost(browser):
    sent = fields_of(preview(browser)) | {"title": "Mein Titel", "steps-3-organization": "Mein Gremium"}
    point = place_of(sent, "bp-2")
    sent[f"sections-{point}-text"] = "Die Ziele gelten.\r\n\r\nSie gelten überall."

    sent = fields_of(browser.post(ADDRESS, data=sent | {"act": f"split {point}"}).text)
    new = place_of(sent, "bp-2~2")
    sent |= {f"sections-{new}-kind": "paragraph", f"sections-{new}-number": "2a"}
    sent = fields_of(browser.post(ADDRESS, data=sent | {"act": f"up {new}"}).text)
    sent = fields_of(browser.post(ADDRESS, data=sent | {"act": f"delete {place_of(sent, 'bp-1.a')}"}).text)
    sent = fields_of(browser.post(ADDRESS, data=sent | {"act": f"join {place_of(sent, 'bg-1')}"}).text)
    answer = browser.post(ADDRESS, data=sent)

    assert answer.status_code == 303, answer.text
    procedure = db.session.query(Procedure).one()
    assert procedure.title == "Mein Titel"
    assert [(s.anchor, s.kind, s.number, s.text) for s in procedure.drafts[0].versions[0].sections] == [
        ("bp", "heading", None, "Beschlussvorschlag"),
        ("bp-1", "point", "1", "Die Stadt Musterau beschließt das Konzept als Grundlage ihrer Arbeit."),
        ("bp-2~2", "paragraph", "2a", "Sie gelten überall."),
        ("bp-2", "point", "2", "Die Ziele gelten."),
        ("bg", "heading", None, "Begründung Viele Menschen haben an dem Konzept gearbeitet."),
    ]


def test_what_cannot_be_split_is_said_beside_everything_typed(browser):
    sent = fields_of(preview(browser)) | {"sections-1-text": "Ein Satz."}

    answer = browser.post(ADDRESS, data=sent | {"act": "split 1"})

    assert answer.status_code == 422
    assert "Setzen Sie im Text eine Leerzeile" in answer.text
    assert "Ein Satz.</textarea>" in answer.text


@pytest.mark.parametrize(
    "changes", [{"sections-2-anchor": "bp"}, {"sections-1-parent": "weg"}, {"sections-1-anchor": "<b>"}]
)
def test_sections_that_do_not_fit_together_are_not_stored(browser, changes):
    answer = browser.post(ADDRESS, data=fields_of(preview(browser)) | changes)

    assert answer.status_code == 422
    assert "Die Abschnitte passen nicht mehr zusammen" in answer.text
    assert db.session.query(Procedure).count() == 0


@pytest.mark.parametrize(
    ("reasons", "is_said"),
    [("Wort " * 1900, True), ("Wort " * 1700, False), ("Zusammenfassung\n\nKurz gesagt.\n\n" + "Wort " * 1900, False)],
    ids=["long", "three pages", "with a summary"],
)
def test_long_reasons_without_a_summary_get_a_hint_and_no_refusal(browser, reasons, is_said):
    page = preview(browser, TEXT.replace("Viele Menschen haben an dem Konzept gearbeitet.", reasons))

    assert ("Der Begründung fehlt eine Zusammenfassung" in page) is is_said
    assert ("rund 9500 Zeichen, gedruckt etwa 3,2 Seiten" in page) is is_said


def test_the_key_makes_two_clicks_one_procedure(browser):
    sent = fields_of(preview(browser))

    first, second = browser.post(ADDRESS, data=sent), browser.post(ADDRESS, data=sent)

    assert first.location == second.location is not None
    assert db.session.query(Procedure).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Schreiben Sie, worum es geht."),
        ({"steps-1-held_on": "31.06.2030"}, "Diesen Tag gibt es nicht"),
        ({"steps-1-organization": " "}, "Der Name des Gremiums fehlt"),
        ({"steps-1-role": "veto"}, "Rolle"),
        ({"key": "zwei"}, "Laden Sie die Seite neu"),
        ({"key": ""}, "Laden Sie die Seite neu"),
    ],
)
def test_a_faulty_correction_comes_back_whole_and_stores_nothing(browser, changes, words):
    sent = fields_of(preview(browser)) | {"steps-5-organization": "Mein Gremium"} | changes

    answer = browser.post(ADDRESS, data=sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Mein Gremium"' in answer.text
    assert "Viele Menschen haben an dem Konzept gearbeitet." in answer.text
    assert db.session.query(Procedure).count() == 0


def test_a_number_that_is_taken_is_named_and_nothing_is_lost(browser):
    browser.post(ADDRESS, data=fields_of(preview(browser)))

    answer = browser.post(ADDRESS, data=fields_of(preview(browser)))

    assert answer.status_code == 422
    assert "4711/2030-2035 ist schon vergeben" in answer.text
    assert db.session.query(Paper).count() == 1


def test_printed_results_say_what_becomes_of_them(browser):
    text = """Drucksache 12/2030

Beratungsfolge:
Seniorenrat, 15.05.2030, Anhörung, einstimmig empfohlen
Rat der Stadt Musterau, 04.07.2030, Entscheidung

Betreff: Konzept

Beschlussvorschlag:
1. Die Stadt beschließt das Konzept.

Begründung:
Es ist Zeit.
"""

    page = unescape(preview(browser, text))

    assert "„einstimmig empfohlen“ wird als vorläufiges Ergebnis übernommen." in page


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.ADMINISTRATOR])
def test_only_leads_begin_a_procedure(as_user, role):
    assert as_user(make_user([role])).get(ADDRESS).status_code == 403
