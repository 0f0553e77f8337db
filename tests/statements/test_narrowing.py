"""Reading only some fields of action, and searching: what is shown, and why."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation
from ikb.statements.fields import fields_of, own_fields, passages_of
from ikb.statements.outline import Line, above
from tests.factories import make_institution, make_invitation, make_phase, make_version

pytestmark = pytest.mark.usefixtures("wakeups")
# Anchor, kind, number, parent, text.
ROWS = (
    ("bv", "heading", None, None, "Beschlussvorschlag"),
    ("bp-1", "point", "1", "bv", "Die Schulen der Stadt werden gehört."),
    ("a3", "heading", "3", None, "Anlage 3"),
    ("f-schule", "heading", None, "a3", "Schule"),
    ("z-4", "objective", "4", "f-schule", "Verantwortung aller Schulformen"),
    ("m-1", "measure", None, "z-4", "Kurse finden in der Küche statt."),
    ("f-wohnen", "heading", None, "a3", "Behörden und Träger"),
    ("z-12", "objective", "12", "f-wohnen", "Öffnung der Verwaltung"),
    ("m-2", "measure", None, "z-12", "Merkblätter über Schulen erscheinen mehrsprachig."),
)
LINES = [Line(anchor, kind, number, parent, text) for anchor, kind, number, parent, text in ROWS]
TEXTS = {row[0]: row[4] for row in ROWS}
FIELDS = fields_of(LINES)


def test_fields_are_the_headings_above_objectives_with_all_below_them() -> None:
    assert [(field.title, sorted(field.anchors)) for field in FIELDS] == [
        ("Schule", ["f-schule", "m-1", "z-4"]),
        ("Behörden und Träger", ["f-wohnen", "m-2", "z-12"]),
    ]
    assert fields_of(LINES[:3]) == []


def test_sections_that_hang_in_a_circle_are_each_met_once() -> None:
    circle = [Line("a", "heading", None, "b", "A"), Line("b", "objective", None, "a", "B")]

    assert fields_of(circle)[0].anchors == {"a", "b"}
    assert len(above(circle, ["a"])["a"]) <= 6


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["Schule"], ["f-schule"]),
        (["SCHULEN und Bildung"], ["f-schule"]),
        (["Öffnung der Verwaltung"], ["f-wohnen"]),  # by the objective, since no heading names it
        (["Sport"], []),
        (["Schule", "Träger"], ["f-schule", "f-wohnen"]),
    ],
)
def test_an_institutions_words_name_its_fields(names: list[str], expected: list[str]) -> None:
    assert [field.anchor for field in own_fields(FIELDS, names)] == expected


def test_what_speaks_of_a_field_elsewhere_is_shown_with_the_word_and_other_fields_are_not() -> None:
    assert passages_of(FIELDS[:1], FIELDS, TEXTS) == {"bp-1": "Schul", "f-schule": "", "z-4": "", "m-1": ""}


@pytest.fixture
def invitation(app: Flask) -> Invitation:
    return make_invitation(make_phase(make_version(sections=ROWS)), make_institution(fields=["Schule"]))


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/beteiligung/{token_of(invitation)}"


def shown(page: str) -> list[str]:
    return re.findall(r'<article class="passage[^"]*" id="([^"]+)"', page)


@pytest.mark.parametrize("choice", ["?nur=unsere", "?feld=f-schule", "?feld=f-schule&feld=gibt-es-nicht"])
def test_only_the_chosen_fields_are_shown_and_saving_comes_back_to_them(client, link, choice) -> None:
    page = client.get(f"{link}/abschnitte{choice}").text

    assert shown(page) == ["bp-1", "f-schule", "z-4", "m-1", "allgemein"]
    assert "4 von 9 Abschnitten" in page
    assert "nennt aber „Schul“" in page
    address = re.search(r'action="([^"]*/m-1[^"]*)"', page)[1].replace("&amp;", "&")
    saved = client.post(address, data={"row_version": 0, "comment": "Gut.", "stance": "support"})
    assert shown(client.get(saved.location).text) == ["bp-1", "f-schule", "z-4", "m-1", "allgemein"]


@pytest.mark.parametrize("choice", ["", "?feld=gibt-es-nicht", "?nur=alles", "?feld=" + "x" * 3000])
def test_a_choice_that_means_nothing_shows_everything(client, link, choice) -> None:
    assert len(shown(client.get(f"{link}/abschnitte{choice}").text)) == len(ROWS) + 1


def test_a_passage_says_below_what_it_stands(client, link) -> None:
    page = client.get(f"{link}/abschnitte/m-1").text

    context = re.search(r'<p class="passage-context">(.*?)</p>', page, re.S)[1]
    assert re.sub(r"<span.*?</span>", "", context) == "Anlage 3SchuleHandlungsziel 4"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("kueche", 1), ("SCHULE", 3), ("schul mehrsprachig", 1), ("<script>", 0), ("", 0), ("x" * 900, 0)],
)
def test_a_search_finds_passages_and_leads_to_them(client, link, typed, found) -> None:
    answer = client.get(f"{link}/suche", query_string={"suche": typed})

    ways = re.findall(r'<p class="hit-name"><a href="([^"]+)"', answer.text)
    assert (answer.status_code, len(ways)) == (200, found)
    assert "<script>x" not in answer.text
    for way in ways:
        page, anchor = way.split("#")
        assert anchor in shown(client.get(page.replace("&amp;", "&")).text)


def test_a_slip_of_the_keyboard_gets_a_suggestion(client, link) -> None:
    page = client.get(f"{link}/suche?suche=Merkblatter").text
    assert "Merkblätter" in page

    page = client.get(f"{link}/suche?suche=Merkblätrer").text
    assert "Meinten Sie" in page
    assert "suche=Merkbl%C3%A4tter" in page


def test_reading_some_fields_and_searching_stay_below_eight_queries(app, client, count_queries, link) -> None:
    for path in ("abschnitte?nur=unsere", "suche?suche=schule", "abschnitte/m-1"):
        with count_queries() as seen:
            assert client.get(f"{link}/{path}").status_code == 200
        assert len(seen) <= 8, "\n\n".join(seen)
