"""What was written to people, and who did what when, for the town's own archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from ikb.bundles.packing import Part
from ikb.casefile.received import as_json
from ikb.db import db
from ikb.deliveries.model import Delivery
from ikb.journal import service as journal
from ikb.journal import words
from ikb.journal.model import JournalEntry, JournalHead
from ikb.reports.pdf import Group, tables_pdf
from ikb.tables.written import as_csv
from ikb.web.filters import moment
from ikb.web.labels import label

MESSAGES, JOURNAL = "Nachrichten", "Änderungsverlauf"
MESSAGE_HEAD = ("Nr.", "Art", "An", "Adresse", "Betreff", "Stand", "Wann")
MESSAGE_WIDTHS = (1.2, 3.6, 4.6, 5.2, 5.2, 3.0, 3.0)
ENTRY_HEAD = ("Eintrag", "Wann", "Wer", "Was", "Siegel (SHA-256)")
ENTRY_WIDTHS = (1.6, 3.2, 2.6, 8.0, 10.3)


def messages(procedure_id: int, at: datetime) -> Iterator[Part]:
    """The ledger of a case as table, as data with every text, and as CSV."""
    stem = "06-nachrichten/nachrichten"
    yield Part(f"{stem}.pdf", "Nachrichten", MESSAGES, partial(_messages_pdf, procedure_id, at))
    yield Part(f"{stem}.csv", "Nachrichten (Tabelle)", MESSAGES, partial(_messages_csv, procedure_id))
    yield Part(f"{stem}.json", "Nachrichten mit ihrem Text (Daten)", MESSAGES, partial(_messages_json, procedure_id))


def entries(procedure_id: int, at: datetime) -> Iterator[Part]:
    """The journal of a case as table and as data, and whether the whole chain holds, with its head."""
    stem = "07-aenderungsverlauf/aenderungsverlauf"
    yield Part(f"{stem}.pdf", "Änderungsverlauf", JOURNAL, partial(_journal_pdf, procedure_id, at))
    yield Part(f"{stem}.json", "Änderungsverlauf (Daten)", JOURNAL, partial(_journal_json, procedure_id))
    check = "Prüfung der Kette mit ihrem letzten Siegel"
    yield Part("07-aenderungsverlauf/pruefung.json", check, JOURNAL, partial(_check, at))


def _deliveries(procedure_id: int) -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.procedure_id == procedure_id).order_by(Delivery.id)))


def _message(row: Delivery) -> tuple[str, ...]:
    return (
        str(row.id),
        label("message", row.kind),
        row.recipient_name,
        row.recipient,
        row.subject_line,
        label("delivery", row.state),
        moment(row.finished_at or row.due_at),
    )


def _messages_pdf(procedure_id: int, at: datetime) -> bytes:
    rows = [_message(row) for row in _deliveries(procedure_id)]
    return tables_pdf("Nachrichten", [], MESSAGE_HEAD, [Group("", rows)], MESSAGE_WIDTHS, at)


def _messages_csv(procedure_id: int) -> bytes:
    return as_csv(MESSAGE_HEAD, (_message(row) for row in _deliveries(procedure_id)))


def _messages_json(procedure_id: int) -> bytes:
    return as_json([_as_data(row) for row in _deliveries(procedure_id)])


def _as_data(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "recipient": row.recipient,
        "recipient_name": row.recipient_name,
        "message_id": row.message_id,
        "state": row.state,
        "due_at": row.due_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "subject": row.subject_line,
        "text": row.body_text,
        "attempts": [{"at": one.at.isoformat(), "outcome": one.outcome, "reply": one.reply} for one in row.log],
    }


def _entries(procedure_id: int) -> list[JournalEntry]:
    rows = select(JournalEntry).where(JournalEntry.procedure_id == procedure_id).order_by(JournalEntry.id)
    return list(db.session.scalars(rows))


def _journal_pdf(procedure_id: int, at: datetime) -> bytes:
    rows = [(str(one.id), moment(one.at), _actor(one), words.act(one), one.digest) for one in _entries(procedure_id)]
    return tables_pdf("Änderungsverlauf", [], ENTRY_HEAD, [Group("", rows)], ENTRY_WIDTHS, at)


def _actor(entry: JournalEntry) -> str:
    return f"{label('actor', entry.actor_kind)} {entry.actor_id or ''}".strip()


def _journal_json(procedure_id: int) -> bytes:
    """Each entry with all that its digest is over, so that it can be computed again."""
    return as_json(
        [
            {
                "id": one.id,
                "at": one.at.isoformat(),
                "actor": [one.actor_kind, one.actor_id],
                "action": one.action,
                "subject": [one.subject_kind, one.subject_id],
                "procedure": one.procedure_id,
                "facts": one.facts,
                "previous": one.previous_digest,
                "digest": one.digest,
            }
            for one in _entries(procedure_id)
        ]
    )


def _check(at: datetime) -> bytes:
    breaks = journal.verify()
    head = db.session.get_one(JournalHead, 1)
    told = "Die Kette ist vollständig und unverändert." if not breaks else "Die Kette ist verletzt."
    return as_json(
        {
            "requested_at": at.isoformat(),
            "last_entry": head.last_id,
            "digest": head.digest,
            "result": told,
            "breaks": breaks,
        }
    )
