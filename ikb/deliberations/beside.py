"""What upper rooms put onto the page of a sequence: each says once how to make its part."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from ikb.deliberations.model import Consultation
from ikb.procedures.model import Procedure

Part = Callable[[Procedure, Sequence[Consultation]], Markup]
_parts: list[Part] = []


def stands_beside_sequence(part: Part) -> Part:
    """Register a function that gets a procedure with its loaded steps and gives a part of the page, or nothing."""
    if part not in _parts:
        _parts.append(part)
    return part


def beside_sequence(procedure: Procedure, steps: Sequence[Consultation]) -> list[Markup]:
    """Every part for one page, in the order of their registration."""
    return [made for part in _parts if (made := part(procedure, steps))]
