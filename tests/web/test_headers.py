"""Security headers stand on every kind of answer."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.gallery import TOKEN_PAGE, make_gallery

EVERY_KIND = [
    ("page", "GET", "/", 200),
    ("page behind a link", "GET", TOKEN_PAGE, 200),
    ("part of a page", "GET", "/teil", 200),
    ("JSON", "GET", "/daten.json", 200),
    ("style sheet", "GET", "/static/ikb.css", 200),
    ("favicon", "GET", "/favicon.ico", 200),
    ("liveness", "GET", "/gesund", 200),
    ("faulty form", "POST", "/formular", 400),
    ("nothing there", "GET", "/gibt-es-nicht", 404),
    ("static file not there", "GET", "/static/fehlt.css", 404),
    ("wrong method", "POST", "/daten.json", 405),
    ("refusal", "GET", "/fehler/zu-frueh", 409),
    ("forbidden", "GET", "/fehler/verboten", 403),
    ("faulty file", "GET", "/fehler/datei", 422),
    ("too often", "GET", "/fehler/zu-oft", 429),
    ("crash", "GET", "/fehler/absturz", 500),
]


@pytest.mark.parametrize(
    ("method", "path", "status"), [case[1:] for case in EVERY_KIND], ids=[c[0] for c in EVERY_KIND]
)
def test_every_kind_of_answer_carries_the_security_headers(
    visitor: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = visitor.open(path, method=method, buffered=True)

    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for rule in ("frame-ancestors 'none'", "form-action 'self'", "object-src 'none'", "base-uri 'none'"):
        assert rule in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/", "same-origin"),
        (TOKEN_PAGE, "no-referrer"),
        ("/beteiligung/unbekannt/abschicken", "no-referrer"),
        ("/konto/geheim", "no-referrer"),
        ("/gibt-es-nicht", "same-origin"),
    ],
)
def test_an_address_with_a_secret_is_told_to_nobody(visitor: FlaskClient, path: str, policy: str) -> None:
    assert visitor.get(path).headers["Referrer-Policy"] == policy


def test_pages_behind_a_link_are_not_kept_even_without_a_session(visitor: FlaskClient) -> None:
    assert visitor.get("/beteiligung/unbekannt").headers["Cache-Control"] == "no-store"


def test_with_a_session_nothing_is_kept(visitor: FlaskClient) -> None:
    with visitor.session_transaction() as session:
        session["somebody"] = "here"

    assert visitor.get("/").headers["Cache-Control"] == "no-store"
    assert visitor.get("/daten.json").headers["Cache-Control"] == "no-store"
    assert visitor.get("/gibt-es-nicht").headers["Cache-Control"] == "no-store"


def test_open_data_without_a_session_may_be_kept_and_is_the_same_for_all(visitor: FlaskClient) -> None:
    answer = visitor.get("/daten.json")

    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("env", "base_url", "insists"),
    [
        ("production", "https://ikb.stadt.example.org", True),
        ("production", "http://ikb.stadt.example.org", False),
        ("demo", "https://ikb.stadt.example.org", False),
    ],
)
def test_only_production_with_tls_insists_on_tls(board: object, env: str, base_url: str, insists: bool) -> None:
    answer = make_gallery(env, base_url).test_client().get("/gibt-es-nicht")

    assert ("Strict-Transport-Security" in answer.headers) is insists


def test_each_request_has_its_own_number(visitor: FlaskClient) -> None:
    numbers = {visitor.get("/gesund").headers["X-Request-Id"] for _ in range(5)}

    assert len(numbers) == 5


def test_a_number_brought_along_is_not_believed(visitor: FlaskClient) -> None:
    assert visitor.get("/gesund", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] != "mine"


def test_the_process_says_that_it_lives(visitor: FlaskClient) -> None:
    answer = visitor.get("/gesund")

    assert answer.text == "gesund\n"


def test_a_static_address_changes_with_the_content_and_is_kept_for_a_year(gallery: Flask) -> None:
    with gallery.test_request_context():
        address = gallery.jinja_env.globals["static_url"]("ikb.css")

    answer = gallery.test_client().get(address, buffered=True)

    assert address.startswith("/static/ikb.css?v=")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_hash_in_a_static_address_follows_the_content(board: object, tmp_path) -> None:  # type: ignore[no-untyped-def]
    sheet = tmp_path / "a.css"
    addresses = []
    for content in ("p {}", "p { color: red }"):  # as before and after a release, which starts the application anew
        sheet.write_text(content)
        gallery = make_gallery()
        gallery.static_folder = str(tmp_path)
        with gallery.test_request_context():
            addresses.append(gallery.jinja_env.globals["static_url"]("a.css"))

    assert addresses[0] != addresses[1]


def test_a_static_address_without_a_hash_is_asked_for_again(visitor: FlaskClient) -> None:
    answer = visitor.get("/static/ikb.css", buffered=True)

    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_page_cannot_refer_to_a_static_file_that_is_not_there(gallery: Flask) -> None:
    with gallery.test_request_context(), pytest.raises(FileNotFoundError):
        gallery.jinja_env.globals["static_url"]("fehlt.css")
