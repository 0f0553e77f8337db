"""What the person who sets a deadline is told about it."""

from datetime import date

import pytest

from ikb.core.fairness import period, sentences


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "fixed", "said"),
    [
        (
            date(2010, 9, 1),
            date(2010, 9, 28),
            False,
            [
                "20 Arbeitstage bleiben für eine Antwort.",
                "Das sind genau 20 Arbeitstage.",
                "Die Frist endet am Dienstag, 28.09.2010, 24 Uhr.",
            ],
        ),
        (
            date(2010, 5, 3),
            date(2010, 5, 28),
            False,
            [
                (
                    "18 Arbeitstage bleiben für eine Antwort; dazwischen liegen die Feiertage "
                    "Christi Himmelfahrt (13.05.2010), Pfingstmontag (24.05.2010)."
                ),
                "Das sind 2 weniger als 20 Arbeitstage. Wer erst seinen Vorstand fragen muss, schafft das oft nicht.",
                "Die Frist endet am Freitag, 28.05.2010, 24 Uhr.",
            ],
        ),
        (
            date(2010, 9, 10),
            date(2010, 9, 11),
            False,
            [
                "2 Arbeitstage bleiben für eine Antwort.",
                "Das sind 18 weniger als 20 Arbeitstage. Wer erst seinen Vorstand fragen muss, schafft das oft nicht.",
                "Der 11.09.2010 ist ein Samstag: Die Frist endet deshalb am Montag, 13.09.2010, 24 Uhr.",
            ],
        ),
        (
            date(2010, 9, 1),
            date(2010, 11, 1),
            True,
            [
                "43 Arbeitstage bleiben für eine Antwort; dazwischen liegt der Feiertag Allerheiligen (01.11.2010).",
                "Das sind 23 mehr als 20 Arbeitstage.",
                (
                    "Der 01.11.2010 ist ein Feiertag (Allerheiligen). "
                    "Die Frist endet trotzdem an diesem Tag, weil sie ausdrücklich fest ist."
                ),
            ],
        ),
        (
            date(2010, 9, 6),
            date(2010, 9, 6),
            True,
            [
                "1 Arbeitstag bleibt für eine Antwort.",
                "Das sind 19 weniger als 20 Arbeitstage. Wer erst seinen Vorstand fragen muss, schafft das oft nicht.",
                "Die Frist endet am Montag, 06.09.2010, 24 Uhr.",
            ],
        ),
    ],
    ids=["exactly fair", "two holidays inside", "ends on a Saturday", "fixed on a holiday", "one day"],
)
def test_the_sentences_beside_a_deadline(opens_on, closes_on, fixed, said):
    assert sentences(period(opens_on, closes_on, fixed=fixed)) == said


def test_a_period_over_the_turn_of_the_year_names_the_holidays_of_both():
    found = period(date(2029, 12, 17), date(2030, 1, 4), fixed=False)

    assert [day for day, _ in found.holidays] == [date(2029, 12, 25), date(2029, 12, 26), date(2030, 1, 1)]


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        period(date(2010, 9, 2), date(2010, 9, 1), fixed=False)


def test_the_towns_own_days_off_do_not_count_and_do_not_move_the_end():
    found = period(
        date(2030, 9, 2), date(2030, 9, 6), fixed=False, local_exceptions={date(2030, 9, 6), date(2030, 9, 7)}
    )

    assert (found.working_days, found.last_day) == (4, date(2030, 9, 6))
    assert "Örtlich arbeitsfrei und nicht mitgezählt: 06.09.2030." in sentences(found)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (
            date(2030, 7, 8),
            date(2030, 8, 20),
            ["In die Zeit fallen Schulferien: Sommerferien (08.07.2030 bis 12.07.2030)."],
        ),
        (
            date(2030, 6, 1),
            date(2030, 7, 1),
            ["In die Zeit fallen Schulferien: Sommerferien (01.07.2030 bis 01.07.2030)."],
        ),
        (date(2030, 7, 13), date(2030, 8, 20), []),
        (date(2030, 6, 1), date(2030, 6, 30), []),
    ],
)
def test_school_holidays_are_named_as_far_as_they_lie_inside(first, last, told):
    found = period(date(2030, 7, 1), date(2030, 7, 12), fixed=False, school_holidays=[("Sommerferien", first, last)])

    assert [sentence.partition(" Viele")[0] for sentence in sentences(found) if "Schulferien" in sentence] == told
    assert found.working_days == 10
