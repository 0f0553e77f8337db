"""The receipt: proof of what arrived when, and the mail that brings it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, insert, select

from ikb.core.canonical import canonical
from ikb.core.clock import berlin_day
from ikb.core.receipt import SUBMITTED
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.institutions import service as institutions
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from ikb.remarks.model import Remark
from ikb.statements import content, proofs
from ikb.statements.model import Attachment, LateSignature, Receipt, Statement
from ikb.together import Change, bound, prefixed

_RECEIPTS = Receipt.metadata.tables[Receipt.__tablename__]
_GIVE = insert(_RECEIPTS).inline().values(bound([one for one in _RECEIPTS.columns if one.name != "id"], "receipt"))
RECEIPT_COUNTS = timedelta(days=14)  # a receipt that could not be sent for so long would only puzzle


def give(
    statement: Statement,
    said: Sequence[Remark],
    files: Sequence[Attachment] = (),
    *,
    now: datetime,
    arrived_at: datetime | None = None,
    by: Actor | None = None,
) -> None:
    """Journal entry and signed receipt, in the transaction of the statement (promise 2).

    The mail with it is `mail_about`, promised before: everybody who acts waits for the journal's head.
    arrived_at: when the proxy in front saw it come, where it notes that; of a letter, when it reached the town.
    by:         whoever recorded it; without, the institution handed it in by its link.
    """
    data = content.as_data(statement, said, files)
    written = canonical(data)
    digest = content.sha256_of(written)

    def receipt(entry: JournalEntry) -> Change:
        proof = proofs.prove(SUBMITTED, data, digest, entry, taken_at=now, arrived_at=arrived_at, signed_at=now)
        sealed = {"content": written, "sha256": digest, "journal_entry_id": entry.id, **vars(proof)}
        return Change(_GIVE, prefixed(_row(statement, arrived_at) | sealed, "receipt"))

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
        along=receipt,
    )


def _row(statement: Statement, arrived_at: datetime | None) -> dict[str, Any]:
    return {
        "statement_id": statement.id,
        "number": statement.number or "",
        "received_at": statement.submitted_at,
        "arrived_at": arrived_at,
        "is_late": statement.is_late,
        "deadline_version": statement.invitation.phase.deadline_version,
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


def mail_about(statement: Statement, now: datetime) -> list[Change]:
    """The promise of the mail that brings the receipt, to be written; nothing where there is no mailbox."""
    institution = statement.invitation.institution
    recipient = institutions.recipient_of(institution, berlin_day(now))
    if not recipient:
        return []  # reached by letter only: the page is the receipt
    message = deliveries.Planned(
        kind="statement_receipt",
        subject_id=statement.id,
        recipient=recipient,
        recipient_name=institution.name,
        due_at=now,
        stale_at=now + RECEIPT_COUNTS,
        procedure_id=statement.invitation.phase.procedure_id,
    )
    return [deliveries.promise(message, now=now)]
