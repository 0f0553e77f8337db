"""Every page of the demonstration, for every role: no link leads to nothing, everybody can use it, scripts or not."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import expect

from ikb.app import create_app
from tests.conftest import config_for
from tests.services import ports
from tests.walks.beginnings import plan_the_participation, take_in_the_paper
from tests.walks.crawl import STATIC, Crawl
from tests.walks.looks import faults_of
from tests.walks.people import PATIENCE_MS, Person
from tests.walks.story import Days
from tests.walks.town import Process, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ROLES = ("public", "institution", "lead", "secretary", "administrator")
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 800}
BEHIND_A_LINK = "statements."
# Views that no page links to: machines ask for them, scripts do, or a mail leads there.
WITHOUT_LINK = {
    "alive",
    "reports.ready",
    "reports.metrics",
    "consolidation.progress",  # htmx asks for it while a run is under way
    "consolidation.comment_on_body",  # a form's address, for whoever comes back to it
    "consolidation.decide",  # a form's address, for whoever comes back to it
    "accounts.set_password",  # from the link that somebody was given
    "statements.form_token",  # the script asks for it when a page was open for long
    "statements.new_link",  # from the page that tells of a link which is no more
    "calendars.subscription",  # a calendar program asks for it
    "deliberations.changed_since",  # on the desk once a later version is issued than a committee saw
    "deliveries.declining",  # from the foot of a mail
    "statements.publication_preview",  # a form's address, with the statements that were ticked
    "statements.handed_on",  # what is said once a link was handed on
    "opinions.answer",  # from the mail to a department
    "statements.release",  # from the mail to whoever is asked to release
    "institutions.hand_on",  # at links of single persons, which few institutions have
    "privacy.retention_answer",  # once something is due and was offered to the archive
    "reminders.posted",  # the form's address, with the letters that were ticked
    "casefile.archive",  # once a worker has made one that a lead asked for
    "reports.letters_file",  # likewise
    "consolidation.remark_history",  # at a decision; the demonstration's large case has none yet
    "consolidation.release",  # where a second person releases decisions: in the smaller of the two procedures
    "consolidation.preview_reason",  # a form's address, with the reason as it was typed
    "statements.clearance",  # at files that an institution attached, which few statements have
    "statements.copy_file",  # at a clean copy, once somebody made one
    "reports.letter_preview",  # one institution's letter, once its remarks are answered
    # The demonstration has no council system; tests/oparl/test_pages.py walks through these.
    "oparl.choose_body",
    "oparl.choose_organizations",
    "oparl.differences",
    "oparl.preview",
    "oparl.procedure_differences",
    "oparl.system",
    "oparl.system_settings",
}


@dataclass
class Demonstration:
    """A running demonstration: where it is, and who may sign in how."""

    base_url: str
    users: dict[str, dict[str, str]]
    links: list[str]

    def come_in(self, page: Page, role: str) -> list[str]:
        """Sign in where the role needs it; the addresses at which it begins."""
        if role == "institution":
            return self.links
        if role not in self.users:
            return ["/"]
        page.goto(f"{self.base_url}/anmelden")
        page.get_by_label("E-Mail-Adresse").fill(self.users[role]["email"])
        page.get_by_label("Passwort").fill(self.users[role]["password"])
        with page.expect_navigation():
            page.get_by_role("button", name="Anmelden").click()
        assert not page.url.endswith("/anmelden"), role
        return [page.url]


@pytest.fixture(scope="module")
def demonstration(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """`ikb demo` as a user starts it; then everything said is brought together, and a second procedure begins."""
    folder, port = tmp_path_factory.mktemp("demo"), ports.free_port()
    command = [sys.executable, "-m", "ikb", "demo", "--data", str(folder / "data"), "--port", str(port), "--no-browser"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
    process = Process("demo", command, clean, folder)
    try:
        wait_until(lambda: ports.answers(port), [process])
        running = _read(folder / "data" / "demo-logins.json")
        _go_on(browser, running)
        yield running
    finally:
        process.end()


def _read(logins: Path) -> Demonstration:
    found = json.loads(logins.read_text(encoding="utf-8"))
    users = {user["role"]: user for user in found["users"]}
    return Demonstration(found["base_url"], users, [link["url"] for link in found["institution_links"]])


def _go_on(browser: Browser, demonstration: Demonstration) -> None:
    """Bring about what the pages need that the demonstration's first day does not have."""
    lead = Person(browser, demonstration.base_url, "lead", strict=False)
    lead.opens(demonstration.come_in(lead.page, "lead")[0])
    lead.follows("Integrationskonzept")
    lead.goes_to("Auswertung")
    lead.presses("Zusammenführen")
    expect(lead.page.locator("#lauf")).to_contain_text("fertig", timeout=3 * PATIENCE_MS)
    lead.goes_to("Meine Verfahren")
    take_in_the_paper(lead, Days.from_today(), number="")
    plan_the_participation(lead, Days.from_today())
    lead.goes_to("Beteiligung")
    lead.follows("Aus dem Verzeichnis wählen")
    lead.page.get_by_role("checkbox").first.check()
    lead.presses("Hinzufügen")
    lead.leaves()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that only tells which view an address belongs to."""
    folder = tmp_path_factory.mktemp("house")
    return create_app(config_for(f"sqlite:///{folder / 'unused.sqlite'}", folder, env="demo"))


@pytest.fixture(scope="module")
def crawls(demonstration: Demonstration, house: Flask, browser: Browser) -> dict[str, Crawl]:
    """By role, everything that can be reached by following links."""
    views = house.url_map.bind("127.0.0.1")
    found = {}
    for role in ROLES:
        context = browser.new_context()
        starts = demonstration.come_in(context.new_page(), role)
        walk = Crawl(context.request, views, demonstration.base_url, lambda view, role=role: _enters(role, view))
        found[role] = walk.walk(starts)
        context.close()
    return found


def _enters(role: str, view: str) -> bool:
    """The start page shows strangers some institutions' links; what is behind them is the institution's."""
    return role == "institution" or not view.startswith(BEHIND_A_LINK) or role == "lead"


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_to_nothing(crawls: dict[str, Crawl], role: str) -> None:
    assert crawls[role].dead == []


def test_links_lead_to_every_page(crawls: dict[str, Crawl], house: Flask) -> None:
    reached = {view for crawl in crawls.values() for view in (*crawl.pages, *crawl.files)}

    pages = {str(rule.endpoint) for rule in house.url_map.iter_rules() if "GET" in (rule.methods or ())}

    unreached = sorted(pages - reached - WITHOUT_LINK - {STATIC})
    assert unreached == [], ", ".join(unreached)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_can_use_every_page(
    demonstration: Demonstration, crawls: dict[str, Crawl], browser: Browser, role: str
) -> None:
    """axe looks at each page once, at the width at which that role mostly comes; the window is tried at both."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    demonstration.come_in(page, role)
    usual, other = (PHONE, DESK) if role in ("public", "institution") else (DESK, PHONE)

    faults = {}
    for address in crawls[role].one_of_each():
        page.set_viewport_size(usual)
        page.goto(address)
        found = faults_of(page)
        page.set_viewport_size(other)
        faults[address] = found + faults_of(page, with_axe=False)
    context.close()

    assert {address: found for address, found in faults.items() if found} == {}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_works_without_scripts(
    demonstration: Demonstration, crawls: dict[str, Crawl], browser: Browser, role: str
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    demonstration.come_in(page, role)

    faults = {address: _without_scripts(page, address) for address in crawls[role].one_of_each()}
    context.close()

    assert {address: found for address, found in faults.items() if found} == {}


def _without_scripts(page: Page, address: str) -> list[str]:
    """A page as it should be, in which every form has a button that sends it and somewhere to send it."""
    answer = page.goto(address)
    faults = [] if answer and answer.ok else ["does not answer"]
    forms = page.locator("main form")
    with_button = forms.filter(has=page.locator("button[type=submit], button:not([type])"))
    if forms.count() != with_button.count():
        faults.append("a form without a button")
    return faults + faults_of(page, with_axe=False)
