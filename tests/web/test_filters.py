"""Dates, numbers and states are written the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask

from ikb.web import filters, labels

NAIVE = datetime(2026, 10, 5, 12, 0)  # noqa: DTZ001 (what must be refused)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 10, 5), "Mo., 05.10.2026"),
        (date(2010, 9, 23), "Do., 23.09.2010"),
        (date(2026, 3, 1), "So., 01.03.2026"),
        (datetime(2026, 10, 5, 21, 59, tzinfo=UTC), "Mo., 05.10.2026"),  # 23:59 in Berlin
        (datetime(2026, 10, 5, 22, 0, tzinfo=UTC), "Di., 06.10.2026"),  # midnight in Berlin, summer
        (datetime(2026, 12, 5, 22, 30, tzinfo=UTC), "Sa., 05.12.2026"),  # 23:30 in Berlin, winter
        (datetime(2026, 12, 5, 23, 0, tzinfo=UTC), "So., 06.12.2026"),
        (None, "–"),
    ],
)
def test_day(value: date | None, shown: str) -> None:
    assert filters.day(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 10, 5), "Montag, 5. Oktober 2026"),
        (date(2028, 2, 29), "Dienstag, 29. Februar 2028"),
        (date(2030, 3, 31), "Sonntag, 31. März 2030"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "Freitag, 1. Januar 2027"),
        (None, "–"),
    ],
)
def test_day_long(value: date | None, shown: str) -> None:
    assert filters.day_long(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 10, 5, 19, 42, tzinfo=UTC), "05.10.2026, 21:42 Uhr"),
        (datetime(2026, 12, 5, 19, 42, tzinfo=UTC), "05.12.2026, 20:42 Uhr"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29.03.2026, 01:59 Uhr"),  # the last minute of winter time
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29.03.2026, 03:00 Uhr"),  # an hour is skipped
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25.10.2026, 02:30 Uhr"),  # 02:30 comes twice
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25.10.2026, 02:30 Uhr"),
        (datetime(2026, 10, 5, 21, 42, tzinfo=timezone(timedelta(hours=2))), "05.10.2026, 21:42 Uhr"),
        (None, "–"),
    ],
)
def test_moment(value: datetime | None, shown: str) -> None:
    assert filters.moment(value) == shown


@pytest.mark.parametrize("write", [filters.moment, filters.clock_time, filters.deadline, filters.day, filters.iso])
def test_a_moment_without_a_zone_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="time zone"):
        write(NAIVE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 10, 5), "Montag, 5. Oktober 2026, 24 Uhr"),
        (datetime(2026, 10, 5, 22, 0, tzinfo=UTC), "Montag, 5. Oktober 2026, 24 Uhr"),  # the end as a moment, summer
        (datetime(2026, 12, 7, 23, 0, tzinfo=UTC), "Montag, 7. Dezember 2026, 24 Uhr"),  # winter
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "Sonntag, 25. Oktober 2026, 24 Uhr"),  # a day of 25 hours
        (datetime(2026, 10, 5, 10, 0, tzinfo=UTC), "Montag, 5. Oktober 2026, 12:00 Uhr"),
    ],
)
def test_a_deadline_names_the_last_day_and_its_hour(value: date, shown: str) -> None:
    assert filters.deadline(value) == shown


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (13, "Noch 13 Tage"),
        (1, "Noch 1 Tag"),
        (0, "Heute ist der letzte Tag"),
        (-1, "Seit 1 Tag abgelaufen"),
        (-3, "Seit 3 Tagen abgelaufen"),
    ],
)
def test_days_left(days: int, shown: str) -> None:
    today = date(2026, 12, 31)

    assert filters.days_left(today + timedelta(days=days), today) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 10, 5), "2026-10-05"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25T02:30:00+02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25T02:30:00+01:00"),
    ],
)
def test_iso_tells_apart_what_the_clock_does_not(value: date, shown: str) -> None:
    assert filters.iso(value) == shown


def test_numbers_stand_with_their_words_and_their_whole() -> None:
    assert filters.plural(0, "Anmerkung", "Anmerkungen") == "0 Anmerkungen"
    assert filters.plural(1, "Anmerkung", "Anmerkungen") == "1 Anmerkung"
    assert filters.plural(1200, "Anmerkung", "Anmerkungen") == "1.200 Anmerkungen"
    assert filters.of(61, 93) == "61 von 93"
    assert filters.number(1_234_567) == "1.234.567"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 Byte"), (999, "999 Byte"), (31_400, "31 kB"), (31_000_000, "31,0 MB")]
)
def test_size(count: int, shown: str) -> None:
    assert filters.size(count) == shown


def test_a_share_is_whole_only_when_all_is_done() -> None:
    assert [filters.percent(*share) for share in ((0, 0), (1, 3), (999, 1000), (7, 7))] == [
        "0 %",
        "33 %",
        "99 %",
        "100 %",
    ]


def test_how_long_something_takes_is_said_as_a_guess() -> None:
    said = [filters.about(timedelta(seconds=seconds)) for seconds in (-3, 0, 12, 57, 61, 89, 95, 3600)]

    assert said == [
        "5 Sekunden",
        "5 Sekunden",
        "10 Sekunden",
        "55 Sekunden",
        "1 Minute",
        "1 Minute",
        "2 Minuten",
        "60 Minuten",
    ]


def test_in_templates_a_state_is_written_with_its_name(gallery: Flask) -> None:
    template = gallery.jinja_env.from_string('{{ "support"|label("stance") }}, {{ none|day("noch offen") }}')

    with gallery.app_context():
        assert template.render() == "Zustimmung, noch offen"


def test_a_state_without_a_name_fails_the_test_but_not_the_town(gallery: Flask) -> None:
    with gallery.app_context(), pytest.raises(KeyError):
        filters.label("unheard", "stance")

    gallery.testing = False
    with gallery.app_context():
        assert filters.label("unheard", "stance") == "unheard"


def test_another_name_for_the_same_state_is_refused() -> None:
    labels.add("stance", {"support": "Zustimmung"})

    with pytest.raises(ValueError, match="Zustimmung"):
        labels.add("stance", {"support": "dafür"})
