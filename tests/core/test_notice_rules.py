"""Notice periods in every counting that towns use, the short ones to the hour, and steps counted backwards."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ikb.core.clock import BERLIN
from ikb.core.notice import (
    NoticeRule,
    ShortUnit,
    Unit,
    Way,
    days_before,
    in_words,
    latest_day,
    notice_by,
    short_notice_ends_at,
)
from ikb.core.periods import is_working_day

WORK = Unit.WORKING
SEVEN, TEN = NoticeRule(7), NoticeRule(10)
HILDEN = NoticeRule(9, count_meeting_day=True)
WESEL = NoticeRule(8)
BONN = NoticeRule(14, count_meeting_day=True)
NEUSS = NoticeRule(6)
BOTH_COUNT = "Ladungsfrist 1 Tag; Tag der Zustellung und Sitzungstag zählen mit."
LETTER = NoticeRule(7, delivery=Way.POST, extra_days=3)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("meeting_on", "rule", "latest_on", "send_on"),
    [
        # the dates of the domain notes
        ("2010-05-26", SEVEN, "2010-05-18", "2010-05-18"),
        ("2010-05-26", TEN, "2010-05-15", "2010-05-14"),  # Saturday; the 13th is a holiday, the 14th is not
        ("2010-09-23", SEVEN, "2010-09-15", "2010-09-15"),
        ("2010-09-23", TEN, "2010-09-12", "2010-09-10"),  # Sunday
        ("2010-09-08", HILDEN, "2010-08-30", "2010-08-30"),
        ("2010-09-16", SEVEN, "2010-09-08", "2010-09-08"),
        # the other towns
        ("2010-09-23", WESEL, "2010-09-14", "2010-09-14"),
        ("2010-09-23", BONN, "2010-09-09", "2010-09-09"),
        ("2010-09-23", NEUSS, "2010-09-16", "2010-09-16"),
        ("2010-09-08", NoticeRule(9), "2010-08-29", "2010-08-27"),  # why Hilden changed its rule: in practice Friday
        # what counts
        ("2010-09-08", NoticeRule(9, count_delivery_day=True), "2010-08-30", "2010-08-30"),
        ("2010-09-08", NoticeRule(9, count_delivery_day=True, count_meeting_day=True), "2010-08-31", "2010-08-31"),
        ("2010-09-08", NoticeRule(0), "2010-09-07", "2010-09-07"),
        ("2010-09-08", NoticeRule(0, count_meeting_day=True), "2010-09-08", "2010-09-08"),
        ("2010-09-08", NoticeRule(1, count_delivery_day=True, count_meeting_day=True), "2010-09-08", "2010-09-08"),
        ("2010-09-08", NoticeRule(0, count_delivery_day=True, count_meeting_day=True), "2010-09-08", "2010-09-08"),
        # leap days and month ends
        ("2028-03-08", SEVEN, "2028-02-29", "2028-02-29"),
        ("2027-03-09", SEVEN, "2027-03-01", "2027-03-01"),
        ("2027-03-08", SEVEN, "2027-02-28", "2027-02-26"),  # no leap year: a Sunday
        ("2032-03-08", SEVEN, "2032-02-29", "2032-02-27"),  # a leap day on a Sunday
        ("2028-03-07", NoticeRule(7, WORK), "2028-02-24", "2028-02-24"),
        ("2010-07-08", SEVEN, "2010-06-30", "2010-06-30"),
        ("2010-11-09", SEVEN, "2010-11-01", "2010-10-29"),  # All Saints, a Monday
        ("2010-12-08", SEVEN, "2010-11-30", "2010-11-30"),
        # Easter, Ascension, Whitsun, Corpus Christi
        ("2010-04-13", SEVEN, "2010-04-05", "2010-04-01"),
        ("2010-04-10", SEVEN, "2010-04-02", "2010-04-01"),
        ("2010-05-21", SEVEN, "2010-05-13", "2010-05-12"),
        ("2010-06-01", SEVEN, "2010-05-24", "2010-05-21"),
        ("2010-06-11", SEVEN, "2010-06-03", "2010-06-02"),
        ("2038-05-03", SEVEN, "2038-04-25", "2038-04-22"),  # Easter at its latest: 25.04.
        ("2008-03-31", SEVEN, "2008-03-23", "2008-03-20"),  # and early: 23.03.
        # 31.10. was a holiday once
        ("2017-11-08", SEVEN, "2017-10-31", "2017-10-30"),
        ("2018-11-08", SEVEN, "2018-10-31", "2018-10-31"),
        ("2017-11-08", NoticeRule(5, WORK), "2017-10-29", "2017-10-27"),
        ("2018-11-08", NoticeRule(5, WORK), "2018-10-30", "2018-10-30"),
        # over the year's end
        ("2011-01-05", SEVEN, "2010-12-28", "2010-12-28"),
        ("2011-01-09", SEVEN, "2011-01-01", "2010-12-31"),
        ("2011-01-12", NoticeRule(7, WORK), "2011-01-02", "2010-12-31"),
        ("2020-01-03", SEVEN, "2019-12-26", "2019-12-24"),  # Christmas Eve works
        ("2022-10-11", SEVEN, "2022-10-03", "2022-09-30"),
        # working days
        ("2010-06-09", NoticeRule(5, WORK), "2010-05-31", "2010-05-31"),  # with Corpus Christi inside
        ("2010-04-08", NoticeRule(3, WORK), "2010-03-31", "2010-03-31"),  # with Easter inside
        ("2010-04-08", NoticeRule(2, WORK, count_meeting_day=True), "2010-04-06", "2010-04-06"),
        ("2010-04-08", NoticeRule(2, WORK, count_delivery_day=True), "2010-04-06", "2010-04-06"),
        ("2010-04-08", NoticeRule(2, WORK, True, True), "2010-04-07", "2010-04-07"),
        ("2010-06-10", NoticeRule(3, WORK, count_delivery_day=True), "2010-06-07", "2010-06-07"),
        ("2030-06-29", NoticeRule(1, WORK, True, True), "2030-06-28", "2030-06-28"),  # a Saturday cannot count itself
        ("2010-09-08", NoticeRule(0, WORK), "2010-09-07", "2010-09-07"),
        # the weeks in which clocks change are as long as others
        ("2010-04-01", SEVEN, "2010-03-24", "2010-03-24"),
        ("2010-11-04", SEVEN, "2010-10-27", "2010-10-27"),
        # letters
        ("2010-09-23", LETTER, "2010-09-15", "2010-09-10"),  # Sunday 12th, so Friday
        ("2010-04-14", LETTER, "2010-04-06", "2010-04-01"),
        ("2010-05-27", LETTER, "2010-05-19", "2010-05-14"),
        ("2010-09-23", NoticeRule(7, delivery=Way.POST), "2010-09-15", "2010-09-15"),
        ("2010-09-23", NoticeRule(7, extra_days=3), "2010-09-15", "2010-09-15"),  # nothing is on its way
    ],
)
def test_the_last_day_for_an_invitation(meeting_on, rule, latest_on, send_on):
    found = notice_by(rule, d(meeting_on))

    assert (found.latest_on, found.send_on) == (d(latest_on), d(send_on))
    assert bool(found.why) is found.is_moved


def test_the_towns_own_free_days_move_it_too():
    carnival = {d("2010-02-15")}

    assert notice_by(SEVEN, d("2010-02-23")).send_on == d("2010-02-15")
    assert notice_by(SEVEN, d("2010-02-23"), carnival).send_on == d("2010-02-12")
    assert notice_by(NoticeRule(6, WORK), d("2010-02-23"), carnival).latest_on == d("2010-02-11")


def test_it_says_why_the_day_moved():
    found = notice_by(LETTER, d("2010-05-27"))

    assert found.why == (
        "Der Brief ist 3 Tage unterwegs: aufgeben bis So., 16.05.2010.",
        "So., 16.05.2010 ist kein Werktag: deshalb Fr., 14.05.2010.",
    )
    assert notice_by(TEN, d("2010-05-26")).why == ("Sa., 15.05.2010 ist kein Werktag: deshalb Fr., 14.05.2010.",)


rules = st.builds(
    NoticeRule,
    st.integers(0, 20),
    st.sampled_from(list(Unit)),
    st.booleans(),
    st.booleans(),
    delivery=st.sampled_from(list(Way)),
    extra_days=st.integers(0, 5),
)
days = st.dates(date(2009, 1, 1), date(2040, 12, 31))


@given(rule=rules, meeting_on=days)
def test_it_is_the_last_day_that_leaves_enough_days_between(rule, meeting_on):
    latest_on = latest_day(rule.days, rule, meeting_on)

    assert _counted(rule, latest_on, meeting_on) >= rule.days
    following = latest_on + timedelta(days=1)
    if following < meeting_on:
        assert _counted(rule, following, meeting_on) < rule.days


def _counted(rule, delivered_on, meeting_on):
    """Days of the period, counted one by one."""
    span = [delivered_on + timedelta(days=step) for step in range((meeting_on - delivered_on).days + 1)]
    counting = [
        day
        for day in span
        if (day != delivered_on or rule.count_delivery_day) and (day != meeting_on or rule.count_meeting_day)
    ]
    return sum(rule.unit is Unit.CALENDAR or is_working_day(day) for day in counting)


@given(rule=rules, meeting_on=days)
def test_a_later_sitting_never_has_an_earlier_invitation(rule, meeting_on):
    today, tomorrow = notice_by(rule, meeting_on), notice_by(rule, meeting_on + timedelta(days=1))

    assert today.latest_on <= tomorrow.latest_on
    assert today.send_on <= tomorrow.send_on
    assert today.send_on <= today.latest_on <= meeting_on
    assert is_working_day(today.send_on)


@pytest.mark.parametrize(("days", "extra"), [(-1, 0), (7, -1)])
def test_a_rule_has_no_negative_numbers(days, extra):
    with pytest.raises(ValueError, match="0 days or more"):
        NoticeRule(days, extra_days=extra)
    with pytest.raises(ValueError, match="0 days or more"):
        NoticeRule(short_amount=-1)


@pytest.mark.parametrize(
    ("meeting_on", "starts", "hours", "ends_at"),
    [
        ("2010-09-23", time(17), 48, "2010-09-21T17:00"),
        ("2010-09-23", time(17), 24, "2010-09-22T17:00"),
        ("2010-09-23", None, 48, "2010-09-21T00:00"),  # without a time the day's beginning, to be safe
        ("2010-03-29", time(18), 48, "2010-03-27T17:00"),  # clocks went forward: the same hours begin earlier
        ("2010-03-29", time(18), 39, "2010-03-28T03:00"),  # right after the hour that was skipped
        ("2010-03-29", time(18), 40, "2010-03-28T01:00"),
        ("2011-10-31", time(18), 48, "2011-10-29T19:00"),  # clocks went back
        ("2010-03-28", time(18), 24, "2010-03-27T17:00"),
        ("2011-10-30", time(18), 24, "2011-10-29T19:00"),
        ("2028-03-01", time(17), 48, "2028-02-28T17:00"),
        ("2011-01-01", time(10), 48, "2010-12-30T10:00"),
    ],
)
def test_a_short_notice_in_hours_is_real_hours(meeting_on, starts, hours, ends_at):
    rule = NoticeRule(short_amount=hours)

    found = short_notice_ends_at(rule, d(meeting_on), starts)

    assert found == datetime.fromisoformat(ends_at).replace(tzinfo=BERLIN)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(("hours", "ends_at"), [(40, "2011-10-30T01:00"), (41, "2011-10-30T00:00")])
def test_the_hour_that_comes_twice_is_told_apart(hours, ends_at):
    found = short_notice_ends_at(NoticeRule(short_amount=hours), d("2011-10-31"), time(18))

    assert found == datetime.fromisoformat(ends_at).replace(tzinfo=UTC)  # 02:00 in Berlin both times
    assert found.astimezone(BERLIN).time() == time(2)


@pytest.mark.parametrize(
    ("rule", "meeting_on", "last_day"),
    [
        (
            NoticeRule(9, count_meeting_day=True, short_amount=3, short_unit=ShortUnit.CALENDAR),
            "2010-09-08",
            "2010-09-05",
        ),
        (NoticeRule(6, short_amount=3, short_unit=ShortUnit.WORKING), "2010-09-23", "2010-09-19"),
        (NoticeRule(6, short_amount=3, short_unit=ShortUnit.WORKING), "2010-04-08", "2010-03-31"),  # over Easter
        (NoticeRule(7, short_amount=1, short_unit=ShortUnit.CALENDAR), "2010-03-29", "2010-03-27"),
    ],
)
def test_a_short_notice_in_days_ends_with_its_last_day(rule, meeting_on, last_day):
    ends_at = short_notice_ends_at(rule, d(meeting_on), time(17))

    assert ends_at.astimezone(BERLIN) == datetime.combine(d(last_day) + timedelta(days=1), time.min, BERLIN)


def test_where_there_is_no_short_notice_there_is_no_moment():
    assert short_notice_ends_at(SEVEN, d("2010-09-23"), time(17)) is None


@pytest.mark.parametrize(
    ("on", "days", "unit", "fixed", "due_on"),
    [
        ("2010-09-23", 14, Unit.CALENDAR, False, "2010-09-09"),
        ("2010-09-23", 11, Unit.CALENDAR, False, "2010-09-10"),  # Sunday
        ("2010-09-23", 11, Unit.CALENDAR, True, "2010-09-12"),  # expressly fixed, so it stays
        ("2010-04-16", 14, Unit.CALENDAR, True, "2010-04-02"),  # on Good Friday even
        ("2010-04-16", 14, Unit.CALENDAR, False, "2010-04-01"),
        ("2028-03-14", 14, Unit.CALENDAR, False, "2028-02-29"),
        ("2010-05-17", 2, WORK, False, "2010-05-12"),  # Friday, then Ascension
        ("2010-01-04", 1, WORK, False, "2009-12-31"),
        ("2010-09-12", 0, WORK, False, "2010-09-10"),
        ("2010-09-12", 0, WORK, True, "2010-09-12"),
        ("2010-09-12", 1, WORK, False, "2010-09-10"),
        ("2010-03-31", 14, Unit.CALENDAR, False, "2010-03-17"),  # over the night on which clocks go forward
    ],
)
def test_a_step_is_due_some_days_before(on, days, unit, fixed, due_on):
    assert days_before(d(on), days, unit, fixed=fixed) == d(due_on)


def test_a_step_cannot_be_due_afterwards():
    with pytest.raises(ValueError, match="0 days or more"):
        days_before(d("2010-09-23"), -1)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (SEVEN, "Ladungsfrist 7 Tage; Tag der Zustellung und Sitzungstag zählen nicht mit."),
        (HILDEN, "Ladungsfrist 9 Tage; der Sitzungstag zählt mit, der Tag der Zustellung nicht."),
        (NoticeRule(1, WORK), "Ladungsfrist 1 Werktag; Tag der Zustellung und Sitzungstag zählen nicht mit."),
        (
            NoticeRule(3, WORK, True),
            "Ladungsfrist 3 Werktage; der Tag der Zustellung zählt mit, der Sitzungstag nicht.",
        ),
        (NoticeRule(1, count_delivery_day=True, count_meeting_day=True), BOTH_COUNT),
    ],
)
def test_the_rule_in_words(rule, words):
    assert in_words(rule) == words
