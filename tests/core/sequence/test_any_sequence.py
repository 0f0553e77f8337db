"""What holds for whatever is asked: random sequences, and a paper that came back six times."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given, settings

from ikb.core.results import Outcome
from ikb.core.sequence.answers import what_if
from ikb.core.sequence.checks import CODES, check
from ikb.core.sequence.question import ANSWERS
from ikb.core.sequence.values import Sitting, Town
from ikb.core.workflow import StationState
from tests.core.sequence.cases import station
from tests.core.sequence.test_shift_is_exact import TODAY, questions


@settings(max_examples=150, deadline=None)
@given(questions())
def test_findings_name_known_rules_and_stations_in_whatever_order_they_are_given(question):
    stations, town, _ = question

    found = check(stations, town, TODAY)

    assert found == check(stations[::-1], town, TODAY)
    assert {each.code for each in found} <= set(CODES)
    assert {number for each in found for number in each.stations} <= {each.id for each in stations}
    assert len({(each.code, each.stations) for each in found}) == len(found)


@settings(max_examples=150, deadline=None)
@given(questions())
def test_no_answer_touches_what_is_closed_or_kept_or_moves_to_an_earlier_day(question):
    stations, town, asked = question
    assume(asked["postponed"])

    found = what_if(stations, town, asked["postponed"], TODAY, keep=asked["keep"], until=asked["until"])

    assert [each.code for each in found.answers] == list(ANSWERS)
    fixed = {each.id: each for each in found.before if not each.is_open or each.id in asked["keep"]}
    for answer in found.answers:
        assert answer.sentence.endswith(".")
        after = {each.id: each for each in answer.stations}
        off = answer.code == "take_off"  # it takes the decision off, whoever keeps it
        assert not answer.is_possible or {each.id for each in stations} <= after.keys()
        assert not answer.is_possible or off or all(after[number] == old for number, old in fixed.items())
        assert all(move.from_on is None or move.to_on > move.from_on for move in answer.moves if answer.code == "shift")
        assert {each.id for each in answer.stations if each.moved_from and each.day} <= {
            move.station for move in answer.moves
        }


def _budget():
    """A budget paper: one committee six times, four times postponed, a first reading, then the assembly."""
    outcomes = [Outcome.FIRST_READING, *[Outcome.POSTPONED] * 4, Outcome.RECOMMENDED]
    found = []
    for number, outcome in enumerate(outcomes, 1):
        on = date(2030, 1, 8) + timedelta(weeks=2 * number)
        done = station(number, "preliminary", on, organization=7, name="Hauptausschuss", predecessor=number - 1 or None)
        found.append(replace(done, state=StationState.RECORDED, outcome=outcome, recorded_on=on))
    council = station(7, "decision", date(2030, 4, 30), organization=9, name="Versammlung", state=StationState.INVITED)
    return [*found, council]


def test_a_paper_that_was_postponed_four_times_and_came_back_has_no_findings():
    assert check(_budget(), Town(), date(2030, 4, 25)) == []


def test_a_fifth_postponement_moves_the_assembly_too():
    stations = _budget()
    stations[5] = replace(stations[5], outcome=Outcome.POSTPONED)
    again = station(8, "preliminary", organization=7, name="Hauptausschuss", predecessor=6)
    days = [date(2030, 4, 2), date(2030, 5, 14), date(2030, 5, 28)]
    sittings = [Sitting(number, 7, on) for number, on in enumerate(days, 1)]
    town = Town(sittings=(*sittings, Sitting(9, 9, date(2030, 6, 18))))

    shift = what_if([*stations, again], town, [8], date(2030, 4, 16)).answers[0]

    assert [(move.station, move.to_on) for move in shift.moves] == [(7, date(2030, 6, 18)), (8, date(2030, 5, 14))]
