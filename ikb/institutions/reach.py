"""How an institution is reached: whoever names its mailbox can have every link sent there, in whatever procedure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ikb.errors import Implausible
from ikb.events import announce
from ikb.institutions import queries
from ikb.institutions.entries import Entry, in_order
from ikb.institutions.model import Institution, Invitation
from ikb.journal.service import SYSTEM, Actor


def differs(before: Entry, after: Entry) -> bool:
    """Whether mail may go elsewhere after a change."""
    return before.email != after.email or _ways(before) != _ways(after)


def _ways(entry: Entry) -> list[tuple[object, ...]]:
    return [(one.name, one.email, one.valid_from, one.valid_until) for one in in_order(entry.people) if one.email]


def refuse_if_led_by_others(institution: Institution, by: Actor, linked: Iterable[Invitation] | None = None) -> None:
    """Raises Implausible if the institution has a link in a procedure that the actor does not lead."""
    if by == SYSTEM:
        return
    rows = queries.with_link(institution.id) if linked is None else linked
    concerned = {row.phase.procedure_id for row in rows}
    if by.kind == "user" and by.id is not None and concerned <= queries.led_by(by.id):
        return
    raise Implausible(
        f"Die Adresse bleibt, wie sie ist: „{institution.name}“ hat auch in einem Verfahren einen Link, das Sie nicht "
        "leiten, und er ginge mit an das neue Postfach. Ändern kann sie, wer alle diese Verfahren leitet; wenden Sie "
        "sich an die Administration.",
        "email",
    )


def tell_reminders(institution: Institution, now: datetime) -> None:
    """Reminders of open phases are planned anew: another mailbox, or the first one at all."""
    ids = [row.id for row in queries.with_link(institution.id) if row.phase.is_open]
    announce("reach_changed", invitation_ids=ids, now=now)
