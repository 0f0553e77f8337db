"""The shared pages in a real browser: free of axe violations, no wider than a phone, usable by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.web.gallery import TOKEN_PAGE

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
PAGES = ["/?gruss=1", "/formular", "/werkbank", "/vorfuehrung", TOKEN_PAGE, "/fehler/doppelt", "/fehler/absturz"]


def _page(browser: Any, width: int, **context: Any) -> Any:
    opened = browser.new_context(viewport={"width": width, "height": 800}, **context)
    return opened.new_page()


def _violations(page: Any) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_has_axe_violations_or_is_wider_than_its_window(
    browser: Any, gallery_url: str, width: int, scheme: str
) -> None:
    page = _page(browser, width, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    for path in PAGES:
        page.goto(gallery_url + path)
        assert _violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert [words for words in said if "Content Security Policy" in words] == []
    page.context.close()


def test_a_form_with_errors_shows_them_first_and_is_free_of_violations(browser: Any, gallery_url: str) -> None:
    page = _page(browser, 360)
    page.goto(gallery_url + "/formular")
    page.get_by_role("button", name="Verfahren anlegen").click()

    summary = page.locator(".error-summary")
    assert summary.evaluate("element => element === document.activeElement")
    assert _violations(page) == []

    summary.get_by_role("link", name="Titel des Verfahrens").click()
    assert page.locator("#title").evaluate("element => element === document.activeElement")
    page.context.close()


def test_without_scripts_the_menu_of_a_phone_opens_and_leads_on(browser: Any, gallery_url: str) -> None:
    page = _page(browser, 360, java_script_enabled=False)
    page.goto(gallery_url + "/")

    page.locator(".site-head summary").click()
    page.locator(".site-head").get_by_role("link", name="Sitzungstermine").click()

    assert page.url.endswith("/formular")
    page.context.close()


def test_the_first_tab_leads_past_the_head(browser: Any, gallery_url: str) -> None:
    page = _page(browser, 1280)
    page.goto(gallery_url + "/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhalt"
    page.context.close()


def test_who_leaves_with_unsaved_text_is_asked(browser: Any, gallery_url: str) -> None:
    page = _page(browser, 1280)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(gallery_url + "/formular")

    page.locator("#title").press_sequentially("Integration")
    page.goto(gallery_url + "/")

    assert asked == ["beforeunload"]
    page.context.close()


def test_on_paper_there_are_no_buttons_and_no_menus(browser: Any, gallery_url: str) -> None:
    page = _page(browser, 1280, color_scheme="dark")
    page.goto(gallery_url + "/")
    page.emulate_media(media="print")

    assert page.locator(".menu:visible, main button:visible, .skip-link:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('main h1')).color") == "rgb(0, 0, 0)"
    page.context.close()
