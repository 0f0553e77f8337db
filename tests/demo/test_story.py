"""The demonstration's days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ikb.core.periods import is_working_day
from ikb.demo.story import BUSY_FROM, ORIGINAL_DAY, SITTINGS, Story, consultation_table
from ikb.demo.voices import voices
from ikb.drafts.importers.paper import read_paper

DAYS = [date(2026, 11, 22) + timedelta(days=step) for step in range(0, 400, 13)]


@pytest.mark.parametrize("today", [*DAYS, *(date(2026, 11, 22) + timedelta(days=step) for step in range(8))])
def test_today_falls_shortly_before_the_busy_days_and_weekdays_stay(today):
    story = Story.around(today)

    assert 2 <= (story.moved(BUSY_FROM) - today).days <= 8
    assert story.shift.days % 7 == 0
    assert story.moved(BUSY_FROM).weekday() == BUSY_FROM.weekday()


def test_the_original_day_moves_nothing():
    assert Story.around(ORIGINAL_DAY).shift == timedelta(0)


def test_the_open_phase_ends_in_about_two_weeks_on_a_working_day():
    for today in DAYS:
        story = Story.around(today)
        assert 13 <= (story.closes_on - today).days <= 18
        assert is_working_day(story.closes_on)


def test_the_table_reads_back_as_22_consultations_in_21_committees():
    assert sum(len(days) for _, days in SITTINGS) == 22
    table = consultation_table(Story.around(ORIGINAL_DAY))
    rest = "Beratungsgegenstand\n\nEtwas\n\nBeschlussvorschlag:\n\n1. Etwas wird beschlossen.\n"

    read = read_paper(f"Beschlussvorlage der Verwaltung\n\n{table}\n\n{rest}".encode()).to_json()

    assert len(read["consultations"]) == 22
    assert len({entry["organization"] for entry in read["consultations"]}) == 21
    assert read["consultations"][1] == {
        "position": 2, "organization": "Integrationsrat", "date": "2010-09-08", "public": True, "role": None, "result": None,
    }  # fmt: skip


def test_some_sixty_answers_come_in_within_the_twelve_days_since_the_invitation():
    answers = voices()

    assert 55 <= len(answers) <= 70
    assert len({voice.institution for voice in answers}) == len(answers)
    assert all(0 < voice.after_hours < 12 * 24 for voice in answers)
    assert [voice.after_hours for voice in answers] == sorted(voice.after_hours for voice in answers)


def test_nobody_says_two_things_about_one_passage():
    for voice in voices():
        anchors = [said.anchor for said in voice.said]
        assert len(anchors) == len(set(anchors)), voice.institution
