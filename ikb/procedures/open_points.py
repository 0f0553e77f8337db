"""What is in the way of a procedure's next date: upper rooms know it, others of them ask for it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OpenPoint:
    """One thing in the way: a sentence, and why it matters."""

    sentence: str
    why: str


Provider = Callable[[int, date], list[OpenPoint]]
_providers: list[Provider] = []


def provides_open_points(provider: Provider) -> Provider:
    """Register a function that knows, for a procedure and a day, what is in the way."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def open_points_of(procedure_id: int, today: date) -> list[OpenPoint]:
    """Everything that is in the way, the most pressing first within what each room tells."""
    return [point for provider in _providers for point in provider(procedure_id, today)]
