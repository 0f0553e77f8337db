"""Letters for institutions without a mailbox: printed with window, date, link and picture, and marked as posted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import User
from ikb.db import db
from ikb.institutions.links import link_of
from ikb.institutions.model import Contact, Invitation, InvitationState
from ikb.journal.model import JournalEntry
from ikb.procedures.model import ParticipationPhase
from ikb.reminders.paper_letters import address_of
from tests import factories
from tests.conftest import MONDAY_MORNING, Browser


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    procedure = factories.make_procedure(leads=[lead], title="Konzept für alle", contact_name="Frau Beispiel")
    return factories.make_phase(factories.make_version(factories.make_draft(procedure)))


@pytest.fixture
def browser(lead: User, as_user: Callable[[User], Browser]) -> Browser:
    return as_user(lead)


def without_mailbox(phase: ParticipationPhase, name: str, **values: Any) -> Invitation:
    given: dict[str, Any] = {"state": InvitationState.PLANNED, "invited_at": None, "channel": "letter"}
    address = "Musterweg 3\n33602 Musterau"
    language = values.pop("language", "de")
    institution = factories.make_institution(name, email="", address=address, language=language)
    return factories.make_invitation(phase, institution, **(given | values))


def place(phase: ParticipationPhase, rest: str = "") -> str:
    return f"/verfahren/{phase.procedure_id}/nachrichten/briefe{rest}"


def seen(*invitations: Invitation) -> dict[str, Any]:
    return {"brief": [f"{one.id}-{one.row_version}" for one in invitations]}


def test_only_who_has_no_mailbox_and_has_not_answered_gets_a_letter(
    browser: Browser, phase: ParticipationPhase
) -> None:
    without_mailbox(phase, "Verein ohne Postfach")
    without_mailbox(phase, "Verein mit Antwort", state=InvitationState.AGREES)
    without_mailbox(phase, "Verein ohne Link", revoked_at=MONDAY_MORNING)
    factories.make_invitation(phase, factories.make_institution("Verein mit Postfach"))

    page = browser.get(place(phase)).text

    assert "Verein ohne Postfach" in page
    assert "Musterweg 3, 33602 Musterau" in page
    assert not any(name in page for name in ("Verein mit Antwort", "Verein ohne Link", "Verein mit Postfach"))


def test_the_letter_has_address_date_deadline_link_and_its_picture(browser: Browser, phase: ParticipationPhase) -> None:
    invitation = without_mailbox(phase, "Verein ohne Postfach")

    page = browser.get(place(phase, "/drucken")).text

    assert "<address>Verein ohne Postfach<br>Musterweg 3<br>33602 Musterau</address>" in page
    assert "Montag, 3. Juni 2030" in page
    assert "Freitag, 28. Juni 2030, 24 Uhr" in page
    assert link_of(invitation) in page
    assert 'src="data:image/svg+xml' in page
    assert "Frau Beispiel" in page


def test_a_letter_in_english_is_english_throughout(browser: Browser, phase: ParticipationPhase) -> None:
    without_mailbox(phase, "English Club", language="en")

    page = browser.get(place(phase, "/drucken")).text

    assert 'class="letter" lang="en"' in page
    assert "Monday, 3 June 2030" in page
    assert "The link as a picture" in page


def test_all_open_ones_are_printed_or_those_that_are_chosen(browser: Browser, phase: ParticipationPhase) -> None:
    first, _ = without_mailbox(phase, "Erster Verein"), without_mailbox(phase, "Zweiter Verein")
    without_mailbox(phase, "Dritter Verein", state=InvitationState.INVITED, invited_at=MONDAY_MORNING)

    every, one = (
        browser.get(place(phase, "/drucken")).text,
        browser.get(place(phase, f"/drucken?nummer={first.id}")).text,
    )

    assert every.count('class="letter"') == 2
    assert "Dritter Verein" not in every
    assert one.count('class="letter"') == 1
    assert "Erster Verein" in one


def test_many_are_marked_as_posted_at_once_after_a_look(browser: Browser, phase: ParticipationPhase) -> None:
    both = [without_mailbox(phase, "Erster Verein"), without_mailbox(phase, "Zweiter Verein")]

    look = browser.get(place(phase, f"/abgeschickt?nummer={both[0].id}&nummer={both[1].id}")).text
    answer = browser.post(place(phase, "/abgeschickt"), data=seen(*both))

    assert "2 Briefe gelten dann als verschickt" in look
    assert answer.status_code == 303
    db.session.expire_all()
    assert [(one.state, one.invited_at) for one in both] == [(InvitationState.INVITED, MONDAY_MORNING)] * 2
    actions = list(db.session.scalars(select(JournalEntry.action).where(JournalEntry.action == "invitation sent")))
    assert len(actions) == 2
    assert "Alle Briefe sind verschickt" in browser.get(place(phase)).text


def test_if_one_changed_meanwhile_none_is_marked(browser: Browser, phase: ParticipationPhase) -> None:
    first, second = without_mailbox(phase, "Erster Verein"), without_mailbox(phase, "Zweiter Verein")
    data = {"brief": [f"{first.id}-{first.row_version}", f"{second.id}-{second.row_version + 1}"]}

    answer = browser.post(place(phase, "/abgeschickt"), data=data)

    assert answer.status_code == 409
    db.session.expire_all()
    assert [first.invited_at, second.invited_at] == [None, None]


@pytest.mark.parametrize("sent", [[], ["x-1"], ["1"], ["99999-1"], ["1-" + "9" * 30]])
def test_what_is_no_choice_marks_nothing(browser: Browser, phase: ParticipationPhase, sent: list[str]) -> None:
    without_mailbox(phase, "Erster Verein")

    assert browser.post(place(phase, "/abgeschickt"), data={"brief": sent}).status_code == 409


def test_marked_twice_the_second_says_that_it_is_done(browser: Browser, phase: ParticipationPhase) -> None:
    invitation = without_mailbox(phase, "Erster Verein")
    data = seen(invitation)
    browser.post(place(phase, "/abgeschickt"), data=data)

    again = browser.post(place(phase, "/abgeschickt"), data=data)

    assert again.status_code == 409
    assert "nicht mehr nötig" in again.text


def test_the_window_holds_six_lines_with_the_person(app: Flask) -> None:
    institution = factories.make_institution(
        "Verein", address="Haus A, Hof 2\n\nWeg 1\n33602 Musterau\nDeutschland\nEuropa"
    )
    institution.contacts = [Contact(name="Frau Muster")]
    invitation = Invitation(institution=institution)

    assert address_of(invitation) == ("Verein", "Frau Muster", "Haus A", "Hof 2", "Weg 1", "33602 Musterau")


@pytest.mark.parametrize("rest", ["", "/drucken", "/abgeschickt"])
def test_another_lead_finds_no_letters(
    phase: ParticipationPhase, as_user: Callable[[User], Browser], rest: str
) -> None:
    without_mailbox(phase, "Erster Verein")

    assert as_user(factories.make_user()).get(place(phase, rest)).status_code == 404


def test_fifty_letters_ask_no_more_than_one(
    browser: Browser,
    phase: ParticipationPhase,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    for number in range(50):
        without_mailbox(phase, f"Verein {number}", extended_until=phase.closes_on + timedelta(days=3))

    with count_queries() as asked:
        page = browser.get(place(phase, "/drucken")).text

    assert page.count('class="letter"') == 50
    assert len(asked) <= 12
