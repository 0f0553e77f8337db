"""What is assigned to one person in a procedure and still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ikb.consolidation import list_rows, queries
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft
from ikb.web.filters import plural


@dataclass(frozen=True)
class OwnWork:
    """How much waits, and how much of it should have been done by now."""

    sections: int
    remarks: int
    overdue: int

    @property
    def sentence(self) -> str:
        """In words; empty where nothing waits."""
        parts = [plural(self.sections, "Abschnitt", "Abschnitte")] if self.sections else []
        parts += [plural(self.remarks, "Anmerkung", "Anmerkungen")] if self.remarks else []
        if not parts:
            return ""
        late = f", {self.overdue} davon überfällig" if self.overdue else ""
        return f"Ihnen zugewiesen und noch offen: {' und '.join(parts)}{late}."


def own_work(procedure_id: int, user_id: int, today: date) -> OwnWork:
    """What waits for a person, over all drafts of a procedure."""
    bases = [ends.issued for ends in drafts.ends_of(Draft.procedure_id == procedure_id).values() if ends.issued]
    rows = [row for base in bases for row in list_rows.listed(base, queries.shown_run(base.id)).rows]
    mine = [row for row in rows if row.assigned and row.assigned.user_id == user_id and not row.is_settled]
    said = [one for row in rows for one in row.said if one.user_id == user_id and not one.is_answered]
    overdue = sum(row.is_overdue(today) for row in mine) + sum(one.is_overdue(today) for one in said)
    return OwnWork(len(mine), len(said), overdue)
