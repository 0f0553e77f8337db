"""Which decisions hold now, what each still waits for, and a later stage that confirms many of them as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from ikb.consolidation import gathering, journeys, queries, stages, working
from ikb.consolidation.holding import holds
from ikb.consolidation.model import Consideration, SectionOutcome
from ikb.consolidation.outcomes import Found
from ikb.consolidation.stages import At
from ikb.consolidation.wordings_model import OwnWording
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import Stage
from ikb.remarks.model import Remark, Wish
from ikb.web import labels

labels.add("journal_action", {"considerations confirmed": "Entscheidungen auf einer späteren Stufe bestätigt"})


@dataclass(frozen=True)
class Held:
    """A decision that holds now. anchor: of the section that it is about."""

    consideration: Consideration
    anchor: str


def held(base: DraftVersion) -> list[Held]:
    """Every decision that holds on a version, in the order of its text, from what the newest run knows."""
    run = queries.shown_run(base.id)
    rows = select(SectionOutcome.proposals, SectionOutcome.bodies).where(
        SectionOutcome.run_id == (run.id if run else 0)
    )
    found = db.session.execute(rows).all()
    return _held(base, {one["decided"] for lists in found for these in lists for one in these if one["decided"]})


def unconfirmed(base: DraftVersion, found: Mapping[str, Found]) -> list[tuple[str, str]]:
    """What issuing waits for although it is decided: (anchor, German sentence), one for each section.

    found: every section of the base as it is weighed now.
    """
    needed = stages.procedure_of(base).issuing_stage
    if needed == Stage.ADMINISTRATION:
        return []
    decided = {row["decided"] for one in found.values() for row in (*one.proposals, *one.bodies) if row["decided"]}
    waiting = Counter(one.anchor for one in _held(base, decided) if not has_reached(one.consideration, needed))
    names = queries.names(base.id) if waiting else {}
    return [
        (anchor, f"{names.get(anchor) or queries.special_name(anchor)}: {_decisions_wait(count, needed)}")
        for anchor, count in waiting.items()
    ]


def has_reached(consideration: Consideration, stage: str) -> bool:
    """Whether a decision is of a stage or a later one."""
    return Stage(consideration.stage).rank >= Stage(stage).rank


def confirm(base: DraftVersion, ids: Collection[int], at: At, *, by: Actor, now: datetime) -> list[Consideration]:
    """Let a later stage decide what stands already, for many decisions at once: each gets a row of its own, none is changed.

    ids: of considerations that hold on the version, also where it was issued since and its text can change no more.
    Raises Implausible where none is chosen or the stage does not fit, Conflict where one of them holds no more.
    """
    working.lock(base)
    if not ids:
        raise Implausible("Wählen Sie mindestens eine Entscheidung aus.", "chosen")
    standing = {one.consideration.id: one for one in held(base)}
    if set(ids) - set(standing):
        raise Conflict(
            "Eine der ausgewählten Entscheidungen gilt nicht mehr: Inzwischen wurde dort anders entschieden. Es wurde nichts "
            "bestätigt; laden Sie die Seite neu."
        )
    chosen = [standing[one].consideration for one in sorted(ids)]
    for one in chosen:
        stages.check(base, one, at, now=now)
    rows = {one.id: _next(one, at, by=by, now=now) for one in chosen if not _is_at(one, at)}
    db.session.add_all(rows.values())
    db.session.flush()
    _carry_over(base, {standing[old].anchor for old in rows}, {old: row.id for old, row in rows.items()})
    for row in rows.values():
        announce("decision_taken", consideration_id=row.id, now=now)
    if rows:
        facts = {"version": base.number, "stage": str(at.stage), "decisions": len(rows)}
        journal.record(
            "considerations confirmed", base, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts
        )
    return list(rows.values())


def _held(base: DraftVersion, decided: Collection[int]) -> list[Held]:
    """decided: ids of those that hold for a wording; beside them counts the newest on each remark without one."""
    newest = (
        select(func.max(Consideration.id))
        .join(Remark, Remark.id == Consideration.remark_id)
        .where(Consideration.base_version_id == base.id, Remark.wish == Wish.NONE, holds())
        .group_by(Consideration.remark_id)
    )
    newest_issued = drafts.latest_issued(base.draft_id)
    if newest_issued is not None and newest_issued.id == base.id:  # else it is answered, and the pool holds it no more
        counting = gathering.pool(base.draft_id, Remark.wish == Wish.NONE).with_only_columns(Remark.id)
        newest = newest.where(Consideration.remark_id.in_(counting))
    rows = db.session.scalars(
        select(Consideration)
        .where(
            Consideration.base_version_id == base.id,
            Consideration.id.in_(decided) | Consideration.id.in_(newest),
        )
        .order_by(Consideration.id)
    )
    moved = journeys.elsewhere(base)
    found = [Held(row, gathering.anchor_among(moved, row.remark)) for row in rows]
    order = {row.anchor: place for place, row in enumerate(queries.rows_of(base.id, None))}
    return sorted(found, key=lambda one: order.get(one.anchor, len(order)))


def _next(before: Consideration, at: At, *, by: Actor, now: datetime) -> Consideration:
    return Consideration(
        base_version_id=before.base_version_id,
        remark_id=before.remark_id,
        proposal_key=before.proposal_key,
        outcome=before.outcome,
        reason=before.reason,
        argument_id=before.argument_id,
        decided_by_id=by.id,
        decided_at=now,
        **at.columns,
    )


def _is_at(consideration: Consideration, at: At) -> bool:
    """Sent twice, it is confirmed once."""
    return At.of(consideration) == at


def _carry_over(base: DraftVersion, anchors: Iterable[str], new: Mapping[int, int]) -> None:
    """Let the newest findings and the wordings of the lead's own point to the rows that hold now. No text changes."""
    run = queries.shown_run(base.id)
    outcomes = select(SectionOutcome).where(
        SectionOutcome.run_id == (run.id if run else 0), SectionOutcome.anchor.in_(list(anchors))
    )
    for outcome in db.session.scalars(outcomes):
        outcome.proposals = list(_renumbered(outcome.proposals, new))
        outcome.bodies = list(_renumbered(outcome.bodies, new))
    tied = select(OwnWording.hand_edit_id, OwnWording.consideration_id).where(OwnWording.consideration_id.in_(new))
    rows = [
        {"hand_edit_id": edit, "consideration_id": new[consideration]}
        for edit, consideration in db.session.execute(tied)
    ]
    if rows:
        db.session.execute(insert(OwnWording), rows)
    db.session.flush()


def _renumbered(found: Sequence[Mapping[str, object]], new: Mapping[int, int]) -> Iterator[dict[str, object]]:
    for one in found:
        decided = one["decided"]
        yield dict(one) | {"decided": new.get(decided, decided) if isinstance(decided, int) else decided}


def _decisions_wait(count: int, needed: str) -> str:
    who = labels.label("stage", needed)
    what = "Eine Entscheidung wartet" if count == 1 else f"{count} Entscheidungen warten"
    return f"{what} auf diese Stufe: {who}."
