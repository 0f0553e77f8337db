"""The walk's steps of institutions: behind the link that came by mail."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.services.smtp import Message, SmtpSink
from tests.walks.people import Person
from tests.walks.story import ASKING, CONTENT, COURSES, COURSES_REASON, COURSES_WISHED, PARK, PARK_REMARK


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
    institution.sees("Gespeichert um")
    courses = institution.passage(COURSES)
    courses.get_by_label("nur Anmerkung").check()
    courses.get_by_text("Formulierung vorschlagen").click()
    institution.fills("Ihre Anmerkung", COURSES_REASON, within=courses)
    institution.fills("So soll der Abschnitt lauten", COURSES_WISHED, within=courses)
    courses.get_by_role("button", name="Speichern").click()
    institution.sees("So sieht Ihre Änderung aus:", "2 Anmerkungen")
    expect(courses.locator("[data-save-state]")).to_contain_text("Gespeichert um")
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
