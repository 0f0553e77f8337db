"""Calendar files, read back by two libraries that know nothing of each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from ikb.core.calendar import Entry, to_ical

BERLIN = ZoneInfo("Europe/Berlin")
CHANGED = datetime(2030, 6, 3, 8, 0, 0, 123, tzinfo=UTC)
AWKWARD = "Jöllenbeck: „Übung“; erst A, dann B\\C " + "ä€😀" * 40
SITTING = Entry(
    "uid-1", 3, CHANGED, AWKWARD, date(2030, 6, 12), time(17), time(20, 30), "Rathaus; Saal 1, 3. OG", "Eins\nzwei, drei"
)  # fmt: skip
DEADLINE = Entry(
    "uid-2", 0, CHANGED, "Frist", date(2030, 6, 28), is_busy=False, alarms=(timedelta(hours=15), timedelta(days=7))
)


def by_icalendar(written):
    found = []
    for event in icalendar.Calendar.from_ical(written).walk("VEVENT"):
        end = event.get("dtend")
        found.append(
            (
                str(event["uid"]),
                int(event["sequence"]),
                str(event["status"]),
                str(event["summary"]),
                event["dtstart"].dt,
                end.dt if end else None,
                str(event.get("location", "")),
                str(event.get("description", "")),
            )
        )
    return found


def by_vobject(written):
    found = []
    for event in vobject.readOne(written.decode()).vevent_list:
        has = event.contents
        found.append(
            (
                event.uid.value,
                int(event.sequence.value),
                event.status.value,
                event.summary.value,
                event.dtstart.value,
                event.dtend.value if "dtend" in has else None,
                event.location.value if "location" in has else "",
                event.description.value if "description" in has else "",
            )
        )
    return found


def test_two_libraries_read_the_same_dates():
    written = to_ical("Termine", [SITTING, DEADLINE])
    one, other = by_icalendar(written), by_vobject(written)

    assert [row[:4] + row[6:] for row in one] == [row[:4] + row[6:] for row in other]
    assert one[0][3] == AWKWARD
    assert one[0][6:] == ("Rathaus; Saal 1, 3. OG", "Eins\nzwei, drei")
    for mine, theirs in zip(one, other, strict=True):
        for place in (4, 5):
            assert _moment(mine[place]) == _moment(theirs[place])
    assert one[0][4] == datetime(2030, 6, 12, 17, tzinfo=BERLIN)
    assert one[1][4:6] == (date(2030, 6, 28), date(2030, 6, 29))


def _moment(value):
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def test_no_line_is_longer_than_75_octets_and_each_ends_with_cr_lf():
    written = to_ical("Termine " + "ü" * 100, [SITTING])

    assert written.endswith(b"\r\n")
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode("utf-8")  # a letter of several octets is never cut in two


def test_commas_semicolons_backslashes_and_breaks_are_escaped():
    text = to_ical("Termine", [SITTING]).replace(b"\r\n ", b"").decode()

    assert "LOCATION:Rathaus\\; Saal 1\\, 3. OG" in text
    assert "DESCRIPTION:Eins\\nzwei\\, drei" in text
    assert "dann B\\\\C" in text


def test_a_text_cannot_smuggle_in_a_line_of_its_own():
    sly = Entry("u", 0, CHANGED, "Sitzung\r\nATTENDEE:mailto:x@example.org\x00\x07", date(2030, 6, 12))
    [event] = icalendar.Calendar.from_ical(to_ical("T", [sly])).walk("VEVENT")

    assert "attendee" not in event
    assert str(event["summary"]) == "Sitzung\nATTENDEE:mailto:x@example.org"


@pytest.mark.parametrize(
    ("day", "starts", "utc"),
    [
        (date(2030, 1, 15), time(17), datetime(2030, 1, 15, 16, tzinfo=UTC)),  # winter
        (date(2030, 7, 15), time(17), datetime(2030, 7, 15, 15, tzinfo=UTC)),  # summer
        (date(2030, 3, 31), time(3, 30), datetime(2030, 3, 31, 1, 30, tzinfo=UTC)),  # the hour after the change
        (date(2030, 10, 27), time(0, 30), datetime(2030, 10, 26, 22, 30, tzinfo=UTC)),  # before the change back
        (date(2030, 10, 27), time(4), datetime(2030, 10, 27, 3, tzinfo=UTC)),
    ],
)
def test_wall_clock_times_are_right_by_the_zone_that_the_file_brings_along(day, starts, utc):
    written = to_ical("T", [Entry("u", 0, CHANGED, "S", day, starts)])

    assert b"DTSTART;TZID=Europe/Berlin:" in written
    # vobject builds its time zone from the file's own VTIMEZONE.
    assert vobject.readOne(written.decode()).vevent.dtstart.value.astimezone(UTC) == utc
    assert icalendar.Calendar.from_ical(written).walk("VEVENT")[0]["dtstart"].dt.astimezone(UTC) == utc


@pytest.mark.parametrize("year", [1996, 2010, 2026, 2040])
def test_the_zone_changes_on_the_days_on_which_berlin_does(year):
    zone = vobject.readOne(to_ical("T", []).decode()).vtimezone.tzinfo  # built from the file's own rules
    for day in (date(year, 12, 31) - timedelta(days=step) for step in range(300)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN)
        if day > date(1996, 4, 1):
            assert noon.replace(tzinfo=zone).utcoffset() == noon.utcoffset(), day


def test_an_end_that_is_not_known_is_not_invented_and_one_after_midnight_is_the_next_day():
    open_end = Entry("u", 0, CHANGED, "S", date(2030, 6, 12), time(17))
    late = Entry("v", 0, CHANGED, "S", date(2030, 6, 12), time(18), time(0, 15))
    first, second = icalendar.Calendar.from_ical(to_ical("T", [open_end, late])).walk("VEVENT")

    assert "dtend" not in first
    assert second["dtend"].dt == datetime(2030, 6, 13, 0, 15, tzinfo=BERLIN)


def test_deadlines_remind_and_block_nobody():
    [event] = vobject.readOne(to_ical("T", [DEADLINE]).decode()).vevent_list

    assert [alarm.trigger.value for alarm in event.valarm_list] == [timedelta(hours=-15), timedelta(days=-7)]
    assert {alarm.action.value for alarm in event.valarm_list} == {"DISPLAY"}
    assert event.transp.value == "TRANSPARENT"


def test_what_is_cancelled_stays_marked_and_no_longer_reminds():
    gone = Entry("u", 4, CHANGED, "S", date(2030, 6, 12), cancelled=True, alarms=(timedelta(days=1),))
    [event] = icalendar.Calendar.from_ical(to_ical("T", [gone])).walk("VEVENT")

    assert (event["status"], event["sequence"], event["transp"]) == ("CANCELLED", 4, "TRANSPARENT")
    assert list(event.walk("VALARM")) == []


def test_the_same_dates_are_the_same_bytes():
    assert to_ical("T", [SITTING, DEADLINE]) == to_ical("T", [SITTING, DEADLINE])


def test_an_empty_calendar_has_its_name_and_says_when_to_ask_again():
    calendar = icalendar.Calendar.from_ical(to_ical("Seniorenrat, Sitzungen", []))

    assert str(calendar["name"]) == "Seniorenrat, Sitzungen"
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//ikb//Beratungsfolge//DE")
