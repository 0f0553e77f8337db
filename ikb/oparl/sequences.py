"""The Beratungsfolge of our procedures, as the council system has it: stations found or added, then day, role and result.

Stations are gone through by day, since a result may open the one after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from ikb.core.committees import suggest_role
from ikb.core.workflow import OPEN, StationState
from ikb.db import db
from ikb.deliberations import stations
from ikb.deliberations.model import Consultation, Paper
from ikb.deliberations.stations import Station
from ikb.oparl import outcomes
from ikb.oparl.model import CouncilSystem, SourceLink
from ikb.oparl.sittings import settle_item
from ikb.oparl.steps import Step, steps_of
from ikb.oparl.taking import NOTHING, Piece, Said, Taking, row_of
from ikb.procedures.model import Procedure
from ikb.web.labels import label


def pieces(system: CouncilSystem) -> Iterator[Piece]:
    """One piece for each procedure that has a numbered paper."""
    rows = select(Paper.procedure_id).where(Paper.reference.is_not(None)).distinct().order_by(Paper.procedure_id)
    for procedure_id in db.session.scalars(rows).all():
        yield partial(take_procedure, procedure_id=procedure_id)


def take_procedure(taking: Taking, procedure_id: int) -> None:
    """Take over everything that the council system says about one procedure."""
    procedure = db.session.get_one(Procedure, procedure_id)
    papers = list(db.session.scalars(select(Paper).where(Paper.procedure_id == procedure_id)))
    steps, deleted = steps_of(taking, papers)
    _match(procedure_id, steps)
    for place, step in enumerate(steps):
        following = steps[place + 1 :]
        if step.local is None:
            _match(procedure_id, [step, *following])  # a result before it may have opened the station
        if step.local is None:
            _add(taking, procedure, steps, step)
        if step.local is not None:
            _join(step)
            _settle(taking, procedure, step, following)
    for link in deleted:
        _take_deletion(taking, procedure, link)


def _match(procedure_id: int, steps: list[Step]) -> None:
    """Find the station of each step: the one joined before, else one of that committee on that day, or still without a day."""
    rows = select(Consultation).where(Consultation.procedure_id == procedure_id).order_by(Consultation.position)
    ours = list(db.session.scalars(rows).unique())
    by_id = {station.id: station for station in ours}
    for step in steps:
        if step.link.local_kind == "consultation" and step.link.local_id in by_id:
            step.local = by_id[step.link.local_id]
    joined = _joined_ids(list(by_id)) | {step.local.id for step in steps if step.local}
    free = [station for station in ours if station.id not in joined]
    for step in steps:
        if step.local is None and (found := _fitting(step, steps, free)):
            step.local = found
            free.remove(found)


def _joined_ids(ids: list[int]) -> set[int]:
    rows = select(SourceLink.local_id).where(
        SourceLink.local_kind == "consultation", SourceLink.local_id.in_(ids), SourceLink.deleted.is_(False)
    )
    return {found for found in db.session.scalars(rows) if found is not None}


def _fitting(step: Step, steps: list[Step], free: list[Consultation]) -> Consultation | None:
    own = [station for station in free if station.organization_id == step.organization.id]
    same_day = [station for station in own if step.held_on and station.held_on == step.held_on]
    if same_day:
        return same_day[0]
    is_taken = {other.held_on for other in steps if other is not step and other.organization is step.organization}
    waiting = [station for station in own if station.held_on is None and StationState(station.state) in OPEN]
    if waiting:
        return waiting[0]
    # A single open station of that committee on a day that no other step has: the same one, on another day.
    moved = [station for station in own if StationState(station.state) in OPEN and station.held_on not in is_taken]
    others = [other for other in steps if other.local is None and other.organization is step.organization]
    return moved[0] if len(moved) == 1 and len(others) == 1 else None


def _join(step: Step) -> None:
    if step.local is None:
        return
    for link in (step.link, *step.twins):
        if link.local_id != step.local.id:
            link.joined("consultation", step.local.id)
    db.session.flush()


def _add(taking: Taking, procedure: Procedure, steps: list[Step], step: Step) -> None:
    """A station that ikb does not have. Its role is the one said, else the one such a committee usually has."""
    role = step.role or _usual_role(steps, step)
    public = step.item.public if step.item else None
    said = Said("station", "dates", NOTHING, _in_words(step.subject, role))
    made: list[Consultation] = []

    def write() -> None:
        station = Station(role, step.held_on, public)
        made.append(stations.add_station(procedure, step.organization, station, by=taking.by, now=taking.now))

    taking.settle(step.link, step.link, said, write, step.subject, procedure)
    step.local = made[0] if made else None


def _in_words(subject: str, role: str | None) -> str:
    return f"{subject}: {label('role', role)}" if role else subject


def _usual_role(steps: list[Step], step: Step) -> str:
    days = [one.held_on for one in steps if one.held_on]
    of_committee = [one for one in steps if one.organization is step.organization]
    is_last = step.held_on is not None and step.held_on == max(days)
    return suggest_role(step.organization.name, is_last=is_last, occurrence=of_committee.index(step) + 1)


def _settle(taking: Taking, procedure: Procedure, step: Step, following: list[Step]) -> None:
    local = step.local
    if local is None:
        return
    if local.state == StationState.SKIPPED:
        if not local.skip_reason.startswith(_deleted_in(taking)):
            return  # people left it out; what they agreed on stands
        stations.resume(local, seen=local.row_version, by=taking.by, now=taking.now)
    _settle_day(taking, procedure, step, local)
    _settle_role(taking, procedure, step, local)
    item = local.agenda_item
    if item is not None and step.item_link is not None and local.held_on == step.held_on:
        if step.item_link.local_id != item.id:
            step.item_link.joined("agenda_item", item.id)
        settle_item(taking, step.item_link, item)
    _settle_invitation(taking, step, local)
    outcomes.settle(taking, procedure, step, following)


def _settle_day(taking: Taking, procedure: Procedure, step: Step, local: Consultation) -> None:
    if not step.knows_day:
        return  # only the committee is known there: what ikb plans stays
    ours, theirs = (f"{day:%d.%m.%Y}" if day else "noch offen" for day in (local.held_on, step.held_on))
    stored = stations.station_of(local)
    public = stored.public if step.item is None or step.item.public is None else step.item.public
    wanted = Station(stored.role, step.held_on, public)

    def write() -> None:
        stations.change_station(local, wanted, seen=local.row_version, by=taking.by, now=taking.now)

    taking.settle(step.link, local, Said("held_on", "dates", ours, theirs), write, step.subject, procedure)


def _settle_role(taking: Taking, procedure: Procedure, step: Step, local: Consultation) -> None:
    role = step.role
    if role is None:
        if step.remote.role:
            taking.fault(step.link, f"{step.subject}: Die Rolle „{step.remote.role}“ wurde nicht gelesen.")
        return
    ours, theirs = (label("role", one) if one else "noch offen" for one in (local.role, role))
    stored = stations.station_of(local)

    def write() -> None:
        wanted = Station(role, stored.held_on, stored.public)
        stations.change_station(local, wanted, seen=local.row_version, by=taking.by, now=taking.now)

    taking.settle(step.link, local, Said("role", "dates", ours, theirs), write, step.subject, procedure)


def _settle_invitation(taking: Taking, step: Step, local: Consultation) -> None:
    is_invited = step.meeting is not None and step.meeting.state.casefold().startswith("eingeladen")
    if not is_invited or local.state != StationState.SCHEDULED or not taking.leads("dates"):
        return
    said = Said("invited", "dates", label("station", local.state), label("station", StationState.INVITED))
    invite = partial(stations.mark_invited, local, seen=local.row_version, by=taking.by, now=taking.now)
    taking.write(step.link, step.subject, said, invite)


def _deleted_in(taking: Taking) -> str:
    return f"In {taking.system.name} gelöscht"


def _take_deletion(taking: Taking, procedure: Procedure, link: SourceLink) -> None:
    """A step that the council system no longer has: left out where it leads, shown where it does not."""
    local = row_of(link, Consultation)
    if local is None or local.procedure_id != procedure.id or local.state == StationState.SKIPPED:
        return
    if _is_joined_elsewhere(link):
        return
    subject = f"{local.organization.name}, {local.held_on:%d.%m.%Y}" if local.held_on else local.organization.name
    if StationState(local.state) not in OPEN:
        taking.fault(link, f"{subject}: In {taking.system.name} gelöscht; das Ergebnis in ikb bleibt stehen.")
        return
    reason = f"{_deleted_in(taking)}."
    said = Said("deleted", "dates", "steht in der Beratungsfolge", "gelöscht")
    skip = partial(stations.skip, local, reason, seen=local.row_version, by=taking.by, now=taking.now)
    taking.settle(link, local, said, skip, subject, procedure)


def _is_joined_elsewhere(link: SourceLink) -> bool:
    rows = select(SourceLink.id).where(
        SourceLink.local_kind == "consultation",
        SourceLink.local_id == link.local_id,
        SourceLink.deleted.is_(False),
    )
    return db.session.scalar(rows.limit(1)) is not None
