"""A district council postpones, in the demonstration: what breaks, what is proposed, who agrees, and it holds again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.walks.demonstration import Demonstration
from tests.walks.people import Person
from tests.walks.town import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
MOVED, MAIN, COUNCIL = "Bezirksvertretung Heepen", "Haupt- und Beteiligungsausschuss", "Rat der Stadt Bielefeld"
SEQUENCE = "/verfahren/1/beratungsfolge"
WHY = "Vertagt: Der Bezirk möchte zuerst die Schulen hören."


def test_a_district_council_postpones_and_the_sequence_holds_again(demonstration: Demonstration) -> None:
    secretary = demonstration.role("secretary")
    before = findings_about_the_order(secretary)

    postpone(secretary)
    send_the_shift(secretary)
    assert findings_about_the_order(secretary) > before  # not yet: two offices have not answered

    assert mails_about_it(secretary, f"Bitte antworten: {MOVED}") == [MAIN, COUNCIL]
    for body in (MAIN, COUNCIL):
        agree(demonstration.office(body), body)

    assert findings_about_the_order(secretary) == before
    secretary.opens(SEQUENCE)
    secretary.sees(MOVED)
    lead = demonstration.role("lead")
    read_how_it_ended(lead)
    for person in (secretary, lead):
        person.leaves()


def findings_about_the_order(person: Person) -> int:
    """How many things in the order of the sequence do not hold."""
    person.opens(f"{SEQUENCE}/pruefung")
    person.sees("Passt die Beratungsfolge?")
    return person.page.get_by_text("Entscheidung erst nach").count()


def postpone(secretary: Person) -> None:
    """Steps one and two: to the next sitting, and the council's date no longer holds."""
    secretary.opens(SEQUENCE)
    secretary.follows(MOVED)
    secretary.follows("Verschieben")
    secretary.fills("Warum wird verschoben?", WHY)
    secretary.page.get_by_role("radio", name="weitere Beratung").first.check()
    secretary.presses("Folgen ansehen")
    secretary.sees("Was passt dann nicht mehr?", COUNCIL, "§ 37 Abs. 5 GO NRW")


def send_the_shift(secretary: Person) -> None:
    """Steps three and four: the proposed shift, checked and sent."""
    secretary.follows("Antwort wählen")
    secretary.sees("Wie soll es weitergehen?", "In das Folgegremium vertagen", "einvernehmlich auslassen")
    secretary.page.get_by_role("radio", name="Spätere Beratungen verschieben").check()
    secretary.presses("Weiter zum Prüfen")
    secretary.sees("Gefragt werden", MAIN, COUNCIL, "geändert, wenn das Gremienbüro zustimmt")
    secretary.presses("Verschieben und Vorschläge senden")
    secretary.sees("Es wird noch auf Antworten gewartet.", WHY)


def mails_about_it(person: Person, subject: str) -> list[str]:
    """Of which bodies the mails with that subject speak first, from the demonstration's mailbox; each mail once."""
    person.opens("/postfach")
    links = person.page.get_by_role("link", name=subject)
    wait_until(_reloaded(person, lambda: links.count() >= 2), [])
    addresses = sorted({str(link.get_attribute("href")) for link in links.all()})
    return sorted(_asked_body(person, address) for address in addresses)


def _reloaded(person: Person, ready: Callable[[], bool]) -> Callable[[], bool]:
    def look() -> bool:
        person.page.reload()
        return ready()

    return look


def _asked_body(person: Person, address: str) -> str:
    person.opens(address)
    text = person.page.locator("main").inner_text()
    asked = text[: text.index("Zustimmen oder ablehnen")]
    return next(body for body in (MAIN, COUNCIL) if body in asked)


def agree(office: Person, body: str) -> None:
    """The office finds the proposal and agrees in the browser."""
    office.goes_to("Vorschläge")
    office.sees(MOVED, WHY, body)
    office.follows("Antworten")
    office.presses(f"Zustimmen: {body}")
    office.sees("Zugestimmt.")
    office.leaves()


def read_how_it_ended(lead: Person) -> None:
    """The lead sees that everybody agreed."""
    lead.opens("/verfahren/1/planspiele")
    lead.sees("abgeschlossen", "2 von 2")
    lead.follows(MOVED)
    lead.sees(WHY, "Zur Beratungsfolge")
