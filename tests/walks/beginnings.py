"""The walk's first steps: accounts, the paper, the participation."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.walks.people import Person
from tests.walks.story import COURSES, FAULTY_LIST, LIST, NUMBER, SILENT, TITLE, Days
from tests.walks.town import Town

PASSWORD = "vier ruhige Linden am Markt"
LANDING = {"lead": "Meine Verfahren", "secretary": "Meine Sitzungen", "administrator": "Betrieb"}


def sign_up(town: Town, person: Person, email: str, name: str, role: str) -> Person:
    """The administration makes an account; its owner sets a password behind the link and signs in."""
    link = town.ikb("user", "add", email, name, "--role", role).splitlines()[-1]
    person.opens(link)
    person.sees("Passwort festlegen")
    person.page.get_by_label("Neues Passwort", exact=True).fill(PASSWORD)
    person.fills("Neues Passwort, noch einmal", PASSWORD)
    person.presses("Passwort speichern")
    person.sees("Ihr Passwort ist gespeichert.")
    person.fills("E-Mail-Adresse", email)
    person.fills("Passwort", PASSWORD)
    person.presses("Anmelden")
    person.sees(LANDING[role])
    return person


def take_in_the_paper(lead: Person, days: Days, number: str = NUMBER) -> None:
    """The lead pastes the paper, reads what could not be read, corrects a day, and creates the procedure."""
    lead.follows("Vorlage einlesen")
    lead.sees("Gespeichert wird erst, wenn Sie das Verfahren anlegen.")
    lead.fills("Oder: Text der Vorlage einfügen", days.paper(number))
    lead.presses("Vorlage lesen")
    lead.sees("4 Beratungen in 4 Gremien", "Die Spalte „Kosten“ der Tabelle wurde nicht gelesen.")
    line_of_the_committee = lead.page.get_by_role("row").nth(2)
    expect(line_of_the_committee.get_by_label("Gremium")).to_have_value("Sozialausschuss")
    lead.fills("Sitzung am", days.social.isoformat(), within=line_of_the_committee)
    lead.presses("Verfahren anlegen")
    lead.sees("Das Verfahren ist angelegt.", COURSES)
    lead.goes_to("Beratungsfolge")
    lead.sees(f"{days.social:%d.%m.%Y}", "Rat der Stadt Musterau", "Entscheidung")


def issue_the_first_version(lead: Person) -> None:
    lead.goes_to("Einstellungen")
    lead.follows("Durchsehen und herausgeben")
    lead.presses("Fassung 1 herausgeben")
    lead.sees("Fassung 1 ist herausgegeben.")


def make_clerk(lead: Person, committee: str, name: str) -> None:
    """The lead says who keeps a committee's business."""
    lead.goes_to("Gremien")
    lead.sees("Wer die Schriftführung eines Gremiums hat")
    lead.follows(f"Ändern: {committee}")
    lead.page.get_by_role("group", name="Schriftführung").get_by_label(name).check()
    lead.sees(committee)
    lead.presses("Gremium speichern")
    lead.sees(f"{committee} ist gespeichert.", name)


def plan_the_participation(lead: Person, days: Days) -> None:
    """The lead makes the procedure public and says until when institutions may answer."""
    lead.goes_to("Meine Verfahren")
    lead.follows(TITLE)
    lead.goes_to("Einstellungen")
    lead.fills("Ansprechperson", "Anna Beispiel")
    lead.page.get_by_label("Das Verfahren öffentlich zeigen").check()
    lead.presses("Einstellungen speichern")
    lead.sees("Die Einstellungen sind gespeichert.")
    lead.follows("Beteiligungsphase planen")
    lead.fills("Beginn", days.today.isoformat())
    lead.fills("Frist: letzter Tag", days.closes_on.isoformat())
    lead.sees("Beteiligungsphase planen")
    lead.presses("Phase speichern")
    lead.sees("Die Beteiligungsphase ist geplant.", f"{days.closes_on.day}.")


def invite_three_institutions(lead: Person) -> None:
    """A list with a fault is refused whole, with row and column; the right one is taken in, and the invitations go out."""
    lead.goes_to("Beteiligung")
    lead.follows("Liste aufnehmen")
    _upload(lead, FAULTY_LIST)
    lead.sees("Es wurde nichts gespeichert.", "Zeile 3", "E-Mail")
    lead.goes_to("Beteiligung")
    lead.sees("Noch ist niemand eingeladen.")
    lead.follows("Liste aufnehmen")
    _upload(lead, LIST)
    lead.sees("3 Institutionen aufgenommen.", SILENT[0])
    lead.follows("Eröffnen vorbereiten")
    lead.sees("Prüfen Sie, wer was bis wann bekommt.", "Bitte um Ihre Stellungnahme")
    lead.presses("Beteiligung eröffnen und 3 Einladungen verschicken")
    lead.sees("Die Einladungen gehen jetzt hinaus.")


def _upload(lead: Person, content: str) -> None:
    file = {"name": "institutionen.csv", "mimeType": "text/csv", "buffer": content.encode()}
    lead.page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    lead.presses("Liste prüfen und aufnehmen")
