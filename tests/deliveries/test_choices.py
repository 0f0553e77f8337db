"""What people do not want to get any more, as far as they may choose."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliveries import kinds, refusals, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import DeliveryState, Refusal
from ikb.errors import NotFound
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.web import labels
from tests.conftest import Browser, SteppingClock
from tests.deliveries.helpers import Wire, given, only, planned
from tests.factories import make_user

ADDRESS = "post@verein.example.org"
HTML = "<!doctype html><html><body><p>Text</p></body></html>"


@pytest.fixture(autouse=True)
def _kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    for name, stream in (("reminder", "reminders"), ("invitation", "")):
        register_kind(
            name,
            still_wanted=lambda *_: True,
            render=lambda *_: Mail("Guten Tag", "Text\n", HTML),
            mandatory=not stream,
            stream=stream,
        )


def sent(clock: SteppingClock, kind: str = "reminder") -> Any:
    wire = Wire()
    given(clock(), kind=kind, subject_id=len(planned()) + 1)
    service.send_due(clock, wire)
    return wire.sent[0] if wire.sent else None


def way_out(message: Any) -> str:
    """The path behind the link with which a message can be declined."""
    found = re.fullmatch(r"<http://127\.0\.0\.1:8000(/[^>]+)>", message["List-Unsubscribe"])
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("mandatory", "stream"), [(True, "reminders"), (False, "")])
def test_a_kind_is_mandatory_or_can_be_declined(mandatory: bool, stream: str) -> None:
    with pytest.raises(ValueError, match="either mandatory"):
        register_kind(
            "odd", still_wanted=lambda *_: True, render=lambda *_: Mail("", ""), mandatory=mandatory, stream=stream
        )


def test_every_stream_and_kind_that_ikb_knows_has_a_german_name(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for stream, names in kinds.declinable_streams().items():
        assert labels.label("mail_stream", stream)
        assert all(labels.label("message", name) for name in names)
    assert {"reminders", "sittings"} <= set(kinds.declinable_streams())
    assert kinds.kind_of("invitation").mandatory  # type: ignore[union-attr]


def test_only_what_can_be_declined_says_how(app: Flask, clock: SteppingClock) -> None:
    reminder, invitation = sent(clock), sent(clock, "invitation")

    link = f"http://127.0.0.1:8000{way_out(reminder)}"
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in reminder.get_body(("plain",)).get_content()
    assert f'<a href="{link}">' in reminder.get_body(("html",)).get_content()
    assert invitation["List-Unsubscribe"] is None
    assert "abbestellen" not in str(invitation)
    assert ADDRESS not in link


def test_one_click_in_the_mail_program_declines_without_a_page_or_a_form_token(
    app: Flask, clock: SteppingClock, client: Browser
) -> None:
    path = way_out(sent(clock))

    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, csrf=False)

    assert answer.status_code == 200
    assert sent(clock) is None
    assert planned()[-1].state == DeliveryState.CANCELLED
    assert "möchte man solche Nachrichten nicht mehr" in planned()[-1].last_reply
    assert sent(clock, "invitation") is not None


def test_opening_the_link_changes_nothing_the_button_does_and_another_takes_it_back(
    app: Flask, clock: SteppingClock, client: Browser
) -> None:
    path = way_out(sent(clock))

    page = client.get(path)
    assert page.status_code == 200
    assert "p…@verein.example.org" in page.text
    assert ADDRESS not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert sent(clock) is not None

    assert client.post(path, data={}).status_code == 303
    assert "abgestellt" not in client.get(path).text
    assert "Wieder bestellen" in client.get(path).text
    assert sent(clock) is None

    assert client.post(path, data={"wanted": "1"}).status_code == 303
    assert sent(clock) is not None


def test_another_site_cannot_press_the_button(app: Flask, clock: SteppingClock, client: Browser) -> None:
    path = way_out(sent(clock))

    assert client.post(path, data={}, csrf=False).status_code == 400
    assert sent(clock) is not None


@pytest.mark.parametrize("token", ["1", "MQ.abc", "", "IjEi.xxxx"])
def test_a_link_that_was_not_made_here_leads_nowhere(
    app: Flask, clock: SteppingClock, client: Browser, token: str
) -> None:
    sent(clock)

    assert client.get(f"/nachrichten/abbestellen/{token}").status_code == 404
    answer = client.post(f"/nachrichten/abbestellen/{token}", data={"List-Unsubscribe": "One-Click"}, csrf=False)
    assert answer.status_code == 404
    assert db.session.scalars(select(Refusal)).all() == []


def test_a_link_for_what_is_mandatory_leads_nowhere(app: Flask, clock: SteppingClock, client: Browser) -> None:
    sent(clock, "invitation")

    assert client.get(f"/nachrichten/abbestellen/{refusals.link(only()).rpartition('/')[2]}").status_code == 404


def test_declined_twice_is_declined_once_and_the_journal_holds_no_address(app: Flask, clock: SteppingClock) -> None:
    for address in (ADDRESS, " Post@Verein.example.org"):
        with transaction():
            refusals.decline(address, "reminders", by=SYSTEM, now=clock())

    (row,) = db.session.scalars(select(Refusal))
    (entry,) = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "messages declined"))
    assert row.address_hash == refusals.hash_of(ADDRESS)
    assert entry.facts == {"stream": "reminders"}


def test_nobody_declines_what_is_no_stream(app: Flask, clock: SteppingClock) -> None:
    with pytest.raises(NotFound), transaction():
        refusals.decline(ADDRESS, "invitation", by=SYSTEM, now=clock())


@pytest.mark.parametrize("role", [Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR])
def test_whoever_has_an_account_chooses_on_a_page_of_their_own(
    app: Flask, clock: SteppingClock, as_user: Callable[..., Browser], role: Role
) -> None:
    person = make_user(roles=[role])
    browser = as_user(person)

    page = browser.get("/meine-nachrichten").text
    assert person.email in page
    assert "Erinnerungen an Fristen" in page
    assert "Sie lassen sich nicht abbestellen: Einladung." in page

    assert browser.post("/meine-nachrichten/reminders", data={}).status_code == 303
    assert refusals.declined_by(person.email) == {"reminders"}
    assert "Wieder bestellen" in browser.get("/meine-nachrichten").text
    assert browser.post("/meine-nachrichten/reminders", data={"wanted": "1"}).status_code == 303
    assert refusals.declined_by(person.email) == set()


def test_the_page_is_only_for_those_with_an_account(app: Flask, client: Browser) -> None:
    assert client.get("/meine-nachrichten").status_code in (302, 303)


def test_a_stream_that_nobody_can_decline_is_not_found(app: Flask, as_user: Callable[..., Browser]) -> None:
    assert as_user(make_user(roles=[Role.LEAD])).post("/meine-nachrichten/invitation", data={}).status_code == 404
