"""The kinds of messages. Upper rooms bring them along; the ledger knows them by name only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ikb.deliveries.model import Delivery
from ikb.mail import Attachment, Mail

__all__ = [
    "Address",
    "Attachment",
    "Kind",
    "Mail",
    "declinable_streams",
    "kind_of",
    "kinds",
    "register_kind",
    "urgency_of",
]

USUAL_URGENCY = 5


class Address(NamedTuple):
    """To whom a message goes, as of now. An empty recipient means that there is no mailbox any more."""

    recipient: str
    name: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    still_wanted: asked when a message is about to be sent; it may have been overtaken since it was planned.
    render:       what the message says at that moment.
    urgency:      1 goes first, 9 last.
    address:      to whom it goes at that moment; without this, to whom it was planned.
    stream:       what its recipients can decline, together with other kinds; empty for what must be sent.
    hold:         until when a message that is late has to wait, such as for the end of quiet hours; None: it may go.
    gather:       reads for several messages at once, into the session, what the others read for each.
    """

    name: str
    still_wanted: Callable[[Delivery, datetime], bool]
    render: Callable[[Delivery, datetime], Mail]
    urgency: int = USUAL_URGENCY
    address: Callable[[Delivery, datetime], Address | None] | None = None
    stream: str = ""
    hold: Callable[[Delivery, datetime], datetime | None] | None = None
    gather: Callable[[Sequence[Delivery]], object] | None = None

    @property
    def mandatory(self) -> bool:
        """Whether nobody can decline it."""
        return not self.stream


_kinds: dict[str, Kind] = {}


def register_kind(
    name: str,
    *,
    still_wanted: Callable[[Delivery, datetime], bool],
    render: Callable[[Delivery, datetime], Mail],
    urgency: int = USUAL_URGENCY,
    address: Callable[[Delivery, datetime], Address | None] | None = None,
    mandatory: bool = True,
    stream: str = "",
    hold: Callable[[Delivery, datetime], datetime | None] | None = None,
    gather: Callable[[Sequence[Delivery]], object] | None = None,
) -> None:
    """Make a kind known; its functions only read. Registered again, the last one counts.

    mandatory, stream: what is not mandatory names its stream, whose German name is in `labels` under "mail_stream".
    Raises ValueError for a kind that can be declined and has no stream, or the reverse.
    """
    if mandatory == bool(stream):
        raise ValueError(f"{name}: a kind is either mandatory or part of a stream that can be declined.")
    _kinds[name] = Kind(name, still_wanted, render, urgency, address, stream, hold, gather)


def kind_of(name: str) -> Kind | None:
    """The kind of that name; None if this process does not know it, as an old worker may not know a new kind."""
    return _kinds.get(name)


def kinds() -> list[Kind]:
    """All kinds that this process knows, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def declinable_streams() -> dict[str, list[str]]:
    """Each stream that can be declined, with its kinds."""
    streams: dict[str, list[str]] = {}
    for kind in kinds():
        if kind.stream:
            streams.setdefault(kind.stream, []).append(kind.name)
    return streams


def urgency_of(name: str) -> int:
    """How urgent messages of a kind are."""
    kind = _kinds.get(name)
    return USUAL_URGENCY if kind is None else kind.urgency
