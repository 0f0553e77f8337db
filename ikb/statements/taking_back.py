"""Withdrawing a statement before the deadline: it stays, counts no more, and its withdrawal is confirmed like its receipt."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ikb.core.canonical import canonical
from ikb.core.receipt import WITHDRAWN, in_utc
from ikb.db import db
from ikb.errors import NotFound, NotReady
from ikb.events import announce
from ikb.institutions import answers
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.statements import content, proofs, publishing, queries, service
from ikb.statements.model import Statement, StatementState, Withdrawal

FORMAT = "ikb-withdrawal-1"


def withdraw(invitation: Invitation, number: str, *, now: datetime) -> Withdrawal:
    """Take a statement back; the institution counts as not answered again, and may submit anew until the deadline.

    number: of the statement. Asked for twice, the same confirmation comes back.
    The invitation's row must be locked. Raises NotFound for a number that is not this institution's, NotReady after the
    deadline or for a statement that a later one has replaced.
    """
    statements = queries.of_invitation(invitation.id)
    statement = next((row for row in statements if row.number == number and row.submitted_at is not None), None)
    if statement is None:
        raise NotFound("Diese Stellungnahme gibt es nicht. Ihre Stellungnahmen stehen auf der Übersicht.")
    if earlier := queries.withdrawal_of(statement.id):
        return earlier
    _refuse(invitation, statement, now)
    statement.state = StatementState.WITHDRAWN
    if service.latest_in_force(statements) is None:
        has_draft = any(row.state == StatementState.DRAFT for row in statements)
        answers.take_back(invitation, has_draft=has_draft, now=now)
    db.session.flush()
    publishing.withdraw_with(statement, by=Actor.invitation(invitation.id), now=now)
    confirmed = _confirm(statement, now)
    announce("statement_withdrawn", statement_id=statement.id, now=now)
    return confirmed


def _refuse(invitation: Invitation, statement: Statement, now: datetime) -> None:
    if not service.is_in_time(invitation, now):
        raise NotReady(
            "Die Frist ist vorbei; Ihre Stellungnahme bleibt, wie sie ist. Wenn sie nicht mehr gelten soll, rufen Sie uns an."
        )
    if statement.state != StatementState.SUBMITTED:
        raise NotReady(
            "Diese Stellungnahme zählt schon nicht mehr: Eine spätere hat sie ersetzt. Es wurde nichts geändert."
        )


def _confirm(statement: Statement, now: datetime) -> Withdrawal:
    invitation, data = statement.invitation, _as_data(statement, now)
    written = canonical(data)
    digest = content.sha256_of(written)
    entry = journal.record(
        "statement withdrawn",
        statement,
        by=Actor.invitation(invitation.id),
        now=now,
        procedure_id=invitation.phase.procedure_id,
        facts={"number": data["number"], "sha256": digest},
    )
    proof = proofs.prove(WITHDRAWN, data, digest, entry, taken_at=now, signed_at=now)
    row = Withdrawal(
        statement=statement,
        number=data["number"],
        received_at=now,
        content=written,
        sha256=digest,
        journal_entry_id=entry.id,
        signed_part=proof.signed_part,
        signature=proof.signature,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _as_data(statement: Statement, now: datetime) -> dict[str, Any]:
    invitation = statement.invitation
    version = invitation.phase.draft_version
    return {
        "format": FORMAT,
        "salt": str(uuid.uuid4()),
        "number": f"R{(statement.number or '')[1:]}",  # R for Rücknahme, beside the statement's E
        "statement": {
            "number": statement.number,
            "sha256": statement.receipt.sha256 if statement.receipt is not None else None,
        },
        "procedure": {"id": invitation.phase.procedure_id, "title": invitation.phase.procedure.title},
        "version": {"draft": version.draft.title, "number": version.number},
        "institution": {"number": invitation.institution.number, "name": invitation.institution.name},
        "received_at": in_utc(now),
        "is_late": False,
        "deadline": {"last_day": invitation.last_day.isoformat(), "version": invitation.phase.deadline_version},
    }
