"""The receipt: proof of what arrived when, and the mail that brings it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, column, exists, insert, select, table

from ikb.core.canonical import canonical
from ikb.core.clock import berlin_day
from ikb.core.receipt import SUBMITTED
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.institutions import service as institutions
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor, Along
from ikb.remarks.model import Remark
from ikb.statements import content, proofs
from ikb.statements.model import Attachment, LateSignature, Receipt, Statement

# Without its id, which nobody asks for; see `journal.Along`.
_COLUMNS = [one for one in Receipt.metadata.tables[Receipt.__tablename__].columns if one.name != "id"]
_GIVE = insert(table(Receipt.__tablename__, *(column(one.name, one.type) for one in _COLUMNS))).values(
    {one.name: bindparam(f"receipt_{one.name}", type_=one.type) for one in _COLUMNS}
)
RECEIPT_COUNTS = timedelta(days=14)  # a receipt that could not be sent for so long would only puzzle


def give(
    statement: Statement,
    said: Sequence[Remark],
    files: Sequence[Attachment] = (),
    *,
    now: datetime,
    arrived_at: datetime | None = None,
    by: Actor | None = None,
    confirms: bool = True,
) -> None:
    """Journal entry, signed receipt and the mail with it, in the transaction of the statement (promise 2).

    arrived_at: when the proxy in front saw it come, where it notes that; of a letter, when it reached the town.
    by:         whoever recorded it; without, the institution handed it in by its link.
    confirms:   whether the mail is wanted.
    """
    if confirms:
        _promise_mail(statement, now)
    data = content.as_data(statement, said, files)
    written = canonical(data)
    digest = content.sha256_of(written)

    def receipt(entry: JournalEntry) -> dict[str, Any]:
        proof = proofs.prove(SUBMITTED, data, digest, entry, taken_at=now, arrived_at=arrived_at, signed_at=now)
        sealed = {"content": written, "sha256": digest, "journal_entry_id": entry.id, **vars(proof)}
        return _row(statement, arrived_at) | {f"receipt_{name}": value for name, value in sealed.items()}

    journal.record(
        "statement submitted",
        statement,
        by=by or Actor.invitation(statement.invitation.id),
        now=now,
        procedure_id=statement.invitation.phase.procedure_id,
        facts={
            "number": statement.number,
            "answer": statement.answer,
            "remarks": len(said),
            "files": len(files),
            "is_late": statement.is_late,
            "sha256": digest,
        },
        along=Along(_GIVE, receipt),
    )


def _row(statement: Statement, arrived_at: datetime | None) -> dict[str, Any]:
    return {
        "receipt_statement_id": statement.id,
        "receipt_number": statement.number or "",
        "receipt_received_at": statement.submitted_at,
        "receipt_arrived_at": arrived_at,
        "receipt_is_late": statement.is_late,
        "receipt_deadline_version": statement.invitation.phase.deadline_version,
    }


def sign_earlier(*, now: datetime) -> int:
    """Sign every receipt that has no signature yet, marked as signed later. Returns how many those were."""
    has_late_one = exists().where(LateSignature.receipt_id == Receipt.id)
    unsigned = select(Receipt).where(Receipt.signed_part.is_(None), ~has_late_one).order_by(Receipt.id)
    rows = db.session.scalars(unsigned).all()
    for receipt in rows:
        entry = db.session.get_one(JournalEntry, receipt.journal_entry_id)
        data = json.loads(receipt.content)
        proof = proofs.prove(SUBMITTED, data, receipt.sha256, entry, taken_at=receipt.received_at, signed_at=now)
        late = {"signed_part": proof.signed_part, "signature": proof.signature}
        db.session.add(LateSignature(receipt_id=receipt.id, signed_at=now, **late))
    db.session.flush()
    return len(rows)


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
