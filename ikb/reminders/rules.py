"""When to remind whom, as data and plain date arithmetic; no database, no web.

Deadlines move on from a day off (§ 31 (3) VwVfG, § 193 BGB). A reminder is nobody's duty and follows no statute, so ours
moves the other way, to the working day before: who is told "noch 14 Tage" has no less than that. Only where that day is
over already does it go out on the next working day, and never after the end. "On the last day" needs no rule of its own:
the last day is the one that counts, moved as the law says; only a day that was expressly fixed can be a day off, and
then the reminder comes on the working day before it, since after it nobody could still answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ikb.core.clock import BERLIN, at_local, at_wall, end_of_day
from ikb.core.periods import is_working_day, next_working_day, nrw_holiday_names, previous_working_day

SATURDAY, SUNDAY = 5, 6
SENDING_TIME = time(9)  # wall clock
MOST_DAYS = 60  # before the last day; whoever is asked earlier than that is invited, not reminded
RESULT_MISSING_COUNTS = timedelta(days=7)
NOBODY_OFF: Set[date] = frozenset()


@dataclass(frozen=True, order=True)
class Step:
    """So many days before the last day that counts; 0 is the last day itself.

    in_working_days: counted in working days (Monday to Friday without holidays) instead of calendar days.
    """

    days: int
    in_working_days: bool = False

    @property
    def name(self) -> str:
        """As the ledger calls it: `14`, or `14w` for working days."""
        return f"{self.days}{'w' if self.in_working_days else ''}"

    def wanted_on(self, last_day: date, closed: Set[date] = NOBODY_OFF) -> date:
        """The day that the step names; closed: the town's own days off."""
        if not self.in_working_days:
            return last_day - timedelta(days=self.days)
        day = last_day
        for _ in range(self.days):
            day = previous_working_day(day - timedelta(days=1), closed)
        return day


def step_named(name: str) -> Step | None:
    """The step that the ledger calls so; None for what is no step's name."""
    days = name.removesuffix("w")
    return Step(int(days), name.endswith("w")) if days.isascii() and days.isdigit() else None


def in_words(step: Step) -> str:
    """A step as people say it: `14 Tage vorher`, `1 Arbeitstag vorher`, `am letzten Tag`."""
    if step.days == 0:
        return "am letzten Tag"
    unit = ("Arbeitstag" if step.in_working_days else "Tag") + ("" if step.days == 1 else "e")
    return f"{step.days} {unit} vorher"


USUAL_STEPS = (Step(14), Step(7), Step(1))
OFFERED_STEPS = (Step(14), Step(7), Step(2), Step(1), Step(0))


@dataclass(frozen=True)
class Rules:
    """How a procedure reminds. The defaults are what happens where nobody set anything.

    send_at, zone:          wall time at which reminders go out, and where that clock hangs.
    quiet_from, quiet_until: nothing goes out between these wall times, over midnight too; equal: no quiet hours.
    spares_…:               days on which nothing goes out.
    second_contact_days:    from so many days before the end on, an institution's second address is reminded too.
    call_list_days:         from so many days before the end on, who has not answered stands on the call list.
    gather_minutes:         for how long changes of the sequence are gathered into one mail.
    lead_days:              working days before something is due at which a secretary is told.
    """

    steps: tuple[Step, ...] = USUAL_STEPS
    send_at: time = SENDING_TIME
    zone: str = BERLIN.key
    quiet_from: time = time(20)
    quiet_until: time = time(7)
    spares_saturdays: bool = False
    spares_sundays: bool = True
    spares_holidays: bool = True
    second_contact_days: int | None = None
    call_list_days: int | None = None
    gather_minutes: int = 60
    lead_days: int = 1
    has_digest: bool = True
    warns_of_busy_days: bool = True

    @property
    def gather(self) -> timedelta:
        return timedelta(minutes=self.gather_minutes)

    def moment_on(self, day: date) -> datetime:
        """When a reminder of that day goes out: one moment, whatever the clocks do that night."""
        return at_wall(day, self.send_at, self.zone)

    def day_off(self, day: date, closed: Set[date] = NOBODY_OFF) -> str:
        """Why nothing goes out on a day: `Sonntag`, `Feiertag: Fronleichnam`; empty if something may."""
        holiday = nrw_holiday_names(day.year).get(day)
        if self.spares_holidays and holiday:
            return f"Feiertag: {holiday}"
        if self.spares_sundays and day.weekday() == SUNDAY:
            return "Sonntag"
        if self.spares_saturdays and day.weekday() == SATURDAY:
            return "Samstag"
        return "örtlich arbeitsfrei" if self.spares_holidays and day in closed else ""

    def is_quiet(self, wall: time) -> bool:
        """Whether a wall time lies in the quiet hours; their end does not."""
        begins, ends = self.quiet_from, self.quiet_until
        if begins <= ends:
            return begins <= wall < ends
        return wall >= begins or wall < ends

    def next_moment(self, now: datetime, closed: Set[date] = NOBODY_OFF) -> datetime:
        """The first moment from now on that is neither quiet nor on a day off; now itself if it is neither."""
        local = now.astimezone(ZoneInfo(self.zone))
        if not self.is_quiet(local.time()) and not self.day_off(local.date(), closed):
            return now
        day = local.date()
        starts = time(0) if not self.is_quiet(time(0)) else self.quiet_until
        if self.day_off(day, closed) or (self.is_quiet(local.time()) and local.time() >= self.quiet_until):
            day += timedelta(days=1)
            while self.day_off(day, closed):
                day += timedelta(days=1)
            return at_wall(day, starts, self.zone)
        return at_wall(day, self.quiet_until, self.zone)


USUAL = Rules()


@dataclass(frozen=True)
class Reminder:
    """One reminder: which step, when, and from when on it would only confuse.

    wanted_on, sent_on: the day that the rule names, and the day it goes out on; they differ where `moved_for` says why.
    """

    step: str
    due_at: datetime
    stale_at: datetime
    wanted_on: date
    sent_on: date
    last_day: date
    moved_for: str = ""

    @property
    def days(self) -> int:
        """How many calendar days before the end the rule names."""
        return (self.last_day - self.wanted_on).days


def reminders(
    last_day: date, *, after: date, now: datetime, rules: Rules = USUAL, closed: Set[date] = NOBODY_OFF
) -> list[Reminder]:
    """The reminders before a deadline, earliest first.

    last_day: last day that counts, inclusive.
    after:    day of the invitation or of the latest reminder; nobody hears twice on one day.
    closed:   the town's own days off.
    Never in the past, never two on one day (the later step stays), never on a day off: see the head of this module.
    Each is stale when the next one is due, the last one when the deadline is over.
    """
    by_day: dict[date, Reminder] = {}
    for step in in_order(rules.steps, last_day, closed):
        if (found := _reminder(step, last_day, after, now, rules, closed)) is not None:
            by_day[found.sent_on] = found
    planned = [by_day[day] for day in sorted(by_day)]
    return [replace(one, stale_at=later.due_at) for one, later in pairwise(planned)] + planned[-1:]


def in_order(steps: Iterable[Step], last_day: date, closed: Set[date] = NOBODY_OFF) -> list[Step]:
    """Steps by the day they name, earliest first; of two that name one day the calendar one last, so that it stays."""
    return sorted(steps, key=lambda step: (step.wanted_on(last_day, closed), not step.in_working_days))


def _reminder(
    step: Step, last_day: date, after: date, now: datetime, rules: Rules, closed: Set[date]
) -> Reminder | None:
    wanted = step.wanted_on(last_day, closed)
    reason = rules.day_off(wanted, closed)
    before, later = previous_working_day(wanted, closed), next_working_day(wanted, closed)
    days = (wanted,) if not reason else (before, later)
    day = next((day for day in days if day > after and rules.moment_on(day) > now), None)
    if day is None or day > last_day:
        return None
    ends_at = end_of_day(last_day)
    return Reminder(step.name, rules.moment_on(day), ends_at, wanted, day, last_day, reason)


def working_days_before(day: date, count: int, closed: Set[date] = NOBODY_OFF) -> date:
    """The working day so many working days before a day; with 0 the day itself or the working day before it."""
    found = previous_working_day(day, closed)
    for _ in range(count):
        found = previous_working_day(found - timedelta(days=1), closed)
    return found


def result_asked_at(held_on: date, closed: Set[date] = NOBODY_OFF) -> datetime:
    """When a missing result is asked for: 9 in the morning of the working day after the sitting."""
    return at_local(next_working_day(held_on + timedelta(days=1), closed), SENDING_TIME.hour)


def is_office_day(day: date, closed: Set[date] = NOBODY_OFF) -> bool:
    """Whether people of the administration are at their desks: the days on which they get mails."""
    return is_working_day(day, closed)
