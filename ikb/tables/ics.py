"""Events of an iCalendar file (RFC 5545), as the locked-up program hands them over.

Each is {"line", "title", "place", "first_on", "last_on", "starts", "ends", "cancelled", "repeats"}: days ISO, times
HH:MM as the wall clock in Berlin shows them, or null; `line` is where the event begins in the file, from 1.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MOST_EVENTS = 2_000
LONGEST = 500  # characters of a title or place
BEGINNING = re.compile(rb"^(?:\xef\xbb\xbf)?\s*BEGIN:VCALENDAR", re.IGNORECASE)


class NoCalendarError(Exception):
    """The file cannot be taken in; the message is a German sentence."""


def is_calendar(data: bytes) -> bool:
    """Whether a file says of itself that it is a calendar."""
    return BEGINNING.match(data[:200]) is not None


def read(data: bytes) -> list[dict[str, Any]]:
    """The events in the order of the file. Raises NoCalendarError."""
    import icalendar  # here, so that a table does not wait for it

    try:
        calendar = icalendar.Calendar.from_ical(data.decode("utf-8-sig"))
        events = calendar.walk("VEVENT")
    except UnicodeDecodeError as fault:
        raise NoCalendarError(
            "Die Zeichen der Kalenderdatei sind nicht lesbar: Sie muss in UTF-8 geschrieben sein."
        ) from fault
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as fault:
        raise NoCalendarError(
            "Die Kalenderdatei ist beschädigt. Führen Sie den Kalender noch einmal als iCalendar (.ics) aus."
        ) from fault
    lines = _beginnings(data)
    if len(lines) != len(events):
        raise NoCalendarError("Die Kalenderdatei ist beschädigt: Ein Termin ist nicht abgeschlossen.")
    if len(events) > MOST_EVENTS:
        raise NoCalendarError(
            f"Der Kalender hat mehr als {MOST_EVENTS} Termine. Teilen Sie ihn auf mehrere Dateien auf."
        )
    return [_told(line, event) for line, event in zip(lines, events, strict=True)]


def _beginnings(data: bytes) -> list[int]:
    lines = data.decode("utf-8-sig").splitlines()
    return [number for number, line in enumerate(lines, 1) if line.strip().upper() == "BEGIN:VEVENT"]


def _told(line: int, event: Any) -> dict[str, Any]:
    try:
        begin, end = _span(event)
    except (ValueError, TypeError, AttributeError, KeyError) as fault:
        raise NoCalendarError(f"Termin in Zeile {line}: Beginn oder Ende ist nicht lesbar.") from fault
    return {
        "line": line,
        "title": " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST],
        "place": " ".join(str(event.get("LOCATION", "")).split())[:LONGEST],
        "first_on": _day(begin).isoformat(),
        "last_on": _day(end).isoformat(),
        "starts": _clock(begin),
        "ends": _clock(end) if end != begin else None,
        "cancelled": str(event.get("STATUS", "")).upper() == "CANCELLED",
        "repeats": any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")),
    }


def _span(event: Any) -> tuple[date | datetime, date | datetime]:
    """Begin and end; the end of a whole-day event is its last day, not the day after it (RFC 5545, 3.6.1)."""
    begin = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = begin + event["DURATION"].dt
    else:
        end = begin
    if isinstance(begin, datetime) != isinstance(end, datetime) or _local(end) < _local(begin):
        raise ValueError("The end does not fit the beginning.")
    if not isinstance(begin, datetime) and end > begin:
        end -= timedelta(days=1)
    return _local(begin), _local(end)


def _local(at: date | datetime) -> date | datetime:
    """A moment as Berlin's wall clock shows it; one without a zone is that already."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        return at
    return at.astimezone(UTC).astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)


def _day(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def _clock(at: date | datetime) -> str | None:
    return at.strftime("%H:%M") if isinstance(at, datetime) else None
