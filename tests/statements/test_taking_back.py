"""Withdrawing before the deadline: the statement stays and counts no more, and that is confirmed and signed."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.core import receipt_file
from ikb.core.clock import end_of_day
from ikb.core.receipt_check import check
from ikb.db import db, transaction
from ikb.errors import NotFound, NotReady
from ikb.institutions.links import token_of
from ikb.institutions.model import InvitationState
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.statements import proofs, queries, service, taking_back
from ikb.statements.model import Answer, Statement, StatementState
from tests.factories import make_invitation, make_lead_of

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def submitted(app: Flask, now) -> Statement:
    invitation = make_invitation()
    with transaction():
        return service.submit(invitation, uuid4(), Answer.AGREES, now=now)


def withdraw(statement: Statement, now):
    with transaction():
        return taking_back.withdraw(statement.invitation, statement.number, now=now)


def test_a_withdrawn_statement_stays_counts_no_more_and_is_confirmed(submitted, now) -> None:
    procedure_id = submitted.invitation.phase.procedure_id

    row = withdraw(submitted, now)

    assert (submitted.state, row.number) == (StatementState.WITHDRAWN, f"R{submitted.number[1:]}")
    assert queries.came_in(procedure_id, make_lead_of(procedure_id)).by_answer == {}
    entry = db.session.get_one(JournalEntry, row.journal_entry_id)
    assert (entry.action, entry.facts["sha256"]) == ("statement withdrawn", row.sha256)
    assert journal.verify() == []
    document = proofs.document_of(row)
    assert check(json.dumps(document), proofs.key_store().public_keys()).findings == ()
    assert document["receipt"]["kind"] == "withdrawn"


def test_the_institution_counts_as_not_answered_again_and_may_submit_anew(submitted, now) -> None:
    invitation = submitted.invitation
    withdraw(submitted, now)
    assert (invitation.state, invitation.answered_at, invitation.is_answered) == (InvitationState.OPENED, None, False)

    with transaction():
        again = service.submit(invitation, uuid4(), Answer.NO_REMARKS, now=now + timedelta(hours=1))

    assert (again.state, submitted.state) == (StatementState.SUBMITTED, StatementState.WITHDRAWN)
    assert (again.sequence, invitation.state) == (2, InvitationState.NO_REMARKS)


def test_asked_for_twice_it_is_one_withdrawal(submitted, now) -> None:
    assert withdraw(submitted, now).id == withdraw(submitted, now + timedelta(hours=1)).id


def test_after_the_deadline_it_stays(submitted) -> None:
    with pytest.raises(NotReady):
        withdraw(submitted, end_of_day(submitted.invitation.last_day))

    assert submitted.state == StatementState.SUBMITTED


def test_what_was_replaced_or_is_somebody_elses_cannot_be_withdrawn(submitted, now) -> None:
    other = make_invitation()
    with pytest.raises(NotFound), transaction():
        taking_back.withdraw(other, submitted.number, now=now)
    with transaction():
        service.submit(submitted.invitation, uuid4(), Answer.NO_REMARKS, now=now)

    with pytest.raises(NotReady):
        withdraw(submitted, now)


def test_behind_the_link_it_is_asked_done_confirmed_and_can_be_checked(submitted, client) -> None:
    link = f"/beteiligung/{token_of(submitted.invitation)}"
    assert "Zurückziehen" in client.get(f"{link}/bestaetigung/{submitted.number}").text
    assert "Stellungnahme zurückziehen?" in client.get(f"{link}/zurueckziehen/{submitted.number}").text

    answer = client.post(f"{link}/zurueckziehen/{submitted.number}")

    row = queries.withdrawal_of(submitted.id)
    assert answer.location == f"{link}/bestaetigung/{row.number}"
    assert "Ihre Stellungnahme ist zurückgezogen." in client.get(answer.location).text
    assert receipt_file.read(client.get(f"{answer.location}.pdf").data).findings == ()
    page = client.post("/pruefung", data={"number": row.number, "sha256": row.sha256}).text
    assert "echt und unverändert" in page
    assert "Rücknahme einer Stellungnahme" in page
    assert "nicht mehr zurückziehen" in client.get(f"{link}/zurueckziehen/{submitted.number}").text
    assert "zurückgezogen" in client.get(link).text
    assert db.session.scalars(select(Statement.state).where(Statement.id == submitted.id)).one() == "withdrawn"
