"""What follows from a result: the step that an outcome needs, in the same committee or in another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from ikb.core.results import OUTCOMES, Outcome, Successor
from ikb.core.workflow import OPEN, Event, StationState
from ikb.db import db
from ikb.deliberations import stations
from ikb.deliberations.laying_model import ChangedSinceAnswer
from ikb.deliberations.model import Consultation, Organization
from ikb.deliberations.stations import Station
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor


@dataclass(frozen=True)
class Next:
    """Where the paper goes on.

    organization_id: for outcomes that name a committee; else it is the same one.
    held_on:         day of that sitting, None while it is open.
    is_wanted:       for outcomes after which a further step is possible but not needed.
    """

    organization_id: int | None = None
    held_on: date | None = None
    is_wanted: bool = False


def check(consultation: Consultation, outcome: Outcome, wanted: Next) -> None:
    """Raises Implausible where the committee is missing or unknown, or the next day lies before this sitting."""
    if not _is_wanted(outcome, wanted):
        return
    if OUTCOMES[outcome].successor is Successor.ANY and target_of(outcome, wanted) is None:
        raise Implausible(
            "Wählen Sie das Gremium, in dem die Vorlage als Nächstes beraten wird.", "next_organization_id"
        )
    day = consultation.held_on
    if wanted.held_on is not None and day is not None and wanted.held_on < day:
        raise Implausible(
            f"Die nächste Beratung ({wanted.held_on:%d.%m.%Y}) läge vor dieser Sitzung. Prüfen Sie den Tag.", "next_on"
        )
    if wanted.held_on == day and target_of(outcome, wanted) in (None, consultation.organization):
        raise Implausible("Das ist der Tag dieser Sitzung. Nennen Sie den Tag der nächsten.", "next_on")


def target_of(outcome: Outcome, wanted: Next) -> Organization | None:
    """The committee that an outcome names, None where it names none."""
    if OUTCOMES[outcome].successor is not Successor.ANY or wanted.organization_id is None:
        return None
    return db.session.get(Organization, wanted.organization_id)


def _is_wanted(outcome: Outcome, wanted: Next) -> bool:
    kind = OUTCOMES[outcome].successor
    return kind in (Successor.SAME, Successor.ANY) or (kind is Successor.ASKED and wanted.is_wanted)


def successor_of(consultation: Consultation) -> Consultation | None:
    """The step that follows from a consultation's result, None where there is none or it was skipped.

    One that the office asked for because of a later version follows from that, and stays whatever the result becomes.
    """
    asked_again = exists().where(ChangedSinceAnswer.successor_id == Consultation.id)
    rows = select(Consultation).where(
        Consultation.predecessor_id == consultation.id, Consultation.state != StationState.SKIPPED, ~asked_again
    )
    return db.session.scalars(rows.order_by(Consultation.id.desc()).limit(1)).first()


def follow(consultation: Consultation, outcome: Outcome, wanted: Next, *, by: Actor, now: datetime) -> None:
    """Open the step that an outcome needs; leave out the one that a corrected outcome no longer needs."""
    existing = successor_of(consultation)
    if _is_wanted(outcome, wanted):
        if existing is None:
            _open(consultation, target_of(outcome, wanted) or consultation.organization, wanted, by=by, now=now)
    elif existing is not None and StationState(existing.state) in OPEN:
        _leave_out(existing, consultation, by=by, now=now)


def _open(consultation: Consultation, organization: Organization, wanted: Next, *, by: Actor, now: datetime) -> None:
    public = consultation.agenda_item.public if consultation.agenda_item else None
    role = consultation.role if organization is consultation.organization else None
    station = Station(role, wanted.held_on, public)
    stations.add_station(consultation.procedure, organization, station, predecessor=consultation, by=by, now=now)


def _leave_out(existing: Consultation, because_of: Consultation, *, by: Actor, now: datetime) -> None:
    stations.step(existing, Event.SKIP)
    existing.skip_reason = "Das Ergebnis der Beratung davor wurde berichtigt."
    db.session.flush()
    facts = {"because_of": because_of.id}
    journal.record("consultation skipped", existing, by=by, now=now, procedure_id=existing.procedure_id, facts=facts)
