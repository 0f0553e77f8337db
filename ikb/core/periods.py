"""Periods and deadlines: which day is the last one, and why it moved."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=64)
def nrw_holidays(year: int) -> frozenset[date]:
    """Public holidays of North Rhine-Westphalia in one year (Feiertagsgesetz NW, through the `holidays` library)."""
    import holidays  # late: decision 79

    return frozenset(holidays.country_holidays("DE", subdiv="NW", years=year))


@lru_cache(maxsize=64)
def nrw_holiday_names(year: int) -> dict[date, str]:
    """The same days with their German names."""
    import holidays  # late: decision 79

    found = holidays.country_holidays("DE", subdiv="NW", years=year, language="de")
    return {day: found[day] for day in sorted(found)}


def is_working_day(day: date, local_exceptions: Set[date] = frozenset()) -> bool:
    """Monday to Friday, no NRW holiday, none of the town's own exceptions."""
    return day.weekday() < 5 and day not in nrw_holidays(day.year) and day not in local_exceptions


def next_working_day(day: date, local_exceptions: Set[date] = frozenset()) -> date:
    """The day itself if it is a working day, else the next one."""
    while not is_working_day(day, local_exceptions):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date, local_exceptions: Set[date] = frozenset()) -> date:
    """The day itself if it is a working day, else the last one before it."""
    while not is_working_day(day, local_exceptions):
        day -= timedelta(days=1)
    return day


def effective_deadline(named_on: date, *, fixed: bool, local_exceptions: Set[date] = frozenset()) -> date:
    """Last day (inclusive, until 24:00 in Berlin) on which something still counts.

    named_on: the day that was announced.
    fixed:    True if the day was expressly set as a fixed date; then it does not move.
    Source: § 31 (3) VwVfG: an end on a Saturday, Sunday or holiday moves to the next working day, unless a fixed day
    was made known with reference to that rule.
    """
    return named_on if fixed else next_working_day(named_on, local_exceptions)


def deadline(published_on: date, days: int, local_exceptions: Set[date] = frozenset()) -> date:
    """Last day (inclusive) of a period that begins with a publication.

    published_on: day of publication, itself not counted.
    days:         length of the period in calendar days, 1 or more.
    Raises ValueError if `days` is below 1.
    Source: § 31 VwVfG with §§ 187 (1), 188 (1), 193 BGB.
    """
    if days < 1:
        raise ValueError(f"A period has at least one day, not {days}.")
    return next_working_day(published_on + timedelta(days=days), local_exceptions)


def working_days_between(first: date, last: date, local_exceptions: Set[date] = frozenset()) -> int:
    """Number of working days from `first` to `last`, both included; 0 if `last` lies before `first`."""
    span = (last - first).days + 1
    return sum(is_working_day(first + timedelta(days=step), local_exceptions) for step in range(max(span, 0)))
