"""Giving sections and remarks to a person, with a day, many at a time; nobody's change is written over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from ikb.accounts.model import User
from ikb.consolidation import journeys
from ikb.consolidation.assignment_model import Assignment, BulkAct, BulkKind
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion, Section
from ikb.errors import Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ProcedureLead
from ikb.remarks.model import Remark
from ikb.web import labels

labels.add("subject", {"bulk_act": "Mehrere Stellen auf einmal"})
labels.add("journal_action", {"work assigned": "zugewiesen oder mit einer Frist versehen"})


@dataclass(frozen=True, order=True)
class Target:
    """What is given to somebody: a whole section, or one remark (0: the section). A remark that moved is the same one."""

    anchor: str
    remark_id: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Target) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, int]:
        return ("" if self.remark_id else self.anchor, self.remark_id)


@dataclass(frozen=True)
class Change:
    """What an act changes. person: of the procedure, 0 for nobody, None to leave it; due_on: a day, or None.

    keeps_due: leave the day as it is; otherwise None takes it away.
    """

    person: int | None = None
    due_on: date | None = None
    keeps_due: bool = True

    def of(self, before: Assignment | None) -> tuple[int | None, date | None]:
        """Person and day that hold afterwards."""
        was = (before.user_id, before.due_on) if before else (None, None)
        return (was[0] if self.person is None else self.person or None, was[1] if self.keeps_due else self.due_on)


@dataclass(frozen=True)
class Given:
    """What became of an act. act: None where nothing had to change; left: what somebody changed meanwhile, untouched."""

    act: BulkAct | None
    done: Sequence[Target] = ()
    left: Sequence[Target] = field(default_factory=tuple)


def on_section(draft_id: int, anchor: str) -> Assignment | None:
    """Who sees to a section until when; None where nobody was named and no day was set."""
    rows = select(Assignment).where(*_stands(draft_id), Assignment.anchor == anchor, Assignment.remark_id.is_(None))
    return db.session.scalar(rows)


def on_remarks(draft_id: int, remark_ids: Collection[int]) -> dict[int, Assignment]:
    """Who sees to each of some remarks for itself, by remark."""
    rows = select(Assignment).where(*_stands(draft_id), Assignment.remark_id.in_(remark_ids))
    return {row.remark_id: row for row in db.session.scalars(rows) if row.remark_id is not None}


def standing(draft_id: int) -> dict[Target, Assignment]:
    """All that is assigned or has a day in a draft."""
    rows = select(Assignment).where(*_stands(draft_id)).order_by(Assignment.id)
    return {target_of(row): row for row in db.session.scalars(rows)}


def people_of(procedure_id: int) -> list[User]:
    """Who can be named: the active leads of a procedure, by name."""
    rows = select(User).join(ProcedureLead, ProcedureLead.user_id == User.id)
    rows = rows.where(ProcedureLead.procedure_id == procedure_id, User.is_active)
    return sorted(db.session.scalars(rows), key=lambda one: (one.name.casefold(), one.id))


def assign(
    draft: Draft, chosen: Collection[Target], change: Change, *, seen: int, key: UUID, by: Actor, now: datetime
) -> Given:
    """Name a person or a day, or both, for several sections and remarks: one act, one entry in the journal.

    seen: the newest act when the page was made, 0 for none. What a later one changed is left alone and named in the answer.
    key:  of the form; sent twice, it is one act.
    Raises Implausible naming the field (what, person, due_on), NotFound for what is not in this draft.
    """
    _check(draft, chosen, change, now)
    lock(draft)
    if earlier := db.session.scalar(select(BulkAct).where(BulkAct.key == key)):
        return _as_given(earlier)
    _check_known(draft, chosen)
    stands = standing(draft.id)
    changed = touched_since(draft.id, seen)
    left = sorted(one for one in chosen if one in changed)
    todo = {one: stands.get(one) for one in sorted(set(chosen) - set(left))}
    todo = {one: before for one, before in todo.items() if change.of(before) != change_nothing(before)}
    if not todo:
        return Given(None, (), left)
    act = begin(draft, BulkKind.ASSIGNED, key, by=by, now=now)
    for target, before in todo.items():
        replace(act, target, before, *change.of(before))
    facts = {"sections": sum(not one.remark_id for one in todo), "remarks": sum(one.remark_id > 0 for one in todo)}
    facts |= {"left": len(left)} if left else {}
    _note(act, draft, facts | _in_facts(change), by=by, now=now)
    return Given(act, list(todo), left)


def newest_act(draft_id: int) -> int:
    """Id of the newest act on a draft, 0 for none: whoever saw it saw all that was changed before."""
    return db.session.scalar(select(func.max(BulkAct.id)).where(BulkAct.draft_id == draft_id)) or 0


def touched_since(draft_id: int, act_id: int) -> set[Target]:
    """Everything that acts after this one changed."""
    later = (Assignment.act_id > act_id) | (Assignment.ended_act_id > act_id)
    return {
        target_of(row) for row in db.session.scalars(select(Assignment).where(Assignment.draft_id == draft_id, later))
    }


def target_of(row: Assignment) -> Target:
    """What an assignment is about."""
    return Target(row.anchor, row.remark_id or 0)


def change_nothing(before: Assignment | None) -> tuple[int | None, date | None]:
    """Person and day as they are."""
    return Change().of(before)


def begin(
    draft: Draft, kind: BulkKind, key: UUID, *, by: Actor, now: datetime, undoes: BulkAct | None = None
) -> BulkAct:
    """A new act, flushed."""
    act = BulkAct(draft_id=draft.id, kind=kind, key=key, by_id=by.id, at=now, undoes_id=undoes.id if undoes else None)
    db.session.add(act)
    db.session.flush()
    return act


def replace(act: BulkAct, target: Target, before: Assignment | None, person: int | None, due_on: date | None) -> None:
    """End what stood and let the new one hold; where neither person nor day is left, nothing holds."""
    if before is not None:
        before.ended_at, before.ended_act_id = act.at, act.id
        db.session.flush()  # two may not hold at a time
    if person is None and due_on is None:
        return
    db.session.add(
        Assignment(
            draft_id=act.draft_id,
            anchor=target.anchor,
            remark_id=target.remark_id or None,
            user_id=person,
            due_on=due_on,
            given_at=act.at,
            act_id=act.id,
        )
    )


def lock(draft: Draft) -> None:
    """Let only one at a time change who sees to what in a draft."""
    db.session.execute(select(Draft.id).where(Draft.id == draft.id).with_for_update(key_share=True))


def _stands(draft_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Assignment.draft_id == draft_id, Assignment.ended_at.is_(None))


def _as_given(act: BulkAct) -> Given:
    touched = select(Assignment).where((Assignment.act_id == act.id) | (Assignment.ended_act_id == act.id))
    return Given(act, sorted({target_of(row) for row in db.session.scalars(touched)}))


def _check(draft: Draft, chosen: Collection[Target], change: Change, now: datetime) -> None:
    if not chosen:
        raise Implausible("Kreuzen Sie mindestens eine Stelle an.", "what")
    if change.person is None and change.keeps_due:
        raise Implausible("Wählen Sie, wer sich kümmern soll, oder setzen Sie eine Frist.", "person")
    if change.person and change.person not in {one.id for one in people_of(draft.procedure_id)}:
        raise Implausible("Wählen Sie eine Person, die dieses Verfahren leitet.", "person")
    if change.due_on is not None and change.due_on < berlin_day(now):
        raise Implausible("Dieser Tag ist schon vorbei. Wählen Sie heute oder einen späteren.", "due_on")


def _check_known(draft: Draft, chosen: Iterable[Target]) -> None:
    """Everything that is chosen stands in this draft, in one of its versions."""
    of_draft = (DraftVersion.draft_id == draft.id,)
    remarks = {one.remark_id for one in chosen if one.remark_id}
    rows = select(Remark.id, Remark.anchor).join(Remark.draft_version).where(*of_draft, Remark.id.in_(remarks))
    known = {Target(anchor or WHOLE_DRAFT, remark_id) for remark_id, anchor in db.session.execute(rows)}
    base = drafts.latest_issued(draft.id) if remarks else None
    moved = journeys.elsewhere(base) if base else {}
    known |= {Target(place.anchor or WHOLE_DRAFT, one) for one, place in moved.items()}
    anchors = {one.anchor for one in chosen if not one.remark_id}
    sections = select(Section.anchor).join(Section.draft_version).where(*of_draft, Section.anchor.in_(anchors))
    known |= {Target(anchor) for anchor in [*db.session.scalars(sections.distinct()), WHOLE_DRAFT]}
    if set(chosen) - known:
        raise NotFound(
            "Eine der Stellen gibt es in diesem Entwurf nicht. Es wurde nichts geändert; laden Sie die Liste neu."
        )


def _in_facts(change: Change) -> dict[str, object]:
    facts: dict[str, object] = {} if change.person is None else {"person": change.person}
    return facts if change.keeps_due else facts | {"due_on": change.due_on.isoformat() if change.due_on else None}


def _note(act: BulkAct, draft: Draft, facts: Mapping[str, object], *, by: Actor, now: datetime) -> None:
    journal.record("work assigned", act, by=by, now=now, procedure_id=draft.procedure_id, facts=facts)
