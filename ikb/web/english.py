"""Days and deadlines as English letters write them; the interface itself is German."""

from __future__ import annotations

from datetime import date, datetime

from ikb.core.clock import BERLIN, require_aware

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day_long(day: date) -> str:
    """`Monday, 5 October 2026`."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def deadline(last_day: date) -> str:
    """`Monday, 5 October 2026, midnight`: the last day that counts, to its end."""
    return f"{day_long(last_day)}, midnight (24:00)"


def days_left(last: date, today: date) -> str:
    """`13 days left`, `1 day left`, `Today is the last day`, `The last day has passed`."""
    left = (last - today).days
    if left < 0:
        return "The last day has passed"
    if left == 0:
        return "Today is the last day"
    return f"{left} day{'' if left == 1 else 's'} left"


def moment(value: datetime) -> str:
    """`Monday, 5 October 2026, 21:42` in Berlin. Raises ValueError for a naive datetime."""
    local = require_aware(value).astimezone(BERLIN)
    return f"{day_long(local.date())}, {local:%H:%M}"
