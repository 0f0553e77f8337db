"""When reminders go out, as a table of cases. In June 2030 the 9th, 16th, 23rd and 30th are Sundays; the 10th is Whit Monday
and the 20th Corpus Christi."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ikb.core.clock import at_local, end_of_day
from ikb.reminders import rules


def june(day: int) -> date:
    return date(2030, 6, day)


LONG_AGO = date(2030, 5, 1)
EARLY = at_local(date(2030, 5, 2), 8)


@pytest.mark.parametrize(
    ("last_day", "now", "after", "expected"),
    [
        (june(28), EARLY, LONG_AGO, "14@14 7@21 1@27"),
        # At the very minute it is over; a minute before it is not.
        (june(28), at_local(june(14), 9), LONG_AGO, "7@21 1@27"),
        (june(28), at_local(june(14), 8, 59), LONG_AGO, "14@14 7@21 1@27"),
        (june(28), at_local(june(27), 10), LONG_AGO, ""),
        (june(28), at_local(june(29), 10), LONG_AGO, ""),
        # Whoever is invited on that day is not reminded on that day.
        (june(28), at_local(june(14), 7), june(14), "7@21 1@27"),
        # Whit Monday and a Sunday: the Friday before; if that is over, the next working day, even if it is the last one.
        (june(24), EARLY, LONG_AGO, "14@7 7@17 1@21"),
        (june(24), at_local(june(7), 12), LONG_AGO, "14@11 7@17 1@21"),
        (june(24), at_local(june(21), 12), LONG_AGO, "1@24"),
        # Corpus Christi: the day before. Saturdays are days to send.
        (june(27), EARLY, LONG_AGO, "14@13 7@19 1@26"),
        (june(29), EARLY, LONG_AGO, "14@15 7@22 1@28"),
        # The Tuesday after Easter: the day before is Easter Monday, and the one before that a Sunday.
        (date(2030, 4, 23), EARLY.replace(month=3), date(2030, 3, 1), "14@9 7@16 1@18"),
    ],
)
def test_reminders_go_out_on_days_that_people_work_and_never_in_the_past(
    last_day: date, now: datetime, after: date, expected: str
) -> None:
    """expected: step@day of the deadline's month."""
    found = rules.reminders(last_day, after=after, now=now)

    wanted = [step.split("@") for step in expected.split()]
    days = [(step, at_local(last_day.replace(day=int(day)), 9)) for step, day in wanted]
    assert [(reminder.step, reminder.due_at) for reminder in found] == days


def test_two_steps_on_one_day_are_one_reminder() -> None:
    found = rules.reminders(
        june(24), after=LONG_AGO, now=EARLY, rules=rules.Rules(steps=(rules.Step(3), rules.Step(1)))
    )

    assert [reminder.step for reminder in found] == ["1"]


def test_a_reminder_counts_until_the_next_one_and_the_last_until_the_deadline() -> None:
    first, second, last = rules.reminders(june(28), after=LONG_AGO, now=EARLY)

    assert (first.stale_at, second.stale_at, last.stale_at) == (second.due_at, last.due_at, end_of_day(june(28)))


def test_nine_in_the_morning_stays_nine_when_the_clocks_change() -> None:
    found = rules.reminders(date(2030, 4, 4), after=date(2030, 3, 1), now=datetime(2030, 3, 1, 12, tzinfo=UTC))

    assert [reminder.due_at.hour for reminder in found] == [8, 8, 7]  # UTC; summer time begins on 31 March 2030


@pytest.mark.parametrize(
    ("held_on", "asked_on"),
    [
        (june(12), june(13)),
        (june(14), june(17)),
        (june(7), june(11)),
        (june(19), june(21)),
        (date(2030, 12, 24), date(2030, 12, 27)),
    ],
)
def test_a_missing_result_is_asked_for_on_the_next_working_day(held_on: date, asked_on: date) -> None:
    assert rules.result_asked_at(held_on) == at_local(asked_on, 9)
