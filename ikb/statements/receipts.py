"""The receipt: proof of what arrived when, and the mail that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert

from ikb.core.clock import berlin_day
from ikb.db import write
from ikb.deliveries import service as deliveries
from ikb.institutions import service as institutions
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks.model import Remark
from ikb.statements import content
from ikb.statements.model import Receipt, Statement

_GIVE = insert(Receipt.metadata.tables[Receipt.__tablename__])
RECEIPT_COUNTS = timedelta(days=14)  # a receipt that could not be sent for so long would only puzzle


def give(statement: Statement, said: Sequence[Remark], *, now: datetime) -> None:
    """Journal entry, receipt and the mail with it, in the transaction of the statement (promise 2)."""
    invitation = statement.invitation
    written = content.canonical(statement, said)
    digest = content.sha256_of(written)
    entry = journal.record(
        "statement submitted",
        statement,
        by=Actor.invitation(invitation.id),
        now=now,
        procedure_id=invitation.phase.procedure_id,
        facts={
            "number": statement.number,
            "answer": statement.answer,
            "remarks": len(said),
            "is_late": statement.is_late,
            "sha256": digest,
        },
    )
    write(
        _GIVE,
        statement_id=statement.id,
        number=statement.number or "",
        received_at=now,
        is_late=statement.is_late,
        deadline_version=invitation.phase.deadline_version,
        content=written,
        sha256=digest,
        journal_entry_id=entry.id,
    )
    _promise_mail(statement, now)


def _promise_mail(statement: Statement, now: datetime) -> None:
    institution = statement.invitation.institution
    recipient = institutions.recipient_of(institution, berlin_day(now))
    if not recipient:
        return  # reached by letter only: the page is the receipt
    deliveries.plan(
        "statement_receipt",
        subject_id=statement.id,
        recipient=recipient,
        recipient_name=institution.name,
        due_at=now,
        stale_at=now + RECEIPT_COUNTS,
        procedure_id=statement.invitation.phase.procedure_id,
        now=now,
    )
