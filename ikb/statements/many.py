"""Saving many remarks at once, by the rules of saving one: compared together, written in a handful of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ikb.drafts.model import Section
from ikb.errors import Conflict, Implausible, NotFound, Refusal
from ikb.institutions.model import Invitation
from ikb.remarks import many
from ikb.remarks import queries as remark_queries
from ikb.remarks import service as remarks
from ikb.remarks.model import ADDITIONS, Remark
from ikb.remarks.service import Said
from ikb.statements import queries, saving, service
from ikb.statements.model import Statement, StatementState

Key = tuple[str | None, str, str]


@dataclass(frozen=True)
class One:
    """One remark to be saved, as `service.save_remark` takes it."""

    anchor: str | None
    said: Said
    row_version: int = 0


class OneRefused(Refusal):
    """One of them cannot be saved, so none is. place: its number, from 0."""

    status = 422
    code = "one_refused"

    def __init__(self, place: int, refusal: Conflict | Implausible | NotFound) -> None:
        super().__init__(refusal.message)
        self.place, self.refusal = place, refusal


@dataclass
class _Plan:
    """What is to be done. changes: by what it is about; None where a remark is taken back."""

    changes: dict[Key, tuple[str | None, Said | None]] = field(default_factory=dict)
    saved: int = 0


def save_all(invitation: Invitation, wanted: Sequence[One], *, author: str = "", now: datetime) -> int:
    """Save remarks in the draft, all or none. Returns how many are saved now, those that were stored already among them.

    The invitation's row must be locked. Raises OneRefused with the place of the first that cannot be saved; whatever
    `begin` raises.
    """
    service.refuse_before_opening(invitation, now)
    sections = queries.texts_of(invitation.version_id, {one.anchor for one in wanted if one.anchor})
    statement = service.statement_of(invitation)
    stored = _stored(statement)
    plan = _plan(wanted, sections, stored)
    if plan.changes:
        draft = statement
        if draft is None or draft.state != StatementState.DRAFT:
            draft = service.begin(invitation, now=now)
            stored = _stored(draft)
        service.note_writing(invitation, draft, now=now)
        _write(plan, draft, stored, author, now)
    return plan.saved


def _stored(statement: Statement | None) -> dict[Key, Remark]:
    """What a statement says about passages, by what each remark is about."""
    if statement is None:
        return {}
    rows = [row for row in remark_queries.of_statement(statement.id) if row.question_id is None]
    return {_key(row.anchor, Said.of(row)): row for row in reversed(rows)}


def _key(anchor: str | None, said: Said) -> Key:
    """A wish for a new passage is a remark of its own; of everything else there is one on a passage."""
    return (anchor, str(said.wish), said.proposed_text.strip()) if said.wish in ADDITIONS else (anchor, "", "")


def _plan(wanted: Sequence[One], sections: Mapping[str, Section], stored: Mapping[Key, Remark]) -> _Plan:
    plan = _Plan()
    for place, one in enumerate(wanted):
        try:
            _look_at(one, sections, stored, plan)
        except (Conflict, Implausible, NotFound) as refusal:
            raise OneRefused(place, refusal) from refusal
    return plan


def _look_at(one: One, sections: Mapping[str, Section], stored: Mapping[Key, Remark], plan: _Plan) -> None:
    said, is_same = saving.beside(one.anchor, sections.get(one.anchor or ""), one.said)
    key, kept = _key(one.anchor, said), saving.as_kept(said)
    there = stored.get(key)
    if key in plan.changes:
        if plan.changes[key][1] != kept:
            raise Conflict("Zu diesem Abschnitt steht zweierlei in Ihrer Auswahl. Behalten Sie eines davon.")
    elif there is not None and Said.of(there) == kept:
        plan.saved += 1
    else:
        saving.refuse_if_changed(there, said, one.row_version)
        if not said.is_empty:
            remarks.check(said)
            plan.changes[key] = (one.anchor, kept)
        elif there is not None:
            plan.changes[key] = (one.anchor, None)
        plan.saved += not said.is_empty or is_same


def _write(plan: _Plan, draft: Statement, stored: Mapping[Key, Remark], author: str, now: datetime) -> None:
    version_id = draft.invitation.version_id
    new = [(anchor, said) for key, (anchor, said) in plan.changes.items() if said is not None and key not in stored]
    edited = [(stored[key], said) for key, (_, said) in plan.changes.items() if said is not None and key in stored]
    many.add_all(new, draft_version_id=version_id, statement_id=draft.id, author=author, now=now)
    many.edit_all(edited, draft_version_id=version_id, author=author)
    many.remove_all([stored[key] for key, (_, said) in plan.changes.items() if said is None])
