"""Moments are aware and in UTC; days are days in Berlin, also in the two nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ikb.core.clock import at_local, berlin_day, end_of_day, require_aware, shifted_clock, start_of_day

EAST = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2030, 6, 28, 21, 59, 59, tzinfo=UTC), date(2030, 6, 28)),  # summer: midnight is 22:00 UTC
        (datetime(2030, 6, 28, 22, 0, tzinfo=UTC), date(2030, 6, 29)),
        (datetime(2030, 1, 15, 22, 59, 59, tzinfo=UTC), date(2030, 1, 15)),  # winter: 23:00 UTC
        (datetime(2030, 1, 15, 23, 0, tzinfo=UTC), date(2030, 1, 16)),
        (datetime(2030, 12, 31, 23, 0, tzinfo=UTC), date(2031, 1, 1)),
        (datetime(2028, 2, 28, 23, 0, tzinfo=UTC), date(2028, 2, 29)),  # leap day
        (datetime(2030, 6, 29, 6, 30, tzinfo=EAST), date(2030, 6, 28)),  # 21:30 UTC of the day before
    ],
)
def test_a_moment_falls_on_the_day_that_berlin_has(moment, day):
    assert berlin_day(moment) == day


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2010, 3, 28), 23),  # clocks go forward
        (date(2010, 10, 31), 25),  # and back
        (date(2030, 3, 31), 23),
        (date(2030, 10, 27), 25),
        (date(2030, 6, 28), 24),
        (date(2028, 2, 29), 24),
    ],
)
def test_a_day_lasts_as_long_as_it_does_in_berlin(day, hours):
    assert end_of_day(day) - start_of_day(day) == timedelta(hours=hours)


@pytest.mark.parametrize("day", [date(2010, 3, 28), date(2010, 10, 31), date(2028, 2, 29), date(2030, 12, 31)])
def test_the_end_of_a_day_is_the_first_moment_that_is_too_late(day):
    assert berlin_day(end_of_day(day) - timedelta(microseconds=1)) == day
    assert berlin_day(end_of_day(day)) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "utc"),
    [
        (date(2030, 3, 30), 2, 30, datetime(2030, 3, 30, 1, 30, tzinfo=UTC)),
        (date(2030, 3, 31), 1, 59, datetime(2030, 3, 31, 0, 59, tzinfo=UTC)),
        (date(2030, 3, 31), 2, 30, datetime(2030, 3, 31, 1, 30, tzinfo=UTC)),  # does not exist: 03:30
        (date(2030, 3, 31), 3, 0, datetime(2030, 3, 31, 1, 0, tzinfo=UTC)),
        (date(2030, 10, 27), 2, 30, datetime(2030, 10, 27, 0, 30, tzinfo=UTC)),  # twice: the first one
        (date(2030, 10, 27), 3, 0, datetime(2030, 10, 27, 2, 0, tzinfo=UTC)),
    ],
)
def test_wall_clock_times_become_moments(day, hour, minute, utc):
    assert at_local(day, hour, minute) == utc


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        require_aware(datetime(2030, 6, 28, 12, 0))  # noqa: DTZ001


def test_a_moment_of_another_zone_becomes_the_same_moment_in_utc():
    here = require_aware(datetime(2030, 6, 28, 21, 0, tzinfo=EAST))

    assert (here, here.utcoffset()) == (datetime(2030, 6, 28, 12, 0, tzinfo=UTC), timedelta(0))


def test_a_shifted_clock_runs_beside_the_machines_own():
    ahead = shifted_clock(timedelta(days=400))() - datetime.now(UTC)

    assert timedelta(days=399, hours=23) < ahead < timedelta(days=400, hours=1)
