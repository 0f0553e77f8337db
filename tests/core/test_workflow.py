"""The life of a station: every state with every event, as the diagram of the domain notes has it."""

import pytest

from ikb.core.results import Outcome
from ikb.core.workflow import (
    OPEN,
    TRANSITIONS,
    WITH_RESULT,
    Event,
    NotPossible,
    StationState,
    events_of,
    next_state,
    recording_events,
    state_after,
)

# State -> event -> next state; whatever is not written here must be refused.
DIAGRAM = {
    "planned": {"assign": "scheduled", "skip": "skipped"},
    "scheduled": {
        "move": "scheduled",
        "release": "planned",
        "invite": "invited",
        "skip": "skipped",
        "record": "recorded",
        "remove": "removed",
    },
    "invited": {
        "move": "scheduled",
        "release": "planned",
        "skip": "skipped",
        "record": "recorded",
        "remove": "removed",
    },
    "recorded": {"confirm": "confirmed", "correct": "recorded"},
    "confirmed": {"correct": "recorded"},
    "removed": {"correct": "recorded"},
    "skipped": {"resume": "planned"},
}


@pytest.mark.parametrize("state", list(StationState))
@pytest.mark.parametrize("event", list(Event))
def test_every_state_with_every_event(state, event):
    wanted = DIAGRAM[state].get(event)

    if wanted is None:
        with pytest.raises(NotPossible, match=r"\.$"):
            next_state(state, event)
    else:
        assert next_state(state, event) == wanted


def test_the_events_of_a_state_are_those_of_the_diagram():
    assert {state: {str(event) for event in events_of(state)} for state in StationState} == {
        StationState(state): set(events) for state, events in DIAGRAM.items()
    }


def test_every_state_is_reached_from_the_first_one():
    reached = {StationState.PLANNED}
    while more := {to for (state, _), to in TRANSITIONS.items() if state in reached} - reached:
        reached |= more

    assert reached == set(StationState)


def test_open_stations_and_those_with_a_result_do_not_overlap():
    assert not OPEN & WITH_RESULT
    assert set(StationState) - OPEN - WITH_RESULT == {StationState.SKIPPED}


@pytest.mark.parametrize(
    ("state", "outcome", "is_provisional", "ends_as"),
    [
        ("scheduled", Outcome.RECOMMENDED, True, "recorded"),
        ("invited", Outcome.ADOPTED, False, "confirmed"),
        ("invited", Outcome.REMOVED, True, "removed"),
        ("recorded", Outcome.REJECTED, True, "recorded"),
        ("recorded", Outcome.REJECTED, False, "confirmed"),
        ("confirmed", Outcome.NOTED, True, "recorded"),
        ("removed", Outcome.NOTED, False, "confirmed"),
        ("scheduled", Outcome.POSTPONED, True, "recorded"),
    ],
)
def test_entering_a_result_leads_to_a_state(state, outcome, is_provisional, ends_as):
    start = StationState(state)

    assert state_after(start, recording_events(start, outcome, is_provisional=is_provisional)) == ends_as


@pytest.mark.parametrize("state", ["planned", "skipped"])
def test_a_station_without_a_sitting_gets_no_result(state):
    start = StationState(state)

    with pytest.raises(NotPossible):
        state_after(start, recording_events(start, Outcome.ADOPTED, is_provisional=True))
