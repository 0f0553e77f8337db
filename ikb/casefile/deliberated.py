"""What bodies made of a case, and how everything said was weighed, for an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from ikb.bundles.packing import Part
from ikb.casefile.received import as_json
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliberations import queries as deliberations
from ikb.deliberations.model import Consultation, Result
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion
from ikb.procedures import words
from ikb.procedures.model import Procedure
from ikb.procedures.words import Words
from ikb.reports import weighing_document
from ikb.reports.council import overview
from ikb.reports.council_document import council_document, council_pdf
from ikb.reports.pdf import Group, tables_pdf
from ikb.reports.weighing_rows import Row, anonymised, rows_of
from ikb.web.filters import day
from ikb.web.labels import label

BODIES = "Beratungsfolge"
HEAD = ("Gremium", "Sitzung am", "Rolle", "Ergebnis", "Stimmen", "Vorlage", "Beschluss")
WIDTHS = (4.2, 2.4, 2.6, 4.4, 3.0, 2.6, 6.5)


def weighed(procedure: Procedure, at: datetime, *, is_veiled: bool) -> Iterator[Part]:
    """The weighing table of each draft as PDF, Word and Excel. is_veiled: with institutions as kind and number."""
    called = words.of(procedure)
    for draft in _drafts(procedure.id):
        base = drafts.latest_issued(draft.id)
        if base is None:
            continue
        stem = f"04-{called.folder}/{called.file}-{draft.position:02}-{draft.id}"
        title = f"{called.table}: {draft.title}"
        for ending, shown in (("pdf", ""), ("docx", " (Word)"), ("xlsx", " (Excel)")):
            write = partial(_table, base.id, title, called, ending, at, is_veiled=is_veiled)
            yield Part(f"{stem}.{ending}", f"{title}{shown}", called.noun, write)


def _drafts(procedure_id: int) -> list[Draft]:
    rows = select(Draft).where(Draft.procedure_id == procedure_id).order_by(Draft.position, Draft.id)
    return list(db.session.scalars(rows))


def _table(base_id: int, title: str, called: Words, ending: str, at: datetime, *, is_veiled: bool) -> bytes:
    rows: list[Row] = rows_of(db.session.get_one(DraftVersion, base_id))
    rows = anonymised(rows) if is_veiled else rows
    if ending == "xlsx":
        return weighing_document.xlsx_of(rows, called)
    lead = weighing_document.lead_of(rows, [], at, is_anonymised=is_veiled)
    make = weighing_document.pdf_of if ending == "pdf" else weighing_document.docx_of
    return make(title, lead, rows, called, at)


def deliberated(procedure: Procedure, at: datetime, *, is_public_only: bool) -> Iterator[Part]:
    """The overview for the council; for the town's own file every step with every result besides, corrections too."""
    stem, title = "05-beratungsfolge/uebersicht", "Übersicht der Beratungen"
    yield Part(f"{stem}.pdf", title, BODIES, partial(_overview, procedure.id, at, council_pdf))
    yield Part(f"{stem}.docx", f"{title} (Word)", BODIES, partial(_overview, procedure.id, at, council_document))
    if not is_public_only:
        note = "mit nichtöffentlichen Beratungen"
        whole = "Beratungsfolge mit Ergebnissen und Stimmen"
        yield Part("05-beratungsfolge/beratungsfolge.pdf", whole, BODIES, partial(_sequence, procedure.id, at), note)
        steps = Part(
            "05-beratungsfolge/beratungsfolge.json", f"{whole} (Daten)", BODIES, partial(_steps, procedure.id), note
        )
        yield steps


def _overview(procedure_id: int, at: datetime, make: Callable[..., bytes]) -> bytes:
    return make(db.session.get_one(Procedure, procedure_id), overview(procedure_id, berlin_day(at)), at)


def _sequence(procedure_id: int, at: datetime) -> bytes:
    procedure = db.session.get_one(Procedure, procedure_id)
    rows = [_line(step) for step in deliberations.sequence(procedure_id)]
    return tables_pdf(f"Beratungsfolge: {procedure.title}", [], HEAD, [Group("", rows)], WIDTHS, at)


def _line(step: Consultation) -> tuple[str, ...]:
    result = step.result
    return (
        step.body_name,
        day(step.held_on, "noch offen"),
        label("role", step.role) if step.role else "",
        result.phrase if result else step.skip_reason,
        result.votes if result else "",
        (step.laid_paper.reference or "") if step.laid_paper else "",
        result.resolution_text if result else "",
    )


def _steps(procedure_id: int) -> bytes:
    return as_json([_step(step) for step in deliberations.sequence(procedure_id)])


def _step(step: Consultation) -> dict[str, Any]:
    item = step.agenda_item
    return {
        "body": step.body_name,
        "held_on": step.held_on.isoformat() if step.held_on else None,
        "role": step.role,
        "authoritative": step.authoritative,
        "state": step.state,
        "public": item.public if item else None,
        "agenda_item": item.title if item else None,
        "paper": step.laid_paper.reference if step.laid_paper else None,
        "skip_reason": step.skip_reason,
        "results": [_result(result) for result in step.results],
    }


def _result(result: Result) -> dict[str, Any]:
    """One row: a correction stands beside what it corrects, the last one holds."""
    return {
        "id": result.id,
        "corrects": result.corrects_id,
        "outcome": result.outcome,
        "phrase": result.phrase,
        "votes": {
            "yes": result.votes_yes,
            "no": result.votes_no,
            "abstentions": result.abstentions,
            "present": result.present,
        },
        "votes_in_words": result.votes,
        "resolution_text": result.resolution_text,
        "is_provisional": result.is_provisional,
        "recorded_at": result.recorded_at.isoformat(),
    }
