"""Blacking out parts of what was handed in. The original stays unchanged beside it; what leaves is in `outgoing`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from ikb.core.redaction import Likely, Span, occurrences
from ikb.db import db
from ikb.errors import Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks.model import Remark
from ikb.remarks.redaction_model import Part, Reason, Redaction, RedactionCheck
from ikb.web import labels

labels.add(
    "redaction_reason",
    {
        Reason.PERSON: "Angaben über die Person, die schreibt",
        Reason.THIRD_PERSON: "Angaben über andere Personen",
        Reason.BUSINESS: "Betriebs- oder Geschäftsgeheimnis",
        Reason.INSULT: "beleidigender Inhalt",
        Reason.OTHER: "anderer Grund",
    },
)
labels.add(
    "likely",
    {
        Likely.MAIL: "sieht aus wie eine E-Mail-Adresse",
        Likely.PHONE: "sieht aus wie eine Telefonnummer",
        Likely.NAME: "Name, der uns bekannt ist",
        Likely.STREET: "sieht aus wie eine Anschrift",
        Likely.ACCOUNT: "sieht aus wie eine Kontonummer",
    },
)
labels.add(
    "journal_action",
    {
        "passage blacked out": "Stelle geschwärzt",
        "redaction lifted": "Schwärzung aufgehoben",
        "redaction checked": "auf Schwärzungen durchgesehen",
    },
)
labels.add("subject", {"redaction": "Schwärzung", "redaction_check": "Durchsicht"})

LONGEST_NOTE = 300


def mark(
    remark: Remark, part: Part, spans: Sequence[Span], reason: Reason, note: str = "", *, by: Actor, now: datetime
) -> list[Redaction]:
    """Black out parts of one text; a part that is black already is not marked twice.

    Raises Implausible for a part that is not within the text, or for another reason that is not told.
    """
    _refuse_unfounded(reason, note)
    length = len(text_of(remark, part))
    if any(not 0 <= span.start < span.end <= length for span in spans):
        raise Implausible("Diese Stelle gibt es in dem Text nicht. Markieren Sie sie noch einmal.", "words")
    held = [Span(row.start, row.end) for row in of_remarks([remark.id]) if row.part == part]
    new = [span for span in spans if not any(one.start <= span.start and span.end <= one.end for one in held)]
    rows = [
        Redaction(
            remark_id=remark.id,
            part=part,
            start=span.start,
            end=span.end,
            reason=reason,
            note=note.strip(),
            marked_at=now,
            marked_by_id=by.id if by.kind == "user" else None,
        )
        for span in new
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        facts = {"remark": remark.id, "part": str(part), "reason": str(reason)}
        journal.record("passage blacked out", row, by=by, now=now, procedure_id=_procedure_of(remark), facts=facts)
    return rows


def spans_of_words(remark: Remark, part: Part, words: str) -> list[Span]:
    """Where some words stand in one text. Raises Implausible where they do not."""
    found = occurrences(text_of(remark, part), words)
    if not found:
        raise Implausible(
            "Diese Wörter stehen nicht im Text. Schreiben Sie sie genau so, wie sie dort stehen.", "words"
        )
    return found


def lift(redaction_id: int, remark_ids: Sequence[int], *, by: Actor, now: datetime) -> Redaction:
    """Take one back; the row stays. remark_ids: among which it must be. Raises NotFound else."""
    row = db.session.get(Redaction, redaction_id)
    if row is None or row.remark_id not in remark_ids:
        raise NotFound("Diese Schwärzung gibt es nicht.")
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by_id = now, by.id if by.kind == "user" else None
        remark = db.session.get_one(Remark, row.remark_id)
        facts = {"remark": row.remark_id, "part": row.part}
        journal.record("redaction lifted", row, by=by, now=now, procedure_id=_procedure_of(remark), facts=facts)
        db.session.flush()
    return row


def note_checked(statement_id: int, *, procedure_id: int, by: Actor, now: datetime) -> RedactionCheck:
    """Write down that a person went through a statement; done twice, the first time holds."""
    row = db.session.scalar(select(RedactionCheck).where(RedactionCheck.statement_id == statement_id))
    if row is not None:
        return row
    row = RedactionCheck(statement_id=statement_id, checked_at=now, checked_by_id=by.id if by.kind == "user" else None)
    db.session.add(row)
    db.session.flush()
    facts = {"statement": statement_id, "blacked_out": _count_of(statement_id)}
    journal.record("redaction checked", row, by=by, now=now, procedure_id=procedure_id, facts=facts)
    return row


def of_remarks(remark_ids: Sequence[int]) -> list[Redaction]:
    """What is blacked out now, in the order of the texts."""
    rows = select(Redaction).where(Redaction.remark_id.in_(remark_ids), Redaction.lifted_at.is_(None))
    return list(db.session.scalars(rows.order_by(Redaction.remark_id, Redaction.part, Redaction.start)))


def text_of(remark: Remark, part: Part) -> str:
    """One text of a remark, as it was handed in."""
    return remark.comment if part == Part.COMMENT else remark.proposed_text


def _refuse_unfounded(reason: Reason, note: str) -> None:
    if reason == Reason.OTHER and not note.strip():
        raise Implausible("Schreiben Sie, warum diese Stelle nicht hinaus darf.", "note")
    if len(note) > LONGEST_NOTE:
        raise Implausible(f"Die Begründung ist zu lang: höchstens {LONGEST_NOTE} Zeichen.", "note")


def _count_of(statement_id: int) -> int:
    rows = select(func.count(Redaction.id)).join(Remark, Remark.id == Redaction.remark_id)
    return db.session.scalar(rows.where(Remark.statement_id == statement_id, Redaction.lifted_at.is_(None))) or 0


def _procedure_of(remark: Remark) -> int:
    return remark.draft_version.draft.procedure_id
