"""What people read when something does not work."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ikb.web import faults
from tests.web.gallery import FAULTS

PAGES = [
    ("/gibt-es-nicht", 404, "Diese Seite gibt es nicht"),
    ("/fehler/fehlt", 404, "Diese Einladung gibt es nicht mehr."),
    ("/fehler/verboten", 403, "Das darf nur die Projektleitung."),
    ("/fehler/zu-frueh", 409, "Die Beteiligung beginnt am Montag, 3. Juni 2030."),
    ("/fehler/datei", 422, "Zeile 3, Spalte E-Mail: keine Adresse"),
    ("/fehler/offen", 409, "3.4: Vorschlag B"),
    ("/fehler/zu-oft", 429, "in 90 Sekunden"),
    ("/fehler/absturz", 500, "Hier ist etwas schiefgegangen"),
    ("/abmelden", 405, "lässt sich so nicht aufrufen"),
]


@pytest.mark.parametrize(("path", "status", "words"), PAGES)
def test_a_fault_has_a_page_that_says_what_happened_what_is_safe_and_what_now(
    visitor: FlaskClient, path: str, status: int, words: str
) -> None:
    answer = visitor.get(path)

    assert answer.status_code == status
    assert words in answer.text
    assert "Was ist mit Ihren Eingaben?" in answer.text
    assert "Was können Sie tun?" in answer.text
    assert answer.text.count("<h1") == 1
    assert answer.headers["X-Request-Id"] in answer.text


def test_every_status_of_the_list_has_a_template_of_its_own(gallery: Flask) -> None:
    for status in faults.PAGES:
        assert gallery.jinja_env.get_template(f"errors/{status}.html")


def test_a_form_without_its_token_says_that_it_was_open_too_long(visitor: FlaskClient) -> None:
    answer = visitor.post("/formular", data={"title": "Text"})

    assert answer.status_code == 400
    assert "Das Formular war zu lange offen" in answer.text


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (IntegrityError("INSERT", {}, Exception("secret text of a citizen")), "eben zweimal abgeschickt"),
        (StaleDataError("secret text of a citizen"), "im selben Augenblick geändert"),
    ],
    ids=["a double click", "two people"],
)
def test_two_who_save_at_once_are_a_conflict_and_no_crash(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, failure: Exception, words: str
) -> None:
    monkeypatch.setitem(FAULTS, "zugleich", failure)

    answer = visitor.get("/fehler/zugleich")

    assert answer.status_code == 409
    assert words in answer.text
    assert "secret text of a citizen" not in answer.text


def test_two_people_at_one_text_both_see_both_texts(visitor: FlaskClient) -> None:
    page = visitor.get("/fehler/doppelt").text

    assert "Ihre\nZeilen" in page
    assert "&lt;b&gt;Meine&lt;/b&gt; Zeilen" in page


def test_too_large_says_how_large_and_how_much_is_allowed(gallery: Flask) -> None:
    answer = gallery.test_client().post("/formular", data={"letter": "x" * 1_200_000})

    assert answer.status_code == 413
    assert "1,2 MB, erlaubt sind zusammen 1,0 MB" in answer.text


def test_a_crash_tells_its_number_and_nothing_of_its_cause(
    visitor: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = visitor.get("/fehler/absturz")
    logged = capsys.readouterr()

    assert answer.headers["X-Request-Id"] in answer.text
    assert "secret text of a citizen" not in answer.text + logged.out + logged.err
    assert "ZeroDivisionError" in logged.out + logged.err


def test_the_page_of_a_crash_asks_no_room_for_anything(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, board: object
) -> None:
    def broken() -> None:
        raise RuntimeError("the database is away")

    board.bars[:] = [broken]  # type: ignore[attr-defined]
    board.accounts[:] = [broken]  # type: ignore[attr-defined]

    answer = visitor.get("/")

    assert answer.status_code == 500
    assert "Hier ist etwas schiefgegangen" in answer.text


def test_a_foreign_host_is_refused_with_a_page(gallery: Flask) -> None:
    gallery.config["TRUSTED_HOSTS"] = ["ikb.stadt.example.org"]

    answer = gallery.test_client().get("/", headers={"Host": "evil.example.net"})

    assert answer.status_code == 400
    assert "Mit dieser Anfrage stimmt etwas nicht" in answer.text
    assert "evil.example.net" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/gibt-es-nicht", 404, "not_found"),
        ("/fehler/zu-frueh", 409, "phase_not_open"),
        ("/fehler/absturz", 500, "internal_error"),
    ],
)
def test_who_asks_for_json_gets_json(visitor: FlaskClient, path: str, status: int, code: str) -> None:
    answer = visitor.get(path, headers={"Accept": "application/json"})
    body = json.loads(answer.text)

    assert answer.status_code == status
    assert body["status"] == status
    assert body["code"] == code
    assert body["message"]
    assert body["request_id"] == answer.headers["X-Request-Id"]


def test_json_carries_the_points_and_both_texts(visitor: FlaskClient) -> None:
    as_json = {"Accept": "application/json"}

    assert visitor.get("/fehler/offen", headers=as_json).json["points"] == ["3.2: Vorschlag A", "3.4: Vorschlag B"]
    assert visitor.get("/fehler/doppelt", headers=as_json).json["mine"] == "<b>Meine</b> Zeilen"


@pytest.mark.parametrize("accepted", ["", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_who_asks_for_anything_gets_a_page(visitor: FlaskClient, accepted: str) -> None:
    answer = visitor.get("/gibt-es-nicht", headers={"Accept": accepted})

    assert answer.mimetype == "text/html"


def test_htmx_gets_a_notice_beside_the_form_and_the_form_stays(visitor: FlaskClient) -> None:
    answer = visitor.get("/fehler/zu-frueh", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert re.search(r'class="kern-alert kern-alert--danger"', answer.text)
    assert answer.headers["HX-Retarget"] == "#notices"
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert "HX-Request" in answer.headers["Vary"]


def test_part_or_page(visitor: FlaskClient) -> None:
    part = visitor.get("/teil", headers={"HX-Request": "true"})
    page = visitor.get("/teil")
    restored = visitor.get("/teil", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert part.text.strip() == '<p id="teil">Stand</p>'
    assert "<html" in page.text
    assert "<html" in restored.text
    assert all("HX-Request" in answer.headers["Vary"] for answer in (part, page, restored))
