"""Which decisions hold now, what each still waits for, and a later stage that confirms many of them as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import func, insert, select

from ikb.consolidation import gathering, journeys, queries, stages, working
from ikb.consolidation.holding import holding, stands
from ikb.consolidation.model import BulkAnswer, Consideration, SectionOutcome
from ikb.consolidation.outcomes import Found, entered
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

RELEASE = "release"

labels.add("journal_action", {"considerations confirmed": "Entscheidungen auf einer späteren Stufe bestätigt"})


@dataclass(frozen=True)
class Held:
    """A decision that stands now. anchor: of the section that it is about; members: how many it stands for.

    taken_in: names the act in which it was taken with others, on several remarks or for one wording of the lead's own.
    """

    consideration: Consideration
    anchor: str
    members: int = 1
    taken_in: tuple[object, ...] = ()

    @property
    def group(self) -> tuple[object, ...]:
        """Equal for the answers that a group got at once, from one person."""
        row = self.consideration
        alike = (row.argument_id, row.outcome, row.reason, row.stage, row.resolved_on, row.decided_by_id)
        return alike if row.argument_id else (row.id,)

    @property
    def act(self) -> tuple[object, ...]:
        """Equal for what one person decided in one act, and so is released at once."""
        return (*self.taken_in, self.consideration.decided_by_id) if self.taken_in else self.group


def held(base: DraftVersion) -> list[Held]:
    """Every decision that stands on a version, released or not, in the order of its text, from what the newest run knows."""
    run = queries.shown_run(base.id)
    rows = select(SectionOutcome.proposals, SectionOutcome.bodies).where(
        SectionOutcome.run_id == (run.id if run else 0)
    )
    found = db.session.execute(rows).all()
    return _held(base, {entered(one) for lists in found for these in lists for one in these})


def unconfirmed(base: DraftVersion, found: Mapping[str, Found]) -> list[tuple[str, str]]:
    """What issuing waits for although it is decided: (anchor, German sentence), one for each section.

    found: every section of the base as it is weighed now.
    """
    if not waits_at_all(base):
        return []
    decided = {entered(row) for one in found.values() for row in (*one.proposals, *one.bodies)}
    counted = Counter((one.anchor, what) for one, what in waiting(base, _held(base, decided)))
    return [(anchor, _decisions_wait(count, what)) for (anchor, what), count in counted.items()]


def unconfirmed_among(base: DraftVersion, ids: Collection[int]) -> set[int]:
    """Those of some decisions, by id, that do not hold or lack their stage; no query where nothing can wait."""
    if not waits_at_all(base):
        return set()
    needed, counting = stages.procedure_of(base).issuing_stage, holding(ids)
    return {id for id, row in queries.considerations(ids).items() if not has_reached(row, needed)} | set(ids) - counting


def waits_at_all(base: DraftVersion) -> bool:
    procedure = stages.procedure_of(base)
    return procedure.two_person or procedure.issuing_stage != Stage.ADMINISTRATION


def waiting(base: DraftVersion, standing: Sequence[Held]) -> Iterator[tuple[Held, str]]:
    """Decisions that are not confirmed yet, each with what it waits for: a stage, or else the release."""
    needed = stages.procedure_of(base).issuing_stage
    counting = holding([one.consideration.id for one in standing])
    for one in standing:
        if not has_reached(one.consideration, needed):
            yield one, needed
        elif one.consideration.id not in counting:
            yield one, RELEASE


Key = Callable[[Held], tuple[object, ...]]


def together(standing: Iterable[Held], key: Key = attrgetter("group")) -> list[list[Held]]:
    """Decisions with what belongs to them. key: without one, the answers that a group got at once."""
    groups: dict[tuple[object, ...], list[Held]] = {}
    for one in standing:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def one_each(standing: Iterable[Held]) -> list[Held]:
    """The same with the answer to a group once, for all its members."""
    return [replace(these[0], members=len(these)) for these in together(standing)]


def with_their_own(standing: Sequence[Held], ids: Collection[int], key: Key = attrgetter("group")) -> list[Held]:
    """Chosen decisions, and all that belong to them by the same key."""
    chosen = {key(one) for one in standing if one.consideration.id in ids}
    return [one for one in standing if key(one) in chosen]


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
    everything = held(base)
    standing = {one.consideration.id: one for one in everything}
    if set(ids) - set(standing):
        raise Conflict(
            "Eine der ausgewählten Entscheidungen gilt nicht mehr: Inzwischen wurde dort anders entschieden. Es wurde nichts "
            "bestätigt; laden Sie die Seite neu."
        )
    chosen = [one.consideration for one in with_their_own(everything, ids)]
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


def _held(base: DraftVersion, decided: Collection[int | None]) -> list[Held]:
    """decided: ids of those that stand for a wording; beside them counts the newest on each remark without one."""
    newest = (
        select(func.max(Consideration.id))
        .join(Remark, Remark.id == Consideration.remark_id)
        .where(Consideration.base_version_id == base.id, Remark.wish == Wish.NONE, stands())
        .group_by(Consideration.remark_id)
    )
    newest_issued = drafts.latest_issued(base.draft_id)
    if newest_issued is not None and newest_issued.id == base.id:  # else it is answered, and the pool holds it no more
        counting = gathering.pool(base.draft_id, Remark.wish == Wish.NONE).with_only_columns(Remark.id)
        newest = newest.where(Consideration.remark_id.in_(counting))
    wanted = Consideration.id.in_([one for one in decided if one]) | Consideration.id.in_(newest)
    standing = select(Consideration).where(Consideration.base_version_id == base.id, wanted)
    moved, rows = journeys.elsewhere(base), list(db.session.scalars(standing.order_by(Consideration.id)))
    acts = _acts([row.id for row in rows])
    found = [Held(row, gathering.anchor_among(moved, row.remark), taken_in=acts.get(row.id, ())) for row in rows]
    order = {row.anchor: place for place, row in enumerate(queries.rows_of(base.id, None))}
    return sorted(found, key=lambda one: order.get(one.anchor, len(order)))


def _acts(ids: Collection[int]) -> dict[int, tuple[object, ...]]:
    """In which act each of some decisions was taken together with others, by id."""
    wordings = select(OwnWording.consideration_id, OwnWording.hand_edit_id).where(OwnWording.consideration_id.in_(ids))
    answers = select(BulkAnswer.consideration_id, BulkAnswer.act_id).where(BulkAnswer.consideration_id.in_(ids))
    found: dict[int, tuple[object, ...]] = {one: ("wording", edit) for one, edit in db.session.execute(wordings)}
    return found | {one: ("answers", act) for one, act in db.session.execute(answers)}


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
    run, counting = queries.shown_run(base.id), holding(new.values())
    outcomes = select(SectionOutcome).where(
        SectionOutcome.run_id == (run.id if run else 0), SectionOutcome.anchor.in_(list(anchors))
    )
    for outcome in db.session.scalars(outcomes):
        outcome.proposals = list(_renumbered(outcome.proposals, new, counting))
        outcome.bodies = list(_renumbered(outcome.bodies, new, counting))
    tied = select(OwnWording.hand_edit_id, OwnWording.consideration_id).where(OwnWording.consideration_id.in_(new))
    rows = [
        {"hand_edit_id": edit, "consideration_id": new[consideration]}
        for edit, consideration in db.session.execute(tied)
    ]
    if rows:
        db.session.execute(insert(OwnWording), rows)
    db.session.flush()


def let_count(base: DraftVersion, ids: Collection[int]) -> None:
    """Let the newest findings name some decisions as those that hold; they repeat what held before, so no text changes."""
    run = queries.shown_run(base.id)
    for outcome in db.session.scalars(select(SectionOutcome).where(SectionOutcome.run_id == (run.id if run else 0))):
        outcome.proposals = list(_renumbered(outcome.proposals, {}, ids))
        outcome.bodies = list(_renumbered(outcome.bodies, {}, ids))
    db.session.flush()


def _renumbered(
    found: Sequence[Mapping[str, Any]], new: Mapping[int, int], counting: Collection[int]
) -> Iterator[dict[str, Any]]:
    """new: which row takes the place of which; counting: those of the new ones that count at once."""
    for one in found:
        newest = new.get(entered(one) or 0, entered(one))
        yield dict(one) | {"entered": newest} | ({"decided": newest} if newest in counting else {})


def _decisions_wait(count: int, what: str) -> str:
    they = "Eine Entscheidung wartet" if count == 1 else f"{count} Entscheidungen warten"
    if what == RELEASE:
        return f"{they} auf die Freigabe durch eine zweite Person."
    return f"{they} auf diese Stufe: {labels.label('stage', what)}."
