"""The life of a station of the Beratungsfolge, as a table: what may happen when, and where it leads."""

from __future__ import annotations

from enum import StrEnum

from ikb.core.results import Outcome


class StationState(StrEnum):
    """Where a station stands (domain notes, section 6)."""

    PLANNED = "planned"  # a committee, no sitting yet
    SCHEDULED = "scheduled"  # with a sitting
    INVITED = "invited"  # on the agenda, invitation sent
    RECORDED = "recorded"  # a result, provisional
    CONFIRMED = "confirmed"  # the minutes are released
    SKIPPED = "skipped"
    REMOVED = "removed"  # taken off the agenda


class Event(StrEnum):
    """What happens to a station."""

    ASSIGN = "assign"  # it gets a sitting
    MOVE = "move"  # it gets another sitting
    RELEASE = "release"  # its sitting falls away
    INVITE = "invite"
    RECORD = "record"
    REMOVE = "remove"
    CONFIRM = "confirm"
    CORRECT = "correct"
    SKIP = "skip"
    RESUME = "resume"  # it was skipped, and takes place after all


S, E = StationState, Event
# From a state by an event to a state; what is not here cannot happen.
TRANSITIONS: dict[tuple[StationState, Event], StationState] = {
    (S.PLANNED, E.ASSIGN): S.SCHEDULED,
    (S.PLANNED, E.SKIP): S.SKIPPED,
    (S.SCHEDULED, E.MOVE): S.SCHEDULED,
    (S.SCHEDULED, E.RELEASE): S.PLANNED,
    (S.SCHEDULED, E.INVITE): S.INVITED,
    (S.SCHEDULED, E.SKIP): S.SKIPPED,
    # Whether an invitation went out is often known only to the council system: a result may come without it.
    (S.SCHEDULED, E.RECORD): S.RECORDED,
    (S.SCHEDULED, E.REMOVE): S.REMOVED,
    (S.INVITED, E.MOVE): S.SCHEDULED,  # another day means another agenda and another invitation
    (S.INVITED, E.RELEASE): S.PLANNED,
    (S.INVITED, E.SKIP): S.SKIPPED,
    (S.INVITED, E.RECORD): S.RECORDED,
    (S.INVITED, E.REMOVE): S.REMOVED,
    (S.RECORDED, E.CONFIRM): S.CONFIRMED,
    (S.RECORDED, E.CORRECT): S.RECORDED,
    (S.CONFIRMED, E.CORRECT): S.RECORDED,
    (S.REMOVED, E.CORRECT): S.RECORDED,
    (S.SKIPPED, E.RESUME): S.PLANNED,
}
OPEN = frozenset({S.PLANNED, S.SCHEDULED, S.INVITED})
WITH_RESULT = frozenset({S.RECORDED, S.CONFIRMED, S.REMOVED})

_BECAUSE = {
    S.PLANNED: "Für diese Beratung ist noch keine Sitzung eingetragen.",
    S.SCHEDULED: "Für diese Beratung ist schon eine Sitzung eingetragen.",
    S.INVITED: "Zu dieser Sitzung ist schon eingeladen.",
    S.RECORDED: "Für diese Beratung ist schon ein Ergebnis eingetragen.",
    S.CONFIRMED: "Das Ergebnis dieser Beratung ist schon bestätigt.",
    S.SKIPPED: "Diese Beratung wurde ausgelassen.",
    S.REMOVED: "Diese Beratung wurde von der Tagesordnung abgesetzt.",
}


class NotPossible(ValueError):
    """The event does not fit the state; the message is a German sentence that says why."""


def next_state(state: StationState, event: Event) -> StationState:
    """The state that an event leads to. Raises NotPossible, with the reason, where the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise NotPossible(_BECAUSE[state]) from None


def events_of(state: StationState) -> frozenset[Event]:
    """Everything that may happen to a station in a state."""
    return frozenset(event for known, event in TRANSITIONS if known is state)


def recording_events(state: StationState, outcome: Outcome, *, is_provisional: bool) -> tuple[Event, ...]:
    """The events that entering an outcome amounts to, in order.

    A result on a station that has one already is a correction; final minutes confirm it at once.
    """
    if outcome is Outcome.REMOVED:
        return (Event.REMOVE,) if state not in WITH_RESULT else (Event.CORRECT,)
    first = Event.CORRECT if state in WITH_RESULT else Event.RECORD
    return (first,) if is_provisional else (first, Event.CONFIRM)


def state_after(state: StationState, events: tuple[Event, ...]) -> StationState:
    """The state after several events. Raises NotPossible at the first that does not fit."""
    for event in events:
        state = next_state(state, event)
    return state
