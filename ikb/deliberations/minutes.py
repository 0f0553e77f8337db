"""The minutes of a sitting are released: a provisional result is confirmed, with the extract for its item."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.core.workflow import Event, StationState
from ikb.db import db
from ikb.deliberations import stations
from ikb.deliberations.model import Consultation, MinutesExtract
from ikb.errors import Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged

LONGEST_EXTRACT = 50_000  # characters


def release(
    consultation: Consultation,
    released_on: date,
    text: str,
    *,
    key: uuid.UUID,
    seen: int,
    by: Actor,
    now: datetime,
) -> MinutesExtract:
    """Confirm the result of a consultation: its minutes were released on a day, with this extract.

    key: the form's UUID; sent twice, the same extract comes back. A later extract is a further row.
    Raises NotReady without a result; Implausible, with its field, for a day before the sitting or in the future; Conflict
    if somebody changed the consultation meanwhile.
    """
    if by.id is None:
        raise ValueError("Only a person with an account releases minutes.")
    if earlier := db.session.scalar(select(MinutesExtract).where(MinutesExtract.key == key)):
        return earlier
    lock_unchanged(consultation, seen, mine=text, theirs=lambda: _stored(consultation))
    result = consultation.result
    if result is None:
        raise NotReady("Für diese Beratung ist noch kein Ergebnis eingetragen. Tragen Sie es zuerst ein.")
    _check(consultation, released_on, text, now)
    if consultation.state == StationState.RECORDED:
        stations.step(consultation, Event.CONFIRM)
    extract = MinutesExtract(
        consultation=consultation,
        result=result,
        key=key,
        released_on=released_on,
        text=text.strip(),
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(extract)
    db.session.flush()
    facts = {"result": result.id, "released_on": released_on.isoformat(), "state": str(consultation.state)}
    journal.record(
        "minutes released", consultation, by=by, now=now, procedure_id=consultation.procedure_id, facts=facts
    )
    return extract


def _stored(consultation: Consultation) -> str:
    last = consultation.extracts[-1] if consultation.extracts else None
    return f"Freigegeben am {last.released_on:%d.%m.%Y}\n\n{last.text}" if last else "(noch keine Niederschrift)"


def _check(consultation: Consultation, released_on: date, text: str, now: datetime) -> None:
    held_on = consultation.held_on
    if held_on is not None and released_on < held_on:
        raise Implausible(
            f"Die Sitzung war erst am {held_on:%d.%m.%Y}. Ihre Niederschrift kann nicht früher freigegeben sein.",
            "released_on",
        )
    if released_on > berlin_day(now):
        raise Implausible("Dieser Tag liegt in der Zukunft. Nennen Sie den Tag der Freigabe.", "released_on")
    if len(text) > LONGEST_EXTRACT:
        raise Implausible(f"Der Auszug ist zu lang: höchstens {LONGEST_EXTRACT} Zeichen.", "text")
