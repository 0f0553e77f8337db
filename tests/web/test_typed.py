"""A refused form gives back what was typed into it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ikb.accounts.model import Role
from ikb.web import typed
from tests.factories import make_user

LONG = "Eine lange Begründung,\n<b>mit</b> Absätzen & Zeichen."
ESCAPED = "Eine lange Begründung,\n&lt;b&gt;mit&lt;/b&gt; Absätzen &amp; Zeichen."
HEADLINE = "Was Sie geschrieben haben"


def _shown(page: str) -> dict[str, str]:
    found = re.findall(
        r'<label[^>]*for="(geschrieben-\d+)">([^<]*)</label>\s*<textarea[^>]*id="\1"[^>]*readonly>\n([^<]*)<', page
    )
    return {name: text for _, name, text in found}


@pytest.fixture
def open_gallery(gallery: Flask) -> FlaskClient:
    gallery.config["WTF_CSRF_ENABLED"] = False
    return gallery.test_client()


@pytest.mark.parametrize(
    ("path", "status"),
    [("fehlt", 404), ("verboten", 403), ("zu-frueh", 409), ("datei", 422), ("offen", 409), ("absturz", 500)],
)
def test_a_refused_form_shows_what_was_typed(open_gallery: FlaskClient, path: str, status: int) -> None:
    answer = open_gallery.post(f"/fehler/{path}", data={"reason": LONG})

    assert answer.status_code == status
    assert _shown(answer.text) == {"Begründung": ESCAPED}
    assert HEADLINE in answer.text
    assert "noch auf der vorigen Seite" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_that_expired_shows_what_was_typed(visitor: FlaskClient) -> None:
    answer = visitor.post("/formular", data={"reason": LONG})

    assert answer.status_code == 400
    assert _shown(answer.text) == {"Begründung": ESCAPED}
    assert 'href="/formular"' in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"csrf_token": "not-mine-not-mine"},
        {"row_version": "1000001"},
        {"0-row_version": "1000001"},
        {"key": "0f8fad5b-d9cb-469f-a165-70867728950e"},
        {"reason": "kurz"},
        {"reason": "   \n       "},
        {"password": "ein langer Satz", "reason": LONG},
        {"password": "ein langer Satz", "again": "ein langer Satz"},
        {},
    ],
)
def test_what_nobody_typed_and_what_is_secret_is_not_shown(open_gallery: FlaskClient, sent: dict[str, str]) -> None:
    assert HEADLINE not in open_gallery.post("/fehler/zu-frueh", data=sent).text


def test_another_sites_words_are_not_shown_as_ones_own(open_gallery: FlaskClient) -> None:
    answer = open_gallery.post("/fehler/zu-frueh", data={"reason": LONG}, headers={"Sec-Fetch-Site": "cross-site"})

    assert HEADLINE not in answer.text


def test_a_form_too_large_to_read_still_has_its_page(open_gallery: FlaskClient) -> None:
    assert open_gallery.post("/formular", data={"letter": "x" * 1_200_000}).status_code == 413


def test_a_text_too_long_for_the_page_says_where_it_ends(open_gallery: FlaskClient) -> None:
    answer = open_gallery.post("/fehler/zu-frueh", data={"text": "x" * (typed.MOST + 1), "reason": LONG})

    assert _shown(answer.text) == {"Text": "x" * typed.MOST}
    assert "Ab hier fehlt er." in answer.text


def test_htmx_gets_its_notice_and_keeps_its_form(open_gallery: FlaskClient) -> None:
    answer = open_gallery.post("/fehler/zu-frueh", data={"reason": LONG}, headers={"HX-Request": "true"})

    assert HEADLINE not in answer.text
    assert answer.headers["HX-Retarget"] == "#notices"


@pytest.mark.parametrize(
    ("referrer", "way"),
    [
        ("http://localhost/werkbank?seite=2", "/werkbank?seite=2"),
        ("http://fremd.example.org/werkbank", "/fehler/zu-frueh"),
        ("http://localhost//fremd.example.org/", "/fehler/zu-frueh"),
        ("", "/fehler/zu-frueh"),
    ],
)
def test_the_way_back_never_leaves_this_site(open_gallery: FlaskClient, referrer: str, way: str) -> None:
    page = open_gallery.post("/fehler/zu-frueh", headers={"Referer": referrer}).text

    assert f'href="{way}"' in page
    assert "fremd" not in page


def test_a_session_that_ended_while_somebody_wrote_loses_nothing(app, as_user, clock):
    browser = as_user(make_user([Role.ADMINISTRATOR]))
    clock.advance(seconds=timedelta(minutes=31).total_seconds())

    answer = browser.post(
        "/verwaltung/menschen",
        data={"name": "Eine neue Kollegin", "email": "neu@stadt.example.org"},
        headers={"Referer": "http://localhost/verwaltung/menschen?seite=2"},
    )

    assert answer.status_code == 403
    assert _shown(answer.text) == {"Name": "Eine neue Kollegin", "E-Mail-Adresse": "neu@stadt.example.org"}
    assert 'href="/anmelden?next=/verwaltung/menschen?seite%3D2"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
