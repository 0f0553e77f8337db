"""A sitting that does not take place on its day: cancelled or moved, and what becomes of what stood on its agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from ikb.core.workflow import OPEN, StationState
from ikb.db import db
from ikb.deliberations import sittings, stations
from ikb.deliberations.model import AgendaItem, Consultation, Meeting
from ikb.deliberations.sittings import Plan
from ikb.deliberations.sources import refuse_if_led
from ikb.errors import Implausible, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged

LONGEST_REASON = 300


@dataclass(frozen=True)
class Consequences:
    """What cancelling or moving a sitting does.

    open_steps: stations that go back to planned, or come along.
    settled:    stations with a result: with one of them the sitting took place, and stays.
    left_out:    stations that were skipped; if they are taken up again, they need another day.
    other_items: further items of the agenda.
    """

    open_steps: Sequence[Consultation]
    settled: Sequence[Consultation]
    left_out: Sequence[Consultation]
    other_items: Sequence[AgendaItem]

    @property
    def is_possible(self) -> bool:
        return not self.settled

    @property
    def invited(self) -> int:
        """To how many of the stations members were invited already."""
        return sum(step.state == StationState.INVITED for step in self.open_steps)


def consequences(meeting: Meeting) -> Consequences:
    """What would happen to the stations and items of a sitting that falls out."""
    steps = sittings.stations_of(meeting)
    of_stations = {step.agenda_item_id for step in steps}
    return Consequences(
        open_steps=[step for step in steps if StationState(step.state) in OPEN],
        settled=[step for step in steps if step.results],
        left_out=[step for step in steps if step.state == StationState.SKIPPED and not step.results],
        other_items=[item for item in meeting.agenda_items if item.id not in of_stations],
    )


def cancel(meeting: Meeting, reason: str, *, seen: int, by: Actor, now: datetime) -> Consequences:
    """Cancel a sitting: it stays, marked; its open stations are planned again and wait for another day.

    Raises Conflict if somebody changed it meanwhile, Implausible without a reason, NotReady where a result shows that
    it took place, or it is cancelled already.
    """
    reason = _fit(reason)
    lock_unchanged(meeting, seen, mine=f"Absagen: {reason}", theirs=lambda: sittings.plan_of(meeting).in_words())
    refuse_if_led(meeting, ["cancelled"], by=by, now=now)
    falling = _check(meeting)
    for step in (*falling.open_steps, *falling.left_out):
        stations.release(step, by=by, now=now)
    meeting.cancelled, meeting.cancelled_reason, meeting.moved_to = True, reason, None
    db.session.flush()
    _note("meeting cancelled", meeting, falling, by=by, now=now)
    announce("meeting_cancelled", meeting_id=meeting.id, now=now)
    return falling


def move(
    meeting: Meeting,
    held_on: date,
    starts: time | None,
    ends: time | None,
    reason: str,
    *,
    also_past: bool = False,
    seen: int,
    by: Actor,
    now: datetime,
) -> Meeting:
    """Let a sitting take place on another day, with its whole agenda; the old day stays visible, and says where it went.

    Stations that were invited need another invitation. Back on a day from which it was moved before, that entry is used
    again.
    Raises as `cancel`, and Implausible for a day on which one of the committees sits already.
    """
    reason = _fit(reason)
    lock_unchanged(
        meeting, seen, mine=f"Verlegen auf {held_on:%d.%m.%Y}", theirs=lambda: sittings.plan_of(meeting).in_words()
    )
    refuse_if_led(meeting, ["held_on"], by=by, now=now)
    falling = _check(meeting)
    if held_on == meeting.held_on:
        raise Implausible(
            "Das ist der Tag dieser Sitzung. Eine andere Uhrzeit tragen Sie unter „Sitzung ändern“ ein.", "held_on"
        )
    target = _target(meeting, held_on, starts, ends, also_past=also_past, now=now)
    for item in list(meeting.agenda_items):
        item.meeting = target
    meeting.cancelled, meeting.cancelled_reason, meeting.moved_to = True, reason, target
    db.session.flush()
    for step in falling.open_steps:
        stations.follow_sitting(step, meeting, by=by, now=now)
    _note("meeting moved", meeting, falling, by=by, now=now, to=target)
    announce("meeting_moved", meeting_id=meeting.id, now=now)
    announce("meeting_scheduled", meeting_id=target.id, now=now)
    return target


def _target(
    meeting: Meeting, held_on: date, starts: time | None, ends: time | None, *, also_past: bool, now: datetime
) -> Meeting:
    entered = Plan(held_on, starts, ends, meeting.place, None, meeting.has_nonpublic_part, None, also_past)
    sittings.check(entered, now)
    left = _left_before(meeting, held_on)
    sittings.refuse_in_the_way(meeting.organizations, entered, left)
    target = left or Meeting(organization=meeting.organization, held_on=held_on)
    target.starts_at_local, target.ends_at_local, target.place = starts, ends, meeting.place
    target.public_from = target.nonpublic_from = None
    target.has_nonpublic_part = meeting.has_nonpublic_part
    if left is None:
        target.further = sittings.rows_of([row.organization for row in meeting.further])
        db.session.add(target)
        db.session.flush()
    sittings.bring_back(target)
    return target


def _left_before(meeting: Meeting, held_on: date) -> Meeting | None:
    """The committee's entry of that day, if it was moved away from there."""
    for other in sittings.others_of(meeting.organization, held_on, meeting):
        if other.cancelled and other.moved_to is not None and other.organization_id == meeting.organization_id:
            return other
    return None


def _check(meeting: Meeting) -> Consequences:
    if meeting.cancelled:
        raise NotReady("Diese Sitzung findet schon nicht mehr statt.")
    falling = consequences(meeting)
    if not falling.is_possible:
        raise NotReady(
            "Für diese Sitzung steht schon ein Ergebnis; sie hat also stattgefunden. Ein falscher Tag lässt sich an der "
            "einzelnen Beratung berichtigen."
        )
    return falling


def _fit(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Implausible("Schreiben Sie, warum die Sitzung an diesem Tag nicht stattfindet.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Der Grund ist zu lang: höchstens {LONGEST_REASON} Zeichen.", "reason")
    return reason


def _note(
    action: str, meeting: Meeting, falling: Consequences, *, by: Actor, now: datetime, to: Meeting | None = None
) -> None:
    facts = {
        "held_on": meeting.held_on.isoformat(),
        "to": to.held_on.isoformat() if to else None,
        "consultations": [step.id for step in falling.open_steps],
    }
    journal.record(action, meeting, by=by, now=now, facts=facts)
