"""What a calendar shows: sittings, steps of a procedure and last days, as far as its reader may see them.

Of a step that is not public nothing is told but that there is one: an address may be passed on, and a program keeps what
it fetched.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from ikb.calendars.model import CalendarEntry
from ikb.calendars.queries import Seen
from ikb.core.calendar import Entry
from ikb.core.sequence.backward import Due, due_dates
from ikb.core.sequence.values import Town
from ikb.core.workflow import StationState
from ikb.deliberations.model import Consultation, Meeting
from ikb.deliberations.planner_rows import station_of
from ikb.procedures.model import ParticipationPhase
from ikb.web.filters import day as in_words
from ikb.web.labels import label
from ikb.web.links import external_url

# What of a secretary's dates is worth a reminder: the papers go out with the invitation, the result follows the sitting.
REMINDED = ("agenda", "invitation", "minutes")
NOT_PUBLIC = "nichtöffentliche Beratung"
OFF = (StationState.SKIPPED, StationState.REMOVED)
# A whole day's reminders, counted back from its midnight: at nine in the morning of the day before, and a week before.
NINE_THE_DAY_BEFORE = timedelta(hours=15)
NINE_A_WEEK_BEFORE = timedelta(days=6, hours=15)


@dataclass(frozen=True)
class Happening:
    """One date as its reader sees it.

    facts: everything about it that anybody may see in a calendar; another digest of them is another revision.
    title: what it is called in `last_shown`, for the day on which it is gone.
    """

    key: str
    day: date
    summary: str
    facts: Mapping[str, Any]
    title: str = ""
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    description: Sequence[str] = ()
    url: str = ""
    cancelled: bool = False
    is_busy: bool = True
    alarms: Sequence[timedelta] = ()
    is_done: bool = False  # it was due, and nobody needs to hear of it who has not noted it yet
    is_open_data: bool = field(default=False, compare=False)  # everybody may see something of it

    @property
    def digest(self) -> str:
        """SHA-256 over the facts as canonical JSON."""
        written = json.dumps(self.facts, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()

    @property
    def shown(self) -> dict[str, Any]:
        """What is kept of it for the day on which it is gone."""
        return {
            "day": self.day.isoformat(),
            "starts": self.starts.isoformat() if self.starts else None,
            "ends": self.ends.isoformat() if self.ends else None,
            "place": self.place,
            "title": self.title,
            "public": self.is_open_data,
        }

    def as_entry(self, known: CalendarEntry) -> Entry:
        """The date as a calendar's entry, with its lasting name and its revision."""
        return Entry(
            uid=str(known.uid),
            sequence=known.sequence,
            changed_at=known.changed_at,
            summary=f"Entfällt: {self.summary}" if self.cancelled else self.summary,
            day=self.day,
            starts=self.starts,
            ends=self.ends,
            place=self.place,
            description="\n".join(line for line in self.description if line),
            url=self.url,
            cancelled=self.cancelled,
            is_busy=self.is_busy,
            alarms=self.alarms,
        )


def of_meetings(meetings: Iterable[Meeting], seen: Iterable[Seen], *, for_staff: bool) -> list[Happening]:
    """Sittings with what is deliberated in them."""
    items: dict[int, list[Seen]] = defaultdict(list)
    for one in seen:
        if one.step.agenda_item is not None:
            items[one.step.agenda_item.meeting_id].append(one)
    return [_of_meeting(meeting, items[meeting.id], for_staff=for_staff) for meeting in meetings]


def _of_meeting(meeting: Meeting, items: Sequence[Seen], *, for_staff: bool) -> Happening:
    bodies = " und ".join(organization.name_on(meeting.held_on) for organization in meeting.organizations)
    titles = [_title(one.step) for one in items if one.is_seen]
    facts = {
        **_times(meeting),
        "bodies": bodies,
        "cancelled": meeting.cancelled,
        "reason": meeting.cancelled_reason,
        "moved_to": meeting.moved_to.held_on if meeting.moved_to else None,
        "items": sorted([one.step.id, _title(one.step), _result(one.step)] for one in items),
    }
    return Happening(
        key=f"sitzung-{meeting.id}",
        day=meeting.held_on,
        summary=f"{bodies}: {'; '.join(dict.fromkeys(titles))}" if titles else bodies,
        facts=facts,
        title=bodies,
        starts=meeting.starts_at_local,
        ends=meeting.ends_at_local,
        place=meeting.place,
        description=[*_why_off(meeting), *(_line(one.step, for_staff=for_staff) for one in items if one.is_seen)],
        cancelled=meeting.cancelled,
        is_open_data=any(_is_open_data(one.step) for one in items),
    )


def _times(meeting: Meeting) -> dict[str, Any]:
    return {
        "day": meeting.held_on,
        "starts": meeting.starts_at_local,
        "ends": meeting.ends_at_local,
        "place": meeting.place,
    }


def _why_off(meeting: Meeting) -> Iterator[str]:
    if meeting.moved_to is not None:
        yield f"Die Sitzung ist verlegt auf {in_words(meeting.moved_to.held_on)}."
    elif meeting.cancelled:
        yield "Die Sitzung fällt aus."
    if meeting.cancelled_reason:
        yield meeting.cancelled_reason


def _title(step: Consultation) -> str:
    """What may be told of a step's matter: its title, unless it is not public."""
    return step.procedure.title if _is_public(step) else NOT_PUBLIC


def _is_public(step: Consultation) -> bool:
    return step.agenda_item is None or step.agenda_item.public is not False


def _is_open_data(step: Consultation) -> bool:
    return step.procedure.is_public and step.agenda_item is not None and step.agenda_item.public is True


def _line(step: Consultation, *, for_staff: bool) -> str:
    role = f" ({label('role', step.role)})" if step.role else ""
    result = f". Ergebnis: {_result(step)}" if _result(step) else ""
    where = f"\n{external_url('deliberations.consultation', consultation_id=step.id)}" if for_staff else ""
    return f"{_title(step)}{role}{result}{where}"


def _result(step: Consultation) -> str:
    if step.result is None or not _is_public(step):
        return ""
    return step.result.phrase + (" (vorläufig)" if step.result.is_provisional else "")


def of_steps(seen: Iterable[Seen], known: Mapping[str, CalendarEntry], *, for_staff: bool) -> list[Happening]:
    """Steps of a sequence. One that lost its sitting stays where it was last seen, cancelled."""
    found = [_of_step(one.step, known.get(_key(one.step)), for_staff=for_staff) for one in seen]
    return [happening for happening in found if happening is not None]


def _key(step: Consultation) -> str:
    return f"beratung-{step.id}"


def keys_of_steps(seen: Iterable[Seen]) -> list[str]:
    """Under which keys steps are known."""
    return [_key(one.step) for one in seen]


def _of_step(step: Consultation, known: CalendarEntry | None, *, for_staff: bool) -> Happening | None:
    if step.agenda_item is None:
        return _gone(step, known)
    meeting = step.agenda_item.meeting
    body = step.organization.name_on(meeting.held_on)
    is_off = meeting.cancelled or step.state in OFF
    facts = {
        **_times(meeting),
        "body": body,
        "title": _title(step),
        "role": step.role,
        "off": is_off,
        "result": _result(step),
    }
    return Happening(
        key=_key(step),
        day=meeting.held_on,
        summary=f"{body}: {_title(step)}",
        facts=facts,
        title=_title(step),
        starts=meeting.starts_at_local,
        ends=meeting.ends_at_local,
        place=meeting.place,
        description=[*_why_off(meeting), *_skipped(step), _line(step, for_staff=for_staff)],
        cancelled=is_off,
        is_open_data=_is_open_data(step),
    )


def _skipped(step: Consultation) -> Iterator[str]:
    if step.state == StationState.SKIPPED:
        yield f"Die Beratung ist ausgelassen: {step.skip_reason}"


def _gone(step: Consultation, known: CalendarEntry | None) -> Happening | None:
    """A step that had a sitting and has none now; nothing, if it never was in a calendar."""
    if known is None or "day" not in known.last_shown:
        return None
    last = known.last_shown
    body = step.organization.name_on(date.fromisoformat(last["day"]))
    return Happening(
        key=_key(step),
        day=date.fromisoformat(last["day"]),
        summary=f"{body}: {last['title']}",
        facts={"gone": last, "body": body},
        title=last["title"],
        starts=_time(last["starts"]),
        ends=_time(last["ends"]),
        place=last["place"],
        description=["Die Beratung findet an diesem Tag nicht statt. Ein neuer Tag ist noch nicht eingetragen."],
        cancelled=True,
        is_open_data=bool(last["public"]),
    )


def _time(written: str | None) -> time | None:
    return time.fromisoformat(written) if written else None


def of_phases(phases: Iterable[ParticipationPhase]) -> list[Happening]:
    """The last days of participation phases, until 24:00."""
    return [_of_phase(phase) for phase in phases]


def _of_phase(phase: ParticipationPhase) -> Happening:
    title = f"Frist: {phase.name}"
    return Happening(
        key=f"frist-{phase.id}",
        day=phase.last_day,
        summary=f"{title} ({phase.procedure.title})",
        facts={"day": phase.last_day, "title": title, "of": phase.procedure.title},
        title=title,
        description=[f"Stellungnahmen zählen bis {in_words(phase.last_day)}, 24 Uhr."],
        is_busy=False,
        alarms=(NINE_THE_DAY_BEFORE, NINE_A_WEEK_BEFORE),
        is_open_data=phase.procedure.is_public,
    )


def of_dues(seen: Iterable[Seen], town: Town, today: date) -> list[Happening]:
    """What is due around the sittings that a secretary keeps: agenda, invitation and minutes, each with its rule."""
    return [
        _of_due(one.step, due)
        for one in seen
        if one.is_kept
        for due in due_dates(station_of(one.step), town, today)
        if due.code in REMINDED
    ]


def _of_due(step: Consultation, due: Due) -> Happening:
    body = step.organization.name_on(step.held_on)
    return Happening(
        key=f"faellig-{step.id}-{due.code}",
        day=due.due_on,
        summary=f"{'Erledigt: ' if due.is_done else ''}{due.name} ({body})",
        facts={"day": due.due_on, "name": due.name, "of": body, "for": step.held_on, "done": due.is_done},
        title=due.name,
        description=[f"Sitzung am {in_words(step.held_on)}.", due.why],
        url=external_url("deliberations.consultation", consultation_id=step.id),
        is_busy=False,
        alarms=() if due.is_done else (NINE_THE_DAY_BEFORE,),
        is_done=due.is_done,
    )


def for_everybody(happenings: Iterable[Happening], known: Mapping[str, CalendarEntry]) -> list[Happening]:
    """Only what everybody may see: now, or before it was cancelled."""

    def was_shown(one: Happening) -> bool:
        return one.cancelled and one.key in known and bool(known[one.key].last_shown.get("public"))

    kept = [one for one in happenings if one.is_open_data or was_shown(one)]
    return [replace(one, is_open_data=True) for one in kept]
