"""Days full of sittings, as a table of cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ikb.core.busy import BusyDays, busy_days


def september(*days: int) -> list[date]:
    return [date(2010, 9, day) for day in days]


# The sequence of 2010 from 31 August on: two, five, three, five on one day each, then one and one.
OF_2010 = [date(2010, 8, 31)] * 2 + september(2, 2, 2, 2, 2, 8, 8, 8, 9, 9, 9, 9, 9, 16, 23)


@pytest.mark.parametrize(
    ("sittings", "at_least", "within", "expected"),
    [
        (OF_2010, 15, 10, BusyDays(date(2010, 8, 31), date(2010, 9, 9), 15)),
        (OF_2010, 16, 10, None),
        (OF_2010, 15, 9, None),
        (OF_2010[::-1], 15, 10, BusyDays(date(2010, 8, 31), date(2010, 9, 9), 15)),
        (OF_2010, 17, 60, BusyDays(date(2010, 8, 31), date(2010, 9, 23), 17)),
        ([], 1, 1, None),
        (september(1), 1, 1, BusyDays(date(2010, 9, 1), date(2010, 9, 1), 1)),
        (september(1, 2), 2, 1, None),
        (september(1, 10), 2, 10, BusyDays(date(2010, 9, 1), date(2010, 9, 10), 2)),
        (september(1, 11), 2, 10, None),
        (september(1, 20, 21), 2, 2, BusyDays(date(2010, 9, 20), date(2010, 9, 21), 2)),
    ],
)
def test_the_first_stretch_that_is_full_enough(
    sittings: list[date], at_least: int, within: int, expected: BusyDays | None
) -> None:
    assert busy_days(sittings, at_least=at_least, within=within) == expected


def test_a_stretch_may_lie_over_the_turn_of_the_year() -> None:
    days = [date(2010, 12, 30) + timedelta(days=step) for step in range(4)]

    assert busy_days(days, at_least=4, within=4) == BusyDays(days[0], days[-1], 4)


@pytest.mark.parametrize(("at_least", "within"), [(0, 10), (15, 0), (-1, -1)])
def test_a_stretch_without_sittings_or_days_is_refused(at_least: int, within: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        busy_days(OF_2010, at_least=at_least, within=within)
