"""Until when an invitation has to be with the members."""

from datetime import date

import pytest

from ikb.core.notice import notice


@pytest.mark.parametrize(
    ("meeting_on", "days", "latest_on", "send_on"),
    [
        (date(2010, 5, 26), 7, date(2010, 5, 18), date(2010, 5, 18)),
        (date(2010, 5, 26), 10, date(2010, 5, 15), date(2010, 5, 14)),  # Saturday; Thursday before is a holiday
        (date(2010, 9, 23), 7, date(2010, 9, 15), date(2010, 9, 15)),
        (date(2010, 9, 23), 10, date(2010, 9, 12), date(2010, 9, 10)),  # Sunday
        (date(2010, 9, 16), 7, date(2010, 9, 8), date(2010, 9, 8)),  # before five bodies sit on the 9th
        (date(2010, 9, 8), 0, date(2010, 9, 7), date(2010, 9, 7)),
        (date(2028, 3, 1), 0, date(2028, 2, 29), date(2028, 2, 29)),  # leap day
        (date(2010, 4, 14), 7, date(2010, 4, 6), date(2010, 4, 6)),
        (date(2010, 4, 13), 7, date(2010, 4, 5), date(2010, 4, 1)),  # Easter Monday, back over Easter
    ],
)
def test_neither_the_day_of_delivery_nor_that_of_the_meeting_counts(meeting_on, days, latest_on, send_on):
    found = notice(meeting_on, days)

    assert (found.latest_on, found.send_on) == (latest_on, send_on)
    assert found.is_moved is (latest_on != send_on)


def test_a_negative_period_is_refused():
    with pytest.raises(ValueError, match="0 days or more"):
        notice(date(2010, 9, 8), -1)
