"""One clock: moments are aware UTC, days are days in Berlin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


class Clock(Protocol):
    """Whatever tells the time: a function without arguments that returns an aware UTC moment."""

    def __call__(self) -> datetime: ...


def system_clock() -> datetime:
    """The machine's time as an aware UTC moment."""
    return datetime.now(UTC)


def shifted_clock(offset: timedelta) -> Clock:
    """A clock that runs `offset` beside the machine's; only the demonstration uses one (its day is set by `--as-of`)."""
    return lambda: datetime.now(UTC) + offset


def require_aware(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises ValueError for a naive datetime: nobody can say when that was.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"A moment needs a time zone: {moment!r}")
    return moment.astimezone(UTC)


def berlin_day(moment: datetime) -> date:
    """The calendar day in Berlin on which a moment falls."""
    return require_aware(moment).astimezone(BERLIN).date()


def start_of_day(day: date) -> datetime:
    """The moment at which a Berlin day begins, in UTC (22:00 or 23:00 of the day before)."""
    return datetime.combine(day, time.min, tzinfo=BERLIN).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The moment at which a Berlin day has ended (24:00): the first one that is too late for it."""
    return start_of_day(day + timedelta(days=1))


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock time in Berlin as a UTC moment; see `at_wall`."""
    return at_wall(day, time(hour, minute))


def at_wall(day: date, wall: time, zone: str = BERLIN.key) -> datetime:
    """A wall-clock time in a zone as a UTC moment: exactly one for each day, also in the nights of the clock change.

    A time that does not exist (the hour skipped in March) becomes the same minute one hour later; one that comes
    twice (October) is its first occurrence.
    """
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).astimezone(UTC)
