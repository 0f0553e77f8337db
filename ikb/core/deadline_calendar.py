"""A deadline as a calendar file (RFC 5545): one whole day, with an alarm on the morning before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Alarm

ALARM_BEFORE = timedelta(hours=15)  # before the day begins: 9 in the morning of the day before
_UID = "UID-OF-THIS-DEADLINE"


def deadline_file(
    uid: str, last_day: date, summary: str, description: str, *, sequence: int, made_at: datetime
) -> bytes:
    """The deadline as a calendar file; opened again after the deadline moved, it moves the entry.

    uid:      the same for the same deadline of the same institution, whatever becomes of it.
    sequence: rises with each move.
    made_at:  aware; when the file was made.
    Whole days have no zone: the entry lies on that day wherever the reader is. No personal link stands in it, since
    calendars are shared.
    """
    return _file(last_day, summary, description, sequence, made_at).replace(_UID.encode(), uid.encode())


@lru_cache(maxsize=64)  # equal for all institutions of a phase, but for the id
def _file(last_day: date, summary: str, description: str, sequence: int, made_at: datetime) -> bytes:
    from icalendar import Calendar, Event  # late: decision 79

    event = Event()
    event.add("uid", _UID)
    event.add("dtstamp", made_at)
    event.add("sequence", sequence)
    event.add("summary", summary)
    event.add("description", description)
    event.add("dtstart", last_day)
    event.add("dtend", last_day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(summary))
    calendar = Calendar()
    calendar.add("prodid", "-//ikb//Fristen//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _alarm(summary: str) -> Alarm:
    from icalendar import Alarm  # late: decision 79

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
