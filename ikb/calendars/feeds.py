"""What belongs into one calendar: its scope, the rows behind it, and what its reader sees of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, or_

from ikb.accounts.policy import Visitor
from ikb.calendars import queries
from ikb.calendars.happenings import Happening, for_everybody, keys_of_steps, of_dues, of_meetings, of_phases, of_steps
from ikb.calendars.model import CalendarEntry, FeedKind
from ikb.calendars.queries import Seen
from ikb.deliberations.model import AgendaItem, Consultation, Meeting
from ikb.deliberations.planner_rows import town_of
from ikb.deliberations.queries import keeps
from ikb.procedures import town_days
from ikb.procedures.model import ParticipationPhase
from ikb.procedures.queries import led_by

LOOKING_BACK = timedelta(days=120)  # older dates have done their service; a calendar keeps what it once took in
_WRITTEN = re.compile(r"(organization|procedure)-([1-9][0-9]{0,9})")


@dataclass(frozen=True)
class Scope:
    """Which dates a calendar holds. id: of the committee or the procedure."""

    kind: FeedKind
    id: int | None = None

    @classmethod
    def read(cls, written: str) -> Scope | None:
        """`mine`, `organization-3`, `procedure-1`; None for anything else."""
        if written == FeedKind.MINE:
            return cls(FeedKind.MINE)
        found = _WRITTEN.fullmatch(written)
        return cls(FeedKind(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return self.kind if self.id is None else f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Rows:
    """The rows of a calendar. items: the steps in its meetings; steps: those that stand for themselves.

    dues: what its reader has to do around sittings.
    """

    meetings: Sequence[Meeting] = ()
    items: Sequence[Seen] = ()
    steps: Sequence[Seen] = ()
    phases: Sequence[ParticipationPhase] = ()
    dues: Sequence[Happening] = ()

    def keys(self) -> Iterator[str]:
        """Under which keys the dates of these rows are known."""
        yield from (f"sitzung-{meeting.id}" for meeting in self.meetings)
        yield from keys_of_steps(self.steps)
        yield from (f"frist-{phase.id}" for phase in self.phases)
        yield from (due.key for due in self.dues)

    def happenings(self, known: Mapping[str, CalendarEntry], *, for_staff: bool) -> list[Happening]:
        """The dates, each as far as its reader may see it."""
        found = [
            *of_meetings(self.meetings, self.items, for_staff=for_staff),
            *of_steps(self.steps, known, for_staff=for_staff),
            *of_phases(self.phases),
            *(due for due in self.dues if not due.is_done or due.key in known),
        ]
        return sorted(found, key=lambda one: (one.day, one.key))


def rows_of(scope: Scope, seer: Visitor | None, today: date) -> Rows:
    """The rows behind a calendar. seer: who reads it; None: everybody."""
    since = today - LOOKING_BACK
    if scope.kind is FeedKind.PROCEDURE:
        return _of_procedure(scope.id or 0, seer, since)
    if scope.kind is FeedKind.ORGANIZATION:
        entered = [queries.may_enter(seer)] if seer else []
        rows = _with_items(queries.meetings(since, queries.sits(scope.id or 0), *entered), seer)
        return replace(rows, dues=_dues(rows.items, today))
    if seer is None:
        raise ValueError("A calendar of one's own needs somebody whose it is.")
    rows = _of_person(seer, since)
    return replace(rows, dues=_dues(rows.items, today))


def _of_procedure(procedure_id: int, seer: Visitor | None, since: date) -> Rows:
    steps = queries.steps(seer, Consultation.procedure_id == procedure_id)
    of_it = ParticipationPhase.procedure_id == procedure_id
    may = queries.begun() if seer is None else ParticipationPhase.procedure_id.in_(led_by(seer))
    # A stranger hears of a step that lost its sitting only through what was public before: `for_everybody`.
    seen = steps if seer is None else [one for one in steps if one.is_seen]
    return Rows(steps=_recent(seen, since), phases=queries.phases(since, of_it, may))


def _of_person(seer: Visitor, since: date) -> Rows:
    meetings = queries.meetings(since, queries.is_kept(seer))
    ids = {meeting.id for meeting in meetings}
    led = and_(Consultation.procedure_id.in_(led_by(seer)), ~keeps(seer))
    # One question for both: what sits in a meeting of theirs is told with it, whatever else they lead on its own.
    found = queries.steps(seer, or_(AgendaItem.meeting_id.in_(ids), led))
    items = [one for one in found if one.step.agenda_item and one.step.agenda_item.meeting_id in ids]
    told = {one.step.id for one in items}
    steps = [one for one in found if one.step.id not in told]
    phases = queries.phases(since, ParticipationPhase.procedure_id.in_(led_by(seer)))
    return Rows(meetings, items, _recent(steps, since), phases)


def _with_items(meetings: Sequence[Meeting], seer: Visitor | None) -> Rows:
    ids = [meeting.id for meeting in meetings]
    items = queries.steps(seer, AgendaItem.meeting_id.in_(ids)) if ids else []
    return Rows(meetings, items)


def _dues(items: Sequence[Seen], today: date) -> list[Happening]:
    kept = [one for one in items if one.is_kept]
    if not kept:
        return []
    organizations = {one.step.organization.id: one.step.organization for one in kept}
    return of_dues(kept, town_of(organizations.values(), town_days.all_periods()), today)


def _recent(steps: Sequence[Seen], since: date) -> list[Seen]:
    return [one for one in steps if one.step.held_on is None or one.step.held_on >= since]


def for_reader(
    happenings: Sequence[Happening], known: Mapping[str, CalendarEntry], seer: Visitor | None
) -> Sequence[Happening]:
    """What a reader may see of the dates: an official all that was gathered for them, everybody what is public."""
    return happenings if seer is not None else for_everybody(happenings, known)
