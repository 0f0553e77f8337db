"""What is assigned to one person in a procedure and still waits, and what waits for them to release it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ikb.consolidation import list_rows, queries, releases
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft
from ikb.procedures.model import Procedure
from ikb.web.filters import plural


@dataclass(frozen=True)
class OwnWork:
    """How much waits, and how much of it should have been done by now.

    releases: decisions of others that count once this person, or another, has released them.
    """

    sections: int
    remarks: int
    overdue: int
    releases: int = 0

    @property
    def presses(self) -> bool:
        """Whether somebody should be told although nothing else happened."""
        return bool(self.overdue or self.releases)

    @property
    def sentence(self) -> str:
        """In words; empty where nothing waits."""
        return " ".join(filter(None, (self._assigned, self._to_release)))

    @property
    def _to_release(self) -> str:
        waits = plural(self.releases, "Entscheidung wartet", "Entscheidungen warten")
        return f"{waits} auf die Freigabe durch eine zweite Person." if self.releases else ""

    @property
    def _assigned(self) -> str:
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
    return OwnWork(len(mine), len(said), overdue, _to_release(procedure_id, user_id))


def _to_release(procedure_id: int, user_id: int) -> int:
    """How many decisions of others wait for a release, on every issued version: a sitting may confirm what is answered."""
    if not db.session.get_one(Procedure, procedure_id).two_person:
        return 0
    issued = [version for version in queries.versions_of(procedure_id) if version.is_issued]
    acts = [act for version in issued for act in releases.waiting(version)]
    return sum(len(act) for act in acts if act[0].consideration.decided_by_id != user_id)
