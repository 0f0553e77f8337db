"""A list of steps becomes stations and results of a procedure: all of it, or nothing with every fault named."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select

from ikb.core.committees import suggest_role
from ikb.core.result_line import ReadLine, read_result_line
from ikb.core.results import OUTCOMES, WITH_CHANGES, Outcome, Successor, manner_of
from ikb.core.workflow import OPEN, StationState
from ikb.db import db, transaction
from ikb.deliberations import organizations, resolution_kinds, service, source_rows, stations, successors, wordings
from ikb.deliberations.entries import ResultEntry, entry_of
from ikb.deliberations.model import Consultation, Organization
from ikb.deliberations.stations import Station
from ikb.deliberations.successors import Next
from ikb.errors import Faulty, Implausible, Refusal
from ikb.journal.service import Actor
from ikb.oparl.lists import Entry
from ikb.procedures.model import Procedure
from ikb.web.labels import label

NOT_TAKEN = "Die Liste wurde nicht übernommen."


@dataclass
class Taken:
    """What taking a list over did, or would do: lines for people, and faults."""

    done: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _OnlyLooking(Exception):
    """Everything inside is undone."""


def look(procedure: Procedure, entries: Sequence[Entry], *, by: Actor, now: datetime) -> Taken:
    """What taking a list over would do, and every reason against it; nothing is saved."""
    taken = Taken()
    try:
        with transaction():
            _take_all(procedure, entries, taken, by=by, now=now)
            raise _OnlyLooking
    except _OnlyLooking:
        db.session.expire_all()
    return taken


def take(procedure: Procedure, entries: Sequence[Entry], *, by: Actor, now: datetime) -> Taken:
    """Take a list over, inside the caller's transaction. Raises Faulty with every fault; then nothing is stored."""
    taken = Taken()
    _take_all(procedure, entries, taken, by=by, now=now)
    if taken.faults:
        raise Faulty(NOT_TAKEN, taken.faults)
    return taken


@dataclass
class _Step:
    entry: Entry
    organization: Organization
    local: Consultation | None = None


def _take_all(procedure: Procedure, entries: Sequence[Entry], taken: Taken, *, by: Actor, now: datetime) -> None:
    steps: list[_Step] = []
    for entry in entries:
        try:
            with db.session.begin_nested():
                steps.append(_Step(entry, organizations.find_or_add(entry.organization, by=by, now=now)))
        except Refusal as refusal:
            taken.faults.append(f"{entry.where}: {refusal.message}")
    steps.sort(key=lambda step: step.entry.held_on or date.max)
    _match(procedure, steps)
    for place, step in enumerate(steps):
        before = len(taken.done)
        try:
            with db.session.begin_nested():
                _take(procedure, steps, place, taken, by=by, now=now)
        except Refusal as refusal:
            del taken.done[before:]
            taken.faults.append(f"{step.entry.where}: {refusal.message}")


def _match(procedure: Procedure, steps: list[_Step]) -> None:
    """Find the stations that are there: of that committee on that day, else one of it that has no day yet."""
    rows = select(Consultation).where(Consultation.procedure_id == procedure.id).order_by(Consultation.position)
    taken = {step.local.id for step in steps if step.local}
    free = [one for one in db.session.scalars(rows).unique() if one.id not in taken]
    for is_same_day in (True, False):
        for step in steps:
            if step.local is not None:
                continue
            step.local = next((one for one in free if _fits(one, step, is_same_day)), None)
            if step.local is not None:
                free.remove(step.local)


def _fits(station: Consultation, step: _Step, is_same_day: bool) -> bool:
    if station.organization_id != step.organization.id:
        return False
    if is_same_day:
        return station.held_on == step.entry.held_on and station.state != StationState.SKIPPED
    return station.held_on is None and StationState(station.state) in OPEN


def _take(procedure: Procedure, steps: list[_Step], place: int, taken: Taken, *, by: Actor, now: datetime) -> None:
    step = steps[place]
    if step.local is None:
        _match(procedure, steps[place:])  # a result before it may have opened the station
    local, entry = step.local, step.entry
    name = f"{step.organization.name}, {entry.held_on:%d.%m.%Y}" if entry.held_on else step.organization.name
    if local is None:
        role = entry.role or _usual_role(steps, step)
        station = Station(role, entry.held_on, entry.public)
        local = step.local = stations.add_station(procedure, step.organization, station, by=by, now=now)
        taken.done.append(f"{name}: neu in der Beratungsfolge, {label('role', role)}")
    else:
        stored = stations.station_of(local)
        public = stored.public if entry.public is None else entry.public
        wanted = Station(entry.role or stored.role, entry.held_on or stored.held_on, public)
        # Publicity is noted on the agenda; a station without a sitting has nowhere to note it.
        if (wanted.role, wanted.held_on) != (stored.role, stored.held_on) or (
            wanted.held_on is not None and public != stored.public
        ):
            stations.change_station(local, wanted, seen=local.row_version, by=by, now=now)
            taken.done.append(f"{name}: Angaben geändert")
    if entry.result and (words := _record(local, steps, place, by=by, now=now)):
        taken.done.append(f"{name}: {words}")


def _usual_role(steps: list[_Step], step: _Step) -> str:
    days = [one.entry.held_on for one in steps if one.entry.held_on]
    of_committee = [one for one in steps if one.organization is step.organization]
    is_last = step.entry.held_on is not None and step.entry.held_on == max(days)
    return suggest_role(step.organization.name, is_last=is_last, occurrence=of_committee.index(step) + 1)


def _record(local: Consultation, steps: list[_Step], place: int, *, by: Actor, now: datetime) -> str:
    """Record the printed result unless it stands there already; the words for it, empty where nothing was to do.

    Raises Implausible for one that cannot be read to its end: a list is taken in whole.
    """
    step = steps[place]
    line = read_result_line(step.entry.result, resolution_kinds.names())
    if line.outcome is None or line.unread:
        rest = line.unread or step.entry.result
        raise Implausible(f"Vom Ergebnis „{step.entry.result}“ wurde nicht gelesen: „{rest}“.", "result")
    current = service.newest_result(local.id)
    if current is not None and _is_known(entry_of(current), line, step.entry.text):
        return ""
    entry = ResultEntry(line.outcome, line.tally, manner_of(line.outcome, line.tally, line.manner), kind_name=line.name)
    text = step.entry.text or (step.entry.result if line.outcome in WITH_CHANGES else "")
    entry = replace(entry, resolution_text=text, successor=_next(line, line.outcome, steps, place))
    _adopt(local, entry, steps[place + 1 :], by=by, now=now)
    held = wordings.as_wordings(wordings.wishes_of(local.agenda_item_id)) if local.agenda_item_id else []
    held = [] if entry.outcome in service.UNCHANGED else held
    seen = current.id if current else None
    result = service.record_result(local, entry, held, uuid.uuid4(), seen_result_id=seen, by=by, now=now)
    return result.phrase


def _is_known(stored: ResultEntry, line: ReadLine, text: str) -> bool:
    """Whether our result says all that the line says; what it says beyond that is no contradiction."""
    tally = [(getattr(stored.tally, name), votes) for name, votes in vars(line.tally).items() if votes is not None]
    return (
        stored.outcome == line.outcome
        and all(ours == theirs for ours, theirs in tally)
        and (line.manner is None or line.manner == stored.manner)
        and (not text or text.strip() == stored.resolution_text.strip())
    )


def _next(line: ReadLine, outcome: Outcome, steps: list[_Step], place: int) -> Next:
    kind, step = OUTCOMES[outcome].successor, steps[place]
    if kind is Successor.NONE:
        return Next()
    later = [one for one in steps[place + 1 :] if one.entry.held_on is None or one.entry.held_on > _day(step)]
    if kind is Successor.ANY:
        target = organizations.known_as(line.target) if line.target else None
        after = next((one for one in later if target is None or one.organization is target), None)
        organization = target or (after.organization if after else None)
        return Next(organization.id if organization else None, after.entry.held_on if after else None, True)
    after = next((one for one in later if one.organization is step.organization), None)
    return Next(None, after.entry.held_on if after else None, after is not None)


def _day(step: _Step) -> date:
    return step.entry.held_on or date.max


def _adopt(local: Consultation, entry: ResultEntry, later: list[_Step], *, by: Actor, now: datetime) -> None:
    """A station that is there already and follows becomes the successor; so no second one is opened."""
    if OUTCOMES[entry.outcome].successor is Successor.NONE or successors.successor_of(local) is not None:
        return
    wanted = entry.successor.organization_id or local.organization_id
    known = [one.local for one in later if one.local is not None and one.local.organization_id == wanted]
    found = next((one for one in known if one.predecessor_id is None and StationState(one.state) in OPEN), None)
    if found is not None and found.id != local.id:
        source_rows.link_predecessor(found, local, by=by, now=now)
