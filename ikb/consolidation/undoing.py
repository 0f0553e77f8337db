"""Taking back what one act gave to many, or answered: with one click, as far as nobody has changed anything since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from ikb.accounts.model import User
from ikb.consolidation import assignments, bulk_answers
from ikb.consolidation.assignment_model import Assignment, BulkAct, BulkKind
from ikb.consolidation.assignments import Target, target_of
from ikb.consolidation.bulk_answer_model import BulkAnswer
from ikb.db import db
from ikb.drafts.model import Draft
from ikb.errors import Conflict, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels

MOST_TOLD = 30  # acts of a draft that the page offers to take back

labels.add(
    "bulk_kind",
    {"assigned": "zugewiesen oder mit Frist versehen", "answered": "beantwortet", "undone": "zurückgenommen"},
)
labels.add(
    "journal_action",
    {"assignment taken back": "Zuweisung zurückgenommen", "answers taken back": "Antworten zurückgenommen"},
)


@dataclass(frozen=True)
class Undone:
    """What became of taking an act back. act: None where somebody is asked first; changed: what others changed since."""

    act: BulkAct | None
    restored: Sequence[Target]
    changed: Sequence[Target]


@dataclass(frozen=True)
class Step:
    """One act in the list of acts. undone: whether it was taken back."""

    act: BulkAct
    who: str
    count: int
    undone: bool
    takes_answers_back: bool = False

    @property
    def can_be_undone(self) -> bool:
        """Whether a click may take it back; answers that were taken back are given anew, not by a click."""
        return not self.undone and not self.takes_answers_back


def undo(draft: Draft, act_id: int, *, confirmed: bool, key: UUID, by: Actor, now: datetime) -> Undone:
    """Give everything that an act changed back to whom it was given before.

    confirmed: go on although somebody changed some of it since; that stays as it is.
    key:       of the form; sent twice, it is one act.
    Raises NotFound for an act of another draft, Conflict where it was taken back already or nothing of it is left.
    """
    assignments.lock(draft)
    if earlier := db.session.scalar(select(BulkAct).where(BulkAct.key == key)):
        return Undone(earlier, sorted(_touched(earlier)), ())
    act = _act(draft, act_id)
    if act.kind == BulkKind.ANSWERED:
        return _undo_answers(draft, act, confirmed=confirmed, key=key, by=by, now=now)
    before = _touched(act)
    changed = sorted(assignments.touched_since(draft.id, act.id) & set(before))
    mine = sorted(set(before) - set(changed))
    if not mine:
        raise Conflict(
            "Alles davon wurde seitdem anders zugewiesen. Es gibt nichts zurückzunehmen; es bleibt, wie es ist."
        )
    if changed and not confirmed:
        return Undone(None, mine, changed)
    row = assignments.begin(draft, BulkKind.UNDONE, key, by=by, now=now, undoes=act)
    stands = assignments.standing(draft.id)
    for target in mine:
        was = before[target]
        assignments.replace(row, target, stands.get(target), *((was.user_id, was.due_on) if was else (None, None)))
    facts = {"act": act.id, "count": len(mine), "left": len(changed)}
    journal.record("assignment taken back", row, by=by, now=now, procedure_id=draft.procedure_id, facts=facts)
    return Undone(row, mine, changed)


def _undo_answers(draft: Draft, act: BulkAct, *, confirmed: bool, key: UUID, by: Actor, now: datetime) -> Undone:
    """Let the answers of an act hold no more. They stay readable in the history of each remark."""
    given = bulk_answers.considerations_of(act)
    overtaken = bulk_answers.overtaken([row for row, _ in given])
    changed = sorted(bulk_answers.target_of(row) for row, _ in given if row.id in overtaken)
    mine = {bulk_answers.target_of(row): link for row, link in given if row.id not in overtaken}
    if not mine:
        raise Conflict(
            "Alle diese Anmerkungen wurden seitdem noch einmal oder mit einer Fassung beantwortet. Es gibt nichts "
            "zurückzunehmen; es bleibt, wie es ist."
        )
    if changed and not confirmed:
        return Undone(None, sorted(mine), changed)
    row = assignments.begin(draft, BulkKind.UNDONE, key, by=by, now=now, undoes=act)
    for link in mine.values():
        link.taken_back_id = row.id
    facts = {"act": act.id, "count": len(mine), "left": len(changed)}
    journal.record("answers taken back", row, by=by, now=now, procedure_id=draft.procedure_id, facts=facts)
    return Undone(row, sorted(mine), changed)


def steps_of(draft_id: int) -> list[Step]:
    """The newest acts on a draft, the newest first. Three queries."""
    rows = select(BulkAct, User.name).join(User, User.id == BulkAct.by_id).where(BulkAct.draft_id == draft_id)
    acts = db.session.execute(rows.order_by(BulkAct.id.desc()).limit(MOST_TOLD)).all()
    ids = [act.id for act, _ in acts]
    touched = select(Assignment).where(or_(Assignment.act_id.in_(ids), Assignment.ended_act_id.in_(ids)))
    targets: dict[int, set[Target]] = {}
    for row in db.session.scalars(touched):
        for act_id in (row.act_id, row.ended_act_id):
            targets.setdefault(act_id or 0, set()).add(target_of(row))
    undone = {act.undoes_id for act, _ in acts}
    links = BulkAnswer.act_id.in_(ids) | BulkAnswer.taken_back_id.in_(ids)
    taking_back: set[int | None] = set()
    for number, link in enumerate(db.session.scalars(select(BulkAnswer).where(links)), 1):
        for act_id in (link.act_id, link.taken_back_id):
            targets.setdefault(act_id or 0, set()).add(Target("", number))
        taking_back.add(link.taken_back_id)
    return [
        Step(act, name, len(targets.get(act.id, ())), act.id in undone, act.id in taking_back) for act, name in acts
    ]


def _act(draft: Draft, act_id: int) -> BulkAct:
    act = db.session.scalar(select(BulkAct).where(BulkAct.id == act_id, BulkAct.draft_id == draft.id))
    if act is None:
        raise NotFound("Diesen Schritt gibt es in diesem Entwurf nicht.")
    if db.session.scalar(select(BulkAct.id).where(BulkAct.undoes_id == act.id)):
        raise Conflict("Dieser Schritt ist schon zurückgenommen. Laden Sie die Liste neu.")
    return act


def _touched(act: BulkAct) -> dict[Target, Assignment | None]:
    """Everything that an act changed, with what held before it."""
    ours = select(Assignment).where(or_(Assignment.act_id == act.id, Assignment.ended_act_id == act.id))
    rows = list(db.session.scalars(ours))
    ended = {target_of(row): row for row in rows if row.ended_act_id == act.id}
    return {target_of(row): ended.get(target_of(row)) for row in rows}
