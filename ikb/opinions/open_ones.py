"""What the overview of a lead's morning says of questions to departments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ikb.opinions import queries
from ikb.procedures.open_points import OpenPoint, provides_open_points
from ikb.web.filters import plural


@provides_open_points
def open_ones(procedure_id: int, today: date) -> list[OpenPoint]:
    """Answers that wait for a decision, and departments that are late."""
    return list(_open_ones(queries.counts(procedure_id, today)))


def _open_ones(counts: dict[str, int]) -> Iterator[OpenPoint]:
    if late := counts["overdue"]:
        what = plural(late, "fachliche Einschätzung ist", "fachliche Einschätzungen sind")
        yield OpenPoint(
            f"{what} überfällig.", "Die Ämter sind erinnert. Fragen Sie nach, oder entscheiden Sie ohne sie."
        )
    if fresh := counts["undecided"]:
        what = plural(fresh, "fachliche Einschätzung ist", "fachliche Einschätzungen sind")
        yield OpenPoint(
            f"{what} da, und es ist noch nicht entschieden.", "Ihr Text lässt sich als Begründung übernehmen."
        )
