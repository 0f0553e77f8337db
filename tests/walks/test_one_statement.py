"""The whole story in a browser, with everything real: worker, beat, PostgreSQL, Valkey, SMTP. Read this first.

A paper goes in, institutions are invited, one of them answers, a committee records what it resolved, whoever was silent is
reminded, everything said is brought together, and the lead issues a version in which every changed word has a reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.services.smtp import Message, SmtpSink
from tests.walks.conftest import NewPerson
from tests.walks.people import PHONE, Person
from tests.walks.story import (
    ASKING,
    CONTENT,
    COURSES,
    COURSES_REASON,
    COURSES_WISHED,
    FAULTY_LIST,
    LIST,
    NUMBER,
    PARK,
    PARK_REMARK,
    PARK_RESOLVED,
    RESULT_LINE,
    SILENT,
    TITLE,
    Days,
)
from tests.walks.town import Town

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("walks")]

PASSWORD = "vier ruhige Linden am Markt"


def test_one_statement(town: Town, person: NewPerson, smtp_sink: SmtpSink) -> None:
    days = Days.from_today()
    lead = sign_up(town, person("lead"), "anna@musterau.example.org", "Anna Beispiel", "lead")
    secretary = sign_up(town, person("secretary"), "kim@musterau.example.org", "Kim Muster", "secretary")

    take_in_the_paper(lead, days)
    issue_the_first_version(lead)
    make_clerk(lead, "Seniorenrat", "Kim Muster")
    plan_the_participation(lead, days)
    invite_three_institutions(lead)
    links = {address: link_in(mail_to(smtp_sink, address)) for _, address in (ASKING, CONTENT, SILENT)}
    assert len(set(links.values())) == 3

    remark_on_a_phone(person("institution", width=PHONE), links[ASKING[1]])
    receipt = come_back_and_submit(person("institution, later", width=PHONE), links[ASKING[1]])
    assert_receipt_came_by_mail(smtp_sink, ASKING[1], receipt)
    answer_without_remarks(person("institution without scripts", width=PHONE, scripts=False), links[CONTENT[1]])

    record_yesterdays_result(secretary)
    remind_the_silent(town, smtp_sink, days)

    bring_together(lead, town)
    follow_the_institution(lead)
    assert_issuing_names_what_is_open(lead)
    follow_the_committee(lead)
    assert_changed_words_lead_to_their_reasons(lead)
    issue_the_next_version(lead)

    read_the_public_page(person("citizen"))
    assert town.ikb("journal", "verify") == "Die Kette ist unversehrt."


# --- 1. Two people get accounts ----------------------------------------------------------------------------------------


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
    person.sees({"lead": "Meine Verfahren", "secretary": "Meine Sitzungen"}[role])
    return person


# --- 2. The lead sets the procedure up ---------------------------------------------------------------------------------


def take_in_the_paper(lead: Person, days: Days) -> None:
    """The lead pastes the paper, reads what could not be read, corrects a day, and creates the procedure."""
    lead.follows("Vorlage einlesen")
    lead.sees("Gespeichert wird erst, wenn Sie das Verfahren anlegen.")
    lead.fills("Oder: Text der Vorlage einfügen", days.paper())
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
    lead.page.get_by_label(name).check()
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


# --- 3. Institutions answer --------------------------------------------------------------------------------------------


def mail_to(sink: SmtpSink, address: str, count: int = 1) -> Message:
    """The latest message to an address, as soon as it has got `count` of them."""
    while len(sink.to(address)) < count:
        sink.wait_for(len(sink.messages) + 1)
    return sink.to(address)[-1]


def link_in(mail: Message) -> str:
    found = re.search(r"http\S+/beteiligung/\S+", mail.text)
    assert found, mail.text
    return found[0]


def remark_on_a_phone(institution: Person, link: str) -> None:
    """One passage gets a stance and a comment, another a wording of its own; then the phone rings."""
    institution.opens(link)
    institution.sees("Ihre Stellungnahme", ASKING[0], "Was möchten Sie tun?")
    institution.follows("Zu Abschnitten anmerken")
    institution.sees("Lesen und anmerken")
    park = institution.passage(PARK)
    park.get_by_label("Zustimmung mit Änderung").check()
    institution.fills("Ihre Anmerkung", PARK_REMARK, within=park)
    institution.presses("Speichern", within=park)
    institution.sees("Gespeichert um")
    courses = institution.passage(COURSES)
    courses.get_by_text("Formulierung vorschlagen").click()
    institution.fills("Ihre Anmerkung", COURSES_REASON, within=courses)
    institution.fills("So soll der Abschnitt lauten", COURSES_WISHED, within=courses)
    institution.presses("Speichern", within=courses)
    institution.sees("So sieht Ihre Änderung aus:", "2 Anmerkungen")
    expect(institution.passage(COURSES).locator("ins")).to_contain_text("Abend")


def come_back_and_submit(institution: Person, link: str) -> tuple[str, str]:
    """On another device everything is there; handed in, there is a receipt. Returns its number and its SHA-256."""
    institution.opens(link)
    institution.sees("Weiterschreiben", "2 Anmerkungen. Noch nicht abgeschickt.")
    institution.follows("Weiterschreiben")
    expect(institution.passage(PARK).get_by_label("Ihre Anmerkung")).to_have_value(PARK_REMARK)
    expect(institution.passage(PARK).get_by_label("Zustimmung mit Änderung")).to_be_checked()
    expect(institution.passage(COURSES).get_by_label("So soll der Abschnitt lauten")).to_have_value(COURSES_WISHED)
    institution.sees("Ihr Entwurf hat 2 Anmerkungen")
    institution.follows("Prüfen und abschicken")
    institution.sees(PARK_REMARK, COURSES_REASON, "Wer antwortet")
    institution.presses("Stellungnahme abschicken")
    institution.sees("Ihre Stellungnahme ist eingegangen.", "Prüfsumme des Inhalts (SHA-256)")
    return _receipt_on(institution.page)


def answer_without_remarks(institution: Person, link: str) -> None:
    """The short way, in a browser that runs no scripts."""
    institution.opens(link)
    institution.sees(CONTENT[0])
    institution.follows("Ohne Anmerkungen antworten")
    institution.sees("Die drei Antworten bedeuten Verschiedenes")
    institution.page.get_by_label("Wir haben keine Anmerkungen").check()
    institution.presses("Weiter zur Prüfung")
    institution.sees("Antwort prüfen", CONTENT[0])
    institution.presses("Antwort abschicken")
    institution.sees("Ihre Antwort ist eingegangen.", "Wir haben keine Anmerkungen")


def _receipt_on(page: Page) -> tuple[str, str]:
    return page.locator(".receipt b").inner_text(), page.locator(".hash").inner_text()


def assert_receipt_came_by_mail(sink: SmtpSink, address: str, receipt: tuple[str, str]) -> None:
    mail = mail_to(sink, address, count=2)
    number, sha256 = receipt
    assert number in mail.subject
    assert re.fullmatch("[0-9a-f]{64}", sha256)
    assert f"(SHA-256): {sha256}" in " ".join(mail.text.split())


# --- 4. A committee has sat --------------------------------------------------------------------------------------------


def record_yesterdays_result(secretary: Person) -> None:
    """A line from the minutes fills the form; one passage gets the wording that the committee resolved."""
    secretary.goes_to("Meine Sitzungen")
    secretary.sees("Seniorenrat", "Ergebnis noch nicht eingetragen")
    secretary.follows("Ergebnis eintragen")
    secretary.sees("Seniorenrat", "Ergebniszeile aus der Niederschrift")
    secretary.fills("Ergebniszeile aus der Niederschrift", RESULT_LINE)
    secretary.presses("Zeile lesen")
    secretary.sees("Die Zeile wurde ganz gelesen.")
    expect(secretary.page.get_by_label("mit Änderungen empfohlen")).to_be_checked()
    expect(secretary.page.get_by_label("Ja", exact=True)).to_have_value("9")
    secretary.page.get_by_label("Abschnitt", exact=False).last.select_option(label=f"Abschnitt „{PARK}“")
    secretary.presses("Abschnitt ändern")
    secretary.fills("Neuer Wortlaut", PARK_RESOLVED)
    secretary.presses("Prüfen")
    secretary.sees("So wird es lauten")
    secretary.presses("Ergebnis speichern")
    secretary.sees("Was dadurch geschehen ist", "1 geänderter Abschnitt steht jetzt in der Auswertung")
    secretary.goes_to("Meine Sitzungen")
    secretary.sees("Zuletzt eingetragen", "Seniorenrat")
    expect(secretary.page.get_by_text("Ergebnis noch nicht eingetragen")).to_have_count(0)


# --- 5. Whoever was silent is reminded ---------------------------------------------------------------------------------


def remind_the_silent(town: Town, sink: SmtpSink, days: Days) -> None:
    """A week before the deadline only the institution that has not answered by any way hears from us."""
    mail_to(sink, CONTENT[1], count=2)  # its receipt: after it, nothing is under way
    before = len(sink.messages)
    town.ikb("deliver", "--now", days.a_week_before_the_deadline().isoformat())
    reminders = sink.messages[before:]
    assert [mail.recipients for mail in reminders] == [(SILENT[1],)]
    assert reminders[0].subject == f"Noch 7 Tage für Ihre Stellungnahme: {TITLE}"


# --- 6. The lead decides, and issues the next version ------------------------------------------------------------------


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
    lead.passage("Sprachkurse").locator("ins a").first.click()
    lead.sees("Abend", ASKING[0], COURSES_REASON, "entschieden von Anna Beispiel")
    lead.passage("Bürgerpark").locator("ins a").first.click()
    reasons = lead.page.locator("#grund")
    expect(reasons).to_contain_text("überdachter")
    expect(reasons).to_contain_text("Seniorenrat")
    expect(reasons).to_contain_text("mehrheitlich")
    expect(reasons).to_contain_text("wird gefolgt", ignore_case=True)


def issue_the_next_version(lead: Person) -> None:
    """Under the number that the pattern proposes."""
    lead.follows("Fassung 2 herausgeben")
    lead.sees("Alles ist entschieden.")
    expect(lead.page.get_by_label("Drucksachennummer")).to_have_value(f"{NUMBER}/1")
    lead.presses("Fassung 2 herausgeben")
    lead.sees("Fassung 2 ist herausgegeben.", f"als Drucksache {NUMBER}/1")


# --- 7. Everybody can read it ------------------------------------------------------------------------------------------


def read_the_public_page(citizen: Person) -> None:
    citizen.opens("/")
    citizen.sees("Was gerade beraten wird")
    citizen.follows(TITLE)
    citizen.sees(f"Fassung 2, Drucksache {NUMBER}/1", "Seniorenrat", "mit Änderungen empfohlen")
    citizen.follows("Fassung 2")
    citizen.sees(COURSES_WISHED, PARK_RESOLVED)
