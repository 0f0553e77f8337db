"""The walk's last steps: bringing together, deciding, issuing, and what everybody can read then."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.walks.people import Person
from tests.walks.story import ASKING, COURSES, COURSES_REASON, COURSES_WISHED, NUMBER, PARK_REMARK, PARK_RESOLVED, TITLE
from tests.walks.town import Town


def bring_together(lead: Person, town: Town) -> None:
    """The lead asks for it; the page says that it waits, and, without being asked, when it is done."""
    lead.goes_to("Auswertung")
    lead.sees("Noch ist nichts zusammengeführt.")
    with town.worker_busy():
        lead.presses("Zusammenführen")
        lead.sees("Die Zusammenführung wartet auf einen freien Platz")
    lead.sees("Die Zusammenführung ist fertig.")
    lead.follows("Ergebnis anzeigen")
    lead.sees("2 Punkte warten auf eine Entscheidung.")


def follow_the_institution(lead: Person) -> None:
    """The lead opens the passage, sees who asks for what, and follows."""
    lead.follows(COURSES[:20])
    lead.sees("Vorschlag A: 1 Institution", ASKING[0], COURSES_REASON)
    lead.presses("Wird gefolgt: Vorschlag A")
    lead.sees("Gespeichert: wird gefolgt.", "entschieden von Anna Beispiel")


def assert_issuing_names_what_is_open(lead: Person) -> None:
    lead.goes_to("Fassungen")
    lead.sees("Fassung 2")
    lead.follows("Fassung 2 herausgeben")
    lead.sees("1 Punkt ist offen.", "Der Wortlaut von Seniorenrat", "wartet auf eine Entscheidung")
    expect(lead.page.get_by_role("button", name="Fassung 2 herausgeben")).to_have_count(0)


def follow_the_committee(lead: Person) -> None:
    """The open point leads to its passage; the committee's wording stands beside what the institution said."""
    lead.follows("Der Wortlaut von Seniorenrat")
    lead.sees("Aus den Gremien", "Seniorenrat", PARK_REMARK)
    lead.presses("Wird gefolgt: Wortlaut von Seniorenrat")
    lead.sees("Gespeichert: wird gefolgt.")


def assert_changed_words_lead_to_their_reasons(lead: Person) -> None:
    """One changed word leads to the institution, the other to the committee and its vote."""
    lead.goes_to("Fassungen")
    lead.follows("Fassung 2")
    lead.sees("2 Änderungen gegenüber Fassung 1", "Warum?")
    reasons = lead.page.locator("#grund")
    lead.clicks_on(lead.passage("Sprachkurse").locator("ins a").first)
    lead.sees("Eingefügt: „Abend“", ASKING[0], COURSES_REASON, "entschieden von Anna Beispiel")
    expect(reasons).to_contain_text(COURSES_REASON)
    lead.passage("Bürgerpark").locator("ins a").first.press("Enter")
    expect(reasons).to_contain_text("überdachter")
    expect(reasons).to_contain_text("Seniorenrat")
    expect(reasons).to_contain_text("mit Mehrheit (9 Ja, 3 Nein)")
    expect(reasons).to_contain_text("wird gefolgt", ignore_case=True)


def issue_the_next_version(lead: Person) -> None:
    """Under the number that the pattern proposes."""
    lead.follows("Fassung 2 herausgeben")
    lead.sees("Alles ist entschieden.")
    expect(lead.page.get_by_label("Drucksachennummer")).to_have_value(f"{NUMBER}/1")
    lead.presses("Fassung 2 herausgeben")
    lead.sees("Fassung 2 ist herausgegeben.", f"als Drucksache {NUMBER}/1")


def read_the_public_page(citizen: Person) -> None:
    citizen.opens("/")
    citizen.sees("Was gerade beraten wird")
    citizen.follows(TITLE)
    citizen.sees(f"Fassung 2, Drucksache {NUMBER}/1", "Seniorenrat", "mit Änderungen empfohlen")
    citizen.follows("Fassung 2")
    citizen.sees(COURSES_WISHED, PARK_RESOLVED)


def see_that_everything_runs(administrator: Person) -> None:
    """The administrator sees that worker and beat live, that nothing was left behind, and that the journal is whole."""
    administrator.goes_to("Betrieb")
    administrator.sees("Nichts ist liegen geblieben.", "Keine Nachricht ist gescheitert.")
    expect(administrator.page.get_by_role("cell", name="läuft")).to_have_count(2)
    administrator.goes_to("Änderungsverlauf")
    administrator.presses("prüfen")
    administrator.sees("unversehrt")
