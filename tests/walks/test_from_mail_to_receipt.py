"""From the invitation's mail to the receipt on a telephone, with scripts and without: every page and every act counted.

Three minutes are for people. What a machine can hold is how many pages they see and how often they have to act; an act is
one choice, one field filled, one press. At six seconds for each act and twelve for a page it has to fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, expect

from tests.served import Asked, serving
from tests.walks.people import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PHONE = 360
SECONDS_FOR_AN_ACT, SECONDS_FOR_A_PAGE = 6, 12
THREE_MINUTES = 180
REMARK = "Das unterstützen wir, wenn der Bericht auch in einfacher Sprache erscheint."
SECOND = "Hier fehlen die Vereine."


class Counted(Person):
    """A person whose pages and acts are counted."""

    pages = acts = 0

    def turns(self, acts: int = 1) -> None:
        """So many acts, the last of which brought a page."""
        self.pages += 1
        self.acts += acts


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with serving(tmp_path_factory.mktemp("served")) as place:
        yield place


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def somebody(request: pytest.FixtureRequest, browser: Browser, served: Asked) -> Iterator[Counted]:
    person = Counted(browser, served.base_url, "somebody on a phone", width=PHONE, scripts=request.param)
    yield person
    person.leaves()


def test_two_remarks_and_a_wording_take_few_pages_and_few_acts(somebody: Counted, served: Asked) -> None:
    link = served.link(f"Verein auf dem Weg {somebody.has_scripts}")

    somebody.opens(link)
    somebody.turns()
    somebody.sees("Was möchten Sie tun?")
    somebody.follows("Zu Abschnitten anmerken")
    somebody.turns()
    _say(somebody, "Die Verwaltung berichtet einmal im Jahr", "Zustimmung mit Änderung", REMARK)
    _say(somebody, "Die Ziele nach Anlage 2 gelten", "nur Anmerkung", SECOND)
    _propose(somebody, "Jede Schule bietet zwei Kurse", "zwei", "drei")
    somebody.sees("3 Anmerkungen")
    somebody.follows("Prüfen und abschicken")
    somebody.turns()
    somebody.sees(REMARK, SECOND, "drei")
    somebody.presses("Stellungnahme abschicken")
    somebody.turns()
    somebody.sees("Ihre Stellungnahme ist eingegangen.", "E-2030-")

    most_pages, most_acts = (4, 11) if somebody.has_scripts else (7, 14)
    assert (somebody.pages, somebody.acts) == (most_pages, most_acts)
    assert SECONDS_FOR_AN_ACT * somebody.acts + SECONDS_FOR_A_PAGE * somebody.pages <= THREE_MINUTES


def _say(person: Counted, passage: str, stance: str, words: str) -> None:
    place = person.passage(passage)
    place.get_by_label(stance, exact=True).check()
    person.fills("Ihre Anmerkung", words, within=place)
    person.acts += 2
    _save(person, place)


def _propose(person: Counted, passage: str, old: str, new: str) -> None:
    place = person.passage(passage)
    place.get_by_label("Zustimmung mit Änderung", exact=True).check()
    place.get_by_text("Formulierung vorschlagen").click()
    field = place.get_by_label("So soll der Abschnitt lauten")
    field.fill(field.input_value().replace(old, new))
    person.acts += 3
    _save(person, place)
    expect(person.passage(passage).locator("ins")).to_contain_text(new)
    expect(person.passage(passage).locator("del")).to_contain_text(old)


def _save(person: Counted, place: Locator) -> None:
    """By itself where scripts run; else there is a button, and one comes back to the same place."""
    if person.has_scripts:
        expect(place.locator("[data-save-state]")).to_contain_text("Gespeichert um")
        return
    person.presses("Speichern", within=place)
    person.turns()
    person.sees("Gespeichert um")
