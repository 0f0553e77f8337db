"""The walk's steps in between: a committee has sat, a deadline comes near."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.services.smtp import SmtpSink
from tests.walks.answers import mail_to
from tests.walks.people import Person
from tests.walks.story import CONTENT, PARK, PARK_RESOLVED, RESULT_LINE, SILENT, TITLE, Days
from tests.walks.town import Town


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
    expect(secretary.page.get_by_label("Ja", exact=True).first).to_have_value("9")
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


def remind_the_silent(town: Town, sink: SmtpSink, days: Days) -> None:
    """A week before the deadline only the institution that has not answered by any way hears from us."""
    mail_to(sink, CONTENT[1], count=2)  # its receipt: after it, nothing is under way
    before = len(sink.messages)
    town.ikb("deliver", "--now", days.a_week_before_the_deadline().isoformat())
    reminders = sink.messages[before:]
    assert [mail.recipients for mail in reminders] == [(SILENT[1],)]
    assert reminders[0].subject == f"Noch 7 Tage für Ihre Stellungnahme: {TITLE}"
