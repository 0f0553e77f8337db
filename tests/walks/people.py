"""Somebody in front of a browser, who reads, clicks and fills in by the words that stand on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.walks.looks import faults_of

if TYPE_CHECKING:
    from re import Pattern

    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

PHONE = 390
DESK = 1280
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """One person with a browser window of their own. Every page they look at must keep the promises of all pages.

    name:    for whoever reads a failure.
    scripts: whether the browser runs JavaScript.
    strict:  whether every page is looked at as a whole; False where that is done elsewhere.
    """

    def __init__(
        self,
        browser: Browser,
        base_url: str,
        name: str,
        *,
        width: int = DESK,
        scripts: bool = True,
        strict: bool = True,
    ) -> None:
        self.name = name
        self.has_scripts = scripts
        self.is_strict = strict
        self._context = browser.new_context(
            base_url=base_url, viewport={"width": width, "height": 844}, java_script_enabled=scripts, locale="de-DE"
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def opens(self, address: str) -> None:
        """Type an address."""
        answer = self.page.goto(address)
        assert answer is not None, address
        assert answer.ok, f"{address}: {answer.status}"

    def presses(self, name: str, within: Locator | None = None) -> None:
        """Press the first button of that name, and wait for the page that it brings."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("button", name=_spoken(name)).first.click()

    def follows(self, name: str, within: Locator | None = None) -> None:
        """Follow the first link of that name in the page's content."""
        with self.page.expect_navigation():
            (within or self.page.locator("main")).get_by_role("link", name=_spoken(name)).first.click()

    def clicks_on(self, word: Locator) -> None:
        """Click in the middle of a word; Playwright itself would aim at what stands beside it for screen readers."""
        word.scroll_into_view_if_needed()
        box = word.bounding_box()
        assert box is not None
        with self.page.expect_navigation():
            self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def goes_to(self, name: str) -> None:
        """Follow a link of a menu."""
        with self.page.expect_navigation():
            self.page.locator(".menu-wide").get_by_role("link", name=name, exact=True).click()

    def fills(self, label: str, value: str, within: Locator | None = None) -> None:
        """Write into the field that bears that label."""
        (within or self.page).get_by_label(label).first.fill(value)

    def sees(self, *texts: str) -> None:
        """Wait until each of these texts stands on the page, then look whether the page is as every page should be."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        if self.is_strict:
            faults = faults_of(self.page, with_axe=self.has_scripts)
            assert not faults, "\n".join([f"{self.name} at {self.page.url}:", *faults])

    def passage(self, text: str) -> Locator:
        """The passage of a draft that contains a text."""
        return self.page.locator("article.passage, .draft-passage").filter(has_text=text).first

    def leaves(self) -> None:
        """Close the window; whatever the browser complained of on the way fails the test."""
        self._context.close()
        assert not self.complaints, "\n".join([f"{self.name}'s browser:", *self.complaints])

    def _note(self, message: ConsoleMessage) -> None:
        # A form that was refused comes back with 409 or 422, which the browser counts as an error of the network.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)


def _spoken(name: str) -> Pattern[str]:
    """A name as a screen reader speaks it: what only it hears ("Ändern: Seniorenrat") stands behind a blank."""
    return re.compile(re.escape(name).replace(":", r"\s*:"), re.IGNORECASE)
