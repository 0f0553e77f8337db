"""Asking for more time behind the link: one request, edited while it waits; yes with one click, no with a sentence."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions import requests, service
from ikb.institutions.extension_model import ExtensionRequest
from ikb.institutions.links import token_of
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.procedures.model import PhaseState
from ikb.reports import queries as figures
from ikb.reports.blocks import blocks
from ikb.statements import service as statements
from ikb.statements.model import Answer
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_version,
)

pytestmark = pytest.mark.usefixtures("wakeups")
WISHED, WHY = date(2030, 7, 5), "Der Vorstand tagt erst danach."


@pytest.fixture
def invitation(lead):
    phase = make_phase(make_version(make_draft(make_procedure([lead]))))
    return make_invitation(phase, make_institution(email="post@verein.example.org"))


def ask(invitation, now, until=WISHED, reason=WHY, seen=0):
    with transaction():
        return requests.ask(invitation, until, reason, row_version=seen, now=now)


def field(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def mails() -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.kind.like("extension_%"))))


def test_from_the_form_behind_the_link_to_the_click_and_the_mail(client, as_user, lead, invitation, now):
    there = f"/beteiligung/{token_of(invitation)}/mehr-zeit"
    assert "Um mehr Zeit bitten" in client.get(f"/beteiligung/{token_of(invitation)}").get_data(as_text=True)
    refused = client.post(there, data={"row_version": 0, "until": "01.06.2030", "reason": WHY})
    assert refused.status_code == 422
    assert WHY in refused.get_data(as_text=True)

    assert client.post(there, data={"row_version": 0, "until": "05.07.2030", "reason": WHY}).status_code == 303
    assert "Ihre Bitte liegt bei der Projektleitung." in client.get(there).get_data(as_text=True)

    browser, base = as_user(lead), f"/verfahren/{invitation.phase.procedure_id}/beteiligung"
    listed = browser.get(f"{base}?filter=asks").get_data(as_text=True)
    assert "Bitte beantworten" in listed
    stand = blocks(invitation.phase.procedure_id, figures.figures(invitation.phase.procedure_id), [], now.date())
    assert "1 Institution bittet um mehr Zeit." in [block.sentence for block in stand]
    page = browser.get(f"{base}/{invitation.id}").get_data(as_text=True)
    assert WHY in page
    form = {"row_version": field(page[page.index("mehr-zeit") :], "row_version")}
    assert browser.post(f"{base}/{invitation.id}/mehr-zeit", data=form).status_code == 303
    assert browser.post(f"{base}/{invitation.id}/mehr-zeit", data=form).status_code == 409

    db.session.refresh(invitation)
    assert (invitation.extended_until, invitation.wished_until, invitation.extension_reason) == (WISHED, None, WHY)
    [mail] = mails()
    text = kind_of(mail.kind).render(mail, now).text
    assert "bekommen sie. Die neue Frist: Freitag, 5. Juli 2030, 24 Uhr" in text
    assert "Sie haben mehr Zeit." in client.get(there).get_data(as_text=True)


def test_a_no_needs_its_sentence_which_the_institution_gets_to_read(client, as_user, lead, invitation, now):
    row = ask(invitation, now)
    browser = as_user(lead)
    there = f"/verfahren/{invitation.phase.procedure_id}/beteiligung/{invitation.id}/mehr-zeit/ablehnen"
    assert browser.post(there, data={"row_version": row.row_version, "answer": " "}).status_code == 422
    assert row.is_open

    answer = {"row_version": row.row_version, "answer": "Der Ausschuss tagt am Montag."}
    assert browser.post(there, data=answer).status_code == 303

    [mail] = mails()
    assert "Der Ausschuss tagt am Montag." in kind_of(mail.kind).render(mail, now).text
    shown = client.get(f"/beteiligung/{token_of(invitation)}/mehr-zeit").get_data(as_text=True)
    assert "Der Ausschuss tagt am Montag." in shown
    db.session.refresh(invitation)
    assert (invitation.extended_until, invitation.wished_until) == (None, None)
    actions = db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)).all()
    assert [action for action in actions if "extension" in action] == ["extension asked", "extension declined"]


def test_asked_twice_it_is_one_request_that_is_edited_and_neither_text_is_lost(invitation, now):
    first = ask(invitation, now)
    assert ask(invitation, now) is first
    later = ask(invitation, now, date(2030, 7, 12), seen=first.row_version)

    assert later is first
    assert invitation.wished_until == date(2030, 7, 12)
    with pytest.raises(Conflict) as refusal:
        ask(invitation, now, date(2030, 7, 19))
    assert "12.07.2030" in refusal.value.theirs
    assert db.session.scalar(select(func.count(ExtensionRequest.id))) == 1


def test_another_day_that_the_lead_gives_answers_the_request_too_and_one_may_ask_again(invitation, now):
    row = ask(invitation, now)
    with transaction():
        service.extend(
            invitation, date(2030, 7, 2), "Bis dahin geht es.", row_version=invitation.row_version, by=SYSTEM, now=now
        )

    assert (row.state, row.granted_until, invitation.wished_until) == ("granted", date(2030, 7, 2), None)
    again = ask(invitation, now)
    assert again is not row


@pytest.mark.parametrize(
    ("until", "reason", "field_name"),
    [
        (date(2030, 6, 28), WHY, "until"),
        (date(2032, 1, 1), WHY, "until"),
        (WISHED, "  ", "reason"),
        (WISHED, "x" * 301, "reason"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(invitation, now, until, reason, field_name):
    with pytest.raises(Implausible) as refusal:
        ask(invitation, now, until, reason)

    assert refusal.value.field == field_name
    assert invitation.wished_until is None


def test_a_waiting_request_never_stands_in_the_way_of_handing_in(invitation, now):
    ask(invitation, now)
    with transaction():
        statement = statements.submit(invitation, uuid4(), Answer.AGREES, now=now)

    assert not statement.is_late
    with transaction():
        invitation.phase.state = PhaseState.CLOSED
    with pytest.raises(NotReady):
        ask(invitation, now, date(2030, 8, 2), seen=1)


def test_a_day_that_is_over_by_now_is_not_granted_but_leads_to_another(as_user, lead, invitation, now, clock):
    row = ask(invitation, now, date(2030, 6, 29))
    clock.moment = now.replace(month=7, day=20)
    base = f"/verfahren/{invitation.phase.procedure_id}/beteiligung/{invitation.id}"

    answer = as_user(lead).post(f"{base}/mehr-zeit", data={"row_version": row.row_version})

    assert (answer.status_code, answer.location) == (303, f"{base}/verlaengern")
    db.session.refresh(row)
    assert row.is_open
