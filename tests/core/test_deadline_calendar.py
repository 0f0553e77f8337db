"""The deadline as a calendar file, read back by two client libraries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import vobject

from ikb.core.deadline_calendar import deadline_file

MADE_AT = datetime(2030, 6, 3, 8, 0, tzinfo=UTC)


def made(last_day: date = date(2030, 6, 28), uid: str = "frist-7@stadt.example.org", sequence: int = 0) -> bytes:
    title = "Letzter Tag; mit Komma, Umlaut ü und einem sehr langen Titel, der über die Zeile hinausgeht"
    return deadline_file(uid, last_day, title, "Bis 24 Uhr.\nZweite Zeile", sequence=sequence, made_at=MADE_AT)


@pytest.mark.parametrize(
    "last_day", [date(2030, 6, 28), date(2030, 3, 31), date(2030, 10, 27), date(2030, 12, 31), date(2028, 2, 29)]
)
def test_it_is_one_whole_day_wherever_the_reader_is(last_day: date) -> None:
    (event,) = icalendar.Calendar.from_ical(made(last_day)).walk("VEVENT")

    assert (event["dtstart"].dt, event["dtend"].dt) == (last_day, last_day + timedelta(days=1))


def test_another_library_reads_the_same_with_its_alarm_on_the_morning_before() -> None:
    event = vobject.readOne(made().decode()).vevent

    assert event.dtstart.value == date(2030, 6, 28)
    assert event.uid.value == "frist-7@stadt.example.org"
    assert "Komma, Umlaut ü" in event.summary.value
    assert event.description.value == "Bis 24 Uhr.\nZweite Zeile"
    assert event.valarm.trigger.value == timedelta(hours=-15)


def test_each_institution_has_an_entry_of_its_own_that_later_files_move() -> None:
    first, moved = made(sequence=3), made(date(2030, 7, 5), sequence=90)
    other = made(uid="frist-8@stadt.example.org")

    assert b"UID:frist-7@stadt.example.org" in first
    assert b"SEQUENCE:90" in moved
    assert b"UID:frist-8@stadt.example.org" in other


def test_lines_are_as_long_as_the_format_allows() -> None:
    assert max(len(line) for line in made().split(b"\r\n")) <= 75
