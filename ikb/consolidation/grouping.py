"""Which remarks on a section say the same and which argue alike, as suggestions of a run. They never decide anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from ikb.consolidation import journeys
from ikb.consolidation.argument_model import SectionGrouping
from ikb.consolidation.gathering import WHOLE_DRAFT, pool
from ikb.consolidation.model import Run, SectionOutcome
from ikb.consolidation.queries import FINISHED
from ikb.consolidation.weighing import Passage
from ikb.core.cluster import clusters
from ikb.core.comments.letters import WORD
from ikb.core.comments.spelling import fold
from ikb.core.duplicates import Comment, Comments, DuplicateGroup, duplicate_groups
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.remarks.model import Remark, Wish
from ikb.statements.model import Statement

MOST_CLUSTERED = 2_000
"""So many different texts on one section are sorted by what they argue; their likeness is a square table in memory."""


@dataclass(frozen=True)
class Alike:
    """What stands in a SectionGrouping; the lists are JSON as described there."""

    groups: list[dict[str, Any]]
    clusters: list[dict[str, Any]]


@dataclass(frozen=True)
class Voices:
    """All remarks of a draft that only comment, by section. known: words of the draft, folded, that are spelled rightly."""

    comments: Mapping[str, Sequence[Comment]]
    known: frozenset[str]

    def alike(self, passage: Passage) -> Alike:
        """What is alike on one section."""
        return alike(self.comments.get(passage.anchor, ()), passage.section.current or "", self.known)


def alike(comments: Sequence[Comment], text: str, known: frozenset[str] = frozenset()) -> Alike:
    """Groups that say the same and clusters that argue alike. Pure; the order of the comments does not matter."""
    if not comments:
        return Alike([], [])
    gathered = Comments(known)
    for comment in comments:
        gathered.add(comment)
    stars = gathered.stars()
    sorted_by_matter = clusters(stars, text) if len(stars) <= MOST_CLUSTERED else []
    named = [{"label": list(one.label), "members": [int(each) for each in one.members]} for one in sorted_by_matter]
    return Alike([_group(group) for group in duplicate_groups(stars)], named)


def _group(group: DuplicateGroup) -> dict[str, Any]:
    members = {member.statement: list(member.added) for member in group.members}
    return {"representative": int(group.representative), "members": members}


def look(base: DraftVersion) -> Voices:
    """Read every comment that counts on a draft; it is known by its remark's id."""
    conditions = (Remark.wish == Wish.NONE, Remark.comment != "", Remark.statement_id.is_not(None))
    columns = (Remark.id, Remark.anchor, Remark.comment, Statement.submitted_at)
    found: dict[str, list[Comment]] = defaultdict(list)
    moved = journeys.elsewhere(base)
    for remark_id, anchor, text, at in db.session.execute(pool(base.draft_id, *conditions).with_only_columns(*columns)):
        if at is not None:  # what is in the pool was handed in
            anchor = moved[remark_id].anchor if remark_id in moved else anchor
            found[anchor or WHOLE_DRAFT].append(Comment(str(remark_id), at, text))
    words = (word for section in drafts.sections_of(base.id) for word in WORD.findall(section.text))
    return Voices(found, frozenset(map(fold, words)))


def store(run_id: int, anchor: str, found: Alike) -> None:
    """Keep what a run found for one section, in the transaction that keeps its outcome."""
    if found.clusters or found.groups:
        db.session.add(SectionGrouping(run_id=run_id, anchor=anchor, groups=found.groups, clusters=found.clusters))


def of_section(run: Run | None, anchor: str) -> SectionGrouping | None:
    """What a run found alike on one section."""
    if run is None:
        return None
    here = (SectionGrouping.run_id == run.id, SectionGrouping.anchor == anchor)
    return db.session.scalar(select(SectionGrouping).where(*here))


@dataclass(frozen=True)
class Findings:
    """The run that counts on a base version, with what it found for one section and what it found alike there."""

    run: Run | None = None
    outcome: SectionOutcome | None = None
    alike: SectionGrouping | None = None


def findings(base_id: int, anchor: str) -> Findings:
    """The findings for one section, in one query."""
    here = and_(SectionOutcome.run_id == Run.id, SectionOutcome.anchor == anchor)
    same_place = and_(SectionGrouping.run_id == Run.id, SectionGrouping.anchor == anchor)
    rows = (
        select(Run, SectionOutcome, SectionGrouping)
        .outerjoin(SectionOutcome, here)
        .outerjoin(SectionGrouping, same_place)
        .where(Run.base_version_id == base_id, Run.state.in_(FINISHED))
    )
    found = db.session.execute(rows.order_by(Run.id.desc()).limit(1)).first()
    return Findings(*found) if found else Findings()
