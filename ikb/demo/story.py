"""When what happens: the real order of 2010, moved by whole weeks so that today falls shortly before its ten busiest days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from ikb.core.clock import at_local
from ikb.core.periods import next_working_day

# Committees in printed order with their sittings of 2010, all of them public.
SITTINGS: tuple[tuple[str, tuple[date, ...]], ...] = (
    ("Integrationsrat", (date(2010, 5, 26), date(2010, 9, 8))),
    ("Fachbeirat für Mädchenarbeit", (date(2010, 5, 14),)),
    ("Psychiatriebeirat", (date(2010, 6, 16),)),
    ("Seniorenrat", (date(2010, 6, 16),)),
    ("Beirat für Behindertenfragen", (date(2010, 6, 23),)),
    ("Schul- u. Sportausschuss", (date(2010, 8, 31),)),
    ("Sozial- und Gesundheitsausschuss", (date(2010, 8, 31),)),
    ("Bezirksvertretung Dornberg", (date(2010, 9, 2),)),
    ("Bezirksvertretung Heepen", (date(2010, 9, 2),)),
    ("Bezirksvertretung Jöllenbeck", (date(2010, 9, 2),)),
    ("Bezirksvertretung Mitte", (date(2010, 9, 2),)),
    ("Bezirksvertretung Sennestadt", (date(2010, 9, 2),)),
    ("Jugendhilfeausschuss", (date(2010, 9, 8),)),
    ("Kulturausschuss", (date(2010, 9, 8),)),
    ("Bezirksvertretung Brackwede", (date(2010, 9, 9),)),
    ("Bezirksvertretung Gadderbaum", (date(2010, 9, 9),)),
    ("Bezirksvertretung Schildesche", (date(2010, 9, 9),)),
    ("Bezirksvertretung Senne", (date(2010, 9, 9),)),
    ("Bezirksvertretung Stieghorst", (date(2010, 9, 9),)),
    ("Haupt- und Beteiligungsausschuss", (date(2010, 9, 16),)),
    ("Rat der Stadt Bielefeld", (date(2010, 9, 23),)),
)
ORIGINAL_DAY = date(2010, 8, 25)
BUSY_FROM = date(2010, 8, 31)  # fifteen sittings in the ten days from here
LEAST_DAYS_LEFT = 2


@dataclass(frozen=True)
class Story:
    """The days of one demonstration. today: its day; shift: whole weeks between 2010 and now."""

    today: date
    shift: timedelta

    @classmethod
    def around(cls, today: date) -> Story:
        """The earliest whole weeks that leave at least two days before the busy ones."""
        missing_days = LEAST_DAYS_LEFT - (BUSY_FROM - today).days
        return cls(today, timedelta(weeks=ceil(missing_days / 7)))

    def moved(self, day: date) -> date:
        """A day of 2010 (or 2009) as this demonstration has it."""
        return day + self.shift

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A wall-clock time on a day of 2010 as this demonstration has it."""
        return at_local(self.moved(day), hour, minute)

    @property
    def invited_at(self) -> datetime:
        """When the participation on the current version was opened: twelve days ago, in the morning."""
        return at_local(self.today - timedelta(days=12), 9)

    @property
    def closes_on(self) -> date:
        """Its last day: in about two weeks, a working day."""
        return next_working_day(self.today + timedelta(days=13))


def consultation_table(story: Story) -> str:
    """The paper's table of consultations as it is printed: a committee's second sitting has an empty cell above it."""
    lines = ["Gremium\tSitzung am\tBeratung"]
    for committee, days in SITTINGS:
        for place, day in enumerate(days):
            lines.append(f"{committee if place == 0 else ''}\t{story.moved(day):%d.%m.%Y}\töffentlich")
    return "\n".join(lines)
