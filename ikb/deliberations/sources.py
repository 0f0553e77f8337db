"""Where a council system leads: what it says is written here, and nobody types over it.

This room does not know council systems. Whoever reads one registers a judge, which says for a row and a field who leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from ikb.core.clock import berlin_day
from ikb.core.workflow import OPEN, Event, StationState
from ikb.db import Base, db
from ikb.deliberations import stations
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, MeetingOrganization, Organization
from ikb.errors import Implausible
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web.filters import clock_time, moment


@dataclass(frozen=True)
class Source:
    """A council system as pages name it. read_at: when it was last read to the end; fields: those for which it leads."""

    name: str
    read_at: datetime | None
    fields: frozenset[str] = frozenset()

    def in_words(self, now: datetime) -> str:
        """`aus ALLRIS, gelesen heute um 14:05 Uhr`."""
        if self.read_at is None:
            return f"aus {self.name}"
        if berlin_day(self.read_at) == berlin_day(now):
            return f"aus {self.name}, gelesen heute um {clock_time(self.read_at)}"
        return f"aus {self.name}, gelesen am {moment(self.read_at)}"


# Of rows of one table, by id: who leads, and for which of their fields.
Judge = Callable[[str, Sequence[int]], dict[int, Source]]
_judges: list[Judge] = []
_accounts: list[Callable[[Actor], bool]] = []

NAMES = {
    "held_on": "Der Sitzungstag",
    "role": "Die Rolle",
    "public": "Ob öffentlich beraten wird,",
    "result": "Das Ergebnis",
    "cancelled": "Eine Absage",
    "time": "Die Uhrzeit",
    "place": "Der Ort",
    "agenda": "Die Tagesordnung",
}


def judged_by(judge: Judge, is_account: Callable[[Actor], bool]) -> None:
    """Register who knows what council systems lead for, and how their own accounts are told apart."""
    if judge not in _judges:
        _judges.append(judge)
        _accounts.append(is_account)


def sources_of(kind: str, ids: Iterable[int]) -> dict[int, Source]:
    """For rows of a table (`consultation`, `meeting`, `agenda_item`), the council system that each comes from, if any."""
    wanted = list(ids)
    found: dict[int, Source] = {}
    for judge in _judges if wanted else ():
        found |= judge(kind, wanted)
    return found


def source_of(row: Base) -> Source | None:
    """The council system that a row comes from, None where it is ikb's own."""
    return sources_of(row.__tablename__, [row.id]).get(row.id)


def refuse_if_led(row: Base, fields: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Raises Implausible, at the first of the fields, if a council system leads for one of them and somebody types."""
    wanted = list(fields)
    if not wanted or any(is_account(by) for is_account in _accounts):
        return
    source = source_of(row)
    field = next((name for name in wanted if source and name in source.fields), None)
    if source is not None and field is not None:
        raise Implausible(
            f"{NAMES[field]} kommt {source.in_words(now)}, und wird dort geändert. Hier bleibt, was dort steht.", field
        )


@dataclass(frozen=True)
class Timing:
    """When and where a sitting is, as wall time in Berlin; None and empty: not known."""

    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""


def set_timing(meeting: Meeting, timing: Timing, *, by: Actor, now: datetime) -> None:
    """Write when and where a sitting is."""
    meeting.starts_at_local, meeting.ends_at_local, meeting.place = timing.starts_at, timing.ends_at, timing.place
    _changed(meeting, ["time", "place"], by=by, now=now)


def set_further(meeting: Meeting, organizations: Sequence[Organization], *, by: Actor, now: datetime) -> None:
    """Write who sits together with the leading committee, in order."""
    kept = {row.organization_id: row for row in meeting.further}
    meeting.further = [
        kept.get(one.id) or MeetingOrganization(organization=one)
        for one in organizations
        if one != meeting.organization
    ]
    for place, row in enumerate(meeting.further, 1):
        row.position = place
    _changed(meeting, ["further"], by=by, now=now)


def _changed(meeting: Meeting, fields: list[str], *, by: Actor, now: datetime) -> None:
    db.session.flush()
    journal.record("meeting changed", meeting, by=by, now=now, facts={"fields": fields})
    announce("meeting_changed", meeting_id=meeting.id, now=now)


def set_day(meeting: Meeting, held_on: date, *, by: Actor, now: datetime) -> None:
    """Write that a sitting is on another day; what was invited to has to be invited to again.

    Raises Implausible where the committee has another sitting on that day, NotReady where a result is recorded.
    """
    taken = select(Meeting.id).where(Meeting.organization_id == meeting.organization_id, Meeting.held_on == held_on)
    if db.session.scalar(taken) is not None:
        raise Implausible(f"Am {held_on:%d.%m.%Y} steht schon eine andere Sitzung dieses Gremiums.", "held_on")
    before = meeting.held_on
    moved = _on(meeting)
    for consultation in moved:
        if StationState(consultation.state) is not StationState.SKIPPED:
            stations.step(consultation, Event.MOVE)
    meeting.held_on = held_on
    db.session.flush()
    facts = {"from": before.isoformat(), "to": held_on.isoformat()}
    journal.record("meeting moved", meeting, by=by, now=now, facts=facts)
    announce("meeting_scheduled", meeting_id=meeting.id, now=now)
    for consultation in moved:
        announce("consultation_moved", consultation_id=consultation.id, now=now)


def set_cancelled(meeting: Meeting, is_cancelled: bool, *, by: Actor, now: datetime) -> None:
    """Write that a sitting does not take place, or does after all; its open stations are planned again."""
    if is_cancelled:
        for consultation in _on(meeting):
            if StationState(consultation.state) in OPEN:
                station = stations.station_of(consultation)
                free = stations.Station(station.role, None, station.public)
                stations.change_station(consultation, free, seen=consultation.row_version, by=by, now=now)
    meeting.cancelled = is_cancelled
    if not is_cancelled:
        meeting.cancelled_reason = ""
    db.session.flush()
    if is_cancelled:
        journal.record("meeting cancelled", meeting, by=by, now=now)
        announce("meeting_cancelled", meeting_id=meeting.id, now=now)
    else:
        journal.record("meeting reinstated", meeting, by=by, now=now)
        announce("meeting_scheduled", meeting_id=meeting.id, now=now)


def _on(meeting: Meeting) -> list[Consultation]:
    rows = select(Consultation).join(Consultation.agenda_item).where(AgendaItem.meeting_id == meeting.id)
    return list(db.session.scalars(rows.order_by(Consultation.id)).unique())


def add_item(
    meeting: Meeting, number: str, position: int | None, title: str, public: bool | None, *, by: Actor, now: datetime
) -> AgendaItem:
    """An item of a sitting's agenda that no station of ours hangs on. position: from 1; None for the end."""
    if position is None:
        last = db.session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id))
        position = (last or 0) + 1
    item = AgendaItem(meeting=meeting, number=number, position=position, title=title, public=public)
    db.session.add(item)
    db.session.flush()
    journal.record("agenda item added", item, by=by, now=now, facts={"meeting_id": meeting.id})
    return item


def set_item(item: AgendaItem, values: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Write number, position, title or public flag of an agenda item."""
    for name, value in values.items():
        setattr(item, name, value)
    db.session.flush()
    journal.record("agenda item changed", item, by=by, now=now, facts={"fields": sorted(values)})


def remove_item(item: AgendaItem, *, by: Actor, now: datetime) -> None:
    """Take an item off the agenda. Raises Implausible if a station of ours hangs on it."""
    if db.session.scalar(select(Consultation.id).where(Consultation.agenda_item_id == item.id)) is not None:
        raise Implausible("An diesem Tagesordnungspunkt hängt eine Beratung.", "agenda")
    journal.record("agenda item removed", item, by=by, now=now, facts={"meeting_id": item.meeting_id})
    db.session.delete(item)
    db.session.flush()


def link_predecessor(consultation: Consultation, predecessor: Consultation, *, by: Actor, now: datetime) -> None:
    """Write that a step follows from an earlier one of the same paper."""
    consultation.predecessor_id = predecessor.id
    db.session.flush()
    facts = {"predecessor_id": predecessor.id}
    procedure_id = consultation.procedure_id
    journal.record("consultation changed", consultation, by=by, now=now, procedure_id=procedure_id, facts=facts)
