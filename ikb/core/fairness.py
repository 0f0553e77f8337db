"""Is a participation period fair? Its working days, what lies inside it, and the day on which it really ends."""

from __future__ import annotations

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
    """

    opens_on: date
    named_on: date
    last_day: date
    is_fixed: bool
    working_days: int
    holidays: tuple[tuple[date, str], ...]

    @property
    def is_short(self) -> bool:
        return self.working_days < FAIR_WORKING_DAYS

    @property
    def is_moved(self) -> bool:
        return self.last_day != self.named_on


def period(opens_on: date, closes_on: date, *, fixed: bool) -> Period:
    """The period between two Berlin days, both included. Raises ValueError if it ends before it begins."""
    if closes_on < opens_on:
        raise ValueError("A period cannot end before it begins.")
    last_day = effective_deadline(closes_on, fixed=fixed)
    days = (opens_on + timedelta(days=step) for step in range((last_day - opens_on).days + 1))
    holidays = tuple(
        (day, nrw_holiday_names(day.year)[day])
        for day in days
        if day.weekday() < 5 and day in nrw_holiday_names(day.year)
    )
    return Period(opens_on, closes_on, last_day, fixed, working_days_between(opens_on, last_day), holidays)


def sentences(period: Period) -> list[str]:
    """What to tell the person who sets the deadline: length, holidays, comparison, and a last day that moves."""
    return [sentence for sentence in (_length(period), _comparison(period), _end(period)) if sentence]


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
