"""What a council system says about sittings and agendas, written as it says it; it leads there, so nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from ikb.core.workflow import OPEN, Event, StationState
from ikb.db import db
from ikb.deliberations import stations
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, MeetingOrganization, Organization
from ikb.errors import Implausible
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor


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
