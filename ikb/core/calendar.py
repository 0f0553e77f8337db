"""Dates as an iCalendar file: what a calendar program subscribes to.

Source: RFC 5545 (iCalendar), RFC 7986 (names and refresh times of a calendar).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ikb.core.clock import BERLIN, require_aware

if TYPE_CHECKING:
    from icalendar import Alarm, Event, Timezone

PRODUCT = "-//ikb//Beratungsfolge//DE"
REFRESH = timedelta(hours=1)  # how often a program should ask again
# Summer time in the European Union since 1996 (directive 2000/84/EC and its forerunners): the last Sundays of March and
# October, 01:00 UTC. No sitting that ikb knows lies before.
# Whether it begins summer time, name, wall-clock time of the first change, month, hours from UTC before and after.
_CHANGES: tuple[tuple[bool, str, datetime, int, int, int], ...] = (
    (True, "CEST", datetime(1996, 3, 31, 2), 3, 1, 2),  # noqa: DTZ001 (a rule of a zone has none itself)
    (False, "CET", datetime(1996, 10, 27, 3), 10, 2, 1),  # noqa: DTZ001
)


@dataclass(frozen=True)
class Entry:
    """One date.

    uid:        the same for as long as it exists, wherever it moves (RFC 5545, 3.8.4.7).
    sequence:   raised with every change (3.8.7.4).
    changed_at: moment of the last change.
    starts:     wall-clock time in Berlin; None: the whole day. ends: None where it is not known.
    cancelled:  it stays in the calendar, marked (3.8.1.11).
    is_busy:    False for deadlines: nobody is away because of them (3.8.2.7).
    alarms:     how long before the beginning a reminder sounds; of a whole day, before its midnight (3.6.6).
    """

    uid: str
    sequence: int
    changed_at: datetime
    summary: str
    day: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    description: str = ""
    url: str = ""
    cancelled: bool = False
    is_busy: bool = True
    alarms: Sequence[timedelta] = ()


def to_ical(name: str, entries: Iterable[Entry], description: str = "") -> bytes:
    """A calendar file in UTF-8: the same bytes for the same entries, whenever it is asked for."""
    from icalendar import Calendar  # late: decision 79

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", _clean(name))  # RFC 7986, 5.1; the line below is what older programs read
    calendar.add("x-wr-calname", _clean(name))
    if description:
        calendar.add("description", _clean(description))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})  # RFC 7986, 5.7
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_berlin())
    for entry in entries:
        calendar.add_component(_event(entry))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry) -> Event:
    from icalendar import Event  # late: decision 79

    event = Event()
    changed_at = require_aware(entry.changed_at).astimezone(UTC).replace(microsecond=0)
    event.add("uid", entry.uid)
    event.add("dtstamp", changed_at)  # without METHOD, DTSTAMP is the moment of the last revision (3.8.7.2)
    event.add("last-modified", changed_at)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", _clean(entry.summary))
    event.add("transp", "OPAQUE" if entry.is_busy and not entry.cancelled else "TRANSPARENT")
    _add_times(event, entry)
    for key, text in (("location", entry.place), ("description", entry.description)):
        if text:
            event.add(key, _clean(text))
    if entry.url:
        event.add("url", entry.url)
    if not entry.cancelled:
        for before in entry.alarms:
            event.add_component(_alarm(entry, before))
    return event


def _add_times(event: Event, entry: Entry) -> None:
    """Beginning and end. A whole day ends with the next one (3.6.1); an end that is not known is not invented."""
    if entry.starts is None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        return
    event.add("dtstart", datetime.combine(entry.day, entry.starts, BERLIN))
    if entry.ends is not None and entry.ends != entry.starts:
        past_midnight = timedelta(days=1) if entry.ends < entry.starts else timedelta()
        event.add("dtend", datetime.combine(entry.day + past_midnight, entry.ends, BERLIN))


def _alarm(entry: Entry, before: timedelta) -> Alarm:
    from icalendar import Alarm  # late: decision 79

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _clean(entry.summary))
    alarm.add("trigger", -before)
    return alarm


def _berlin() -> Timezone:
    """The rules of Europe/Berlin: a program may know the name, but needs not (3.6.5)."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard  # late: decision 79

    zone = Timezone()
    zone.add("tzid", "Europe/Berlin")
    for begins_summer, name, since, month, before, after in _CHANGES:
        change = TimezoneDaylight() if begins_summer else TimezoneStandard()
        change.add("dtstart", since)
        change.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        change.add("tzname", name)
        change.add("tzoffsetfrom", timedelta(hours=before))
        change.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(change)
    return zone


def _clean(text: str) -> str:
    """Text without the control characters that a content line must not hold (3.1); line breaks stay."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in joined if sign in "\n\t" or sign.isprintable())
