"""Is a participation period fair? Its working days, what lies inside it, and the day on which it really ends."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta

from ikb.core.periods import effective_deadline, nrw_holiday_names, working_days_between

FAIR_WORKING_DAYS = 20  # four weeks: what boards that meet once a month need to agree on an answer
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


@dataclass(frozen=True)
class Period:
    """A participation period as the people asked will live through it.

    named_on:     the day that is announced; last_day: the day that counts, inclusive.
    working_days: Monday to Friday without holidays, first and last day included.
    holidays:     (day, name) of NRW holidays from Monday to Friday inside the period.
    closed:       the town's own days off from Monday to Friday inside the period, holidays not counted again.
    school:       (name, first day, last day) of school holidays, as far as they lie inside the period.
    """

    opens_on: date
    named_on: date
    last_day: date
    is_fixed: bool
    working_days: int
    holidays: tuple[tuple[date, str], ...]
    closed: tuple[date, ...] = ()
    school: tuple[tuple[str, date, date], ...] = ()

    @property
    def is_short(self) -> bool:
        return self.working_days < FAIR_WORKING_DAYS

    @property
    def is_moved(self) -> bool:
        return self.last_day != self.named_on


def period(
    opens_on: date,
    closes_on: date,
    *,
    fixed: bool,
    local_exceptions: Set[date] = frozenset(),
    school_holidays: Iterable[tuple[str, date, date]] = (),
) -> Period:
    """The period between two Berlin days, both included. Raises ValueError if it ends before it begins.

    local_exceptions: the town's own days off: not counted, but no reason to end later.
    school_holidays:  (name, first day, last day), any that may touch the period.
    """
    if closes_on < opens_on:
        raise ValueError("A period cannot end before it begins.")
    last_day = effective_deadline(closes_on, fixed=fixed)  # § 31 (3) VwVfG knows no local days off
    days = [opens_on + timedelta(days=step) for step in range((last_day - opens_on).days + 1)]
    weekdays = [day for day in days if day.weekday() < 5]
    holidays = tuple((day, name) for day in weekdays if (name := nrw_holiday_names(day.year).get(day)))
    named = {day for day, _ in holidays}
    closed = tuple(day for day in weekdays if day in local_exceptions and day not in named)
    school = tuple(
        (name, max(first, opens_on), min(last, last_day))
        for name, first, last in school_holidays
        if first <= last_day and last >= opens_on
    )
    count = working_days_between(opens_on, last_day, local_exceptions)
    return Period(opens_on, closes_on, last_day, fixed, count, holidays, closed, school)


def sentences(period: Period) -> list[str]:
    """What to tell the person who sets the deadline: length, holidays, comparison, and a last day that moves."""
    told = (_length(period), _closed(period), _school(period), _comparison(period), _end(period))
    return [sentence for sentence in told if sentence]


def _length(period: Period) -> str:
    count = period.working_days
    days = f"{count} {'Arbeitstag' if count == 1 else 'Arbeitstage'} bleiben für eine Antwort"
    if count == 1:
        days = "1 Arbeitstag bleibt für eine Antwort"
    if not period.holidays:
        return f"{days}."
    named = ", ".join(f"{name} ({_short(day)})" for day, name in period.holidays)
    verb = "liegt der Feiertag" if len(period.holidays) == 1 else "liegen die Feiertage"
    return f"{days}; dazwischen {verb} {named}."


def _closed(period: Period) -> str:
    if not period.closed:
        return ""
    named = ", ".join(map(_short, period.closed))
    return f"Örtlich arbeitsfrei und nicht mitgezählt: {named}."


def _school(period: Period) -> str:
    """School holidays count as working days; but many boards and families are away."""
    if not period.school:
        return ""
    named = ", ".join(f"{name} ({_short(first)} bis {_short(last)})" for name, first, last in period.school)
    return f"In die Zeit fallen Schulferien: {named}. Viele Vorstände tagen dann nicht."


def _comparison(period: Period) -> str:
    missing = FAIR_WORKING_DAYS - period.working_days
    if missing > 0:
        return (
            f"Das sind {missing} weniger als {FAIR_WORKING_DAYS} Arbeitstage. "
            "Wer erst seinen Vorstand fragen muss, schafft das oft nicht."
        )
    if missing == 0:
        return f"Das sind genau {FAIR_WORKING_DAYS} Arbeitstage."
    return f"Das sind {-missing} mehr als {FAIR_WORKING_DAYS} Arbeitstage."


def _end(period: Period) -> str:
    named, why = period.named_on, _why_no_working_day(period.named_on)
    if period.is_moved:
        return (
            f"Der {_short(named)} ist {why}: Die Frist endet deshalb am "
            f"{_WEEKDAYS[period.last_day.weekday()]}, {_short(period.last_day)}, 24 Uhr."
        )
    if period.is_fixed and why:
        return f"Der {_short(named)} ist {why}. Die Frist endet trotzdem an diesem Tag, weil sie ausdrücklich fest ist."
    return f"Die Frist endet am {_WEEKDAYS[named.weekday()]}, {_short(named)}, 24 Uhr."


def _why_no_working_day(day: date) -> str:
    name = nrw_holiday_names(day.year).get(day)
    if name:
        return f"ein Feiertag ({name})"
    return f"ein {_WEEKDAYS[day.weekday()]}" if day.weekday() >= 5 else ""


def _short(day: date) -> str:
    return f"{day:%d.%m.}{day.year}"
