"""When to remind whom, as data and plain date arithmetic; no database, no web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from ikb.core.clock import at_local, end_of_day
from ikb.core.periods import next_working_day, nrw_holidays, previous_working_day

SUNDAY = 6
SENDING_HOUR = 9  # wall clock in Berlin
DAYS_BEFORE = (14, 7, 1)  # before the last day that counts
RESULT_MISSING_COUNTS = timedelta(days=7)


@dataclass(frozen=True)
class Reminder:
    """One reminder: which step, when, and from when on it would only confuse."""

    step: str
    due_at: datetime
    stale_at: datetime


def reminders(
    last_day: date, *, after: date, now: datetime, days_before: Sequence[int] = DAYS_BEFORE
) -> list[Reminder]:
    """The reminders before a deadline, earliest first.

    last_day: last day that counts, inclusive.
    after:    day of the invitation; whoever was invited today is not reminded today.
    Never in the past, never two on one day (the later step stays), never on a Sunday or an NRW holiday: then on the
    working day before, or, where that is over already, on the next one that still lies before the end.
    Each is stale when the next one is due, the last one when the deadline is over.
    """
    by_day: dict[date, str] = {}
    for days in sorted(days_before, reverse=True):
        day = _sending_day(last_day - timedelta(days=days), now, after)
        if day is not None and day <= last_day:
            by_day[day] = str(days)
    found = [Reminder(by_day[day], at_local(day, SENDING_HOUR), end_of_day(last_day)) for day in sorted(by_day)]
    return [replace(reminder, stale_at=later.due_at) for reminder, later in pairwise(found)] + found[-1:]


def _sending_day(wanted: date, now: datetime, after: date) -> date | None:
    if _may_send(wanted):
        return wanted if _lies_ahead(wanted, now, after) else None
    before, later = previous_working_day(wanted), next_working_day(wanted)
    return next((day for day in (before, later) if _lies_ahead(day, now, after)), None)


def _may_send(day: date) -> bool:
    return day.weekday() != SUNDAY and day not in nrw_holidays(day.year)


def _lies_ahead(day: date, now: datetime, after: date) -> bool:
    return day > after and at_local(day, SENDING_HOUR) > now


def result_asked_at(held_on: date) -> datetime:
    """When a missing result is asked for: 9 in the morning of the working day after the sitting."""
    return at_local(next_working_day(held_on + timedelta(days=1)), SENDING_HOUR)
