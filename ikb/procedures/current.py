"""The procedure that the current page belongs to: every room's pages name it once, and bar and navigation follow."""

from __future__ import annotations

from typing import Protocol, TypeVar

from flask import g

from ikb.accounts.policy import visitor
from ikb.procedures import queries
from ikb.procedures.model import Procedure


class Titled(Protocol):
    """What the frame of a page needs of a procedure: its row, or a few columns of it."""

    @property
    def id(self) -> int: ...

    @property
    def title(self) -> str: ...

    @property
    def weighing_word(self) -> str: ...


Known = TypeVar("Known", bound=Titled)


def load_procedure(procedure_id: int) -> Procedure:
    """The procedure that the current visitor leads; it becomes the page's. Raises NotFound else."""
    return set_procedure(queries.led(procedure_id, visitor()))


def set_procedure(procedure: Known, *, is_led: bool = True) -> Known:
    """Make a procedure, loaded by whatever rule, the one that the current page belongs to.

    is_led: False where the visitor only reads its sequence; the lead's pages are then not offered.
    """
    g.current_procedure, g.leads_current_procedure = procedure, is_led
    return procedure


def current_procedure() -> Titled | None:
    """The page's procedure, None where a page has none."""
    found: Titled | None = g.get("current_procedure")
    return found


def leads_current() -> bool:
    """Whether the visitor leads the page's procedure."""
    return bool(g.get("leads_current_procedure", False))


def current_values() -> dict[str, object] | None:
    """What the address of a lead's page needs; None where there is no current procedure, or the visitor leads it not."""
    procedure = current_procedure()
    return {"procedure_id": procedure.id} if procedure is not None and leads_current() else None
