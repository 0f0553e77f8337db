"""The steps of a Beratungsfolge: adding one, giving it a sitting, moving it, leaving it out with a reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from ikb.core.clock import berlin_day
from ikb.core.workflow import Event, NotPossible, StationState, next_state
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization
from ikb.deliberations.organizations import sitting_on
from ikb.deliberations.sources import refuse_if_led
from ikb.errors import Implausible, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.model import Procedure

ROLES = ("hearing", "preliminary", "decision", "information", "introduction")
LONGEST_REASON = 300


@dataclass(frozen=True)
class Station:
    """What is entered about one step: role, day of the sitting (None while open), whether it is public.

    also_past: that the day may lie in the past, because the result follows.
    """

    role: str | None
    held_on: date | None
    public: bool | None = True
    also_past: bool = field(default=True, compare=False)

    def in_words(self) -> str:
        """One line per fact, for setting two of them side by side."""
        day = f"{self.held_on:%d.%m.%Y}" if self.held_on else "noch offen"
        public = {True: "öffentlich", False: "nichtöffentlich", None: "ohne Angabe"}[self.public]
        return f"Rolle: {self.role or 'noch offen'}\nSitzung am: {day}\nBeratung: {public}"


def add_station(
    procedure: Procedure,
    organization: Organization,
    station: Station,
    *,
    predecessor: Consultation | None = None,
    key: uuid.UUID | None = None,
    by: Actor,
    now: datetime,
) -> Consultation:
    """A further step at the end of the printed order; the pages show it by its date.

    key: the form's UUID; sent twice, the same step comes back.
    """
    _check_role(station.role)
    _check_past(station, now)
    earlier = db.session.scalar(select(Consultation).where(Consultation.key == key)) if key else None
    if earlier is not None:
        return earlier
    last = db.session.scalar(select(func.max(Consultation.position)).where(Consultation.procedure_id == procedure.id))
    consultation = Consultation(
        procedure=procedure,
        organization=organization,
        position=(last or 0) + 1,
        role=station.role,
        authoritative=station.role == "decision",
        state=StationState.PLANNED,
        predecessor_id=predecessor.id if predecessor else None,
        key=key,
    )
    db.session.add(consultation)
    db.session.flush()
    _note("consultation added", consultation, by=by, now=now, facts={"role": station.role})
    if station.held_on is not None:
        _assign(consultation, station.held_on, station.public, by=by, now=now)
    return consultation


def station_of(consultation: Consultation) -> Station:
    """A consultation as what was entered about it."""
    public = consultation.agenda_item.public if consultation.agenda_item else None
    return Station(consultation.role, consultation.held_on, public)


def change_station(
    consultation: Consultation, station: Station, *, seen: int, by: Actor, now: datetime
) -> Consultation:
    """Change role, day and publicity of a step.

    Raises Conflict with both if somebody else did meanwhile; NotReady for another day once a result is recorded.
    """
    lock_unchanged(consultation, seen, mine=station.in_words(), theirs=lambda: station_of(consultation).in_words())
    _check_role(station.role)
    before = station_of(consultation)
    changed = [name for name in ("held_on", "role", "public") if getattr(before, name) != getattr(station, name)]
    refuse_if_led(consultation, changed, by=by, now=now)
    if before.held_on != station.held_on:
        _check_past(station, now)
        _change_day(consultation, station, by=by, now=now)
    if consultation.agenda_item is not None:
        consultation.agenda_item.public = station.public
    consultation.role, consultation.authoritative = station.role, station.role == "decision"
    if (before.role, before.public) != (station.role, station.public):
        db.session.flush()
        facts = {"role": station.role, "public": station.public}
        _note("consultation changed", consultation, by=by, now=now, facts=facts)
    return consultation


def _change_day(consultation: Consultation, station: Station, *, by: Actor, now: datetime) -> None:
    if station.held_on is None:
        release(consultation, by=by, now=now)
    elif consultation.agenda_item is None:
        _assign(consultation, station.held_on, station.public, by=by, now=now)
    else:
        _move(consultation, consultation.agenda_item, station.held_on, by=by, now=now)


def _assign(consultation: Consultation, held_on: date, public: bool | None, *, by: Actor, now: datetime) -> None:
    step(consultation, Event.ASSIGN)
    meeting = sitting_on(consultation.organization, held_on, by=by, now=now)
    last = db.session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id))
    consultation.agenda_item = AgendaItem(
        meeting=meeting, position=(last or 0) + 1, title=consultation.procedure.title[:500], public=public
    )
    db.session.flush()
    _note("meeting assigned", consultation, by=by, now=now, facts={"held_on": held_on.isoformat()})
    announce("meeting_scheduled", meeting_id=meeting.id, now=now)
    announce("consultation_moved", consultation_id=consultation.id, now=now)


def _move(consultation: Consultation, item: AgendaItem, held_on: date, *, by: Actor, now: datetime) -> None:
    """The sitting stays where it is; the paper moves to another one, with its agenda item."""
    before = item.meeting
    step(consultation, Event.MOVE)
    item.meeting = sitting_on(consultation.organization, held_on, by=by, now=now)
    last = db.session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == item.meeting.id))
    item.number, item.position = "", (last or 0) + 1
    db.session.flush()
    facts = {"from": before.held_on.isoformat(), "to": held_on.isoformat()}
    _note("consultation moved", consultation, by=by, now=now, facts=facts)
    announce("meeting_scheduled", meeting_id=item.meeting.id, now=now)
    announce("consultation_moved", consultation_id=consultation.id, now=now)


def follow_sitting(consultation: Consultation, left: Meeting, *, by: Actor, now: datetime) -> None:
    """Note that a step's sitting takes place on another day; its agenda item has gone there already."""
    step(consultation, Event.MOVE)
    db.session.flush()
    facts = {"from": left.held_on.isoformat(), "to": consultation.held_on.isoformat() if consultation.held_on else None}
    _note("consultation moved", consultation, by=by, now=now, facts=facts)
    announce("consultation_moved", consultation_id=consultation.id, now=now)


def release(consultation: Consultation, *, by: Actor, now: datetime) -> None:
    """Take a step off its sitting: it is planned again, without a day. One that was left out only loses its day."""
    item = consultation.agenda_item
    if item is None:
        return
    if consultation.state != StationState.SKIPPED:
        step(consultation, Event.RELEASE)
    facts = {"held_on": item.meeting.held_on.isoformat()}
    consultation.agenda_item = None
    db.session.flush()
    db.session.delete(item)
    db.session.flush()
    _note("meeting taken away", consultation, by=by, now=now, facts=facts)
    announce("consultation_moved", consultation_id=consultation.id, now=now)


def skip(consultation: Consultation, reason: str, *, seen: int, by: Actor, now: datetime) -> Consultation:
    """Leave a step out. Raises Implausible without a reason, NotReady if a result is there, Conflict as above."""
    reason = " ".join(reason.split())
    lock_unchanged(consultation, seen, mine=f"Auslassen: {reason}", theirs=lambda: station_of(consultation).in_words())
    if not reason:
        raise Implausible("Schreiben Sie, warum diese Beratung ausgelassen wird.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Der Grund ist zu lang: höchstens {LONGEST_REASON} Zeichen.", "reason")
    step(consultation, Event.SKIP)
    consultation.skip_reason = reason
    db.session.flush()
    _note("consultation skipped", consultation, by=by, now=now)
    announce("consultation_moved", consultation_id=consultation.id, now=now)
    return consultation


def resume(consultation: Consultation, *, seen: int, by: Actor, now: datetime) -> Consultation:
    """Take a skipped step up again, on the day it had before. Raises NotReady if it was not skipped."""
    lock_unchanged(consultation, seen)
    step(consultation, Event.RESUME)
    consultation.skip_reason = ""
    if consultation.agenda_item is not None:
        step(consultation, Event.ASSIGN)
    db.session.flush()
    _note("consultation resumed", consultation, by=by, now=now)
    if consultation.agenda_item is not None:
        announce("meeting_scheduled", meeting_id=consultation.agenda_item.meeting_id, now=now)
    announce("consultation_moved", consultation_id=consultation.id, now=now)
    return consultation


def mark_invited(consultation: Consultation, *, seen: int, by: Actor, now: datetime) -> Consultation:
    """Note that the invitation to the sitting went out. Raises NotReady where there is no sitting or it is noted."""
    lock_unchanged(consultation, seen)
    step(consultation, Event.INVITE)
    db.session.flush()
    _note("members invited", consultation, by=by, now=now)
    return consultation


def step(consultation: Consultation, *events: Event) -> None:
    """Let events happen to a step. Raises NotReady with the reason where they cannot."""
    state = StationState(consultation.state)
    try:
        for event in events:
            state = next_state(state, event)
    except NotPossible as reason:
        raise NotReady(str(reason)) from reason
    consultation.state = state


def _check_past(station: Station, now: datetime) -> None:
    if station.held_on is None or station.also_past or station.held_on >= berlin_day(now):
        return
    raise Implausible(
        f"Sitzung am {station.held_on:%d.%m.%Y}: Der Tag ist schon vorbei, und ein Ergebnis steht noch nicht da. Prüfen Sie "
        "das Jahr, oder bestätigen Sie, dass die Sitzung schon war und Sie das Ergebnis danach eintragen.",
        "held_on",
    )


def _check_role(role: str | None) -> None:
    if role is not None and role not in ROLES:
        raise Implausible("Wählen Sie eine Rolle aus der Liste.", "role")


def _note(
    action: str, consultation: Consultation, *, by: Actor, now: datetime, facts: dict[str, Any] | None = None
) -> None:
    told = {"organization_id": consultation.organization_id, "state": str(consultation.state), **(facts or {})}
    journal.record(action, consultation, by=by, now=now, procedure_id=consultation.procedure_id, facts=told)
