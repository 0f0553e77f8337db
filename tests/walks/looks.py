"""What every page promises, whoever looks at it: no axe violation, not wider than its window, one heading above all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"


def faults_of(page: Page, *, with_axe: bool = True) -> list[str]:
    """What is wrong with the page that is shown, one line each; nothing if all is well."""
    faults = _axe(page) if with_axe else []
    needed, given = page.evaluate(WIDTHS)
    if needed > given:
        faults.append(f"{needed} px wide in a window of {given} px")
    headings = page.locator("h1").count()
    if headings != 1:
        faults.append(f"{headings} headings of the first level")
    return faults


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE)
    return [f"{rule['id']}: {node['html'][:140]}" for rule in page.evaluate(RUN_AXE) for node in rule["nodes"]]
