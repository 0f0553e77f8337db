"""The lead's pages of messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from ikb import mail
from ikb.accounts.model import Role, User
from ikb.db import transaction
from ikb.deliveries import service as deliveries
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import service
from tests import factories
from tests.conftest import Browser, SteppingClock
from tests.deliveries.helpers import Wire, planned


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    """An open phase that the lead leads."""
    procedure = factories.make_procedure(leads=[lead])
    return factories.make_phase(factories.make_version(factories.make_draft(procedure)))


@pytest.fixture
def browser(lead: User, as_user: Callable[[User], Browser]) -> Browser:
    return as_user(lead)


def invite(phase: ParticipationPhase, name: str | None = None) -> Invitation:
    invitation = factories.make_invitation(phase, factories.make_institution(name))
    with transaction():
        invitation.token_hash = str(invitation.id)
    return invitation


def remind(clock: SteppingClock) -> None:
    with transaction():
        service.plan_missing(now=clock())


def address(phase: ParticipationPhase, rest: str = "") -> str:
    return f"/verfahren/{phase.procedure_id}/nachrichten{rest}"


def test_before_anything_is_planned_the_page_says_what_brings_messages(
    browser: Browser, phase: ParticipationPhase
) -> None:
    assert "Noch keine Nachricht" in browser.get(address(phase)).text


def test_every_message_is_listed_by_state_and_kind_and_paged(
    browser: Browser, lead: User, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    for number in range(8):
        invite(phase, f"Verein {number} am Fluss")
    remind(clock)
    clock.moment = planned()[0].due_at
    deliveries.send_due(clock, Wire())
    browser.sign_in(lead)  # days have passed

    page = browser.get(address(phase)).text
    assert "1 bis 20 von 24 Nachrichten" in page
    assert "1 bis 8 von 8 Nachrichten" in browser.get(address(phase, "?zustand=handed_over")).text
    assert "1 bis 16 von 16 Nachrichten" in browser.get(address(phase, "?zustand=planned&art=reminder")).text
    assert "21 bis 24 von 24 Nachrichten" in browser.get(address(phase, "?seite=99")).text
    assert "Zu dieser Auswahl gibt es keine Nachricht" in browser.get(address(phase, "?zustand=failed")).text
    assert "1 bis 20 von 24" in browser.get(address(phase, "?zustand=nonsense&art=nonsense")).text


def test_a_planned_message_shows_what_it_would_say_today_without_the_key(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    invitation = invite(phase, "Kulturverein Morgenstern")
    remind(clock)

    page = browser.get(address(phase, f"/{planned()[0].id}")).text

    assert "Wortlaut, wie er heute wäre" in page
    assert "Kulturverein Morgenstern" in page
    assert institutions.token_of(invitation) not in page
    assert "noch keinen Versuch" in page


def test_a_message_that_is_overtaken_says_so(browser: Browser, phase: ParticipationPhase, clock: SteppingClock) -> None:
    invitation = invite(phase)
    remind(clock)
    with transaction():
        institutions.advance(invitation, institutions.InvitationState.AGREES, now=clock())

    assert "wird diese Nachricht nicht gesendet" in browser.get(address(phase, f"/{planned()[0].id}")).text


def test_a_sent_message_shows_its_text_and_every_attempt(
    browser: Browser, lead: User, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    invitation = invite(phase)
    remind(clock)
    clock.moment = planned()[0].due_at
    wire = Wire(faults={invitation.institution.email: [mail.TemporaryFailure("451 4.7.1 come back later")]})
    deliveries.send_due(clock, wire)
    clock.advance(seconds=30)
    deliveries.send_due(clock, wire)
    browser.sign_in(lead)

    page = browser.get(address(phase, f"/{planned()[0].id}")).text

    assert "Wortlaut, wie gesendet" in page
    assert "451 4.7.1 come back later" in page
    assert "wird wiederholt" in page
    assert institutions.token_of(invitation) not in page


def test_messages_of_other_procedures_do_not_exist(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock, as_user: Callable[[User], Browser]
) -> None:
    invite(phase)
    remind(clock)
    mine = planned()[0].id
    stranger = as_user(factories.make_user())
    other = factories.make_procedure(leads=[phase.procedure.leads[0].user])

    assert stranger.get(address(phase)).status_code == 404
    assert stranger.get(address(phase, f"/{mine}")).status_code == 404
    assert browser.get(f"/verfahren/{other.id}/nachrichten/{mine}").status_code == 404
    assert browser.get(address(phase, f"/{mine}")).status_code == 200


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.ADMINISTRATOR])
def test_messages_are_the_leads(phase: ParticipationPhase, as_user: Callable[[User], Browser], role: Role) -> None:
    assert as_user(factories.make_user(roles=[role])).get(address(phase)).status_code == 403


@pytest.mark.parametrize("count", [9, 93])
def test_the_list_costs_the_same_queries_however_many_there_are(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock, count: int, count_queries: Any
) -> None:
    for _ in range(count):
        invite(phase)
    remind(clock)
    clock.moment += timedelta(seconds=30)

    with count_queries() as seen:
        browser.get(address(phase))

    assert len(seen) <= 6
