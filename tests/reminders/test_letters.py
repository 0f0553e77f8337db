"""Letters in the leads' own words: checked, versioned, shown with real data, sent to oneself, and back to the original."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import User
from ikb.core.wording import faults
from ikb.db import db, transaction
from ikb.deliveries import letters
from ikb.deliveries import service as deliveries
from ikb.deliveries.letters import LANGUAGES, Wording
from ikb.deliveries.mail_text import MailText
from ikb.errors import Conflict, NotReady
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import service, wordings
from tests import factories
from tests.conftest import Browser, SteppingClock
from tests.deliveries.helpers import Wire, planned

LETTERS = (
    "invitation", "new_link", "receipt", "reminder_undelivered", "reminder_unused", "reminder_used", "reminder_drafted",
    "paper_letter", "result_ready", "shared_link", "release_asked", "release_returned", "reminder_awaits_release",
    "reminder_returned", "extension_granted", "extension_declined", "late_decision",
)  # fmt: skip


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    """Open until Friday, 28 June 2030."""
    procedure = factories.make_procedure(leads=[lead], title="Konzept für alle")
    return factories.make_phase(factories.make_version(factories.make_draft(procedure)))


@pytest.fixture
def invitation(phase: ParticipationPhase) -> Invitation:
    return factories.make_invitation(phase, factories.make_institution("Kulturverein {link} Morgenstern"))


@pytest.fixture
def browser(lead: User, as_user: Callable[[User], Browser]) -> Browser:
    return as_user(lead)


def address(phase: ParticipationPhase, letter: str = "reminder_unused", language: str = "de", rest: str = "") -> str:
    return f"/verfahren/{phase.procedure_id}/nachrichten/texte/{letter}/{language}{rest}"


def first_reminder(clock: SteppingClock) -> Any:
    with transaction():
        service.plan_missing(now=clock())
    clock.moment = planned()[0].due_at
    wire = Wire()
    deliveries.send_due(clock, wire)
    return wire.sent[0]


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


def rewrite(phase: ParticipationPhase, clock: SteppingClock, body: str, seen: int = 0, language: str = "de") -> None:
    letter = letters.letter_of("reminder_unused")
    assert letter is not None
    with transaction():
        wordings.write(
            phase.procedure, letter, language, Wording("Neu: {verfahren}", body), seen=seen, by=SYSTEM, now=clock()
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_every_original_passes_its_own_check_in_every_language(app: Flask, name: str, language: str) -> None:
    letter, words = letters.letter_of(name), letters.original(name, language)

    assert letter is not None
    assert faults(words.subject, words.body, letter.placeholders, letter.needed) == []
    assert {one.name for one in letters.all_letters()} == set(LETTERS)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (InvitationState.INVITED, "noch keine Antwort bekommen"),
        (InvitationState.DELIVERED, "noch keine Antwort bekommen"),
        (InvitationState.BOUNCED, "vielleicht nicht angekommen"),
        (InvitationState.OPENED, "Ihr Link wurde schon genutzt"),
        (InvitationState.DRAFTED, "begonnen, aber noch nicht abgeschickt"),
    ],
)
def test_each_state_has_its_own_reminder(
    invitation: Invitation, clock: SteppingClock, state: InvitationState, words: str
) -> None:
    with transaction():
        invitation.state = state

    assert words in text_of(first_reminder(clock))


def test_a_reminder_in_english_has_english_days_and_the_same_link(invitation: Invitation, clock: SteppingClock) -> None:
    with transaction():
        invitation.institution.language = "en"

    message = first_reminder(clock)

    text = text_of(message)
    assert str(message["Subject"]).startswith("14 days left for your opinion")
    assert "by Friday, 28 June 2030, midnight (24:00)" in text
    assert "This reminder was issued on Friday, 14 June 2030." in text
    assert institutions.link_of(invitation) in text
    assert "Kind regards" in text
    assert 'lang="en"' in message.get_body(("html",)).get_content()


def test_the_deadline_goes_along_as_a_calendar_file_without_the_link(
    invitation: Invitation, clock: SteppingClock
) -> None:
    message = first_reminder(clock)

    (file,) = message.iter_attachments()
    content = file.get_payload(decode=True)
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "frist.ics")
    assert b"DTSTART;VALUE=DATE:20300628" in content
    assert institutions.token_of(invitation).encode() not in content.replace(b"\r\n ", b"")


def test_a_name_that_looks_like_a_placeholder_stays_a_name(invitation: Invitation, clock: SteppingClock) -> None:
    assert "Kulturverein {link} Morgenstern" in text_of(first_reminder(clock))


def test_other_words_hold_from_now_on_and_only_in_their_procedure(
    phase: ParticipationPhase, invitation: Invitation, clock: SteppingClock
) -> None:
    other = factories.make_invitation()
    rewrite(phase, clock, "Liebe Leute von {institution}: bis {frist}, {ausgestellt}.\n\n{link}\n\n{verfahren}")
    with transaction():
        service.plan_missing(now=clock())
    clock.moment = planned()[0].due_at
    wire = Wire()
    deliveries.send_due(clock, wire)

    by_recipient = dict(zip(wire.recipients, map(text_of, wire.sent), strict=True))
    assert "Liebe Leute von" in by_recipient[invitation.institution.email]
    assert "noch keine Antwort bekommen" in by_recipient[other.institution.email]


def test_every_wording_is_kept_and_the_original_comes_back(
    phase: ParticipationPhase, invitation: Invitation, clock: SteppingClock
) -> None:
    body = "{frist} {ausgestellt} {link} {verfahren}"
    rewrite(phase, clock, body)
    rewrite(phase, clock, f"{body} zweitens", seen=1)
    letter = letters.letter_of("reminder_unused")
    assert letter is not None
    with transaction():
        wordings.restore(phase.procedure, letter, "de", seen=2, by=SYSTEM, now=clock())

    assert [row.number for row, _ in wordings.history(phase.procedure_id, "reminder_unused", "de")] == [3, 2, 1]
    assert "noch keine Antwort bekommen" in text_of(first_reminder(clock))
    with pytest.raises(NotReady), transaction():
        wordings.restore(phase.procedure, letter, "de", seen=3, by=SYSTEM, now=clock())


def test_of_two_leads_the_second_gets_both_texts(phase: ParticipationPhase, clock: SteppingClock) -> None:
    rewrite(phase, clock, "{frist} {ausgestellt} {link} {verfahren} zuerst")

    with pytest.raises(Conflict) as refused:
        rewrite(phase, clock, "{frist} {ausgestellt} {link} {verfahren} danach")

    assert "zuerst" in refused.value.theirs
    assert "danach" in refused.value.mine


def test_writing_a_letter_does_not_disturb_who_edits_the_settings(
    phase: ParticipationPhase, clock: SteppingClock
) -> None:
    before = phase.procedure.row_version

    rewrite(phase, clock, "{frist} {ausgestellt} {link} {verfahren}")

    db.session.expire_all()
    assert phase.procedure.row_version == before


def test_the_page_saves_what_passes_and_shows_it_with_real_data(
    browser: Browser, phase: ParticipationPhase, invitation: Invitation
) -> None:
    body = "Bis {frist}.\r\n\r\n{link}\r\n\r\n{ausgestellt}, {verfahren}"
    answer = browser.post(address(phase), data={"subject": "Bitte", "body": body, "row_version": "0"})

    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Bis Freitag, 28. Juni 2030, 24 Uhr." in page
    assert "hier steht der persönliche Link" in page
    assert institutions.token_of(invitation) not in page
    assert "frist.ics" in page
    assert "Ursprünglichen Text wieder einsetzen" in page


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("Bis {frist}, {ausgestellt}, {verfahren}", "Im Text fehlt der Platzhalter {link}"),
        ("{frist} {ausgestellt} {verfahren} {link} {vorname}", "Den Platzhalter {vorname} gibt es"),
        ("{{ config }} {frist} {ausgestellt} {verfahren} {link}", "Geschweifte Klammern"),
    ],
)
@pytest.mark.parametrize("act", ["check", "save"])
def test_a_faulty_text_is_refused_with_its_placeholder_and_kept_in_the_form(
    browser: Browser, phase: ParticipationPhase, body: str, sentence: str, act: str
) -> None:
    answer = browser.post(address(phase), data={"subject": "Bitte", "body": body, "row_version": "0", "act": act})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert body.split()[0] in answer.text
    assert db.session.scalars(select(MailText)).all() == []


def test_looking_at_a_text_saves_nothing(browser: Browser, phase: ParticipationPhase, invitation: Invitation) -> None:
    body = "Probe {frist} {ausgestellt} {verfahren} {link}"
    answer = browser.post(address(phase), data={"subject": "Bitte", "body": body, "row_version": "0", "act": "check"})

    assert answer.status_code == 200
    assert "Probe Freitag, 28. Juni 2030" in answer.text
    assert db.session.scalars(select(MailText)).all() == []


@pytest.mark.parametrize("letter", LETTERS)
def test_a_test_goes_to_oneself_without_the_institutions_link(
    browser: Browser, lead: User, phase: ParticipationPhase, invitation: Invitation, clock: SteppingClock, letter: str
) -> None:
    for _ in range(2):  # pressed twice, it is one
        answer = browser.post(address(phase, letter, "en", "/probe"), data={"invitation_id": str(invitation.id)})
        assert answer.status_code == 303
    wire = Wire()

    deliveries.send_due(clock, wire)

    assert wire.recipients == [lead.email]
    assert str(wire.sent[0]["Subject"]).startswith("Probe: ")
    assert institutions.token_of(invitation) not in wire.sent[0].as_string()


def test_a_test_with_an_institution_of_another_procedure_does_not_exist(
    browser: Browser, phase: ParticipationPhase
) -> None:
    foreign = factories.make_invitation()

    assert browser.post(address(phase, rest="/probe"), data={"invitation_id": str(foreign.id)}).status_code == 404
    assert browser.post(address(phase, rest="/probe"), data={"invitation_id": "x"}).status_code == 404


def test_a_letter_that_there_is_not_does_not_exist(browser: Browser, phase: ParticipationPhase) -> None:
    assert browser.get(address(phase, "../../geheim")).status_code == 404
    assert browser.get(address(phase, "reminder_unused", "fr")).status_code == 404
    assert browser.get(address(phase, "result_missing")).status_code == 404


def test_a_lead_sets_the_language_in_which_an_institution_is_written_to(
    browser: Browser, phase: ParticipationPhase, invitation: Invitation, clock: SteppingClock
) -> None:
    place = f"/verfahren/{phase.procedure_id}/beteiligung/{invitation.id}/sprache"

    assert browser.post(place, data={"language": "en"}).status_code == 303
    assert browser.post(place, data={"language": "xx"}).status_code == 422
    assert "Kind regards" in text_of(first_reminder(clock))
