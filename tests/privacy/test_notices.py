"""Imprint and privacy notice: what the town entered, and what it did not."""

from __future__ import annotations

import pytest

from ikb.accounts.model import Role
from ikb.db import transaction
from ikb.journal.service import SYSTEM
from ikb.privacy import notices
from tests.factories import make_invitation, make_user

TOWN = {"town": "Stadt Musterau", "address": "Markt 1, 12345 Musterau", "officer": "Frau Wacht, Markt 1"}


@pytest.fixture
def filled(app, now):
    with transaction():
        return notices.change(TOWN, seen=0, by=SYSTEM, now=now)


@pytest.mark.parametrize("address", ["/impressum", "/datenschutz"])
def test_what_is_missing_is_said_and_nothing_invented(client, address):
    assert "Diese Angabe ist noch nicht eingetragen." in client.get(address).text


def test_the_pages_say_what_was_entered(client, filled):
    assert "Markt 1, 12345 Musterau" in client.get("/impressum").text
    notice = client.get("/datenschutz").text
    assert "Frau Wacht, Markt 1" in notice
    assert "2 Jahre nach dem Versand" in notice


def test_they_are_linked_at_the_foot_of_every_page_and_behind_the_link(app, client):
    from ikb.institutions.links import token_of

    for address in ("/", "/anmelden", f"/beteiligung/{token_of(make_invitation())}"):
        page = client.get(address).text
        assert 'href="/impressum"' in page
        assert 'href="/datenschutz"' in page


def test_the_administrator_is_told_what_is_missing(as_user, filled):
    page = as_user(make_user([Role.ADMINISTRATOR])).get("/verwaltung/einstellungen").text

    assert "Im Impressum und in den Datenschutzhinweisen fehlen Angaben." in page
    assert "Rechtsgrundlage" in page
    assert "Umsatzsteuer" not in page, "only what is needed is missed"


def test_it_is_entered_on_a_page(as_user, client):
    browser = as_user(make_user([Role.ADMINISTRATOR]))

    answer = browser.post("/verwaltung/einstellungen/stadt", data={"row_version": 0, "town": "Stadt Neu"})

    assert answer.status_code == 303
    assert "Stadt Neu" in client.get("/impressum").text


def test_the_second_of_two_gets_both_texts(as_user, filled):
    browser = as_user(make_user([Role.ADMINISTRATOR]))

    answer = browser.post("/verwaltung/einstellungen/stadt", data={"row_version": 0, "town": "Stadt Neu"})

    assert answer.status_code == 409
    assert "Stadt Musterau" in answer.text
    assert "Stadt Neu" in answer.text


def test_a_text_that_is_too_long_is_refused_and_stays_typed(as_user):
    browser = as_user(make_user([Role.ADMINISTRATOR]))

    answer = browser.post("/verwaltung/einstellungen/stadt", data={"row_version": 0, "purposes": "x" * 3001})

    assert answer.status_code == 422
    assert "höchstens 3000 Zeichen" in answer.text
    assert "x" * 3001 in answer.text


@pytest.mark.parametrize("page", ["", "/stadt", "/aufbewahrung", "/person"])
def test_others_have_no_way_in(as_user, page):
    assert as_user(make_user([Role.LEAD])).get(f"/verwaltung/einstellungen{page}").status_code == 403
