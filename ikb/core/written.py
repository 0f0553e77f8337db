"""Days and times of day as people write them in forms, lists and letters."""

from __future__ import annotations

import re
from datetime import date, datetime, time

FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
YEARS = range(1990, 2101)  # a year with a digit too many is a slip, and sums at the end of the calendar leave it

_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2})(?::00)?)?(?: ?Uhr| ?h)?")
_WEEKDAY = re.compile(r"^(?:Mo|Di|Mi|Do|Fr|Sa|So)[a-zäöü]*\.?,? +", re.IGNORECASE)


def read_day(written: str) -> date | None:
    """`Mi., 28.06.2030`, `28.06.30` or `2030-06-28` as a day; None for what is none, or far from our time."""
    plain = _WEEKDAY.sub("", written.strip())
    for form in FORMS:
        try:
            day = datetime.strptime(plain, form).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
        return day if day.year in YEARS else None
    return None


def read_clock(written: str) -> time | None:
    """`17:00`, `17.00 Uhr`, `17 Uhr` or `17` as a time of day; None for what is none."""
    found = _CLOCK.fullmatch(written.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))
