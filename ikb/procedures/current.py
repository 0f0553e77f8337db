"""The procedure that the current page belongs to: every room's pages name it once, and bar and navigation follow."""

from __future__ import annotations

from flask import g

from ikb.accounts.policy import load_visible
from ikb.procedures.model import Procedure


def load_procedure(procedure_id: int) -> Procedure:
    """The procedure that the current visitor leads; it becomes the page's. Raises NotFound else."""
    return set_procedure(load_visible(Procedure, Procedure.id == procedure_id))


def set_procedure(procedure: Procedure) -> Procedure:
    """Make a procedure, loaded by whatever rule, the one that the current page belongs to."""
    g.current_procedure = procedure
    return procedure


def current_procedure() -> Procedure | None:
    """The page's procedure, None where a page has none."""
    found: Procedure | None = g.get("current_procedure")
    return found


def current_values() -> dict[str, object] | None:
    """What the address of a procedure's page needs; None where there is no current procedure."""
    procedure = current_procedure()
    return None if procedure is None else {"procedure_id": procedure.id}
