"""What is due when, backwards from a sitting, and around it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ikb.core.notice import NoticeRule, Unit, Way
from ikb.core.sequence.backward import backward_plan, due_dates
from ikb.core.sequence.values import Body, Break, BreakKind, Step, StepKind, Town
from ikb.core.workflow import StationState
from tests.core.sequence.cases import LATE_AUGUST, RAT, SPRING, of_2010, station, town_of_2010

COUNCIL = next(each for each in of_2010() if each.id == RAT)  # Thursday 23.09.2010
RULES = {COUNCIL.organization: Body(COUNCIL.organization, papers_days=14, minutes_days=21)}


def plan(town, today=SPRING, of=COUNCIL):
    return [(each.name, each.due_on) for each in backward_plan(of, town, today)]


def test_the_plan_runs_from_the_start_to_the_invitation_on_working_days():
    assert plan(town_of_2010()) == [
        ("Vorlage fertigstellen", date(2010, 8, 20)),
        ("Verwaltungsvorstand befassen", date(2010, 8, 27)),
        ("Mitzeichnung der beteiligten Ämter abschließen", date(2010, 9, 3)),
        ("Vorlage im Gremienbüro abgeben", date(2010, 9, 10)),
        ("Einladung mit Vorlage versenden", date(2010, 9, 15)),
    ]


def test_a_body_with_a_deadline_for_papers_pulls_everything_before_it():
    assert plan(town_of_2010(bodies=RULES)) == [
        ("Vorlage fertigstellen", date(2010, 8, 19)),
        ("Verwaltungsvorstand befassen", date(2010, 8, 26)),
        ("Mitzeichnung der beteiligten Ämter abschließen", date(2010, 9, 2)),
        ("Vorlage im Gremienbüro abgeben", date(2010, 9, 9)),
        ("Einladung mit Vorlage versenden", date(2010, 9, 15)),
    ]


def test_papers_are_never_due_after_they_were_sent():
    late = {COUNCIL.organization: Body(COUNCIL.organization, papers_days=3)}

    found = backward_plan(COUNCIL, town_of_2010(bodies=late), SPRING)

    assert [each.due_on for each in found[-2:]] == [date(2010, 9, 15)] * 2
    assert "auch wenn der Abgabeschluss später liegt" in found[-2].why


def test_the_town_names_its_own_steps_and_their_days():
    steps = (
        Step("Versand", kind=StepKind.DISPATCH),
        Step("Druck", 2, Unit.CALENDAR),
        Step("Freigabe", 0),
    )

    assert plan(town_of_2010(steps=steps)) == [
        ("Freigabe", date(2010, 9, 13)),
        ("Druck", date(2010, 9, 13)),
        ("Versand", date(2010, 9, 15)),
    ]


def test_letters_and_free_days_move_the_plan():
    bodies = {COUNCIL.organization: Body(COUNCIL.organization, NoticeRule(7, delivery=Way.POST, extra_days=3))}
    closed = (Break("Brückentag", date(2010, 9, 10), date(2010, 9, 10), BreakKind.LOCAL_EXCEPTION),)
    steps = (Step("Versand", kind=StepKind.DISPATCH), Step("Abgabe", 1))

    assert plan(town_of_2010(bodies=bodies, breaks=closed, steps=steps)) == [
        ("Abgabe", date(2010, 9, 8)),
        ("Versand", date(2010, 9, 9)),
    ]


def test_each_step_says_why():
    found = backward_plan(COUNCIL, town_of_2010(), SPRING)

    assert found[-1].why == "Ladungsfrist 7 Tage; Tag der Zustellung und Sitzungstag zählen nicht mit."
    assert found[-2].why == "3 Werktage vor „Einladung mit Vorlage versenden“ (Mi., 15.09.2010)."
    assert found[0].why == "5 Werktage vor „Verwaltungsvorstand befassen“ (Fr., 27.08.2010)."


def test_a_step_is_overdue_from_the_next_day_on():
    on_time = backward_plan(COUNCIL, town_of_2010(), date(2010, 8, 20))
    late = backward_plan(COUNCIL, town_of_2010(), date(2010, 8, 21))

    assert not any(each.is_overdue for each in on_time)
    assert [each.name for each in late if each.is_overdue] == ["Vorlage fertigstellen"]


@pytest.mark.parametrize("function", [backward_plan, due_dates])
def test_without_a_day_nothing_is_due(function):
    assert function(station(1, "decision"), Town(), SPRING) == []


def test_around_a_sitting_five_things_are_due():
    found = due_dates(COUNCIL, town_of_2010(bodies=RULES), SPRING)

    assert [(each.code, each.due_on) for each in found] == [
        ("agenda", date(2010, 9, 9)),
        ("papers", date(2010, 9, 15)),
        ("invitation", date(2010, 9, 15)),
        ("result", date(2010, 9, 24)),
        ("minutes", date(2010, 10, 14)),
    ]
    assert all(each.why.endswith(".") for each in found)


def test_without_rules_for_papers_and_minutes_three_are():
    assert [each.code for each in due_dates(COUNCIL, town_of_2010(), SPRING)] == ["papers", "invitation", "result"]


@pytest.mark.parametrize(
    ("state", "done"),
    [
        (StationState.SCHEDULED, set()),
        (StationState.INVITED, {"agenda", "papers", "invitation"}),
        (StationState.RECORDED, {"agenda", "papers", "invitation", "result"}),
        (StationState.CONFIRMED, {"agenda", "papers", "invitation", "result", "minutes"}),
    ],
)
def test_what_is_done_the_state_knows_and_only_the_rest_gets_overdue(state, done):
    long_after = date(2011, 1, 3)

    found = due_dates(replace(COUNCIL, state=state), town_of_2010(bodies=RULES), long_after)

    assert {each.code for each in found if each.is_done} == done
    assert {each.code for each in found if each.is_overdue} == {each.code for each in found} - done


def test_papers_that_were_not_laid_are_open_even_if_the_invitation_is_out():
    invited = replace(COUNCIL, state=StationState.INVITED, is_laid=False)

    found = due_dates(invited, town_of_2010(), SPRING)

    assert [each.code for each in found if each.is_done] == ["invitation"]


@pytest.mark.parametrize(
    "gone",
    [
        {"state": StationState.SKIPPED},
        {"state": StationState.REMOVED},
        {"cancelled": True},
    ],
)
def test_for_a_station_that_does_not_take_place_nothing_is_due(gone):
    assert due_dates(replace(COUNCIL, **gone), town_of_2010(), LATE_AUGUST) == []


def test_minutes_move_to_a_working_day():
    bodies = {COUNCIL.organization: Body(COUNCIL.organization, minutes_days=10)}  # Sunday 03.10., a holiday too

    minutes = due_dates(COUNCIL, town_of_2010(bodies=bodies), SPRING)[-1]

    assert minutes.due_on == date(2010, 10, 4)
    assert minutes.due_on - COUNCIL.on == timedelta(days=11)
