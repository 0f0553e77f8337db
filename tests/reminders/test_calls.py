"""The call list: who stands on it from when, and what calls came to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from ikb.accounts.model import User
from ikb.core.clock import at_local
from ikb.db import db, transaction
from ikb.institutions.model import Contact, Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import calls, queries, service
from ikb.reminders.rules import USUAL, Rules
from tests import factories
from tests.conftest import Browser, SteppingClock

THREE_DAYS = Rules(call_list_days=3)


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    """Open until Friday, 28 June 2030."""
    procedure = factories.make_procedure(leads=[lead])
    return factories.make_phase(factories.make_version(factories.make_draft(procedure)))


@pytest.mark.parametrize(
    ("rules", "today", "values", "is_called"),
    [
        (THREE_DAYS, 24, {}, False),
        (THREE_DAYS, 25, {}, True),
        (THREE_DAYS, 28, {}, True),
        (THREE_DAYS, 29, {}, False),
        (USUAL, 27, {}, False),
        (THREE_DAYS, 3, {"state": InvitationState.BOUNCED}, True),
        (USUAL, 3, {"state": InvitationState.BOUNCED}, False),
        (THREE_DAYS, 27, {"state": InvitationState.DRAFTED}, True),
        (THREE_DAYS, 27, {"state": InvitationState.SUBMITTED}, False),
        (THREE_DAYS, 27, {"state": InvitationState.NOT_CONCERNED}, False),
        (THREE_DAYS, 27, {"extended_until": date(2030, 7, 12)}, False),
    ],
)
def test_who_is_called_and_from_when(
    phase: ParticipationPhase, rules: Rules, today: int, values: dict[str, object], is_called: bool
) -> None:
    invitation = factories.make_invitation(phase, **values)

    assert calls.to_call([invitation], rules, date(2030, 6, today)) == ([invitation] if is_called else [])


def test_a_call_is_noted_and_shown_and_an_answer_takes_the_institution_off(
    lead: User, phase: ParticipationPhase, clock: SteppingClock, as_user: Callable[[User], Browser]
) -> None:
    invitation = factories.make_invitation(phase, factories.make_institution("Verein am Fluss"))
    with transaction():
        db.session.add(Contact(institution=invitation.institution, name="Kim Yıldız", phone="0521 123"))
        service.change_rules(phase.procedure, THREE_DAYS, seen=0, by=SYSTEM, now=clock())
    clock.moment = at_local(date(2030, 6, 26), 10)
    browser, address = as_user(lead), f"/verfahren/{phase.procedure_id}/nachrichten/anrufliste"
    assert 'href="tel:0521123"' in browser.get(address).text

    answer = browser.post(f"{address}/{invitation.id}", data={"outcome": "promised", "note": "kommt morgen"})

    assert answer.status_code == 303
    page = browser.get(address).text
    assert "Antwort zugesagt" in page
    assert "kommt morgen" in page
    with transaction():
        invitation.state = InvitationState.AGREES
    assert "Verein am Fluss" not in browser.get(address).text
    late = browser.post(f"{address}/{invitation.id}", data={"outcome": "promised", "note": ""})
    assert late.status_code == 409
    assert len(queries.calls_to([invitation.id])[invitation.id]) == 1


def test_only_what_a_call_can_come_to_is_taken(
    lead: User, phase: ParticipationPhase, as_user: Callable[[User], Browser]
) -> None:
    invitation = factories.make_invitation(phase)
    foreign: Invitation = factories.make_invitation()
    browser, address = as_user(lead), f"/verfahren/{phase.procedure_id}/nachrichten/anrufliste"

    assert browser.post(f"{address}/{invitation.id}", data={"outcome": "answered"}).status_code == 422
    assert browser.post(f"{address}/{foreign.id}", data={"outcome": "promised"}).status_code == 404
