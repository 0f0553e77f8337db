"""Which day is the last one: holidays of North Rhine-Westphalia, weekends, month ends, leap days, fixed dates."""

from datetime import date

import pytest

from ikb.core.periods import (
    deadline,
    effective_deadline,
    is_working_day,
    next_working_day,
    nrw_holiday_names,
    nrw_holidays,
    previous_working_day,
    working_days_between,
)

HOLIDAYS_OF_2010 = {
    date(2010, 1, 1): "Neujahr",
    date(2010, 4, 2): "Karfreitag",
    date(2010, 4, 5): "Ostermontag",
    date(2010, 5, 1): "Erster Mai",
    date(2010, 5, 13): "Christi Himmelfahrt",
    date(2010, 5, 24): "Pfingstmontag",
    date(2010, 6, 3): "Fronleichnam",
    date(2010, 10, 3): "Tag der Deutschen Einheit",
    date(2010, 11, 1): "Allerheiligen",
    date(2010, 12, 25): "Erster Weihnachtstag",
    date(2010, 12, 26): "Zweiter Weihnachtstag",
}


def test_2010_has_exactly_the_holidays_of_the_act():
    assert nrw_holidays(2010) == set(HOLIDAYS_OF_2010)


def test_holidays_carry_their_german_names_in_order():
    assert nrw_holiday_names(2010) == HOLIDAYS_OF_2010
    assert list(nrw_holiday_names(2010)) == sorted(HOLIDAYS_OF_2010)


@pytest.mark.parametrize(
    ("day", "is_holiday"),
    [
        (date(2017, 10, 31), True),  # Reformation Day, once
        (date(2018, 10, 31), False),
        (date(2010, 1, 6), False),  # Epiphany is none here
        (date(2010, 8, 15), False),
        (date(2024, 5, 30), True),  # Corpus Christi
        (date(2025, 5, 29), True),  # Ascension
        (date(2030, 6, 20), True),
    ],
)
def test_single_days_of_other_years(day, is_holiday):
    assert (day in nrw_holidays(day.year)) is is_holiday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2010, 5, 12), True),
        (date(2010, 5, 13), False),  # Thursday, holiday
        (date(2010, 5, 14), True),  # the bridge day works
        (date(2010, 5, 15), False),
        (date(2010, 5, 16), False),
        (date(2028, 2, 29), True),
        (date(2010, 12, 24), True),  # no holiday by law
        (date(2010, 12, 31), True),
    ],
)
def test_working_days(day, works):
    assert is_working_day(day) is works


def test_the_towns_own_exceptions_are_no_working_days():
    carnival = date(2010, 2, 15)

    assert is_working_day(carnival)
    assert not is_working_day(carnival, {carnival})
    assert next_working_day(carnival, {carnival}) == date(2010, 2, 16)


@pytest.mark.parametrize(
    ("named_on", "last_day"),
    [
        (date(2030, 6, 28), date(2030, 6, 28)),  # Friday
        (date(2030, 6, 29), date(2030, 7, 1)),  # Saturday, over the month's end
        (date(2030, 6, 30), date(2030, 7, 1)),  # Sunday
        (date(2010, 4, 2), date(2010, 4, 6)),  # Good Friday to Tuesday after Easter
        (date(2010, 4, 4), date(2010, 4, 6)),
        (date(2010, 5, 13), date(2010, 5, 14)),
        (date(2010, 5, 22), date(2010, 5, 25)),  # Whitsun
        (date(2010, 12, 25), date(2010, 12, 27)),
        (date(2011, 12, 31), date(2012, 1, 2)),  # over the year's end
        (date(2021, 12, 31), date(2021, 12, 31)),
        (date(2022, 1, 1), date(2022, 1, 3)),
        (date(2028, 2, 29), date(2028, 2, 29)),  # leap day, a Tuesday
        (date(2032, 2, 29), date(2032, 3, 1)),  # leap day, a Sunday
        (date(2010, 3, 28), date(2010, 3, 29)),  # the Sunday on which clocks go forward
        (date(2010, 10, 31), date(2010, 11, 2)),  # the one on which they go back, before All Saints
    ],
)
def test_a_deadline_on_a_free_day_moves_to_the_next_working_day(named_on, last_day):
    assert effective_deadline(named_on, fixed=False) == last_day


@pytest.mark.parametrize("named_on", [date(2030, 6, 29), date(2010, 4, 2), date(2032, 2, 29), date(2011, 12, 31)])
def test_a_deadline_that_was_expressly_fixed_does_not_move(named_on):
    assert effective_deadline(named_on, fixed=True) == named_on


def test_a_local_exception_moves_a_deadline_too():
    assert effective_deadline(date(2010, 2, 15), fixed=False, local_exceptions={date(2010, 2, 15)}) == date(2010, 2, 16)


@pytest.mark.parametrize(
    ("published_on", "days", "last_day"),
    [
        (date(2010, 9, 1), 1, date(2010, 9, 2)),
        (date(2010, 1, 31), 30, date(2010, 3, 2)),
        (date(2028, 1, 31), 29, date(2028, 2, 29)),  # ends on the leap day
        (date(2027, 2, 1), 28, date(2027, 3, 1)),
        (date(2010, 3, 5), 28, date(2010, 4, 6)),  # Good Friday, moves over Easter
        (date(2010, 4, 15), 28, date(2010, 5, 14)),  # Ascension
        (date(2010, 12, 1), 30, date(2010, 12, 31)),
        (date(2010, 12, 2), 30, date(2011, 1, 3)),  # New Year, then a weekend
    ],
)
def test_a_period_in_days_does_not_count_its_first_day(published_on, days, last_day):
    assert deadline(published_on, days) == last_day


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_without_days_is_refused(days):
    with pytest.raises(ValueError, match="at least one day"):
        deadline(date(2010, 9, 1), days)


@pytest.mark.parametrize(
    ("day", "previous"),
    [
        (date(2010, 5, 15), date(2010, 5, 14)),
        (date(2010, 5, 13), date(2010, 5, 12)),
        (date(2010, 4, 5), date(2010, 4, 1)),
        (date(2010, 9, 8), date(2010, 9, 8)),
    ],
)
def test_the_working_day_before(day, previous):
    assert previous_working_day(day) == previous


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2010, 9, 6), date(2010, 9, 10), 5),
        (date(2010, 9, 6), date(2010, 9, 6), 1),
        (date(2010, 9, 11), date(2010, 9, 12), 0),
        (date(2010, 9, 7), date(2010, 9, 6), 0),  # ends before it begins
        (date(2010, 5, 10), date(2010, 5, 14), 4),  # with Ascension
        (date(2010, 3, 29), date(2010, 4, 9), 8),  # with Good Friday and Easter Monday
        (date(2030, 6, 3), date(2030, 6, 28), 18),  # with Whit Monday and Corpus Christi
    ],
)
def test_working_days_between_two_days_count_both_ends(first, last, count):
    assert working_days_between(first, last) == count
