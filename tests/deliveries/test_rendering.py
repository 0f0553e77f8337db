"""What a message says, as text and as HTML, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from ikb.deliveries.rendering import as_html, hide_secrets, new_message_id, render_mail
from ikb.mail import Attachment
from ikb.procedures.model import Procedure
from ikb.web.links import base_host, external_url

SECRET = "abcdefghijklmnopqrstuvwxyz234567"
PLAIN = """{% extends "mail/_layout.txt" %}
{% block subject %}
  Grüße an
  {{ who }}
{% endblock %}
{% block content %}
Guten Tag {{ who }},


zwei   Zeilen
eines Absatzes.

- erstens
- zweitens {{ link }}
{% endblock %}
"""


@pytest.fixture
def engine_name() -> str:
    """Nothing here reads a row: one engine is enough."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _templates(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ours = {
        "mail/plain.txt": PLAIN,
        "mail/rich.txt": "Betreff: Reich\n\nText",
        "mail/rich.html": '{% extends "mail/_layout.html" %}{% block content %}<h1>{{ who }}</h1>{% endblock %}',
        "mail/mute.txt": "Guten Tag",
    }
    environment = app.jinja_env
    monkeypatch.setattr(environment, "loader", ChoiceLoader([DictLoader(ours), environment.loader]))  # type: ignore[list-item]
    yield
    environment.cache.clear()  # type: ignore[union-attr]


def test_a_message_has_one_line_of_subject_and_paragraphs_without_stray_blank_lines(app: Flask) -> None:
    mail = render_mail("plain", who="Kim & Co. <x>", link="https://b.example/x")

    assert mail.subject == "Grüße an Kim & Co. <x>"
    assert mail.text.startswith(
        "Guten Tag Kim & Co. <x>,\n\nzwei   Zeilen\neines Absatzes.\n\n- erstens\n- zweitens https"
    )
    assert mail.text.endswith("Mit freundlichen Grüßen\nIhre Verwaltung\n")
    assert "\n\n\n" not in mail.text


def test_its_html_is_made_from_the_text_and_escapes_what_people_wrote(app: Flask) -> None:
    html = render_mail("plain", who="Kim & Co. <x>", link="https://b.example/x").html or ""

    assert '<html lang="de">' in html
    assert "<p>Guten Tag Kim &amp; Co. &lt;x&gt;,</p>" in html
    assert '<li>zweitens <a href="https://b.example/x">https://b.example/x</a></li>' in html
    assert "<x>" not in html


def test_a_message_may_bring_an_html_part_of_its_own(app: Flask) -> None:
    mail = render_mail("rich", who="<Kim>", attachments=[Attachment("a.ics", b"")])

    assert "<h1>&lt;Kim&gt;</h1>" in (mail.html or "")
    assert [attachment.name for attachment in mail.attachments] == ["a.ics"]


def test_the_procedures_contact_signs_and_gets_the_answers(app: Flask) -> None:
    procedure = Procedure(contact_name="Kim Beispiel", contact_phone="0521 1", contact_email="kim@stadt.example.org")

    mail = render_mail("plain", who="Kim", link="", procedure=procedure)

    assert mail.text.endswith(
        "Mit freundlichen Grüßen\nKim Beispiel\n\nFragen beantworten wir gern: Telefon 0521 1, E-Mail kim@stadt.example.org\n"
    )
    assert mail.reply_to == "kim@stadt.example.org"
    assert (
        render_mail("plain", who="", link="", procedure=procedure, reply_to="other@b.example").reply_to
        == "other@b.example"
    )


def test_a_template_without_a_subject_is_a_mistake(app: Flask) -> None:
    with pytest.raises(ValueError, match=r"mute\.txt"):
        render_mail("mute")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"https://b.example/beteiligung/{SECRET}", "https://b.example/beteiligung/abcd…"),
        (
            f"https://b.example/beteiligung/{SECRET}/abschnitte?x=1",
            "https://b.example/beteiligung/abcd…/abschnitte?x=1",
        ),
        (f"https://b.example/konto?token={SECRET}&x=1.", "https://b.example/konto?token=abcd…&x=1."),
        ("https://b.example/verfahren/7", "https://b.example/verfahren/7"),
        (SECRET, SECRET),
    ],
)
def test_what_is_kept_of_links_opens_no_door(text: str, kept: str) -> None:
    assert hide_secrets(text) == kept


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\nb", "<p>- a<br>\nb</p>"),
        ('<script>"&', "<p>&lt;script&gt;&#34;&amp;</p>"),
        ("(https://b.example/x).", '<p>(<a href="https://b.example/x">https://b.example/x</a>).</p>'),
        (
            'https://b.example/"onclick="x',
            '<p><a href="https://b.example/">https://b.example/</a>&#34;onclick=&#34;x</p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
    ],
)
def test_text_becomes_html_that_can_do_nothing_but_link(text: str, html: str) -> None:
    assert as_html(text) == html


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/postfach/x"),
        ("https://stadt.example.org", "https://stadt.example.org/postfach/x"),
        ("https://stadt.example.org/ikb", "https://stadt.example.org/ikb/postfach/x"),
    ],
)
def test_links_begin_with_the_configured_address_whatever_a_request_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch, base_url: str, expected: str, tmp_path: Path
) -> None:
    monkeypatch.setitem(app.extensions, "ikb_config", replace(app.extensions["ikb_config"], base_url=base_url))

    assert external_url("deliveries.message", key="x") == expected
    with app.test_request_context("/", base_url="https://evil.example"):
        assert external_url("deliveries.message", key="x") == expected
        assert base_host() in new_message_id()
        assert "evil" not in new_message_id()
