"""When something that is kept becomes due."""

from __future__ import annotations

from datetime import date

import pytest

from ikb.core.retention import Keeping, Unit


@pytest.mark.parametrize(
    ("period", "unit", "today", "expected"),
    [
        (None, Unit.YEARS, date(2030, 6, 3), None),
        (0, Unit.DAYS, date(2030, 6, 3), date(2030, 6, 3)),
        (30, Unit.DAYS, date(2030, 3, 1), date(2030, 1, 30)),
        (6, Unit.MONTHS, date(2030, 6, 3), date(2029, 12, 3)),
        (6, Unit.MONTHS, date(2030, 8, 31), date(2030, 2, 28)),
        (6, Unit.MONTHS, date(2028, 8, 30), date(2028, 2, 29)),
        (1, Unit.MONTHS, date(2030, 1, 31), date(2029, 12, 31)),
        (12, Unit.MONTHS, date(2030, 12, 31), date(2029, 12, 31)),
        (2, Unit.YEARS, date(2032, 2, 29), date(2030, 2, 28)),
        (9999, Unit.YEARS, date(2030, 1, 1), date.min),
    ],
)
def test_the_day_from_which_on_things_are_still_kept(period, unit, today, expected):
    assert Keeping(period, unit).cut_off(today) == expected


@pytest.mark.parametrize(
    ("keeping", "words"),
    [
        (Keeping(None), "noch nicht festgelegt"),
        (Keeping(0, Unit.DAYS), "sofort"),
        (Keeping(1, Unit.MONTHS), "1 Monat"),
        (Keeping(2, Unit.YEARS), "2 Jahre"),
    ],
)
def test_a_period_in_words(keeping, words):
    assert keeping.in_words == words
