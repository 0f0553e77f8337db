"""A letter is split with the keyboard alone, in a real browser that asks the application behind the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.capture.model import Letter
from ikb.db import db
from ikb.remarks.model import Remark
from tests.consolidation.cases import make_case
from tests.factories import make_institution, make_invitation
from tests.served import serving
from tests.walks.looks import faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LETTER = "Guten Tag,\n\nUnser Chor 🎵 probt hier. Es fehlt eine Rampe.\n\nZu Beschlusspunkt 2: Ja.\n\nMit Grüßen\nK."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    with serving(tmp_path_factory.mktemp("served")) as place:
        yield place.app, place.base_url


@pytest.fixture
def page(served: tuple[Flask, str], browser: Browser) -> Iterator[Page]:
    """The splitting page of a recorded letter, in the lead's browser."""
    app, base_url = served
    with app.app_context():
        address, session = _recorded(app)
        db.session.remove()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": session.key, "value": session.value, "url": base_url}])
    opened = context.new_page()
    opened.goto(base_url + address)
    yield opened
    context.close()


def _recorded(app: Flask) -> tuple[str, Any]:
    """A letter that waits to be split: the address of its page, and the cookie of the lead who may."""
    case = make_case()
    lead = app.test_client().sign_in(case.lead)
    name = f"Chor {uuid4().hex}"
    make_invitation(case.phase, make_institution(name))
    pile = f"/verfahren/{case.procedure.id}/erfassen"
    at = lead.post(pile, data={"key": str(uuid4())}).location
    facts = {"institution": name, "phase": str(case.phase.id), "channel": "letter", "answer": "remarks", "text": LETTER}
    split = lead.post(at, data={"row_version": "1", "received_on": "2030-06-03", **facts}).location
    cookie = next(cookie for cookie in lead._cookies.values() if "session" in cookie.key or "ikb" in cookie.key)
    return split, cookie


def presses(page: Page, key: str) -> None:
    """A key that sends something: the next page is there when this returns."""
    with page.expect_navigation():
        page.keyboard.press(key)


def remarks(served: tuple[Flask, str]) -> list[tuple[str | None, str]]:
    """What was made of the letter that came last."""
    with served[0].app_context():
        newest = select(func.max(Letter.statement_id)).scalar_subquery()
        rows = select(Remark.anchor, Remark.comment).where(Remark.statement_id == newest).order_by(Remark.position)
        return [(anchor, comment) for anchor, comment in db.session.execute(rows)]


def test_a_few_selected_words_become_a_remark_and_the_rest_stays_open(page, served):
    for _ in range(len("Unser Chor 🎵 probt hier.")):
        page.keyboard.press("Shift+ArrowRight")
    presses(page, "a")

    assert remarks(served) == [(None, "Unser Chor 🎵 probt hier.")]
    assert page.locator("#stelle").input_value().strip() == "Es fehlt eine Rampe."


def test_from_the_first_word_to_finished_without_a_mouse(page, served):
    page.keyboard.press("x")  # no key of ours: nothing happens, and nothing is written into the letter
    presses(page, "a")
    assert page.locator("#section").input_value() == "bp-2"  # the words name it
    presses(page, "a")
    presses(page, "f")

    assert remarks(served) == [
        (None, "Unser Chor 🎵 probt hier. Es fehlt eine Rampe."),
        ("bp-2", "Zu Beschlusspunkt 2: Ja."),
    ]
    assert page.url.endswith("/erfassen")


def test_a_stretch_joins_a_remark_by_its_number(page, served):
    presses(page, "a")
    presses(page, "1")

    assert remarks(served) == [(None, "Unser Chor 🎵 probt hier. Es fehlt eine Rampe.\n\nZu Beschlusspunkt 2: Ja.")]


def test_keys_do_nothing_while_somebody_writes(page, served):
    page.locator("summary", has_text="anderer Wortlaut").click()
    page.locator("#proposed_text").fill("")
    page.locator("#proposed_text").press("a")

    assert page.locator("#proposed_text").input_value() == "a"
    assert remarks(served) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_has_no_fault_on_any_screen(page, width):
    page.set_viewport_size({"width": width, "height": 900})

    assert faults_of(page) == []
