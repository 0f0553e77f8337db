"""Small charts as numbers: nothing outside the picture, nothing lost, the edges first."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ikb.core.charts import CURVE_HEIGHT, WIDTH, bar, cumulated, curve

FIRST = date(2030, 6, 3)
LAST = date(2030, 6, 28)


def ups(line: str) -> list[float]:
    return [float(found) for found in re.findall(r"V([\d.]+)", line)]


def test_the_sum_grows_by_each_day():
    later = FIRST + timedelta(days=4)

    assert cumulated([later, FIRST, later]) == {FIRST: 1, later: 3}


def test_without_an_answer_the_line_runs_along_the_ground_until_today():
    found = curve({}, 93, FIRST, LAST, until=FIRST + timedelta(days=3))

    assert ups(found.line) == []
    assert found.end is not None
    assert found.end[1] == found.ground


def test_before_the_beginning_there_is_no_line():
    found = curve({}, 93, FIRST, LAST, until=FIRST - timedelta(days=1))

    assert (found.line, found.area, found.end) == ("", "", None)


def test_with_everybody_the_line_reaches_the_upper_edge():
    found = curve(cumulated([LAST] * 93), 93, FIRST, LAST, until=LAST)

    assert found.end == (found.right, found.top)


def test_what_came_before_the_first_day_counts_from_the_beginning():
    found = curve({FIRST - timedelta(days=2): 5}, 10, FIRST, LAST, until=LAST)

    assert ups(found.line) == [(found.ground + found.top) / 2]


def test_a_phase_of_one_day_is_drawn():
    found = curve({FIRST: 1}, 1, FIRST, FIRST, until=FIRST)

    assert [place.name for place in found.days] == ["03.06.", "04.06."]


def test_days_that_lie_outside_are_not_pointed_out():
    marks = [(FIRST - timedelta(days=1), "zu früh"), (LAST, "Frist"), (LAST + timedelta(days=1), "zu spät")]

    assert [mark.name for mark in curve({}, 9, FIRST, LAST, LAST, marks).marks] == ["Frist"]


@pytest.mark.parametrize(
    ("whole", "names"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (9, ["0", "2", "4", "6", "8", "9"]),
        (93, ["0", "20", "40", "60", "80", "93"]),
        (100, ["0", "20", "40", "60", "80", "100"]),
        (10_000, ["0", "2000", "4000", "6000", "8000", "10000"]),
    ],
)
def test_the_lines_have_round_numbers_and_the_whole(whole, names):
    assert [place.name for place in curve({}, whole, FIRST, LAST, LAST).counts] == names


@given(
    days=st.lists(st.dates(date(2030, 5, 1), date(2030, 8, 1)), max_size=60),
    total=st.integers(0, 50),
    length=st.integers(0, 90),
    until=st.dates(date(2030, 5, 1), date(2030, 8, 1)),
)
def test_nothing_is_drawn_outside_the_picture(days, total, length, until):
    found = curve(cumulated(days), total, FIRST, FIRST + timedelta(days=length), until)

    numbers = [float(number) for number in re.findall(r"[\d.]+", found.line)]
    assert all(0 <= number <= WIDTH for number in numbers)
    assert all(0 <= up <= CURVE_HEIGHT for up in ups(found.line))
    assert ups(found.line) == sorted(ups(found.line), reverse=True)


def test_a_bar_shows_each_part_behind_the_other_and_none_for_zero():
    parts = bar([("remarks", 3), ("nothing", 0), ("without", 1)], 8, width=80)

    assert [(part.kind, part.x, part.width) for part in parts] == [("remarks", 0.0, 30.0), ("without", 30.0, 10.0)]


def test_a_bar_of_nothing_is_empty():
    assert bar([("remarks", 0)], 0) == []
