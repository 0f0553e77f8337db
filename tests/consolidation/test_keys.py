"""The workbench by single keys, in a real browser: beside Tab, not while somebody writes, and off where they are not wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ikb.consolidation import board_comments
from ikb.db import db, transaction
from ikb.moment import now
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, make_case
from tests.served import serving
from tests.walks.looks import faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LETTER = "Die Kurse am Nachmittag brauchen mehr Lehrkräfte, sonst fallen sie jede zweite Woche aus."


@pytest.fixture
def page(tmp_path, browser: Browser) -> Iterator[Page]:
    """The page of a section with rivals, a body's wording and a suggested group, in the lead's browser."""
    with serving(tmp_path) as place:
        with place.app.app_context():
            address, cookie = _section(place.app)
            db.session.remove()
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": place.base_url}])
        opened = context.new_page()
        opened.goto(place.base_url + address)
        yield opened
        context.close()


def _section(app):
    case = make_case()
    body = case.body_says("Jede Schule bietet Kurse nach Bedarf an.", name="Schulausschuss")
    (
        case.says("Jede Schule bietet drei Kurse am Nachmittag an."),
        case.says("Jede Schule bietet vier Kurse am Nachmittag an."),
    )
    case.says("Zusätzlich.", anchor="bp-1", wish=Wish.INSERT_AFTER)
    for _ in range(2):
        case.says(wish=Wish.NONE, comment=LETTER)
    case.consolidate(now())
    with transaction():
        board_comments.comment(case.base, body, "Machbar ab 2031.", seen=0, by=case.by, now=now())
    client = app.test_client().sign_in(case.lead)
    cookie = next(cookie for cookie in client._cookies.values() if "session" in cookie.key or "ikb" in cookie.key)
    return f"/verfahren/{case.procedure.id}/auswertung/{HERE}", cookie


def focused(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.closest('article[id]') ?? document.activeElement).id"))


def test_keys_lead_through_a_section_and_can_be_switched_off(page):
    assert not faults_of(page)
    start = page.url
    for key, expected in (
        ("j", "gremium-"),
        ("j", "widerspruch-"),
        ("j", "vorschlag-"),
        ("d", "vorschlag-"),
        ("j", "vorschlag-"),
    ):
        page.keyboard.press(key)
        assert focused(page).startswith(expected), key
    assert page.evaluate("document.activeElement.value") == "j"
    page.keyboard.press("Tab")
    page.keyboard.press("k")
    assert focused(page).startswith("widerspruch-")
    page.keyboard.press("g")
    assert focused(page).startswith("vorschlag-gruppe-")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.get_by_text("Sie bearbeiten diesen Abschnitt seit").wait_for()

    page.keyboard.press("?")
    assert not faults_of(page)
    page.get_by_label("Tasten verwenden").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("j")
    assert (page.url, focused(page).startswith("gremium-")) == (start, False)
    page.get_by_role("button", name="Tasten", exact=True).click()
    page.get_by_label("Tasten verwenden").check()
    page.get_by_role("button", name="Schließen").click()
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith("/bp-1")
