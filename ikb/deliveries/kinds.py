"""The kinds of messages. Upper rooms bring them along; the ledger knows them by name only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ikb.deliveries.model import Delivery
from ikb.mail import Attachment, Mail

__all__ = ["Attachment", "Kind", "Mail", "kind_of", "register_kind", "urgency_of"]

USUAL_URGENCY = 5


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    still_wanted: asked when a message is about to be sent; it may have been overtaken since it was planned.
    render:       what the message says at that moment.
    urgency:      1 goes first, 9 last.
    """

    name: str
    still_wanted: Callable[[Delivery, datetime], bool]
    render: Callable[[Delivery, datetime], Mail]
    urgency: int = USUAL_URGENCY


_kinds: dict[str, Kind] = {}


def register_kind(
    name: str,
    *,
    still_wanted: Callable[[Delivery, datetime], bool],
    render: Callable[[Delivery, datetime], Mail],
    urgency: int = USUAL_URGENCY,
) -> None:
    """Make a kind known; both functions only read. Registered again, the last one counts."""
    _kinds[name] = Kind(name, still_wanted, render, urgency)


def kind_of(name: str) -> Kind | None:
    """The kind of that name; None if this process does not know it, as an old worker may not know a new kind."""
    return _kinds.get(name)


def urgency_of(name: str) -> int:
    """How urgent messages of a kind are."""
    kind = _kinds.get(name)
    return USUAL_URGENCY if kind is None else kind.urgency
