"""Sittings of the chosen committees and their agendas, as the council system has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from sqlalchemy import select

from ikb.core.clock import BERLIN, berlin_day
from ikb.core.oparl.objects import RemoteItem, RemoteMeeting
from ikb.db import db
from ikb.deliberations import organizations as register
from ikb.deliberations import source_rows
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization
from ikb.deliberations.source_rows import Timing
from ikb.oparl import mirror
from ikb.oparl.model import CouncilSystem, SourceLink
from ikb.oparl.taking import NOTHING, Piece, Said, Taking, row_of

AT_ONCE = 40


def pieces(system: CouncilSystem) -> Iterator[Piece]:
    """The sittings, some at a time."""
    rows = select(SourceLink.id).where(SourceLink.system_id == system.id, SourceLink.kind == "meeting")
    ids = list(db.session.scalars(rows.order_by(SourceLink.id)))
    for start in range(0, len(ids), AT_ONCE):
        yield partial(take_some, ids=ids[start : start + AT_ONCE])


def take_some(taking: Taking, ids: list[int]) -> None:
    """Take over some sittings with their agendas."""
    links = list(db.session.scalars(select(SourceLink).where(SourceLink.id.in_(ids)).order_by(SourceLink.id)))
    _load([link.local_id for link in links if link.local_id])
    item_ids = [item for link in links for item in link.facts.get("items", ())]
    items = mirror.links_of(taking.system.id, item_ids)
    gone = _gone_items(taking.system, [link.remote_id for link in links])
    for link in links:
        meeting = take_meeting(taking, link)
        if meeting is not None and not link.deleted:
            take_agenda(taking, link, meeting, items, gone.get(link.remote_id, []))


def _load(ids: list[int]) -> None:
    if ids:
        db.session.scalars(select(Meeting).where(Meeting.id.in_(ids))).all()
        db.session.scalars(select(AgendaItem).where(AgendaItem.meeting_id.in_(ids))).all()


def _gone_items(system: CouncilSystem, meeting_ids: list[str]) -> dict[str, list[SourceLink]]:
    """Items that a sitting had and has no more, and that were taken over once."""
    rows = select(SourceLink).where(
        SourceLink.system_id == system.id,
        SourceLink.kind == "agenda_item",
        SourceLink.deleted,
        SourceLink.local_id.is_not(None),
        SourceLink.parent_id.in_(meeting_ids),
    )
    found: dict[str, list[SourceLink]] = {}
    for link in db.session.scalars(rows):
        found.setdefault(link.parent_id, []).append(link)
    return found


def take_meeting(taking: Taking, link: SourceLink) -> Meeting | None:
    """One sitting; None where it is none of the chosen committees', or ikb leads and does not have it."""
    remote = link.remote
    if not isinstance(remote, RemoteMeeting):
        return None
    bodies = [taking.organizations[one] for one in remote.organizations if one in taking.organizations]
    if not bodies or remote.starts_at is None:
        return None
    day = berlin_day(remote.starts_at)
    meeting = row_of(link, Meeting)
    subject = f"{bodies[0].name}, {day:%d.%m.%Y}"
    if meeting is None:
        meeting = _find_or_add(taking, link, bodies[0], day, subject, is_deleted=link.deleted)
        if meeting is None:
            return None
    _settle_meeting(taking, link, remote, meeting, bodies, day, subject)
    return meeting


def _find_or_add(
    taking: Taking, link: SourceLink, organization: Organization, day: date, subject: str, *, is_deleted: bool
) -> Meeting | None:
    if is_deleted:
        return None
    meeting = register.find_sitting(organization, day)
    if meeting is not None and _is_another(link, meeting):
        taking.fault(
            link, f"{subject}: Das Gremium hat an diesem Tag schon eine andere Sitzung. ikb führt eine je Tag."
        )
        return None
    if meeting is None:
        said = Said("meeting", "dates", NOTHING, f"Sitzung am {day:%d.%m.%Y}")
        made: list[Meeting] = []
        add = partial(register.sitting_on, organization, day, by=taking.by, now=taking.now)
        taking.settle(link, link, said, lambda: made.append(add()), subject)
        meeting = made[0] if made else None
    if meeting is not None:
        link.joined("meeting", meeting.id)
        db.session.flush()
    return meeting


def _is_another(link: SourceLink, meeting: Meeting) -> bool:
    rows = select(SourceLink.id).where(
        SourceLink.local_kind == "meeting", SourceLink.local_id == meeting.id, SourceLink.id != link.id
    )
    return db.session.scalar(rows.limit(1)) is not None


def _settle_meeting(
    taking: Taking,
    link: SourceLink,
    remote: RemoteMeeting,
    meeting: Meeting,
    bodies: list[Organization],
    day: date,
    subject: str,
) -> None:
    by, now = taking.by, taking.now
    is_off = remote.cancelled or link.deleted
    said = Said("held_on", "dates", f"{meeting.held_on:%d.%m.%Y}", f"{day:%d.%m.%Y}")
    taking.settle(link, meeting, said, lambda: source_rows.set_day(meeting, day, by=by, now=now), subject)
    said = Said("cancelled", "dates", _takes_place(meeting.cancelled), _takes_place(is_off))
    taking.settle(link, meeting, said, lambda: source_rows.set_cancelled(meeting, is_off, by=by, now=now), subject)
    ours = Timing(meeting.starts_at_local, meeting.ends_at_local, meeting.place)
    theirs = _timing(remote, ours)
    said = Said("time", "agendas", _in_words(ours), _in_words(theirs))
    taking.settle(link, meeting, said, lambda: source_rows.set_timing(meeting, theirs, by=by, now=now), subject)
    if len(bodies) > 1 or meeting.further:
        said = Said("further", "agendas", _names(meeting.organizations), _names(_with_lead(meeting, bodies)))
        taking.settle(link, meeting, said, lambda: source_rows.set_further(meeting, bodies, by=by, now=now), subject)


def _with_lead(meeting: Meeting, bodies: list[Organization]) -> list[Organization]:
    return [meeting.organization, *(one for one in bodies if one != meeting.organization)]


def _takes_place(is_off: bool) -> str:
    return "findet nicht statt" if is_off else "findet statt"


def _names(organizations: list[Organization]) -> str:
    return ", ".join(one.name for one in organizations)


def _timing(remote: RemoteMeeting, ours: Timing) -> Timing:
    """What the council system says; what it does not say stays as it is. Midnight is how some say that they do not know."""
    start = _wall(remote.starts_at)
    return Timing(
        ours.starts_at if start in (None, time(0)) else start,
        _wall(remote.ends_at) or ours.ends_at,
        remote.place or ours.place,
    )


def _wall(moment: datetime | None) -> time | None:
    return None if moment is None else moment.astimezone(BERLIN).time().replace(second=0, microsecond=0)


def _in_words(timing: Timing) -> str:
    start = f"{timing.starts_at:%H:%M} Uhr" if timing.starts_at else ""
    end = f"bis {timing.ends_at:%H:%M} Uhr" if timing.ends_at else ""
    return ", ".join(part for part in (" ".join(filter(None, (start, end))), timing.place) if part) or NOTHING


def take_agenda(
    taking: Taking, link: SourceLink, meeting: Meeting, items: dict[str, SourceLink], gone: list[SourceLink]
) -> None:
    """The agenda of a sitting. Items of our own stations come with their station, not here."""
    remote = link.remote
    if not isinstance(remote, RemoteMeeting):
        return
    stations = _stations_on(meeting)
    for gone_link in gone:
        left = row_of(gone_link, AgendaItem)
        if left is not None and left.id not in stations and taking.leads("agendas"):
            source_rows.remove_item(left, by=taking.by, now=taking.now)
    for own in remote.items:
        item_link = items.get(own)
        if item_link is None or item_link.deleted:
            continue
        item = row_of(item_link, AgendaItem)
        if item is not None:
            settle_item(taking, item_link, item)
        elif taking.leads("agendas") and own not in taking.our_items:
            _add_item(taking, item_link, meeting)


def _stations_on(meeting: Meeting) -> set[int | None]:
    rows = select(Consultation.agenda_item_id).join(Consultation.agenda_item).where(AgendaItem.meeting_id == meeting.id)
    return set(db.session.scalars(rows))


def _add_item(taking: Taking, link: SourceLink, meeting: Meeting) -> None:
    remote = link.remote
    if not isinstance(remote, RemoteItem):
        return
    position = None if remote.order is None else remote.order + 1
    title = remote.title or "ohne Bezeichnung"
    add = partial(
        source_rows.add_item, meeting, remote.number, position, title, remote.public, by=taking.by, now=taking.now
    )
    said = Said("agenda", "agendas", NOTHING, f"{remote.number} {title}".strip())
    subject = f"{meeting.organization.name}, {meeting.held_on:%d.%m.%Y}"
    taking.write(link, subject, said, lambda: link.joined("agenda_item", add().id))


def settle_item(taking: Taking, link: SourceLink, item: AgendaItem) -> None:
    """Number, place, title and publicity of one item; what the council system does not say stays as it is."""
    remote = link.remote
    if not isinstance(remote, RemoteItem):
        return
    said: dict[str, object] = {"number": remote.number or item.number, "title": remote.title or item.title}
    said["position"] = item.position if remote.order is None else remote.order + 1
    said["public"] = item.public if remote.public is None else remote.public
    changed = {name: value for name, value in said.items() if getattr(item, name) != value}
    subject = f"{item.meeting.organization.name}, {item.meeting.held_on:%d.%m.%Y}, TOP {remote.number or item.number}"
    for name, value in changed.items():
        compared = Said(name, "agendas", _value(getattr(item, name)), _value(value))
        write = partial(source_rows.set_item, item, {name: value}, by=taking.by, now=taking.now)
        taking.settle(link, item, compared, write, subject)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "öffentlich" if value else "nichtöffentlich"
    return NOTHING if value in (None, "") else str(value)
