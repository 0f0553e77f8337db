"""What other departments were asked and what they said, each answer with those before it, for the town's own archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from ikb.bundles.packing import Part
from ikb.casefile.received import as_json
from ikb.core.clock import berlin_day
from ikb.opinions import queries
from ikb.opinions.model import Opinion, OpinionRequest
from ikb.procedures import words
from ikb.procedures.model import Procedure
from ikb.reports.pdf import Group, tables_pdf
from ikb.web.filters import day, moment
from ikb.web.labels import label

NAME = "Einschätzungen der Ämter"
HEAD = ("Amt", "Stelle", "Frage", "Gefragt", "Antwort bis", "Antwort", "Empfehlung", "Von, am")
WIDTHS = (3.0, 3.2, 4.6, 2.6, 2.2, 5.6, 2.4, 3.0)


def opinions(procedure: Procedure, at: datetime) -> Iterator[Part]:
    """Questions and answers as table and as data; nothing where nobody was asked."""
    if queries.of_procedure(procedure.id):
        called = words.of(procedure)
        stem = f"04-{called.folder}/einschaetzungen"
        yield Part(f"{stem}.pdf", NAME, called.noun, partial(_pdf, procedure.id, at))
        yield Part(f"{stem}.json", f"{NAME} (Daten)", called.noun, partial(_json, procedure.id))


def _pdf(procedure_id: int, at: datetime) -> bytes:
    rows = [line for asked in queries.of_procedure(procedure_id) for line in _lines(asked, at)]
    lead = ["Fachwissen für die Entscheidung: keine Stellungnahmen und keine Entscheidungen."]
    return tables_pdf(NAME, lead, HEAD, [Group("", rows)], WIDTHS, at)


def _lines(asked: OpinionRequest, at: datetime) -> Iterator[tuple[str, ...]]:
    """One for each answer, the first one first; one without an answer says how it stands."""
    place = f"{asked.section_name}, Fassung {asked.base_version.number}. {asked.about}"
    what = (
        asked.department,
        place,
        asked.question,
        f"{moment(asked.asked_at)}, {asked.asked_by.name}",
        day(asked.due_on),
    )
    for one in asked.answers:
        yield (*what, one.text, label("consideration", one.outcome), f"{one.given_by}, {moment(one.given_at)}")
    if not asked.answers:
        yield (*what, label("opinion_state", asked.state(berlin_day(at))), "", "")


def _json(procedure_id: int) -> bytes:
    return as_json([_data(asked) for asked in queries.of_procedure(procedure_id)])


def _data(asked: OpinionRequest) -> dict[str, Any]:
    return {
        "department": asked.department,
        "contact": asked.contact_name,
        "email": asked.email,
        "question": asked.question,
        "section": asked.anchor,
        "version": asked.base_version.number,
        "about": asked.about,
        "remarks": asked.remark_ids,
        "asked_at": asked.asked_at.isoformat(),
        "asked_by": asked.asked_by.name,
        "due_on": asked.due_on.isoformat(),
        "ended_at": asked.ended_at.isoformat() if asked.ended_at else None,
        "ended_as": asked.ended_as,
        "answers": [_answer(one) for one in asked.answers],
    }


def _answer(one: Opinion) -> dict[str, Any]:
    return {
        "number": one.number,
        "text": one.text,
        "outcome": one.outcome,
        "given_by": one.given_by,
        "given_at": one.given_at.isoformat(),
    }
