"""Sittings where ikb leads: setting one, changing it, inviting to it, taking back that it was cancelled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from ikb.core.clock import berlin_day
from ikb.core.sittings import overlap
from ikb.core.workflow import StationState
from ikb.db import db
from ikb.deliberations import organizations, stations
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, MeetingOrganization, Organization
from ikb.deliberations.sources import refuse_if_led
from ikb.errors import Implausible, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged

IN_THE_PAST = (
    "Der {day} ist schon vorbei. Prüfen Sie das Jahr, oder bestätigen Sie, dass die Sitzung schon war und Sie das Ergebnis "
    "danach eintragen."
)


@dataclass(frozen=True)
class Plan:
    """What is entered about a sitting; times are Berlin wall time.

    public_from, nonpublic_from: where a part does not begin with the sitting, or its beginning is known.
    also_past: that the day may lie in the past.
    """

    held_on: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    public_from: time | None = None
    has_nonpublic_part: bool = False
    nonpublic_from: time | None = None
    also_past: bool = True

    def in_words(self) -> str:
        """One line per fact, for setting two of them side by side."""
        part = _clock(self.nonpublic_from) if self.nonpublic_from else "ja" if self.has_nonpublic_part else "nein"
        return "\n".join(
            (
                f"Tag: {self.held_on:%d.%m.%Y}",
                f"Beginn: {_clock(self.starts)}",
                f"Ende: {_clock(self.ends)}",
                f"Ort: {self.place or 'noch offen'}",
                f"Öffentlicher Teil ab: {_clock(self.public_from)}",
                f"Nichtöffentlicher Teil: {part}",
            )
        )


def _clock(at: time | None) -> str:
    return f"{at:%H:%M} Uhr" if at else "noch offen"


def plan_of(meeting: Meeting) -> Plan:
    """A sitting as what was entered about it."""
    return Plan(
        held_on=meeting.held_on,
        starts=meeting.starts_at_local,
        ends=meeting.ends_at_local,
        place=meeting.place,
        public_from=meeting.public_from,
        has_nonpublic_part=meeting.has_nonpublic_part,
        nonpublic_from=meeting.nonpublic_from,
    )


def plan(
    organization: Organization,
    entered: Plan,
    further: Sequence[Organization] = (),
    *,
    key: uuid.UUID,
    by: Actor,
    now: datetime,
) -> Meeting:
    """A further sitting of a committee, alone or together with others.

    key: the form's UUID; sent twice, the same sitting comes back.
    Raises Implausible, with its field, for a day that has passed (unless that is meant), times that cannot be, and a
    sitting that stands in the way of another one of the same people.
    """
    if earlier := db.session.scalar(select(Meeting).where(Meeting.key == key)):
        return earlier
    bodies = _bodies(organization, further)
    check(entered, now)
    refuse_in_the_way(bodies, entered, None)
    meeting = Meeting(organization=organization, key=key)
    _apply(meeting, entered)
    meeting.further = rows_of(bodies[1:])
    db.session.add(meeting)
    db.session.flush()
    _note("meeting added", meeting, by=by, now=now)
    announce("meeting_scheduled", meeting_id=meeting.id, now=now)
    return meeting


def change(
    meeting: Meeting,
    entered: Plan,
    further: Sequence[Organization] | None = None,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> None:
    """Change time, place, parts, and who sits together (None: that stays); the day stays, for that is a move.

    Raises Conflict with both if somebody else changed it meanwhile; NotReady for a sitting that was cancelled.
    """
    lock_unchanged(meeting, seen, mine=entered.in_words(), theirs=lambda: plan_of(meeting).in_words())
    if meeting.cancelled:
        raise NotReady("Diese Sitzung ist abgesagt. Nehmen Sie zuerst die Absage zurück.")
    if entered.held_on != meeting.held_on:
        raise Implausible("Ein anderer Tag heißt: die Sitzung verlegen. Wählen Sie „Sitzung verlegen“.", "held_on")
    bodies = _bodies(
        meeting.organization, [row.organization for row in meeting.further] if further is None else further
    )
    refuse_if_led(meeting, _moved_in_time(plan_of(meeting), entered), by=by, now=now)
    _check_times(entered)
    refuse_in_the_way(bodies, entered, meeting)
    before = plan_of(meeting), [row.organization_id for row in meeting.further]
    _apply(meeting, entered)
    if [body.id for body in bodies[1:]] != before[1]:
        _refuse_losing_bodies(meeting, bodies)
        meeting.further.clear()
        db.session.flush()
        meeting.further = rows_of(bodies[1:])
        flag_modified(meeting, "place")  # rows beside it do not count as a change of its own
    db.session.flush()
    if (plan_of(meeting), [row.organization_id for row in meeting.further]) != before:
        _note("meeting changed", meeting, by=by, now=now)
        announce("meeting_changed", meeting_id=meeting.id, now=now)


def _moved_in_time(before: Plan, entered: Plan) -> list[str]:
    timed = (before.starts, before.ends) != (entered.starts, entered.ends)
    return [name for name, is_changed in (("time", timed), ("place", before.place != entered.place)) if is_changed]


def reinstate(meeting: Meeting, *, seen: int, by: Actor, now: datetime) -> None:
    """Take back that a sitting was cancelled; its former stations stay where they were sent.

    Raises NotReady if it was not cancelled, or takes place on another day.
    """
    lock_unchanged(meeting, seen)
    if not meeting.cancelled:
        raise NotReady("Diese Sitzung ist nicht abgesagt.")
    refuse_if_led(meeting, ["cancelled"], by=by, now=now)
    if meeting.moved_to is not None and not meeting.moved_to.cancelled:
        raise NotReady(
            f"Diese Sitzung wurde auf den {meeting.moved_to.held_on:%d.%m.%Y} verlegt. Verlegen Sie jene zurück auf diesen Tag."
        )
    refuse_in_the_way(meeting.organizations, plan_of(meeting), meeting)
    bring_back(meeting)
    _note("meeting reinstated", meeting, by=by, now=now)
    announce("meeting_scheduled", meeting_id=meeting.id, now=now)


def bring_back(meeting: Meeting) -> None:
    """Let a cancelled sitting take place after all."""
    meeting.cancelled, meeting.cancelled_reason, meeting.moved_to = False, "", None
    db.session.flush()


def invite(meeting: Meeting, *, seen: int, by: Actor, now: datetime) -> int:
    """Note that the invitation to a sitting went out: for each of its stations. Raises NotReady where there is none."""
    lock_unchanged(meeting, seen)
    waiting = [step for step in stations_of(meeting) if step.state == StationState.SCHEDULED]
    if meeting.cancelled or not waiting:
        raise NotReady("Zu dieser Sitzung ist keine Einladung mehr zu vermerken.")
    for step in waiting:
        stations.mark_invited(step, seen=step.row_version, by=by, now=now)
    return len(waiting)


def stations_of(meeting: Meeting) -> list[Consultation]:
    """The steps of all procedures that a sitting deliberates, in the order of its agenda."""
    rows = (
        select(Consultation)
        .join(Consultation.agenda_item)
        .where(AgendaItem.meeting_id == meeting.id)
        .options(selectinload(Consultation.results))
        .order_by(AgendaItem.position, Consultation.id)
    )
    return list(db.session.scalars(rows).unique())


def check(entered: Plan, now: datetime) -> None:
    """Raises Implausible, with its field, for a day in the past that is not meant, and for times that cannot be."""
    if not entered.also_past and entered.held_on < berlin_day(now):
        raise Implausible(IN_THE_PAST.format(day=f"{entered.held_on:%d.%m.%Y}"), "held_on")
    _check_times(entered)


def _check_times(entered: Plan) -> None:
    starts, ends = entered.starts, entered.ends
    if ends is not None and starts is None:
        raise Implausible("Es steht ein Ende da, aber kein Beginn.", "starts")
    if starts is not None and ends is not None and ends <= starts:
        raise Implausible(f"Das Ende ({ends:%H:%M} Uhr) liegt nicht nach dem Beginn ({starts:%H:%M} Uhr).", "ends")
    for field, at in (("public_from", entered.public_from), ("nonpublic_from", entered.nonpublic_from)):
        if at is not None and ((starts and at < starts) or (ends and at >= ends)):
            raise Implausible(f"{at:%H:%M} Uhr liegt außerhalb der Sitzung.", field)
    if len(entered.place) > 300:
        raise Implausible("Der Ort ist zu lang: höchstens 300 Zeichen.", "place")


def refuse_in_the_way(bodies: Iterable[Organization], entered: Plan, itself: Meeting | None) -> None:
    """Raises Implausible where one of the committees sits already on that day.

    A committee that leads a sitting on a day has no second one of its own then; sitting with others before or after it
    is possible as long as the times do not overlap.
    """
    for place, body in enumerate(bodies):
        organizations.refuse_outside_validity(body, entered.held_on)
        for other in others_of(body, entered.held_on, itself):
            leads_both = place == 0 and other.organization_id == body.id
            span = (other.starts_at_local, other.ends_at_local)
            if leads_both or (not other.cancelled and overlap((entered.starts, entered.ends), span)):
                raise Implausible(_in_the_way(body, other), "held_on")


def others_of(body: Organization, held_on: date, itself: Meeting | None) -> list[Meeting]:
    """The sittings of a committee on a day, its own and joint ones, cancelled ones too; without `itself`."""
    sits_too = select(MeetingOrganization.meeting_id).where(MeetingOrganization.organization_id == body.id)
    rows = select(Meeting).where(
        Meeting.held_on == held_on, or_(Meeting.organization_id == body.id, Meeting.id.in_(sits_too))
    )
    return [row for row in db.session.scalars(rows) if row is not itself]


def _in_the_way(body: Organization, other: Meeting) -> str:
    when = f"am {other.held_on:%d.%m.%Y}" + (f" um {other.starts_at_local:%H:%M} Uhr" if other.starts_at_local else "")
    if other.cancelled:
        return f"{body.name} hatte {when} eine Sitzung, die abgesagt ist. Öffnen Sie sie, und nehmen Sie die Absage zurück."
    together = "" if other.organization_id == body.id else f" gemeinsam mit {other.organization.name}"
    return (
        f"{body.name} hat {when} schon eine Sitzung{together}. Beide überschneiden sich; wählen Sie eine andere Zeit."
    )


def _bodies(lead: Organization, further: Sequence[Organization]) -> list[Organization]:
    unique = {body.id: body for body in further}
    if lead.id in unique or len(unique) != len(further):
        raise Implausible("Ein Gremium kann nicht mit sich selbst zusammen tagen.", "further")
    return [lead, *further]


def rows_of(further: Sequence[Organization]) -> list[MeetingOrganization]:
    """The committees that sit along, in order."""
    return [MeetingOrganization(organization=body, position=place) for place, body in enumerate(further, 1)]


def _refuse_losing_bodies(meeting: Meeting, bodies: Sequence[Organization]) -> None:
    sitting = {body.id for body in bodies}
    for step in stations_of(meeting):
        if step.organization_id not in sitting:
            raise Implausible(
                f"{step.organization.name} berät in dieser Sitzung „{step.procedure.title}“ und kann nicht fehlen. Geben Sie "
                "der Beratung zuerst einen anderen Tag.",
                "further",
            )


def _apply(meeting: Meeting, entered: Plan) -> None:
    meeting.held_on = entered.held_on
    meeting.starts_at_local, meeting.ends_at_local = entered.starts, entered.ends
    meeting.place = entered.place
    meeting.public_from = entered.public_from
    meeting.nonpublic_from = entered.nonpublic_from
    meeting.has_nonpublic_part = entered.has_nonpublic_part or entered.nonpublic_from is not None


def _note(action: str, meeting: Meeting, *, by: Actor, now: datetime) -> None:
    facts = {
        "organizations": [body.id for body in meeting.organizations],
        "held_on": meeting.held_on.isoformat(),
        "starts": meeting.starts_at_local.isoformat() if meeting.starts_at_local else None,
    }
    journal.record(action, meeting, by=by, now=now, facts=facts)
