"""Facts travel upwards: a lower room announces what happened, upper rooms have said that they listen.

Listeners run at once and in the same transaction, so what follows from an act is saved with it or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Listener = Callable[..., None]

# Every fact ikb knows, with the arguments its listeners get. A fact not listed here cannot be announced.
FACTS: dict[str, tuple[str, ...]] = {
    "phase_opened": ("phase_id", "now"),
    "deadline_moved": ("phase_id", "now"),
    "phase_closed": ("phase_id", "now"),
    "invitation_changed": ("invitation_id", "now"),
    "invitation_dropped": ("invitation_id", "now"),  # about to fall away: whoever kept something of it refuses
    "reach_changed": ("invitation_ids", "now"),  # invited after the phase began, or reached at another mailbox
    "message_bounced": ("delivery_id", "now"),
    "statement_submitted": ("statement_id", "now"),
    "statement_withdrawn": ("statement_id", "now"),
    "remarks_split": ("statement_id", "now"),  # of a letter: made, changed or taken back by staff
    "late_statement_decided": ("decision_id", "now"),
    "statement_counts_changed": ("statement_id", "now"),  # a late one: counted so far and does not now, or the reverse
    "meeting_scheduled": ("meeting_id", "now"),
    "consultation_moved": ("consultation_id", "now"),  # another day, none any more, left out, or taken up again
    "meeting_cancelled": ("meeting_id", "now"),  # it stays, marked; its stations are planned again
    "meeting_moved": ("meeting_id", "now"),  # the old one; it knows where it went (`moved_to_id`)
    "meeting_changed": ("meeting_id", "now"),  # time, place or who sits
    "result_recorded": ("result_id", "now"),
    "decision_taken": ("consideration_id", "now"),
    "decisions_released": ("version_id", "now"),  # by a second person: from here on they count
    "weighing_rules_changed": (
        "procedure_id",
        "now",
    ),  # whether a decision counts only once a second person released it
    "version_issued": ("version_id", "now"),
    "version_changed": ("version_id", "now"),
}

_listeners: dict[str, list[Listener]] = defaultdict(list)


def listens_to(fact: str) -> Callable[[Listener], Listener]:
    """Register a function of an upper room as a listener to a fact."""
    _known(fact)

    def register(listener: Listener) -> Listener:
        if listener not in _listeners[fact]:
            _listeners[fact].append(listener)
        return listener

    return register


def announce(fact: str, **values: Any) -> None:
    """Tell every listener what happened, in the order in which they registered.

    Raises KeyError for an unknown fact and TypeError where the arguments are not those that the fact has.
    """
    if set(values) != set(_known(fact)):
        raise TypeError(f"{fact} is announced with {', '.join(FACTS[fact])}, not with {', '.join(values)}.")
    for listener in _listeners[fact]:
        listener(**values)


def _known(fact: str) -> tuple[str, ...]:
    if fact not in FACTS:
        raise KeyError(f"Unknown fact {fact!r}: list it in events.FACTS.")
    return FACTS[fact]
