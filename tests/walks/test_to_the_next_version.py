"""A campaign, rival wordings, a committee's wording and a remark on an older version, through the demonstration to `/2`.

The lead brings together and decides, issues `/1`, takes in what an institution says on the version before, issues `/2`;
then the Word file and the institution's own page tell what became of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from playwright.sync_api import expect

from tests.walks.demonstration import Demonstration
from tests.walks.people import PATIENCE_MS, PHONE, Person

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
WORKBENCH, VERSIONS, NUMBER = "/verfahren/1/auswertung", "/verfahren/1/fassungen", "1234/2009-2014"
DANCE, CHANGE_OF_CLASS, CARE = "a3-z4-m4", "a3-z4-m2", "a3-z9-m1"
LATE = "Ghanaischer Kreis Adinkra"
DANCE_WISHED = "Das Jugendhaus in Sieker bietet Tanzprojekte für alle Jugendlichen an."
DANCE_REASON = "Auch Mädchen tanzen."
NINE_MONTHS = "Kinder, die neu ankommen, wechseln nach spätestens neun Monaten in Regelklassen."


def test_what_was_said_becomes_the_next_versions_and_the_institution_reads_why(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    lead = demonstration.role("lead", strict=False)
    bring_together(lead)
    answer_the_campaign_once(lead)
    write_a_third_wording(lead)
    follow(lead, CARE, "Wortlaut von Seniorenrat")
    decide_the_rest(lead)
    issue(lead, 2, f"{NUMBER}/1")

    say_something_on_the_version_before(demonstration)
    bring_together(lead)
    lead.opens(f"{WORKBENCH}/{DANCE}")
    lead.sees(LATE, DANCE_REASON, "Fassung 1")
    follow(lead, DANCE, "Vorschlag A")
    decide_the_rest(lead)
    issue(lead, 3, f"{NUMBER}/2")

    assert DANCE_WISHED in word_file(lead, 3, tmp_path)
    read_what_became_of_it(demonstration)
    lead.leaves()


def bring_together(lead: Person) -> None:
    """What comes in is brought together by itself before long; until then the lead asks for it."""
    lead.opens(WORKBENCH)
    state = lead.page.locator("#lauf")
    expect(state).to_contain_text(re.compile("fertig|zusammengeführt|Stand vom"), timeout=3 * PATIENCE_MS)
    lead.opens(WORKBENCH)
    if "Seitdem ist nichts dazugekommen" not in state.inner_text():
        state.get_by_role("button").click()
        expect(state).to_contain_text("fertig", timeout=3 * PATIENCE_MS)


def answer_the_campaign_once(lead: Person) -> None:
    """Near-identical letters are one group; who adds an argument is named; one answer reaches each of them."""
    lead.opens(f"{WORKBENCH}/{DANCE}")
    lead.sees("7 Anmerkungen sagen dasselbe", "Eine sagt mehr", "Außerdem fehlt ein barrierefreier Zugang")
    lead.presses("Gruppe bestätigen")
    lead.fills("Begründung", "Über die Öffnungstage entscheidet der Haushalt.")
    lead.presses("Teilweise gefolgt: Gruppe")
    lead.sees("teilweise gefolgt", "Über die Öffnungstage entscheidet der Haushalt.")


def write_a_third_wording(lead: Person) -> None:
    """Three months against twelve: neither wins by number; the lead writes nine and says why to both."""
    lead.opens(f"{WORKBENCH}/{CHANGE_OF_CLASS}")
    lead.sees("Vorschlag A: 14 Institutionen", "Vorschlag B: 5 Institutionen", "weil dieselben Wörter geändert werden")
    lead.follows("Eigenen Wortlaut dafür schreiben")
    for each in lead.page.get_by_role("radio", name="teilweise gefolgt").all():
        each.check()
    for each in lead.page.get_by_label("Begründung").all():
        each.fill("Neun Monate liegen zwischen beiden Wünschen.")
    lead.page.get_by_role("textbox", name="Wortlaut").fill(NINE_MONTHS)
    lead.presses("Wortlaut und Entscheidungen speichern")
    lead.sees("neun")


def follow(lead: Person, anchor: str, what: str) -> None:
    lead.opens(f"{WORKBENCH}/{anchor}")
    lead.presses(f"Wird gefolgt: {what}")
    lead.sees("Gespeichert: wird gefolgt.")


def decide_the_rest(lead: Person) -> None:
    """Follow the first wish on each passage that is still open, and refuse what contradicts it."""
    for anchor in _open_sections(lead):
        lead.opens(f"{WORKBENCH}/{anchor}")
        while _undecided(lead).count():
            one = _undecided(lead).first
            if (
                lead.page.locator("article.passage").get_by_text("wird gefolgt, entschieden").count()
                and "gegen" in one.inner_text()
            ):
                lead.fills("Begründung", "Es widerspricht dem, was angenommen wurde.", within=one)
                lead.presses("Nicht gefolgt", within=one)
            else:
                lead.presses("Wird gefolgt", within=one)
    assert _open_sections(lead) == []


def _undecided(lead: Person) -> Locator:
    follows = lead.page.get_by_role("button", name="Wird gefolgt")
    return lead.page.locator("#gremien-titel ~ article.passage, #vorschlaege-titel ~ article.passage").filter(
        has=follows
    )


def _open_sections(lead: Person) -> list[str]:
    lead.opens(f"{WORKBENCH}?zeigen=offen")
    links = lead.page.locator(f'main table a[href^="{WORKBENCH}/"]')
    return list(dict.fromkeys(str(each.get_attribute("href")).split("#")[0].rsplit("/", 1)[1] for each in links.all()))


def issue(lead: Person, number: int, paper: str) -> None:
    """Under the paper's number that the pattern proposes."""
    lead.opens(VERSIONS)
    lead.follows(f"Fassung {number} herausgeben")
    expect(lead.page.get_by_label("Drucksachennummer")).to_have_value(paper)
    lead.presses(f"Fassung {number} herausgeben")
    lead.sees(f"Fassung {number} ist herausgegeben.", paper)


def say_something_on_the_version_before(demonstration: Demonstration) -> None:
    """The institution was asked on version 1 and goes on where it stopped, on a phone."""
    institution = demonstration.institution(LATE, width=PHONE)
    institution.follows("Weiterschreiben")
    institution.page.locator("summary", has_text="Suchen").click()
    institution.fills("Im Entwurf suchen", "Tanzprojekte")
    institution.presses("Suchen")
    institution.follows("Maßnahme")
    dance = institution.passage("Tanzprojekte für Jungen")
    dance.get_by_label("Zustimmung mit Änderung").check()
    dance.get_by_text("Formulierung vorschlagen").click()
    institution.fills("Ihre Anmerkung", DANCE_REASON, within=dance)
    institution.fills("So soll der Abschnitt lauten", DANCE_WISHED, within=dance)
    dance.get_by_role("button", name="Speichern").click()
    institution.sees("Ihr Entwurf hat 3 Anmerkungen")
    institution.follows("Prüfen und abschicken")
    institution.presses("Stellungnahme abschicken")
    institution.sees("Ihre Stellungnahme ist eingegangen.")
    institution.leaves()


def word_file(lead: Person, number: int, folder: Path) -> str:
    """The text of a version's Word file."""
    lead.opens(VERSIONS)
    lead.follows(f"Fassung {number}")
    with lead.page.expect_download() as coming:
        lead.page.locator("main").get_by_role("link", name=re.compile("Word")).first.click()
    coming.value.save_as(folder / "fassung.docx")
    return "\n".join(each.text for each in docx.Document(str(folder / "fassung.docx")).paragraphs)


def read_what_became_of_it(demonstration: Demonstration) -> None:
    """The page behind the institution's link to which the mail about the result leads."""
    institution = demonstration.institution(LATE, width=PHONE, page="/ergebnis")
    institution.sees(DANCE_REASON, "Wir folgen Ihrem Vorschlag.", "für alle Jugendlichen", f"{NUMBER}/2")
    institution.leaves()
