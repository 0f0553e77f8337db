"""The Ladungsfrist: until when an invitation has to be with the members."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta

from ikb.core.periods import previous_working_day


@dataclass(frozen=True)
class Notice:
    """latest_on: the last day that keeps the period; send_on: that day, or the working day before it."""

    latest_on: date
    send_on: date

    @property
    def is_moved(self) -> bool:
        return self.send_on != self.latest_on


def notice(meeting_on: date, days: int, local_exceptions: Set[date] = frozenset()) -> Notice:
    """The last day for an invitation, where neither the day of delivery nor that of the meeting counts.

    days: length of the period in calendar days, 0 or more.
    Weekends and holidays inside the period count; where the last day is one, the working day before is proposed.
    Raises ValueError if `days` is below 0.
    Source: §§ 187, 188 BGB read backwards (domain notes, section 8).
    """
    if days < 0:
        raise ValueError(f"A notice period has 0 days or more, not {days}.")
    latest_on = meeting_on - timedelta(days=days + 1)
    return Notice(latest_on, previous_working_day(latest_on, local_exceptions))
