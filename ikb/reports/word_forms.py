"""The leads' own Word forms: taken in, checked field by field in quarantine, and given back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ikb.core.word.fields import Found
from ikb.db import db
from ikb.errors import Faulty, FileRefused, NotReady
from ikb.files import service as files
from ikb.files import storage
from ikb.files.storage import Scope
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure
from ikb.quarantine import word_form
from ikb.quarantine.kinds import Kind
from ikb.quarantine.reasons import NotTaken
from ikb.reports.model import Purpose, WordForm
from ikb.web import labels

NOT_TAKEN = "Die Vorlage wurde nicht übernommen. Es gilt weiter die bisherige."
PARTS = {"document": "im Text", "header": "in der Kopfzeile", "footer": "in der Fußzeile"}
MOST_FAULTS = 20

labels.add(
    "journal_action", {"word form added": "Word-Vorlage übernommen", "word form dropped": "Word-Vorlage zurückgenommen"}
)
labels.add("subject", {"word_form": "Word-Vorlage"})


def current(procedure_id: int, purpose: Purpose) -> WordForm | None:
    """The form that holds, None where it is the built-in one."""
    rows = select(WordForm).where(
        WordForm.procedure_id == procedure_id, WordForm.purpose == purpose, WordForm.dropped_at.is_(None)
    )
    return db.session.scalar(rows.order_by(WordForm.id.desc()).limit(1))


def bytes_of(form: WordForm) -> bytes:
    """A form as it was brought. Raises NotReady where it was found to be harmful since."""
    if form.file.is_refused:
        raise NotReady(
            f"Ihre Word-Vorlage wird nicht mehr verwendet. {form.file.finding_text} Laden Sie eine neue hoch."
        )
    with storage.open_bytes(form.file) as source:
        return source.read()


def add(
    procedure: Procedure,
    purpose: Purpose,
    data: bytes,
    name: str,
    key: UUID,
    *,
    known: Mapping[str, str],
    tables: Sequence[str],
    needed: Sequence[str] = (),
    by: Actor,
    now: datetime,
) -> WordForm:
    """Take a form in, once, in the caller's transaction.

    known: its fields with what each stands for; tables: those that become a table or paragraphs and stand alone in theirs;
    needed: those without which it makes no sense.
    Raises Faulty with one line for each fault; nothing is stored then.
    """
    earlier = db.session.scalar(select(WordForm).where(WordForm.key == key))
    if earlier is not None:
        return earlier
    if len(data) > word_form.LARGEST_FORM:
        raise Faulty(NOT_TAKEN, ["Sie ist zu groß: erlaubt sind 2 MB. Verkleinern Sie die Bilder darin."])
    check(_fields(data), known, tables, needed)
    try:
        file = files.keep(
            io.BytesIO(data),
            name,
            scope=Scope(procedure.id),
            now=now,
            kinds=frozenset({Kind.DOCX}),
            largest=word_form.LARGEST_FORM,
        )
    except FileRefused as refusal:
        raise Faulty(NOT_TAKEN, [refusal.reason]) from refusal
    row = WordForm(
        procedure_id=procedure.id, purpose=purpose, key=key, file_id=file.id, created_at=now, created_by_id=by.id or 0
    )
    db.session.add(row)
    db.session.flush()
    facts = {"purpose": str(purpose), "sha256": file.sha256}
    journal.record("word form added", row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return row


def drop(procedure: Procedure, purpose: Purpose, *, by: Actor, now: datetime) -> None:
    """Go back to the built-in form."""
    rows = select(WordForm).where(
        WordForm.procedure_id == procedure.id, WordForm.purpose == purpose, WordForm.dropped_at.is_(None)
    )
    for row in db.session.scalars(rows).all():
        row.dropped_at = now
        journal.record("word form dropped", row, by=by, now=now, procedure_id=procedure.id)
    db.session.flush()


def check(found: Sequence[Found], known: Mapping[str, str], tables: Sequence[str], needed: Sequence[str] = ()) -> None:
    """Raises Faulty naming each field that is unknown, or a table that does not stand alone, with its place."""
    faults = [fault for field in found if (fault := _fault_of(field, known, tables))]
    there = {field.name for field in found}
    faults += [f"Es fehlt das Feld {{{name}}}: {known[name]}." for name in needed if name not in there]
    if not found:
        faults = [f"In der Vorlage steht kein Feld. Schreiben Sie zum Beispiel {{{next(iter(known))}}} hinein."]
    if faults:
        more = len(faults) - MOST_FAULTS
        raise Faulty(NOT_TAKEN, faults[:MOST_FAULTS] + ([f"und {more} weitere"] if more > 0 else []))


def _fault_of(field: Found, known: Mapping[str, str], tables: Sequence[str]) -> str:
    where = f"{PARTS[field.part]}, Absatz {field.paragraph} („{_short(field.says)}“)"
    if field.name not in known:
        return f"Das Feld {{{field.name}}} gibt es nicht: {where}."
    if field.name in tables and not (field.is_alone and field.part == "document"):
        return f"Das Feld {{{field.name}}} wird länger als ein Absatz und muss im Text allein in einem stehen: {where}."
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]} …"


def _fields(data: bytes) -> list[Found]:
    try:
        return word_form.fields_of(data)
    except NotTaken as fault:
        raise Faulty(NOT_TAKEN, [fault.reason.text]) from fault
