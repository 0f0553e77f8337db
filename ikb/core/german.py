"""Days and counts as German sentences of the core say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_WEEKDAYS = ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So.")


def day(on: date) -> str:
    """`Do., 23.09.2010`."""
    return f"{_WEEKDAYS[on.weekday()]}, {on:%d.%m.}{on.year}"


def days_in_words(count: int) -> str:
    """`1 Tag`, `7 Tage`."""
    return "1 Tag" if count == 1 else f"{count} Tage"


def listed(names: Sequence[str]) -> str:
    """`Rat`, `Heepen und Mitte`, `Heepen, Mitte und Senne`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} und {names[-1]}"
