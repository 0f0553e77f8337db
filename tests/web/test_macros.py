"""The shared templates give markup that browsers and screen readers understand."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ikb.core.redline import Segment
from ikb.web import navigation, paging
from tests.web.gallery import TOKEN_PAGE

PAGES = ["/", "/?seite=3", "/formular", "/werkbank", "/vorfuehrung", TOKEN_PAGE, "/fehler/doppelt", "/fehler/absturz"]
REFERS = ("aria-describedby", "aria-labelledby", "for")
EMPTY_ELEMENTS = {"meta", "link", "input", "br", "hr", "img"}


class Markup(HTMLParser):
    """A page taken apart: its elements with their attributes, and whether every element was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY_ELEMENTS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, name: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(name))]


def faulty_form(visitor: FlaskClient) -> str:
    page = visitor.get("/formular").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    return visitor.post(
        "/formular", data={"csrf_token": token[1], "title": "", "email": "kein", "votes-0-yes": "x"}
    ).text


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_formed_and_refer_only_to_what_is_there(visitor: FlaskClient, path: str) -> None:
    _check(Markup(visitor.get(path).text))


def test_a_form_with_errors_is_well_formed_too(visitor: FlaskClient) -> None:
    _check(Markup(faulty_form(visitor)))


def _check(page: Markup) -> None:
    ids = page.all("id")
    assert not page.open
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    for attribute in REFERS:
        referred = {one for value in page.all(attribute) for one in value.split()}
        assert referred <= set(ids)
    inner = {target[1:] for target in page.all("href") if target.startswith("#inhalt")}
    assert inner <= set(ids)
    assert not page.all("style")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert all(attributes.get("src") for tag, attributes in page.elements if tag == "script")
    assert not [tag for tag, _ in page.elements if tag == "style"]


def test_a_field_ties_label_hint_and_error_together(visitor: FlaskClient) -> None:
    page = Markup(faulty_form(visitor))
    title = next(attributes for tag, attributes in page.elements if attributes.get("id") == "title")

    assert title["aria-describedby"] == "title-hint title-error"
    assert title["aria-invalid"] == "true"
    assert title["aria-required"] == "true"
    assert "required" not in title
    assert {"tag": "label", "for": "title"} in [{"tag": t, "for": a.get("for")} for t, a in page.elements]


def test_a_field_without_hint_and_error_refers_to_nothing(visitor: FlaskClient) -> None:
    page = Markup(visitor.get("/formular").text)
    reason = next(attributes for _, attributes in page.elements if attributes.get("id") == "reason")

    assert "aria-describedby" not in reason
    assert "aria-invalid" not in reason


def test_choices_are_a_group_with_its_error(visitor: FlaskClient) -> None:
    page = Markup(faulty_form(visitor))
    group = next(a for tag, a in page.elements if tag == "fieldset" and a.get("id") == "stance")

    assert group["aria-describedby"] == "stance-hint stance-error"
    assert "row" in str(group["class"])


def test_what_nothing_requires_is_marked_as_voluntary(visitor: FlaskClient) -> None:
    page = visitor.get("/formular").text
    labels = dict(re.findall(r'<label class="kern-label" for="([^"]+)">(.*?)</label>', page))

    assert "(freiwillig)" in labels["reason"]
    assert "(freiwillig)" not in labels["title"]
    assert "(freiwillig)" not in labels["kind"]


def test_the_summary_of_errors_links_to_each_field_and_the_title_says_so(visitor: FlaskClient) -> None:
    page = faulty_form(visitor)
    summary = page[page.index("error-summary") : page.index("<form method", page.index("error-summary"))]

    assert "<title>Fehler: Verfahren anlegen – ikb</title>" in page
    for target in ("#title", "#email", "#stance-0", "#closes_on", "#votes-0-yes"):
        assert f'href="{target}"' in summary
    assert "Abschnitt? Bitte wählen Sie" in summary


def test_no_summary_where_nothing_is_wrong(visitor: FlaskClient) -> None:
    page = visitor.get("/formular").text

    assert "error-summary" not in page
    assert "<title>Verfahren anlegen – ikb</title>" in page


def test_what_was_typed_is_still_there(visitor: FlaskClient) -> None:
    assert 'value="kein"' in faulty_form(visitor)


@pytest.mark.parametrize(
    "segments",
    [
        (Segment("keep", "Mehr"), Segment("del", " Bäume"), Segment("ins", " Linden"), Segment("keep", ".")),
        [
            {"t": "keep", "text": "Mehr"},
            {"t": "del", "text": " Bäume"},
            {"t": "ins", "text": " Linden"},
            {"t": "keep", "text": "."},
        ],
    ],
    ids=["core segments", "stored segments"],
)
def test_a_redline_reads_in_words_and_keeps_its_spaces(gallery: Flask, segments: object) -> None:
    template = gallery.jinja_env.from_string('{% from "macros/ui.html" import redline %}{{ redline(segments) }}')

    text = template.render(segments=segments)

    assert re.sub(r"<[^>]+>", "", text) == "Mehr [gestrichen: Bäume] [eingefügt: Linden]."
    assert re.search(r"<del[^>]*>", text)
    assert re.search(r"<ins[^>]*>", text)


def test_a_redline_shows_markup_as_text(gallery: Flask) -> None:
    template = gallery.jinja_env.from_string('{% from "macros/ui.html" import redline %}{{ redline(segments) }}')

    text = template.render(segments=[{"t": "ins", "text": "<script>alert(1)</script>"}])

    assert "<script>" not in text


def test_a_state_is_shown_with_word_and_shape(gallery: Flask) -> None:
    template = gallery.jinja_env.from_string(
        '{% from "macros/ui.html" import badge %}{{ badge("outcome", "rejected") }}'
    )

    with gallery.app_context():
        assert template.render() == '<span class="badge badge-danger">abgelehnt</span>'


def test_navigation_shows_only_what_the_visitor_may_use(visitor: FlaskClient, board: navigation._Board) -> None:
    navigation.register("main", "Nur für andere", "data", 5, visible=lambda: False)
    navigation.register("main", "Ohne Seite", "gibt-es-nicht", 6)
    navigation.register("main", "Ohne Verfahren", "behind_link", 7, values=lambda: None)
    navigation.register("main", "Daten", "data", 8)

    page = visitor.get("/").text

    assert ">Daten</a>" in page
    for hidden in ("Nur für andere", "Ohne Seite", "Ohne Verfahren"):
        assert hidden not in page


def test_navigation_stands_in_order_and_marks_the_current_page(visitor: FlaskClient, board: navigation._Board) -> None:
    navigation.register("main", "Davor", "data", 1)
    navigation.register("main", "Umfasst", "part", 99, covers=("work",))

    page = visitor.get("/werkbank").text
    words = re.findall(r'<li><a href="[^"]*"([^>]*)>([^<]+)</a></li>', page[: page.index("</header>")])

    assert [word for _, word in words[:5]] == ["Davor", "Verfahren", "Sitzungstermine", "Hilfe", "Umfasst"]
    assert [word for mark, word in words[:5] if 'aria-current="page"' in mark] == ["Hilfe"]
    assert [word for mark, word in words[:5] if 'aria-current="true"' in mark] == ["Umfasst"]


def test_behind_a_link_only_its_own_ways_are_shown(visitor: FlaskClient) -> None:
    page = visitor.get(TOKEN_PAGE).text

    assert "Übersicht" in page
    assert "Sitzungstermine" not in page


def test_an_unknown_area_is_a_mistake(board: navigation._Board) -> None:
    with pytest.raises(ValueError, match="procedure"):
        navigation.register("head", "Daten", "data", 1)


def test_filters_keep_each_other_and_begin_at_the_first_page(gallery: Flask) -> None:
    here = gallery.jinja_env.globals["here"]

    with gallery.test_request_context("/liste?art=club&art=authority&seite=4&stand=open"):
        assert here(stand="late") == "/liste?art=club&art=authority&stand=late"
        assert here(stand=None) == "/liste?art=club&art=authority"
        assert here(seite=5) == "/liste?art=club&art=authority&seite=5&stand=open"
    with gallery.test_request_context("/liste?stand=open"):
        assert here(stand=None) == "/liste"
        assert here(q="Ämter & Vereine") == "/liste?stand=open&q=%C3%84mter+%26+Vereine"


@pytest.mark.parametrize(
    ("asked", "number"),
    [("", 1), ("3", 3), ("0", 1), ("-1", 1), ("zwei", 1), ("²", 1), ("9" * 40, 1)],
)
def test_a_page_number_that_makes_no_sense_is_the_first(asked: str, number: int) -> None:
    assert paging.page_number({"seite": asked}) == number


@pytest.mark.parametrize(
    ("total", "asked", "number", "first", "last", "shown"),
    [
        (0, 1, 1, 0, 0, [1]),
        (20, 1, 1, 1, 20, [1]),
        (21, 2, 2, 21, 21, [1, 2]),
        (93, 9, 5, 81, 93, [1, None, 4, 5]),
        (200, 5, 5, 81, 100, [1, None, 4, 5, 6, None, 10]),
        (60, 2, 2, 21, 40, [1, 2, 3]),
    ],
)
def test_a_list_is_cut_into_pages(
    total: int, asked: int, number: int, first: int, last: int, shown: list[int | None]
) -> None:
    page = paging.cut(range(1, total + 1), asked)

    assert (page.number, page.first, page.last, page.shown) == (number, first, last, shown)
    assert list(page.items) == list(range(first, last + 1)) if total else not page.items
