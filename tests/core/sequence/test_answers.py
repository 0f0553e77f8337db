"""What if a body postpones: the case of Heepen in 2010, the five answers, and when each of them cannot be given."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ikb.core.results import Outcome
from ikb.core.sequence.answers import what_if
from ikb.core.sequence.choices import choices
from ikb.core.sequence.question import ANSWERS
from ikb.core.sequence.values import Override, Sitting, Town
from ikb.core.workflow import StationState
from tests.core.sequence.cases import BODIES, HAUPT, HEEPEN, LATE_AUGUST, RAT, of_2010, station, town_of_2010

INTEGRATION, SENNE = 2, 19


def asked(postponed=(HEEPEN,), town=None, stations=None, today=LATE_AUGUST, **more):
    return what_if(stations or of_2010(LATE_AUGUST), town or town_of_2010(), list(postponed), today, **more)


def answer(code, *args, **more):
    return next(each for each in asked(*args, **more).answers if each.code == code)


def by_id(stations):
    return {each.id: each for each in stations}


def test_postponing_heepen_breaks_the_councils_date():
    found = asked()

    assert [(each.code, each.stations) for each in found.breaks] == [
        ("decision_before_district", (RAT, HEEPEN)),
        ("conclusion_too_early", (HAUPT, HEEPEN)),
    ]
    assert found.breaks[0].sentence == (
        "Rat der Stadt Bielefeld (Do., 23.09.2010) liegt vor dem neuen Termin "
        "von Bezirksvertretung Heepen (Do., 30.09.2010)."
    )
    assert by_id(found.alone)[HEEPEN].on == date(2010, 9, 30)
    assert [each.code for each in found.answers] == list(ANSWERS)


def test_nothing_of_what_was_given_is_changed():
    given = of_2010(LATE_AUGUST)

    found = asked(stations=given)

    assert given == of_2010(LATE_AUGUST)
    assert [replace(each, rank=None) for each in found.before] == given


def test_the_shift_moves_the_hauptausschuss_and_the_council_and_nobody_else():
    found = answer("shift")

    assert [(move.station, move.from_on, move.to_on) for move in found.moves] == [
        (HEEPEN, date(2010, 9, 2), date(2010, 9, 30)),
        (HAUPT, date(2010, 9, 16), date(2010, 10, 14)),
        (RAT, date(2010, 9, 23), date(2010, 10, 21)),
    ]
    assert found.new == ()
    assert found.decision_on == date(2010, 10, 21)
    assert found.sentence == (
        "Bezirksvertretung Heepen am Do., 30.09.2010: 2 weitere Beratungen verschieben sich; "
        "entschieden wird am Do., 21.10.2010."
    )
    assert "Bezirksvertretung Heepen am Do., 30.09.2010" in found.moves[2].why


def test_what_moves_gets_its_sitting_and_has_to_be_invited_anew():
    moved = by_id(answer("shift").stations)[HEEPEN]

    assert (moved.state, moved.moved_from, moved.on) == (StationState.SCHEDULED, date(2010, 9, 2), date(2010, 9, 30))
    sitting = next(each for each in town_of_2010().sittings if each.id == moved.sitting)
    assert (sitting.organization, sitting.on) == (moved.organization, moved.on)


def test_the_fault_that_was_there_before_stops_nothing_and_is_not_new():
    found = asked([SENNE])  # one of those that vote after the invitation of 08.09.

    assert "late_hearing" in [each.code for each in found.findings_before]
    assert "late_hearing" not in [each.code for each in found.breaks]
    shift = next(each for each in found.answers if each.code == "shift")
    assert {move.station for move in shift.moves} == {SENNE, HAUPT, RAT}


def test_a_station_goes_to_the_sitting_that_was_chosen():
    town = town_of_2010()
    later = [each for each in town.calendars[BODIES["Bezirksvertretung Heepen"]] if each.on > date(2010, 10, 1)]

    found = answer("shift", town=town, to={HEEPEN: later[0].id})

    assert found.moves[0].sitting == later[0].id
    assert found.decision_on > date(2010, 10, 21)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"keep": [RAT]}, "Rat der Stadt Bielefeld (Do., 23.09.2010) bleibt, wo es ist"),
        (
            {"until": date(2010, 10, 14)},
            "nach Bezirksvertretung Heepen (frühestens Do., 30.09.2010) und bis Do., 14.10.2010",
        ),
        ({"until": date(2010, 9, 29)}, "Für Bezirksvertretung Heepen gibt es im Sitzungskalender keinen Termin mehr"),
        ({"town": town_of_2010(date(2010, 10, 20))}, "Für Rat der Stadt Bielefeld gibt es im Sitzungskalender nach"),
    ],
)
def test_where_there_is_no_shift_it_says_why(more, words):
    found = answer("shift", **more)

    assert not found.is_possible
    assert found.stations == ()
    assert words in found.sentence


def test_a_council_that_has_decided_cannot_follow_any_more():
    stations = of_2010(LATE_AUGUST)
    stations[RAT - 1] = replace(stations[RAT - 1], state=StationState.RECORDED, outcome=Outcome.ADOPTED)

    assert "hat schon beraten" in answer("shift", stations=stations).sentence


def test_what_was_accepted_with_a_reason_need_not_hold():
    accepted = [
        Override("decision_before_district", frozenset({RAT, HEEPEN}), "Die Bezirksvertretung ist einverstanden."),
        Override("conclusion_too_early", frozenset({HAUPT, HEEPEN}), "ebenso"),
        Override("late_hearing", frozenset({HAUPT, RAT, HEEPEN}), "ebenso"),
    ]

    found = answer("shift", overrides=accepted)

    assert [move.station for move in found.moves] == [HEEPEN]


def test_passing_on_leaves_all_dates_and_says_who_is_next():
    found = answer("pass_on")

    assert found.moves == found.new == ()
    assert by_id(found.stations)[HEEPEN].outcome is Outcome.POSTPONED_TO_NEXT
    assert found.decision_on == date(2010, 9, 23)
    assert "als Nächstes berät Integrationsrat (Mi., 08.09.2010)" in found.sentence


def test_taking_the_decision_off_leaves_it_without_a_day():
    found = answer("take_off")

    stations = by_id(found.stations)
    assert (stations[RAT].state, stations[RAT].on) == (StationState.REMOVED, date(2010, 9, 23))
    assert (stations[-RAT].predecessor, stations[-RAT].on, stations[-RAT].role) == (RAT, None, "decision")
    assert [move.station for move in found.moves] == [HEEPEN]
    assert found.decision_on is None
    assert "no_sitting" in [each.code for each in found.new]


def test_skipping_leaves_all_dates_and_keeps_the_reason():
    found = answer("skip", reason="  Die Bezirksvertretung  verzichtet. ")

    assert by_id(found.stations)[HEEPEN].skip_reason == "Die Bezirksvertretung verzichtet."
    assert found.moves == found.new == ()


def test_silence_counts_after_six_weeks_and_the_rest_shifts_behind_it():
    found = answer("silence")

    heepen = by_id(found.stations)[HEEPEN]
    assert (heepen.on, heepen.consent_on) == (None, LATE_AUGUST + timedelta(days=42))
    assert heepen.consent_on == date(2010, 10, 6)
    assert found.moves[0].sitting is None
    assert found.decision_on > heepen.consent_on
    assert found.new == ()


def test_silence_runs_from_the_publication_and_lasts_to_the_next_sitting_if_there_is_none_within():
    early = answer("silence", published_on=date(2010, 8, 2))
    only_late = Town(
        sittings=tuple(
            each
            for each in town_of_2010().sittings
            if each.organization != BODIES["Bezirksvertretung Heepen"] or each.on > date(2010, 10, 20)
        )
    )

    assert by_id(early.stations)[HEEPEN].consent_on == date(2010, 9, 13)
    assert by_id(answer("silence", town=only_late).stations)[HEEPEN].consent_on == date(2010, 10, 28)


@pytest.mark.parametrize(
    ("postponed", "possible"),
    [
        ([HEEPEN], {"shift", "pass_on", "take_off", "skip", "silence"}),
        ([INTEGRATION], {"shift", "pass_on", "take_off", "skip"}),
        ([HAUPT], {"shift", "pass_on", "take_off", "skip"}),
        ([RAT], {"shift", "take_off"}),
        ([HEEPEN, SENNE], {"shift", "pass_on", "take_off", "skip", "silence"}),
    ],
)
def test_which_answers_can_be_given(postponed, possible):
    answers = asked(postponed).answers

    assert {each.code for each in answers if each.is_possible} == possible
    assert all(each.sentence.endswith(".") and each.name for each in answers)


def test_nothing_need_be_taken_off_if_the_decision_comes_late_enough():
    town = Town(sittings=(Sitting(1, 1, date(2030, 2, 12)),))
    stations = [station(1, "hearing", date(2030, 2, 5)), station(3, "decision", date(2030, 4, 9))]

    found = asked([1], town, stations, date(2030, 1, 7))

    assert found.breaks == ()
    assert "Nicht nötig" in next(each for each in found.answers if each.code == "take_off").sentence
    assert [move.station for move in found.answers[0].moves] == [1]


def test_a_body_that_sits_no_more_stops_the_decision():
    stations = [station(1, "hearing", date(2030, 2, 5)), station(3, "decision", date(2030, 4, 9))]

    found = asked([1], Town(), stations, date(2030, 1, 7))

    assert [each.code for each in found.breaks] == ["no_sitting"]
    assert [each.is_possible for each in found.answers] == [False, True, True, True, True]


def test_a_successor_without_a_day_gets_its_sitting():
    stations = of_2010(LATE_AUGUST)
    stations[HEEPEN - 1] = replace(
        stations[HEEPEN - 1], state=StationState.RECORDED, outcome=Outcome.POSTPONED, recorded_on=date(2010, 9, 2)
    )
    again = replace(of_2010()[HEEPEN - 1], id=23, predecessor=HEEPEN, sitting=None, on=None, state=StationState.PLANNED)

    found = asked([23], stations=[*stations, again], today=date(2010, 9, 3))
    shift = found.answers[0]

    assert by_id(shift.stations)[23].on == date(2010, 9, 30)
    assert {move.station for move in shift.moves} == {23, HAUPT, RAT}
    assert not next(each for each in found.answers if each.code == "pass_on").is_possible


@pytest.mark.parametrize(
    ("postponed", "more"),
    [
        ([], {}),
        ([99], {}),
        ([3], {}),  # has its result
        ([HEEPEN], {"keep": [HEEPEN]}),
        ([HEEPEN], {"to": {RAT: 1022}}),
        ([HEEPEN], {"to": {HEEPEN: 1022}}),  # the council's sitting
        ([HEEPEN], {"to": {HEEPEN: 9999}}),
    ],
)
def test_a_wrong_question_is_refused(postponed, more):
    with pytest.raises(ValueError):
        asked(postponed, **more)


def test_the_next_sittings_with_their_consequences_in_a_word():
    found = choices(of_2010(LATE_AUGUST), town_of_2010(), HEEPEN, LATE_AUGUST)

    assert [(each.sitting.on, each.is_possible, each.moved) for each in found] == [
        (date(2010, 9, 30), True, 2),
        (date(2010, 10, 28), True, 2),
        (date(2010, 11, 25), True, 2),
        (date(2010, 12, 23), False, None),
    ]
    assert found[0].word == "2 weitere Beratungen verschieben sich, Entscheidung am Do., 21.10.2010"
    assert found[3].word.startswith("geht nicht auf: Für Rat der Stadt Bielefeld gibt es")


def test_a_sitting_that_is_too_near_is_shown_and_cannot_be_chosen():
    town = Town(sittings=(Sitting(1, 1, date(2030, 1, 10)), Sitting(2, 1, date(2030, 1, 24))))
    stations = [station(1, "hearing"), station(3, "decision", date(2030, 4, 9))]

    found = choices(stations, town, 1, date(2030, 1, 7), limit=6)

    assert [(each.is_possible, each.word) for each in found] == [
        (False, "nicht mehr rechtzeitig oder in der sitzungsfreien Zeit"),
        (True, "alles andere bleibt"),
    ]
    with pytest.raises(ValueError, match="unknown or closed"):
        choices(stations, town, 9, date(2030, 1, 7))
