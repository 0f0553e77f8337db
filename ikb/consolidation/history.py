"""What was decided about one remark, from the first proposal to the stage that holds: by whom, when, why, and what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import func, select

from ikb.consolidation import holding, journeys, releases
from ikb.consolidation.bulk_answer_model import BulkAnswer
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.model import Consideration, Run, RunState, SectionOutcome
from ikb.consolidation.release_model import ConsiderationRelease
from ikb.core.redline import Segment, word_diff
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.remarks.model import Remark
from ikb.web.labels import label


@dataclass(frozen=True)
class Entry:
    """One decision beside the one before it. changed: sentences; reason: what became of its words, empty if nothing did.

    holds: whether it counts by itself; a later one that does so too takes its place.
    """

    consideration: Consideration
    version: int
    changed: Sequence[str]
    reason: Sequence[Segment] = ()
    release: ConsiderationRelease | None = None
    holds: bool = True
    is_taken_back: bool = False


def of(remark: Remark) -> list[Entry]:
    """Every decision on a remark, and on whoever asked for the same words; the newest first."""
    rows = db.session.execute(
        select(Consideration, DraftVersion.number)
        .join(DraftVersion, DraftVersion.id == Consideration.base_version_id)
        .where(Consideration.remark_id.in_(_asking_the_same(remark)))
        .order_by(Consideration.id)
    ).all()
    if not rows:
        return []
    first = Entry(rows[0][0], rows[0][1], ["Die erste Entscheidung."])
    later = [_compared(before, row, version) for (before, _), (row, version) in pairwise(rows)]
    ids = [row.id for row, _ in rows]
    gone, released, holds = _taken_back(ids), releases.of(ids), holding.holding(ids)
    entries = [_marked(one) if one.consideration.id in gone else one for one in (first, *later)]
    return [
        replace(one, release=released.get(one.consideration.id), holds=one.consideration.id in holds)
        for one in reversed(entries)
    ]


def _taken_back(ids: Collection[int]) -> set[int]:
    """Those of some considerations that were taken back with the act that gave them to several remarks."""
    gone = (BulkAnswer.consideration_id.in_(ids), BulkAnswer.taken_back_id.is_not(None))
    return set(db.session.scalars(select(BulkAnswer.consideration_id).where(*gone)))


def _marked(entry: Entry) -> Entry:
    sentences = [*entry.changed, "Zurückgenommen: Diese Entscheidung gilt nicht mehr."]
    return replace(entry, changed=sentences, is_taken_back=True)


def _compared(before: Consideration, row: Consideration, version: int) -> Entry:
    changed = list(_changes(before, row))
    reason = word_diff(before.reason, row.reason) if before.reason != row.reason else ()
    return Entry(row, version, changed or ["Bestätigt; am Ergebnis und an der Begründung ändert sich nichts."], reason)


def _changes(before: Consideration, row: Consideration) -> Iterator[str]:
    if before.outcome != row.outcome:
        old, new = label("consideration", before.outcome), label("consideration", row.outcome)
        yield f"Ergebnis geändert: vorher „{old}“, jetzt „{new}“."
    if before.reason != row.reason:
        yield (
            "Begründung geändert."
            if before.reason and row.reason
            else ("Begründung ergänzt." if row.reason else "Begründung weggelassen.")
        )


def _asking_the_same(remark: Remark) -> set[int]:
    """The remark and all that were in a proposal with it."""
    newest = (
        select(func.max(Run.id))
        .join(DraftVersion, DraftVersion.id == Run.base_version_id)
        .where(
            DraftVersion.draft_id == remark.draft_version.draft_id, Run.state.in_((RunState.DONE, RunState.OUTDATED))
        )
        .group_by(Run.base_version_id)
    )
    places = [at or WHOLE_DRAFT for at in journeys.all_places(remark.draft_version.draft_id, [remark])]
    proposals = select(SectionOutcome.proposals).where(
        SectionOutcome.run_id.in_(newest), SectionOutcome.anchor.in_(places)
    )
    found = {remark.id}
    for these in db.session.scalars(proposals):
        found |= {one for each in these if remark.id in each["members"] for one in each["members"]}
    return found
