"""One answer of one person to several remarks that ask for no other text, and taking it back. No machine chooses them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from ikb.consolidation import assignments, gathering, journeys, queries, service, stages, working
from ikb.consolidation.argument_model import ArgumentMember
from ikb.consolidation.assignment_model import BulkAct, BulkKind
from ikb.consolidation.assignments import Target
from ikb.consolidation.bulk_answer_model import BulkAnswer
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.holding import stands
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import Stage
from ikb.remarks.model import Remark, Wish
from ikb.web import labels

labels.add("journal_action", {"remarks answered": "über mehrere Anmerkungen auf einmal entschieden"})


@dataclass(frozen=True)
class Answered:
    """What became of an act. left: what somebody answered or grouped meanwhile, or a later stage decided; untouched."""

    act: BulkAct | None
    done: Sequence[Target]
    left: Sequence[Target]


def answer(
    base: DraftVersion,
    remark_ids: Collection[int],
    outcome: str,
    reason: str,
    *,
    seen: int,
    key: UUID,
    by: Actor,
    now: datetime,
) -> Answered:
    """Decide alike about several remarks: each gets the answer as its own, all together are one act.

    seen: the newest consideration when the page was made, 0 for none; what was decided later is left alone and named.
    key:  of the form; sent twice, it is one act.
    Raises Implausible where nothing is chosen, the answer does not fit or its reason is missing; NotReady if the version is
    no longer the newest.
    """
    reason = reason.strip()
    if not remark_ids:
        raise Implausible("Kreuzen Sie mindestens eine Anmerkung an.", "what")
    service.check_answer_to_comments(outcome, reason)
    working.lock(base)
    working.refuse_if_overtaken(base)
    if earlier := db.session.scalar(select(BulkAct).where(BulkAct.key == key)):
        return Answered(earlier, sorted(target_of(row) for row, _ in considerations_of(earlier)), ())
    chosen = _counting(base, remark_ids)
    free = _free(base, [one.remark_id for one in chosen], seen)
    done, left = [one for one in chosen if one.remark_id in free], [one for one in chosen if one.remark_id not in free]
    if not done:
        return Answered(None, (), left)
    act = assignments.begin(base.draft, BulkKind.ANSWERED, key, by=by, now=now)
    _store(base, act, done, outcome, reason, by=by, now=now)
    facts = {"outcome": outcome, "remarks": len(done), "version": base.number} | ({"left": len(left)} if left else {})
    journal.record("remarks answered", act, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts)
    return Answered(act, done, left)


def newest(base_id: int) -> int:
    """Id of the newest consideration on a version, 0 for none: whoever saw it saw all that was decided before."""
    return db.session.scalar(select(func.max(Consideration.id)).where(Consideration.base_version_id == base_id)) or 0


def considerations_of(act: BulkAct) -> list[tuple[Consideration, BulkAnswer]]:
    """What an act decided."""
    rows = select(Consideration, BulkAnswer).join(BulkAnswer, BulkAnswer.consideration_id == Consideration.id)
    return [(row, link) for row, link in db.session.execute(rows.where(BulkAnswer.act_id == act.id))]


def overtaken(rows: Iterable[Consideration]) -> set[int]:
    """Those of some considerations, by id, after which the same remark was answered anew or by an issued version."""
    mine = {row.remark_id: row for row in rows}
    later = select(Consideration.remark_id, func.max(Consideration.id)).where(
        Consideration.remark_id.in_(mine), stands()
    )
    newer = {
        mine[one].id for one, top in db.session.execute(later.group_by(Consideration.remark_id)) if top > mine[one].id
    }
    issued = select(AnsweredRemark.remark_id).where(AnsweredRemark.remark_id.in_(mine))
    return newer | {mine[one].id for one in db.session.scalars(issued)}


def target_of(row: Consideration) -> Target:
    """The remark that a consideration is about."""
    return Target(row.remark.anchor or WHOLE_DRAFT, row.remark_id)


def _counting(base: DraftVersion, remark_ids: Collection[int]) -> list[Target]:
    """Those that count and ask for no other text; what was withdrawn meanwhile has nothing to be answered."""
    conditions = (Remark.id.in_(remark_ids), Remark.wish == Wish.NONE, Remark.statement_id.is_not(None))
    moved = journeys.elsewhere(base)
    remarks = db.session.scalars(gathering.pool(base.draft_id, *conditions))
    found = sorted(Target(gathering.anchor_among(moved, remark), remark.id) for remark in remarks)
    if not found:
        raise Implausible(
            "Keine dieser Anmerkungen zählt noch. Es wurde nichts entschieden; laden Sie die Liste neu.", "what"
        )
    return found


def _free(base: DraftVersion, ids: Collection[int], seen: int) -> set[int]:
    """Those on which nothing was decided since, by no later stage, and that are in no argument."""
    grouped = select(ArgumentMember.remark_id).where(
        ArgumentMember.remark_id.in_(ids), ArgumentMember.left_at.is_(None)
    )
    held = set(db.session.scalars(grouped))
    for row in queries.considerations_here(base.id, (), ids):
        if row.id > seen or Stage(row.stage).rank > Stage.ADMINISTRATION.rank:
            held.add(row.remark_id)
    return set(ids) - held


def _store(
    base: DraftVersion, act: BulkAct, done: Sequence[Target], outcome: str, reason: str, *, by: Actor, now: datetime
) -> None:
    rows = [
        Consideration(
            base_version_id=base.id,
            remark_id=one.remark_id,
            outcome=outcome,
            reason=reason,
            decided_by_id=by.id,
            decided_at=now,
            **stages.PROPOSAL.columns,
        )
        for one in done
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(BulkAnswer(act_id=act.id, consideration_id=row.id) for row in rows)
    db.session.flush()
    for row in rows:
        announce("decision_taken", consideration_id=row.id, now=now)
