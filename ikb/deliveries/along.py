"""What upper rooms write of their own rows when a message was handed over: in the same statement as that itself.

This happens for every message; a fact that is announced would cost further messages to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update

from ikb.deliveries.model import Delivery

Source = Callable[[Delivery], "Along | None"]


@dataclass(frozen=True)
class Along:
    """A row of another room that changes with a message's handing over, or not at all.

    update:     built once; neither what it binds nor its table's columns may be called as what an attempt binds
                (`ledger.LINE`): SQLAlchemy would take those for values to set.
    values:     what is bound.
    read_again: lets the session forget what it knows of that row.
    """

    update: Update
    values: Mapping[str, Any]
    read_again: Callable[[], object]


_sources: list[Source] = []


def written_along(source: Source) -> Source:
    """Register who says what changes with a message that is handed over; None for messages that do not concern it."""
    if source not in _sources:
        _sources.append(source)
    return source


def along_with(delivery: Delivery) -> list[Along]:
    """Everything that changes with this message."""
    return [found for source in _sources if (found := source(delivery)) is not None]
