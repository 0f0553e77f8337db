"""`ikb import statements`: a list of statements from the command line, all of it or nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from ikb.capture import intake
from ikb.db import db
from ikb.errors import Faulty
from ikb.journal.service import SYSTEM
from ikb.moment import now
from ikb.procedures.model import ParticipationPhase, PhaseState
from ikb.tables.process import NOT_TAKEN
from ikb.tables.sheet import LARGEST_FILE


@dataclass(frozen=True)
class Wanted:
    """What was asked for. phase: its number; None: the only one that is open."""

    file: Path
    phase: int | None = None
    confirms: bool = False
    dry_run: bool = False


def take_in(wanted: Wanted) -> str:
    """What was taken in, as a sentence. Raises Faulty with one line per fault; then nothing was stored."""
    phase = _phase(wanted.phase)
    try:
        data = wanted.file.read_bytes() if wanted.file.stat().st_size <= LARGEST_FILE else None
    except OSError as fault:
        raise Faulty(
            NOT_TAKEN, [f"Die Datei {wanted.file.name} ist nicht lesbar. Prüfen Sie Name und Rechte."]
        ) from fault
    if data is None:
        raise Faulty(NOT_TAKEN, ["Die Datei ist zu groß: erlaubt sind 5 MB."])
    how = {"confirms": wanted.confirms, "dry_run": wanted.dry_run}
    count = intake.take_in(data, phase, uuid.uuid4(), **how, by=SYSTEM, now=now())
    counted = "1 Stellungnahme" if count == 1 else f"{count} Stellungnahmen"
    return f"{counted} gelesen, nichts gespeichert." if wanted.dry_run else f"{counted} aufgenommen."


def _phase(number: int | None) -> ParticipationPhase:
    rows = select(ParticipationPhase).where(ParticipationPhase.state != PhaseState.PLANNED)
    opened = {phase.id: phase for phase in db.session.scalars(rows.order_by(ParticipationPhase.id))}
    if number is not None and number in opened:
        return opened[number]
    running = [phase for phase in opened.values() if phase.is_open]
    if number is None and len(running) == 1:
        return running[0]
    known = "; ".join(f"{phase.id}: {phase.procedure.title}, {phase.name}" for phase in opened.values())
    raise Faulty(
        NOT_TAKEN, [f"Sagen Sie mit --phase, zu welcher Beteiligung die Liste gehört. Es gibt: {known or 'keine'}."]
    )
