"""Runs: asked for once, held by lease, carried out section by section, and finished only by whoever holds the lease.

A worker that dies leaves finished sections behind and nothing else; the tick gives the run to another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Insert, Integer, and_, bindparam, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgres
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import aliased

from ikb.consolidation import gathering, journeys, working
from ikb.consolidation.argument_model import SectionGrouping
from ikb.consolidation.model import Consideration, ConsiderationRelease, Run, RunState, SectionOutcome
from ikb.consolidation.outcomes import Found
from ikb.consolidation.progress import ACTIVE
from ikb.consolidation.weighing import Passage, weigh
from ikb.db import Base, db, on_sqlite, take_next, write
from ikb.drafts import queries as drafts_queries
from ikb.drafts.model import DraftVersion, VersionState
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM
from ikb.queue import wake_after_commit
from ikb.remarks.model import Remark

LEASE = timedelta(seconds=40)  # lease and tick (15 s) together stay below the minute within which a run must go on
MOST_ATTEMPTS = 5


class LeaseLost(Exception):
    """Another worker has the run now; whatever this one still found does not count."""


def enqueue(base: DraftVersion, *, now: datetime) -> Run:
    """The run that will see everything said so far: one that waits already, or a new one. Its worker is woken.

    One that is running is not enough for what came in since; but it finds that out by itself when it ends.
    """
    active = _newest_active(base.id)
    if active is None:
        values = {"base_version_id": base.id, "state": RunState.QUEUED, "requested_at": now} | _FRESH
        # Two who ask at once: the index lets one row in, and both get that one.
        db.session.execute(_insert(Run).values(**values).on_conflict_do_nothing())
        active = _newest_active(base.id)
    if active is None:
        raise RuntimeError("A run that was just asked for is not there.")
    wake_after_commit("consolidation.run", active.id)
    return active


_COUNTED = ("sections_total", "sections_done", "attempts", "considered_up_to", "released_up_to")
_FRESH = dict.fromkeys(_COUNTED, 0) | {"input_mark": "", "fault": ""}


def claim(owner: str, *, now: datetime, run_id: int | None = None) -> Run | None:
    """Take up the oldest run that waits or whose worker fell silent; None if there is none. run_id: only this one."""
    due = or_(Run.state == RunState.QUEUED, and_(Run.state == RunState.RUNNING, Run.lease_until < now))
    if run_id is not None:
        due = and_(due, Run.id == run_id)
    return take_next(
        Run,
        due,
        Run.id,
        state=RunState.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        started_at=func.coalesce(Run.started_at, now),
        attempts=Run.attempts + 1,
    )


@dataclass(frozen=True)
class Sight:
    """What a worker works on: everything said about every section, and figures that tell whether more came in since."""

    mark: str
    considered_up_to: int
    released_up_to: int
    passages: list[Passage]


def look(base: DraftVersion) -> Sight:
    """Read all that a run needs, outside of any writing transaction: it takes long, and nobody should wait for it.

    The figures are read first, so whatever comes in while the rest is read makes the result outdated rather than lost.
    """
    mark = gathering.mark_of(base)
    considered, released = gathering.newest_consideration(base), gathering.newest_release(base)
    return Sight(mark, considered, released, gathering.passages(base))


def begin(run_id: int, owner: str, sight: Sight) -> list[Passage]:
    """The sections that are still to do. A run that goes on keeps the figures of its beginning.

    Raises LeaseLost if the run has another worker by now.
    """
    run = _held(run_id, owner)
    if not run.input_mark:
        _mark_outdated(run)
        run.input_mark, run.considered_up_to = sight.mark, sight.considered_up_to
        run.released_up_to = sight.released_up_to
    done = set(db.session.scalars(select(SectionOutcome.anchor).where(SectionOutcome.run_id == run.id)))
    run.sections_total, run.sections_done = len(sight.passages), len(done)
    return [passage for passage in sight.passages if passage.anchor not in done]


def renew(run_id: int, owner: str, *, now: datetime) -> bool:
    """Keep a run for another lease while a section takes long. False if it ended or has another worker by now."""
    kept = db.session.execute(
        update(Run)
        .where(Run.id == run_id, Run.lease_owner == owner, Run.state == RunState.RUNNING)
        .values(lease_until=now + LEASE)
        .returning(Run.id)
    )
    return kept.scalar_one_or_none() is not None


def finish_sections(run_id: int, owner: str, done: Sequence[tuple[Passage, Found]], *, now: datetime) -> None:
    """Keep what was found for some sections, and the lease: few messages to the database, however many they are.

    Raises LeaseLost if the run has another worker by now. A section that is there already stays as it is.
    """
    held = db.session.execute(
        update(Run)
        .where(Run.id == run_id, Run.lease_owner == owner, Run.state == RunState.RUNNING)
        .values(lease_until=now + LEASE, sections_done=Run.sections_done + len(done), attempts=0)
        .returning(Run.id)
    ).scalar_one_or_none()
    if held is None:
        raise LeaseLost
    rows = [
        {"run_id": run_id, "anchor": passage.anchor, "position": passage.position, **vars(found)}
        for passage, found in done
    ]
    db.session.connection().execute(_insert(SectionOutcome).on_conflict_do_nothing(), rows)


def finish(run_id: int, owner: str, *, now: datetime) -> Run:
    """All sections are done: write the working version, in the same transaction as the run's end.

    Decisions taken meanwhile are put in first. If other remarks count by now, the run ends as outdated and a new one is
    asked for; its result is written all the same, since under a steady stream of statements no run would ever end.
    Raises LeaseLost if the run has another worker by now.
    """
    run = _held(run_id, owner)
    base = run.base_version
    working.lock(base)
    is_newest = drafts_queries.latest_issued(base.draft_id) is base
    if is_newest:
        _put_in_decisions(run)
        run.result_version = working.write(run, now=now)
        _forget_earlier(run)
    journal.record(
        "revision draft built", run, by=SYSTEM, now=now, procedure_id=base.draft.procedure_id, facts=_facts(run)
    )
    # From here on we hold the journal's head, which everybody takes who hands something in before they look for a run:
    # what they saved counts in the mark, and who comes later finds this run ended and asks for the next.
    is_complete = is_newest and gathering.mark_of(base) == run.input_mark
    run.state = RunState.DONE if is_complete else RunState.OUTDATED
    run.finished_at, run.lease_until, run.lease_owner = now, None, None
    db.session.flush()
    if not is_complete:
        enqueue(drafts_queries.latest_issued(base.draft_id) or base, now=now)
    return run


def release(run_id: int, owner: str, *, now: datetime) -> None:
    """Give a run back: the next worker goes on at once where this one stopped."""
    db.session.execute(
        update(Run)
        .where(Run.id == run_id, Run.lease_owner == owner, Run.state == RunState.RUNNING)
        .values(lease_until=now - timedelta(seconds=1))
    )


def stop(base: DraftVersion, *, now: datetime) -> Run | None:
    """End what waits or is under way on a version; its worker finds that out with the section it is at. None if nothing is.

    What was found before is shown on: of the run that ends here nothing stays.
    """
    ended = update(Run).where(Run.base_version_id == base.id, Run.state.in_(ACTIVE))
    values = {"state": RunState.STOPPED, "finished_at": now, "lease_until": None, "lease_owner": None}
    ids = list(db.session.scalars(ended.values(values).returning(Run.id)))
    for model in (SectionOutcome, SectionGrouping):
        db.session.execute(delete(model).where(model.run_id.in_(ids)))
    return db.session.get(Run, max(ids), populate_existing=True) if ids else None


def fail(run_id: int, owner: str, fault: str, *, now: datetime) -> None:
    """End a run that cannot be carried out, with a sentence for the lead."""
    db.session.execute(
        update(Run)
        .where(Run.id == run_id, Run.lease_owner == owner, Run.state == RunState.RUNNING)
        .values(state=RunState.FAILED, fault=fault, finished_at=now, lease_until=None, lease_owner=None)
    )


def ask_again(draft_id: int, *, now: datetime) -> None:
    """Something came in: ask for a new run on a draft's newest version, in one statement (handing in has ten at most).

    Only where there was a run before: nobody consolidates a draft on which a lead has not asked for it once. Not where
    one waits, since it will see what came in, nor where one is under way, since it compares its input when it ends.
    The run that this makes outdated is marked when the new one begins.
    """
    asked = _ask_again(embedded=on_sqlite(db.session.connection()))
    run_id = write(asked, draft_id=draft_id, now=now).scalar_one_or_none()
    if run_id is not None:
        wake_after_commit("consolidation.run", run_id)


@lru_cache(maxsize=2)
def _ask_again(*, embedded: bool) -> Executable:
    base, draft_id = aliased(DraftVersion), bindparam("draft_id", type_=Integer)
    newest = select(func.max(DraftVersion.number)).where(
        DraftVersion.draft_id == draft_id, DraftVersion.state == VersionState.ISSUED
    )
    earlier = exists().where(Run.base_version_id == DraftVersion.id, DraftVersion.draft_id == draft_id)
    active = exists().where(Run.base_version_id == base.id, Run.state.in_(sorted(ACTIVE)))
    values = select(base.id, literal(RunState.QUEUED.value), bindparam("now", type_=Run.requested_at.type)).where(
        base.draft_id == draft_id, base.number == newest.scalar_subquery(), earlier, ~active
    )
    make: Any = insert_on_sqlite if embedded else insert_on_postgres
    asked = make(Run.__table__).from_select(["base_version_id", "state", "requested_at"], values)
    statement: Executable = asked.on_conflict_do_nothing().returning(Run.id)
    return statement


def store(run: Run, passage: Passage, found: Found) -> SectionOutcome:
    """Put a section's outcome in the place of an earlier one, after a decision."""
    row = db.session.scalar(
        select(SectionOutcome).where(SectionOutcome.run_id == run.id, SectionOutcome.anchor == passage.anchor)
    )
    if row is None:
        row = SectionOutcome(run_id=run.id, anchor=passage.anchor, position=passage.position)
        db.session.add(row)
    for name, value in vars(found).items():
        setattr(row, name, value)
    db.session.flush()
    return row


def _held(run_id: int, owner: str) -> Run:
    run = db.session.scalar(
        select(Run)
        .where(Run.id == run_id, Run.lease_owner == owner, Run.state == RunState.RUNNING)
        .with_for_update(of=Run)
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise LeaseLost
    return run


def _mark_outdated(run: Run) -> None:
    """Results of earlier runs on the same base are outdated from here on; they are shown until this run has its own."""
    db.session.execute(
        update(Run)
        .where(Run.base_version_id == run.base_version_id, Run.id < run.id, Run.state == RunState.DONE)
        .values(state=RunState.OUTDATED)
    )


def _put_in_decisions(run: Run) -> None:
    """Weigh the sections again on which somebody decided, or released a decision, while the run was under way."""
    released = select(ConsiderationRelease.consideration_id).where(ConsiderationRelease.id > run.released_up_to)
    decided = db.session.scalars(
        select(Remark)
        .join(Consideration, Consideration.remark_id == Remark.id)
        .where(
            Consideration.base_version_id == run.base_version_id,
            or_(Consideration.id > run.considered_up_to, Consideration.id.in_(released)),
        )
    )
    rows = select(SectionOutcome.anchor, SectionOutcome.position).where(SectionOutcome.run_id == run.id)
    positions = dict(db.session.execute(rows).all())
    moved = journeys.elsewhere(run.base_version)
    for anchor in {gathering.anchor_among(moved, remark) for remark in decided}:
        passage = gathering.passage(run.base_version, anchor, positions.get(anchor, len(positions)))
        store(run, passage, weigh(passage))


def _forget_earlier(run: Run) -> None:
    """Outcomes of earlier runs on the same base have been replaced; the runs themselves stay as a record."""
    earlier = select(Run.id).where(Run.base_version_id == run.base_version_id, Run.id < run.id)
    db.session.execute(delete(SectionOutcome).where(SectionOutcome.run_id.in_(earlier)))
    db.session.execute(delete(SectionGrouping).where(SectionGrouping.run_id.in_(earlier)))


def _newest_active(base_id: int) -> Run | None:
    rows = select(Run).where(Run.base_version_id == base_id, Run.state.in_(ACTIVE)).order_by(Run.id.desc())
    return db.session.scalar(rows.limit(1))


def _facts(run: Run) -> dict[str, Any]:
    return {
        "base_version": run.base_version.number,
        "result_version": run.result_version.number if run.result_version else None,
        "sections": run.sections_done,
    }


def _insert(model: type[Base]) -> Any:
    """INSERT of the engine in use: both know ON CONFLICT, only not by the same import."""
    make: Any = insert_on_sqlite if on_sqlite(db.session.connection()) else insert_on_postgres
    statement: Insert = make(model)
    return statement
