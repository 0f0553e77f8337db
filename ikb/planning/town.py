"""The town's own steps of the plan backwards, and who presents the paper where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, select

from ikb.core.notice import Unit
from ikb.core.sequence.values import StepKind
from ikb.db import db
from ikb.deliberations.model import Consultation
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.planning.model import Presenter, TownPlan
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.model import Procedure

MOST_STEPS = 20
MOST_DAYS = 365


@dataclass(frozen=True)
class TownStep:
    """One step on the way to a sitting; days before the one that follows it."""

    name: str
    days: int
    unit: Unit = Unit.WORKING
    kind: StepKind = StepKind.OWN

    def in_words(self) -> str:
        return f"{self.name}: {self.days} {'Werktage' if self.unit is Unit.WORKING else 'Tage'}"


@dataclass(frozen=True)
class Worries:
    """When a town wants to be told; None where nothing was entered."""

    silence_days: int | None
    presenter_minutes: int | None
    busy_sittings: int | None
    busy_days: int | None


_LIMITS = {
    "silence_days": (1, 365, "Schreiben Sie eine Frist von 1 bis 365 Tagen."),
    "presenter_minutes": (0, 720, "Schreiben Sie einen Abstand von 0 bis 720 Minuten."),
    "busy_sittings": (2, 200, "Schreiben Sie eine Anzahl von 2 bis 200 Sitzungen."),
    "busy_days": (1, 60, "Schreiben Sie einen Zeitraum von 1 bis 60 Tagen."),
}


def change_plan(
    plan: TownPlan, steps: Sequence[TownStep], worries: Worries, *, seen: int, by: Actor, now: datetime
) -> TownPlan:
    """Store the town's steps, from the sitting back to the start.

    Raises Conflict if somebody else did meanwhile, Implausible, with its field, for what cannot be.
    """
    lock_unchanged(plan, seen, mine=_in_words(steps), theirs=lambda: _stored_in_words(plan))
    _check(steps, worries)
    before = len(plan.steps)
    plan.steps = [asdict(step) for step in steps]
    for name, number in asdict(worries).items():
        setattr(plan, name, number)
    db.session.flush()
    journal.record("town plan changed", plan, by=by, now=now, facts={"before": before, "after": len(steps)})
    return plan


def _check(steps: Sequence[TownStep], worries: Worries) -> None:
    if not steps:
        raise Implausible("Mindestens ein Schritt muss bleiben.", "steps")
    if len(steps) > MOST_STEPS:
        raise Implausible(f"Höchstens {MOST_STEPS} Schritte.", "steps")
    names = [step.name.casefold() for step in steps]
    for step in steps:
        if names.count(step.name.casefold()) > 1:
            raise Implausible(f"„{step.name}“ kommt zweimal vor.", "steps")
        if step.days > MOST_DAYS:
            raise Implausible(f"„{step.name}“: höchstens {MOST_DAYS} Tage.", "steps")
    for name, number in asdict(worries).items():
        least, most, sentence = _LIMITS[name]
        if number is None or not least <= number <= most:
            raise Implausible(sentence, name)


def _in_words(steps: Sequence[TownStep]) -> str:
    return "\n".join(step.in_words() for step in steps)


def _stored_in_words(plan: TownPlan) -> str:
    return _in_words([TownStep(s["name"], s["days"], Unit(s["unit"]), StepKind(s["kind"])) for s in plan.steps])


def set_presenters(procedure: Procedure, names: Mapping[int, str], *, by: Actor, now: datetime) -> int:
    """Note who presents in which consultation of a procedure; how many changed. Names are kept out of the journal."""
    mine = select(Consultation.id).where(Consultation.procedure_id == procedure.id)
    wanted = {station: " ".join(name.split()) for station, name in names.items()}
    known = {row.consultation_id: row for row in db.session.scalars(_presenters_of(procedure.id))}
    changed = []
    for station in sorted(set(wanted) & set(db.session.scalars(mine))):
        row = known.get(station)
        if wanted[station] == (row.name if row else ""):
            continue
        if row is None:
            db.session.add(Presenter(consultation_id=station, name=wanted[station]))
        else:
            row.name = wanted[station]
        changed.append(station)
    db.session.flush()
    if changed:
        facts = {"consultations": changed}
        journal.record("presenters named", procedure, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return len(changed)


def presenters_of(procedure_id: int) -> dict[int, str]:
    """Who presents in which consultation."""
    return {row.consultation_id: row.name for row in db.session.scalars(_presenters_of(procedure_id))}


def _presenters_of(procedure_id: int) -> Select[Presenter]:
    return (
        select(Presenter)
        .join(Consultation, Consultation.id == Presenter.consultation_id)
        .where(Consultation.procedure_id == procedure_id)
    )
