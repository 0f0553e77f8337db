"""The busiest days: where so many sittings of one procedure lie so close together that somebody should be told in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SITTINGS, WITHIN_DAYS = 15, 10


@dataclass(frozen=True)
class BusyDays:
    """A stretch of days with many sittings: the first and last of them, both included, and how many there are."""

    first: date
    last: date
    count: int


def busy_days(sittings: Iterable[date], *, at_least: int = SITTINGS, within: int = WITHIN_DAYS) -> BusyDays | None:
    """The first stretch of `within` calendar days with at least so many sittings; None where there is none.

    sittings: one day for each sitting, several on one day as often as they are.
    Of the stretches that begin on the first such day, the days on which something sits are named.
    Raises ValueError unless both numbers are 1 or more.
    """
    if at_least < 1 or within < 1:
        raise ValueError("A stretch has at least one sitting and one day.")
    days = sorted(sittings)
    for place, first in enumerate(days):
        inside = [day for day in days[place:] if (day - first).days < within]
        if len(inside) >= at_least:
            return BusyDays(first, inside[-1], len(inside))
    return None
