"""How long something is kept: when it becomes due, and which step comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Unit(StrEnum):
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True)
class Keeping:
    """How long: so many units after the start; None: not decided, so it is never due."""

    period: int | None
    unit: Unit = Unit.YEARS

    def cut_off(self, today: date) -> date | None:
        """What started on this day or before is due today; None where nothing ever is."""
        if self.period is None:
            return None
        if self.unit == Unit.DAYS:
            return today - timedelta(days=self.period)
        return _months_before(today, self.period * (12 if self.unit == Unit.YEARS else 1))

    @property
    def in_words(self) -> str:
        if self.period is None:
            return "noch nicht festgelegt"
        if self.period == 0:
            return "sofort"
        one, many = {Unit.DAYS: ("Tag", "Tage"), Unit.MONTHS: ("Monat", "Monate"), Unit.YEARS: ("Jahr", "Jahre")}[
            self.unit
        ]
        return f"{self.period} {one if self.period == 1 else many}"


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last one where it has no such day."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    if year < 1:
        return date.min
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))
