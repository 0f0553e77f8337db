"""The mailbox of the demonstration and the administrator's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from ikb import mail
from ikb.accounts.model import Role
from ikb.db import transaction
from ikb.deliveries import kinds, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.mailbox import keys_in, messages_in
from ikb.deliveries.model import DeliveryState
from tests.conftest import Browser, SteppingClock
from tests.deliveries.helpers import Wire, given, only, planned
from tests.factories import make_user

LINK = "http://127.0.0.1:8000/beteiligung/abcdefghijklmnopqrstuvwxyz234567"
HTML = f'<title>X</title><p onclick="x()">Hallo <a href="{LINK}">Link</a><img src="https://spy.example/x.png"><script>bad()</script></p>'


@pytest.fixture(autouse=True)
def _kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind(
        "invitation", still_wanted=lambda *_: True, render=lambda *_: Mail("Bitte <b>", f"Hier:\n\n{LINK}\n", HTML)
    )


@pytest.fixture
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., None]:
    """Change the running application's configuration; it begins with an empty folder."""

    def change(**values: Any) -> None:
        changed = replace(app.extensions["ikb_config"], **values)
        monkeypatch.setitem(app.extensions, "ikb_config", changed)

    change(data_dir=tmp_path)
    return change


def send(clock: SteppingClock, **values: Any) -> None:
    given(clock(), kind="invitation", **values)
    service.send_due(clock)


def test_an_empty_mailbox_says_so(configured: Any, client: Browser) -> None:
    page = client.get("/postfach")

    assert page.status_code == 200
    assert "Noch keine Nachricht" in page.text


def test_the_mailbox_shows_every_message_the_newest_first(
    configured: Any, client: Browser, clock: SteppingClock
) -> None:
    for number in range(23):
        send(clock, subject_id=number, recipient=f"a{number}@b.example")

    first, second = client.get("/postfach").text, client.get("/postfach?seite=2").text

    assert "an a22@b.example" in first
    assert first.index("an a22@b.example") < first.index("an a3@b.example")
    assert "an a2@b.example" not in first
    assert "an a2@b.example" in second


def test_a_message_is_shown_with_links_to_follow_and_without_what_could_do_harm(
    app: Flask, configured: Any, client: Browser, clock: SteppingClock
) -> None:
    send(clock, recipient_name="Verein <Süd>")
    (key,) = keys_in(mail.mailbox_folder(app.extensions["ikb_config"]))

    page = client.get(f"/postfach/{key}").text

    assert page.count(f'href="{LINK}"') == 2
    assert "Bitte &lt;b&gt;" in page
    assert "spy.example" not in page
    assert "bad()" not in page
    assert "onclick" not in page


@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2fetc%2fpasswd", "new"])
def test_a_message_that_is_not_there_is_not_found(
    configured: Any, client: Browser, clock: SteppingClock, key: str
) -> None:
    send(clock)

    assert client.get(f"/postfach/{key}").status_code == 404


@pytest.mark.parametrize("values", [{"env": "production"}, {"smtp_url": "smtp://127.0.0.1:25"}])
def test_only_the_demonstration_has_a_mailbox(configured: Any, client: Browser, values: dict[str, Any]) -> None:
    configured(**values)

    assert client.get("/postfach").status_code == 404
    assert client.get("/postfach/x").status_code == 404
    assert "/postfach" not in client.get("/anmelden").text


def test_the_mailbox_reads_what_the_folder_transport_wrote(app: Flask, configured: Any, clock: SteppingClock) -> None:
    send(clock, recipient_name="Verein Süd")

    (letter,) = messages_in(mail.mailbox_folder(app.extensions["ikb_config"]))
    assert (letter.subject, letter.recipient) == ("Bitte <b>", "Verein Süd <post@verein.example.org>")
    assert letter.at == clock()


@pytest.fixture
def administrator(app: Flask, as_user: Any) -> Browser:
    browser: Browser = as_user(make_user(roles=[Role.ADMINISTRATOR]))
    return browser


def refused(clock: SteppingClock) -> None:
    given(clock(), kind="invitation", recipient="geheim@verein.example.org")
    service.send_due(clock, Wire(faults={"geheim@verein.example.org": [mail.RecipientRefused(550, "no such user")]}))


def test_the_administrator_sees_what_failed_but_neither_names_nor_texts(
    administrator: Browser, clock: SteppingClock
) -> None:
    refused(clock)

    page = administrator.get("/verwaltung/betrieb").text

    assert "550 no such user" in page
    assert "g…@verein.example.org" in page
    assert "geheim@" not in page
    assert "Hier:" not in page


def test_the_administrator_sends_again_what_failed(
    administrator: Browser, clock: SteppingClock, wakeups: list[Any]
) -> None:
    refused(clock)

    answer = administrator.post(f"/verwaltung/betrieb/{only().id}/noch-einmal")

    assert answer.status_code == 303
    assert only().state == DeliveryState.PLANNED
    again = administrator.post(f"/verwaltung/betrieb/{only().id}/noch-einmal")
    assert again.status_code == 404


def test_it_says_when_messages_stay_behind_and_when_nobody_sends(administrator: Browser, clock: SteppingClock) -> None:
    assert "Nichts ist liegen geblieben" in administrator.get("/verwaltung/betrieb").text
    given(clock(), kind="invitation")
    with transaction():
        service.beat(["beat", "worker"], now=clock())
    assert "1 Nachricht ist gerade fällig" in administrator.get("/verwaltung/betrieb").text
    assert "meldet sich nicht" not in administrator.get("/verwaltung/betrieb").text

    clock.advance(minutes=3)

    page = administrator.get("/verwaltung/betrieb").text
    assert "Nachrichten bleiben liegen" in page
    assert page.count("meldet sich nicht") == 2


@pytest.mark.parametrize("role", [Role.LEAD, Role.SECRETARY])
def test_operations_are_the_administrators(app: Flask, as_user: Any, clock: SteppingClock, role: Role) -> None:
    browser = as_user(make_user(roles=[role]))
    refused(clock)

    assert browser.get("/verwaltung/betrieb").status_code == 403
    assert browser.post(f"/verwaltung/betrieb/{only().id}/noch-einmal").status_code == 403
    assert only().state == DeliveryState.BOUNCED_HARD


def test_operations_cost_eight_queries_whatever_failed(
    administrator: Browser, clock: SteppingClock, count_queries: Any
) -> None:
    for number in range(25):
        given(clock(), kind="invitation", subject_id=number)

    class Closed(Wire):
        def send(self, message: mail.Written, recipient: str) -> str:
            raise mail.RecipientRefused(550, "no")

    service.send_due(clock, Closed())
    assert {delivery.state for delivery in planned()} == {DeliveryState.BOUNCED_HARD}

    with count_queries() as seen:
        administrator.get("/verwaltung/betrieb")

    assert len(seen) <= 8


def test_the_outlook_tells_who_would_get_what_and_why_and_changes_nothing(
    administrator: Browser, clock: SteppingClock
) -> None:
    register_kind("new_link", still_wanted=lambda *_: False, render=lambda *_: Mail("", ""))
    given(clock(), kind="invitation", subject_id=1)
    given(clock(), kind="new_link", subject_id=2)
    given(clock(), kind="invitation", subject_id=3, due_at=clock() + timedelta(hours=20))

    now_page = administrator.get("/verwaltung/betrieb/vorschau").text
    tomorrow = administrator.get("/verwaltung/betrieb/vorschau?in=24").text

    assert now_page.count("p…@verein.example.org") == 2
    assert "post@" not in now_page
    assert "inzwischen überholt" in now_page
    assert tomorrow.count("p…@verein.example.org") == 3
    assert {row.state for row in planned()} == {DeliveryState.PLANNED}


@pytest.mark.parametrize("typed", ["", "x", "-1", "5", "99999999999"])
def test_the_outlook_takes_any_other_moment_for_now(administrator: Browser, clock: SteppingClock, typed: str) -> None:
    given(clock(), kind="invitation", due_at=clock() + timedelta(minutes=1))

    page = administrator.get(f"/verwaltung/betrieb/vorschau?in={typed}")

    assert page.status_code == 200
    assert "Nichts zu senden" in page.text


def test_the_administrator_sees_what_waits_and_what_went_out(administrator: Browser, clock: SteppingClock) -> None:
    given(clock(), kind="invitation", subject_id=1)
    service.send_due(clock, Wire())
    given(clock(), kind="invitation", subject_id=2, due_at=clock() + timedelta(hours=3))

    page = administrator.get("/verwaltung/betrieb").text

    assert "Durchsatz" in page
    assert "Vorschau: wer was wann bekäme" in page
    assert page.count('data-label="Übergeben">1<') == 2
