"""The picture of a sequence: rows, time to scale, long gaps short, nothing outside and nothing on top of another."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest

from ikb.core.timeline import HEAD, LANE, LETTER, NAMES, SHORTENED, WIDTH, Event, Shade, axis_of, layout
from ikb.demo.story import SITTINGS

TODAY = date(2010, 8, 25)
OF_2010 = [Event(name, day, "open", "08.09. empfohlen") for name, days in SITTINGS for day in days]


def test_without_a_single_day_there_is_no_picture():
    assert layout([], [], TODAY) is None
    assert layout([Event("Rat", None, "open", "noch offen")], [], TODAY) is None


def test_every_committee_has_one_row_however_often_it_sits():
    picture = layout(OF_2010, [], TODAY)

    assert [row.name for row in picture.rows] == [name for name, _ in SITTINGS]
    assert len(picture.rows[0].marks) == 2
    assert sum(len(row.marks) for row in picture.rows) == 22


def test_later_is_further_right_and_the_same_day_is_one_place():
    picture = layout(OF_2010, [], TODAY)
    places = {}
    for (_, days), row in zip(SITTINGS, picture.rows, strict=True):
        for day, mark in zip(sorted(days), row.marks, strict=True):
            places.setdefault(day, set()).add(mark.x)

    assert all(len(found) == 1 for found in places.values())
    in_order = [places[day].pop() for day in sorted(places)]
    assert in_order == sorted(in_order)
    assert len(set(in_order)) == 10


def test_the_summer_of_2010_is_drawn_short_and_says_how_long_it_is():
    axis = axis_of(sorted({day for _, days in SITTINGS for day in days}))
    picture = layout(OF_2010, [], date(2010, 12, 1))

    assert [stretch.is_short for stretch in axis.stretches] == [False, True, False, True, False]
    assert [(gap.name, gap.width) for gap in picture.gaps] == [("2 Wochen", SHORTENED), ("9 Wochen", SHORTENED)]


@pytest.mark.parametrize(("quiet", "gaps"), [(20, 0), (21, 1)])
def test_less_than_three_weeks_are_still_to_scale(quiet, gaps):
    first = date(2030, 6, 3)
    picture = layout(
        [Event("A", first, "open", ""), Event("B", first + timedelta(days=quiet), "open", "")], [], date(2031, 1, 1)
    )

    assert len(picture.gaps) == gaps


def test_everything_lies_inside_the_picture():
    far = [Event("Rat", date(2010, 1, 1) + timedelta(days=40 * step), "open", "x" * 30) for step in range(20)]
    picture = layout([*OF_2010, *far, Event("Beirat", None, "open", "noch offen")], [], TODAY)

    for row in picture.rows:
        assert row.y >= HEAD
        assert row.y + row.height <= picture.height
        for mark in row.marks:
            words = len(mark.text) * LETTER
            left, right = (mark.text_x - words, mark.text_x) if mark.at_end else (mark.text_x, mark.text_x + words)
            assert NAMES <= mark.x <= WIDTH
            assert left >= 0
            assert right <= WIDTH + 0.01
            assert row.y < mark.y < row.y + row.height


def test_words_of_one_committee_never_lie_on_each_other():
    close = [Event("Rat", date(2030, 6, 3) + timedelta(days=step), "open", "03.06. vertagt") for step in range(6)]
    row = layout([*close, Event("A", date(2030, 7, 1), "open", "")], [], TODAY).rows[0]

    for one, other in combinations(row.marks, 2):
        if one.y == other.y:
            assert abs(one.text_x - other.text_x) >= len(one.text) * LETTER
    assert row.height == len({mark.y for mark in row.marks}) * LANE


def test_a_step_without_a_day_stands_at_the_beginning_of_its_row():
    picture = layout([Event("Rat", date(2030, 6, 3), "open", ""), Event("B", None, "open", "noch offen")], [], TODAY)

    assert picture.rows[1].marks[0].x == NAMES + 7


@pytest.mark.parametrize(
    ("today", "is_seen"),
    [
        (date(2010, 4, 16), True),  # four weeks before the first sitting
        (date(2010, 4, 15), False),
        (date(2010, 10, 21), True),  # four weeks after the last one
        (date(2010, 10, 22), False),
        (date(2010, 7, 20), True),  # in the gap
    ],
)
def test_today_is_a_line_where_it_is_near(today, is_seen):
    assert (layout(OF_2010, [], today).today_x is not None) is is_seen


def test_today_in_the_gap_stands_between_its_neighbours():
    picture = layout(OF_2010, [], date(2010, 7, 20))
    places = sorted(mark.x for row in picture.rows for mark in row.marks)

    assert picture.today_x not in places
    assert places[0] < picture.today_x < places[-1]


def test_shades_are_cut_to_what_is_seen_and_a_single_day_stays_visible():
    shades = [
        Shade("Fronleichnam", date(2010, 6, 3), date(2010, 6, 3), "holiday"),
        Shade("Sommerferien", date(2010, 7, 15), date(2010, 8, 27), "school"),
        Shade("Neujahr", date(2010, 1, 1), date(2010, 1, 1), "holiday"),
        Shade("Weihnachtsferien", date(2010, 12, 24), date(2011, 1, 8), "school"),
    ]
    picture = layout(OF_2010, shades, TODAY)

    assert [shade.name for shade in picture.shades] == ["Fronleichnam", "Sommerferien"]
    assert all(shade.width >= 2 and shade.x >= NAMES and shade.x + shade.width <= WIDTH for shade in picture.shades)


def test_months_follow_each_other_without_a_gap():
    months = layout(OF_2010, [], TODAY).months

    assert [month.name for month in months] == ["05.2010", "06.2010", "", "08.2010", "09.2010"]
    for before, after in pairwise(months):
        assert before.x + before.width == pytest.approx(after.x)
