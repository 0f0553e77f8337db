"""Procedures and their participation phases: who leads, what is open, and until when."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.core.clock import berlin_day, start_of_day
from ikb.core.periods import effective_deadline
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure, ProcedureLead
from ikb.procedures.town_days import local_exceptions


@dataclass(frozen=True)
class Settings:
    """What a lead may change about a procedure."""

    title: str
    summary: str = ""
    file_reference: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    paper_number_pattern: str = "{base}/{revision}"
    is_public: bool = False

    @classmethod
    def of(cls, procedure: Procedure) -> Settings:
        """The settings as they are stored."""
        return cls(**{name: getattr(procedure, name) for name in cls.__dataclass_fields__})

    def in_words(self) -> str:
        """One line per setting, for setting two of them side by side."""
        named = (
            ("Titel", self.title),
            ("Worum es geht", self.summary),
            ("Aktenzeichen", self.file_reference),
            ("Ansprechperson", self.contact_name),
            ("Telefon", self.contact_phone),
            ("E-Mail", self.contact_email),
            ("Nummern der Vorlagen", self.paper_number_pattern),
            ("Öffentlich", "ja" if self.is_public else "nein"),
        )
        return "\n".join(f"{name}: {value}" for name, value in named)


@dataclass(frozen=True)
class PhasePlan:
    """A participation phase as a lead plans it. opens_on and closes_on are Berlin days, both included."""

    name: str
    opens_on: date
    closes_on: date
    introduction: str = ""
    is_fixed_date: bool = False

    def in_words(self) -> str:
        fixed = ", fest" if self.is_fixed_date else ""
        return (
            f"Name: {self.name}\nBeginn: {self.opens_on:%d.%m.%Y}\nFrist: {self.closes_on:%d.%m.%Y}{fixed}\n"
            f"Einleitung: {self.introduction}"
        )


def create(
    title: str,
    leads: Iterable[User],
    *,
    key: uuid.UUID | None = None,
    settings: Settings | None = None,
    by: Actor,
    now: datetime,
) -> Procedure:
    """A new procedure, not public yet.

    key: the form's UUID; sent twice, the same procedure comes back.
    Raises Implausible without a title or without anybody who leads it.
    """
    if key is not None and (earlier := created_with(key)):
        return earlier
    settings = settings or Settings(title=title)
    people = list(leads)
    if not people:
        raise Implausible("Ein Verfahren braucht mindestens eine Person, die es leitet.", "leads")
    procedure = Procedure(key=key, created_at=now)
    _apply(procedure, settings)
    procedure.leads = [ProcedureLead(user=user) for user in people]
    db.session.add(procedure)
    db.session.flush()
    facts = {"leads": sorted(user.id for user in people)}
    journal.record("procedure created", procedure, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return procedure


def created_with(key: uuid.UUID) -> Procedure | None:
    """The procedure that a form with this key created."""
    return db.session.scalar(select(Procedure).where(Procedure.key == key))


def change_settings(procedure: Procedure, settings: Settings, *, seen: int, by: Actor, now: datetime) -> Procedure:
    """Change a procedure's settings. Raises Conflict with both if `seen` is no longer its row version."""
    lock_unchanged(procedure, seen, mine=settings.in_words(), theirs=lambda: Settings.of(procedure).in_words())
    before = asdict(Settings.of(procedure))
    _apply(procedure, settings)
    changed = sorted(name for name, value in asdict(Settings.of(procedure)).items() if before[name] != value)
    if changed:
        db.session.flush()
        facts = {"fields": changed, "is_public": procedure.is_public}
        journal.record("procedure changed", procedure, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return procedure


def _apply(procedure: Procedure, settings: Settings) -> None:
    if not settings.title.strip():
        raise Implausible("Der Titel fehlt. Schreiben Sie, worum es in dem Verfahren geht.", "title")
    check_pattern(settings.paper_number_pattern)
    for name, value in asdict(settings).items():
        setattr(procedure, name, value.strip() if isinstance(value, str) else value)


def check_pattern(pattern: str) -> None:
    """Raises Implausible unless a pattern can tell a paper's revisions apart."""
    rest = pattern.replace("{base}", "", 1).replace("{revision}", "", 1)
    if "{base}" in pattern and "{revision}" in pattern and "{" not in rest and "}" not in rest:
        return
    raise Implausible(
        "Das Muster braucht einmal {base} (Nummer der ersten Vorlage) und einmal {revision} (1, 2, 3 …), "
        "zum Beispiel {base}/{revision} oder {base}-E{revision}.",
        "paper_number_pattern",
    )


def plan_phase(
    procedure: Procedure, version: DraftVersion, plan: PhasePlan, *, by: Actor, now: datetime
) -> ParticipationPhase:
    """A phase that is planned: it may still be changed in everything, and nobody has been told of it.

    Raises Implausible for a deadline before the beginning or in the past, and for a version of another procedure.
    """
    _check(procedure, version, plan, now)
    phase = ParticipationPhase(procedure=procedure, draft_version=version)
    _plan(phase, plan)
    db.session.add(phase)
    db.session.flush()
    _note("phase planned", phase, by=by, now=now)
    return phase


def change_phase(
    phase: ParticipationPhase, version: DraftVersion, plan: PhasePlan, *, seen: int, by: Actor, now: datetime
) -> ParticipationPhase:
    """Plan a phase differently. Raises Conflict if somebody else did meanwhile, NotReady once it was opened."""
    lock_unchanged(phase, seen, mine=plan.in_words(), theirs=lambda: plan_of(phase).in_words())
    if phase.state != PhaseState.PLANNED:
        raise NotReady("Diese Phase ist schon eröffnet. Ändern lässt sich jetzt nur noch die Frist.")
    _check(phase.procedure, version, plan, now)
    phase.draft_version = version
    _plan(phase, plan)
    db.session.flush()
    _note("phase changed", phase, by=by, now=now)
    return phase


def plan_of(phase: ParticipationPhase) -> PhasePlan:
    """A phase as the plan it came from."""
    return PhasePlan(phase.name, berlin_day(phase.opens_at), phase.closes_on, phase.introduction, phase.is_fixed_date)


def _plan(phase: ParticipationPhase, plan: PhasePlan) -> None:
    phase.name, phase.introduction = plan.name.strip(), plan.introduction.strip()
    phase.opens_at, phase.closes_on = start_of_day(plan.opens_on), plan.closes_on
    phase.is_fixed_date = plan.is_fixed_date


def _check(procedure: Procedure, version: DraftVersion, plan: PhasePlan, now: datetime) -> None:
    if version.draft.procedure_id != procedure.id:
        raise Implausible("Diese Fassung gehört zu einem anderen Verfahren.", "version")
    if not plan.name.strip():
        raise Implausible("Die Phase braucht einen Namen, zum Beispiel „Beteiligung im Herbst“.", "name")
    if plan.closes_on < plan.opens_on:
        raise Implausible(
            f"Die Frist ({plan.closes_on:%d.%m.%Y}) liegt vor dem Beginn ({plan.opens_on:%d.%m.%Y}). "
            "Prüfen Sie beide Tage.",
            "closes_on",
        )
    _refuse_past(plan.closes_on, plan.is_fixed_date, now)


def _refuse_past(closes_on: date, is_fixed: bool, now: datetime) -> None:
    last_day = effective_deadline(closes_on, fixed=is_fixed, local_exceptions=local_exceptions())
    if last_day < berlin_day(now):
        raise Implausible(
            f"Die Frist liegt in der Vergangenheit: {last_day:%d.%m.%Y}. Wählen Sie einen Tag ab heute.", "closes_on"
        )


def open_phase(phase: ParticipationPhase, *, by: Actor, now: datetime) -> ParticipationPhase:
    """Open a planned phase for statements, now, even if it was planned for a later day.

    Raises NotReady if it was opened before, if its version is not issued yet, or if its deadline has passed.
    """
    db.session.refresh(phase, with_for_update={"of": ParticipationPhase})
    if phase.state != PhaseState.PLANNED:
        raise NotReady("Diese Beteiligungsphase ist schon eröffnet.")
    if not phase.draft_version.is_issued:
        raise NotReady(
            f"Fassung {phase.draft_version.number} ist noch in Arbeit. Geben Sie sie zuerst heraus: "
            "Wozu sich Institutionen äußern, darf sich nicht mehr ändern."
        )
    if now >= phase.ends_at:
        raise NotReady(
            f"Die Frist dieser Phase ist schon vorbei ({phase.last_day:%d.%m.%Y}). Setzen Sie zuerst eine neue Frist."
        )
    phase.state, phase.opened_at = PhaseState.OPEN, now
    phase.opens_at = min(phase.opens_at, now)
    db.session.flush()
    _note("phase opened", phase, by=by, now=now)
    announce("phase_opened", phase_id=phase.id, now=now)
    return phase


def move_deadline(
    phase: ParticipationPhase, closes_on: date, is_fixed: bool, *, by: Actor, now: datetime, seen: int | None = None
) -> ParticipationPhase:
    """Move a deadline; reminders of the old one fall silent, new ones are planned.

    seen: the row version that the editor saw; None where nobody edits in a form.
    Raises NotReady for a closed phase, Implausible for a day in the past, before the beginning, or for no change at all.
    """
    wanted = f"Frist: {closes_on:%d.%m.%Y}{', fest' if is_fixed else ''}"
    if seen is not None:
        lock_unchanged(phase, seen, mine=wanted, theirs=lambda: plan_of(phase).in_words())
    if phase.state == PhaseState.CLOSED:
        raise NotReady("Diese Phase ist geschlossen. Planen Sie eine neue, wenn noch einmal gefragt werden soll.")
    if (phase.closes_on, phase.is_fixed_date) == (closes_on, is_fixed):
        raise Implausible("Das ist die Frist, die schon gilt. Wählen Sie einen anderen Tag.", "closes_on")
    if closes_on < berlin_day(phase.opens_at):
        raise Implausible("Die Frist liegt vor dem Beginn der Phase. Wählen Sie einen späteren Tag.", "closes_on")
    _refuse_past(closes_on, is_fixed, now)
    facts = {"from": phase.closes_on.isoformat(), "to": closes_on.isoformat(), "is_fixed": is_fixed}
    phase.closes_on, phase.is_fixed_date = closes_on, is_fixed
    phase.deadline_version += 1
    db.session.flush()
    journal.record("deadline moved", phase, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
    announce("deadline_moved", phase_id=phase.id, now=now)
    return phase


def close_phase(phase: ParticipationPhase, *, by: Actor, now: datetime) -> ParticipationPhase:
    """Close an open phase after its last day; what still comes in is kept and marked, except within an extension.

    Raises NotReady if it is not open, or before the deadline that everybody was told: who relies on it is not cut off.
    """
    db.session.refresh(phase, with_for_update={"of": ParticipationPhase})
    if phase.state != PhaseState.OPEN:
        raise NotReady("Diese Phase ist nicht offen und kann deshalb nicht geschlossen werden.")
    if now < phase.ends_at:
        raise NotReady(f"Die Frist läuft noch bis {phase.last_day:%d.%m.%Y}, 24 Uhr. Verlegen Sie zuerst die Frist.")
    phase.state, phase.closed_at = PhaseState.CLOSED, now
    db.session.flush()
    _note("phase closed", phase, by=by, now=now)
    announce("phase_closed", phase_id=phase.id, now=now)
    return phase


def _note(action: str, phase: ParticipationPhase, *, by: Actor, now: datetime) -> None:
    facts = {
        "version_id": phase.draft_version_id,
        "opens_on": berlin_day(phase.opens_at).isoformat(),
        "closes_on": phase.closes_on.isoformat(),
        "is_fixed": phase.is_fixed_date,
    }
    journal.record(action, phase, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
