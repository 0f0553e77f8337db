"""When reminders go out, as a table of cases. In June 2030 the 9th, 16th, 23rd and 30th are Sundays; the 10th is Whit Monday
and the 20th Corpus Christi."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as some

from ikb.core.clock import BERLIN, at_local, end_of_day
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


@pytest.mark.parametrize(
    ("steps", "spared", "last_day", "expected"),
    [
        # Steps of one's own, the last day among them.
        ("14 7 2 1 0", "sun hol", june(28), "14@14 7@21 2@26 1@27 0@28"),
        # In working days Corpus Christi (the 20th) and weekends do not count.
        ("5w", "sun hol", june(28), "5w@21"),
        ("6w", "sun hol", june(28), "6w@19"),
        ("1w", "sun hol", june(24), "1w@21"),
        ("0w", "sun hol", june(28), "0w@28"),
        # Saturdays are sent on unless they are spared, too.
        ("13", "sun hol", june(28), "13@15"),
        ("13", "sat sun hol", june(28), "13@14"),
        # Nothing spared: Sundays and Whit Monday are days like others.
        ("12", "", june(28), "12@16"),
        ("18", "", june(28), "18@10"),
        ("18", "sun", june(28), "18@10"),
        ("18", "hol", june(28), "18@7"),
        # A fixed last day that is a Sunday: on the working day before it, since after it nobody could answer.
        ("0", "sun hol", june(30), "0@28"),
        # Two steps that come to one day: the later one stays.
        ("5 3w", "sun hol", june(28), "5@21 3w@25"),
        ("5 4w", "sun hol", june(28), "5@21 4w@24"),
        ("4 4w", "sun hol", june(28), "4@24"),
        ("", "sun hol", june(28), ""),
    ],
)
def test_every_step_has_its_day(steps: str, spared: str, last_day: date, expected: str) -> None:
    found = rules.reminders(last_day, after=LONG_AGO, now=EARLY, rules=given(steps, spared))

    assert " ".join(f"{one.step}@{one.sent_on.day}" for one in found) == expected


def given(steps: str, spared: str = "sun hol", **values: Any) -> rules.Rules:
    named = [rules.step_named(name) for name in steps.split()]
    return rules.Rules(
        steps=tuple(step for step in named if step is not None),
        spares_saturdays="sat" in spared,
        spares_sundays="sun" in spared,
        spares_holidays="hol" in spared,
        **values,
    )


def test_a_moved_reminder_says_why() -> None:
    (moved,) = rules.reminders(june(24), after=LONG_AGO, now=EARLY, rules=given("14"))

    assert (moved.wanted_on, moved.sent_on, moved.moved_for) == (june(10), june(7), "Feiertag: Pfingstmontag")


def test_the_towns_own_days_off_count_like_holidays() -> None:
    closed = frozenset({june(21)})

    found = rules.reminders(june(28), after=LONG_AGO, now=EARLY, rules=given("7 6w"), closed=closed)

    assert [(one.step, one.sent_on, one.moved_for) for one in found] == [
        ("6w", june(18), ""),
        ("7", june(19), "örtlich arbeitsfrei"),
    ]


@pytest.mark.parametrize(
    ("last_day", "send_at", "expected"),
    [
        # Summer time begins on 31 March 2030: 2:30 does not exist that night, and is 3:30 by the new clock.
        (date(2030, 3, 31), time(2, 30), datetime(2030, 3, 31, 1, 30, tzinfo=UTC)),
        (date(2030, 3, 31), time(3, 30), datetime(2030, 3, 31, 1, 30, tzinfo=UTC)),
        (date(2030, 3, 31), time(1, 59), datetime(2030, 3, 31, 0, 59, tzinfo=UTC)),
        (date(2030, 3, 30), time(9), datetime(2030, 3, 30, 8, 0, tzinfo=UTC)),
        (date(2030, 4, 1), time(9), datetime(2030, 4, 1, 7, 0, tzinfo=UTC)),
        # It ends on 27 October: 2:30 comes twice, and counts the first time.
        (date(2030, 10, 27), time(2, 30), datetime(2030, 10, 27, 0, 30, tzinfo=UTC)),
        (date(2030, 10, 27), time(1, 59), datetime(2030, 10, 26, 23, 59, tzinfo=UTC)),
        (date(2030, 10, 27), time(3, 0), datetime(2030, 10, 27, 2, 0, tzinfo=UTC)),
        (date(2030, 10, 26), time(9), datetime(2030, 10, 26, 7, 0, tzinfo=UTC)),
        (date(2030, 10, 28), time(9), datetime(2030, 10, 28, 8, 0, tzinfo=UTC)),
    ],
)
def test_each_reminder_goes_out_once_at_its_wall_time_when_the_clocks_change(
    last_day: date, send_at: time, expected: datetime
) -> None:
    quiet = {"quiet_from": time(0), "quiet_until": time(0)}
    (found,) = rules.reminders(
        last_day,
        after=date(2030, 1, 1),
        now=datetime(2030, 1, 2, tzinfo=UTC),
        rules=given("0", "", send_at=send_at, **quiet),
    )

    assert found.due_at == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at_local(june(12), 12), at_local(june(12), 12)),
        (at_local(june(12), 20), at_local(june(13), 7)),
        (at_local(june(12), 19, 59), at_local(june(12), 19, 59)),
        (at_local(june(13), 6, 59), at_local(june(13), 7)),
        (at_local(june(13), 7), at_local(june(13), 7)),
        (at_local(june(8), 21), at_local(june(11), 7)),  # Saturday evening; Sunday and Whit Monday come next
        (at_local(june(9), 12), at_local(june(11), 7)),
    ],
)
def test_what_is_late_waits_for_the_end_of_quiet_hours_and_days_off(now: datetime, expected: datetime) -> None:
    assert rules.USUAL.next_moment(now) == expected


@hypothesis.given(
    some.datetimes(min_value=datetime(2030, 1, 1), max_value=datetime(2031, 1, 1), timezones=some.just(UTC)),  # noqa: DTZ001
    some.times(),
    some.times(),
    some.booleans(),
)
def test_the_next_moment_is_never_quiet_and_never_on_a_day_off(
    now: datetime, begins: time, ends: time, saturdays: bool
) -> None:
    own = rules.Rules(quiet_from=begins, quiet_until=ends, spares_saturdays=saturdays)

    found = own.next_moment(now)

    local = found.astimezone(BERLIN)
    assert found >= now
    assert not own.is_quiet(local.time())
    assert not own.day_off(local.date())


@hypothesis.given(some.lists(some.builds(rules.Step, some.integers(0, 60), some.booleans()), max_size=6, unique=True))
def test_the_order_of_the_steps_never_matters(steps: list[rules.Step]) -> None:
    def plan(own: list[rules.Step]) -> list[rules.Reminder]:
        return rules.reminders(june(28), after=LONG_AGO, now=EARLY, rules=rules.Rules(steps=tuple(own)))

    found = plan(steps)

    assert found == plan(steps[::-1]) == plan(sorted(steps))
    assert len({one.sent_on for one in found}) == len(found)
    assert all(LONG_AGO < one.sent_on <= june(28) and one.due_at > EARLY for one in found)
    assert not any(rules.USUAL.day_off(one.sent_on) for one in found)
