"""Reads for the workbench: runs, sections with their figures, and who said what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select
from sqlalchemy.orm import aliased

from ikb.consolidation import journeys
from ikb.consolidation.gathering import WHOLE_DRAFT, stands_at
from ikb.consolidation.holding import holds, stands
from ikb.consolidation.model import AnsweredRemark, Consideration, Run, RunState, SectionOutcome
from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion, Section
from ikb.drafts.names import name_of
from ikb.institutions.model import Invitation
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Remark
from ikb.remarks.queries import left_out
from ikb.statements.model import Statement, StatementState

__all__ = ["name_of"]

FINISHED = (RunState.DONE, RunState.OUTDATED)
_NOTHING = {"remarks": 0, "comments": 0, "proposals": 0, "conflicts": 0, "bodies": 0, "open": 0}


@dataclass(frozen=True)
class Row:
    """One section in the workbench's list, with its figures."""

    anchor: str
    name: str
    text: str
    counts: Mapping[str, int] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Arrivals:
    """What came in since a moment."""

    statements: int
    wordings: int

    def __bool__(self) -> bool:
        return bool(self.statements or self.wordings)


def newest_run(draft_id: int) -> Run | None:
    """The run of a draft that was asked for last, whatever became of it."""
    rows = select(Run).join(Run.base_version).where(DraftVersion.draft_id == draft_id).order_by(Run.id.desc())
    return db.session.scalar(rows.limit(1))


def newest_run_on(base_id: int) -> Run | None:
    """The run on one base version that was asked for last."""
    return db.session.scalar(select(Run).where(Run.base_version_id == base_id).order_by(Run.id.desc()).limit(1))


def shown_run(base_id: int) -> Run | None:
    """The run whose findings count now: the newest that came to its end."""
    rows = select(Run).where(Run.base_version_id == base_id, Run.state.in_(FINISHED)).order_by(Run.id.desc())
    return db.session.scalar(rows.limit(1))


def arrivals_since(draft_id: int, moment: datetime) -> Arrivals:
    """How many statements and bodies' wordings on a draft came in since a moment."""
    return Arrivals(*db.session.execute(select(*arrivals(draft_id, moment))).one())


def arrivals(
    draft_id: int | SQLColumnExpression[int], moment: datetime | SQLColumnExpression[Any]
) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """The same as two parts of a larger query; draft and moment may be its columns."""
    version = aliased(DraftVersion)
    statements = (
        select(func.count(Statement.id))
        .join(Invitation, Invitation.id == Statement.invitation_id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .join(version, version.id == ParticipationPhase.draft_version_id)
        .where(
            version.draft_id == draft_id,
            Statement.state == StatementState.SUBMITTED,
            Statement.submitted_at > moment,
        )
    )
    wordings = (
        select(func.count(Remark.id))
        .join(version, version.id == Remark.draft_version_id)
        .where(version.draft_id == draft_id, Remark.agenda_item_id.is_not(None), Remark.created_at > moment)
    )
    return statements.correlate(Draft, Run).scalar_subquery(), wordings.correlate(Draft, Run).scalar_subquery()


def rows_of(base_id: int, run: Run | None) -> list[Row]:
    """Every section of a base version with its figures, then what is gone but still spoken of, then the whole draft."""
    sections = db.session.execute(
        select(Section.anchor, Section.kind, Section.number, Section.text)
        .where(Section.draft_version_id == base_id)
        .order_by(Section.position)
    )
    counts = _counts(run)
    rows = [
        Row(anchor, name_of(kind, number, text), text, counts.pop(anchor, _NOTHING))
        for anchor, kind, number, text in sections
    ]
    return rows + [Row(anchor, special_name(anchor), "", figures) for anchor, figures in counts.items()]


def _counts(run: Run | None) -> dict[str, Mapping[str, int]]:
    if run is None:
        return {}
    rows = select(SectionOutcome.anchor, SectionOutcome.counts).where(SectionOutcome.run_id == run.id)
    return dict(db.session.execute(rows.order_by(SectionOutcome.position)).all())


def outcome_of(run: Run | None, anchor: str) -> SectionOutcome | None:
    """What a run found for one section."""
    if run is None:
        return None
    return db.session.scalar(
        select(SectionOutcome).where(SectionOutcome.run_id == run.id, SectionOutcome.anchor == anchor)
    )


def position_of(base_id: int, anchor: str) -> int:
    """Where a section stands in its version; what stands in none comes behind all others."""
    place = select(Section.position).where(Section.draft_version_id == base_id, Section.anchor == anchor)
    found = db.session.scalar(place)
    if found is not None:
        return found
    last = select(func.max(Section.position)).where(Section.draft_version_id == base_id)
    return (db.session.scalar(last) or 0) + 1


def names(*version_ids: int) -> dict[str, str]:
    """What each section of a version is called; of several versions the newest that has it says so."""
    rows = db.session.execute(
        select(Section.anchor, Section.kind, Section.number, Section.text)
        .where(Section.draft_version_id.in_(version_ids))
        .order_by(Section.draft_version_id)
    )
    return {anchor: name_of(kind, number, text) for anchor, kind, number, text in rows}


def special_name(anchor: str) -> str:
    """What something is called that stands in no section of the version."""
    return "Zum ganzen Entwurf" if anchor == WHOLE_DRAFT else f"Entfallener Abschnitt ({anchor})"


def newest_consideration_of(base_id: int, remark_id: int) -> Consideration | None:
    """What was decided last about one remark, whether it counts yet or not."""
    here = (Consideration.base_version_id == base_id, Consideration.remark_id == remark_id)
    rows = select(Consideration).where(*here, stands())
    return db.session.scalar(rows.order_by(Consideration.id.desc()).limit(1))


def considerations_of(remark_id: int) -> list[Consideration]:
    """Everything that was decided on one remark itself and holds or held, the newest first."""
    rows = select(Consideration).where(Consideration.remark_id == remark_id, holds()).order_by(Consideration.id.desc())
    return list(db.session.scalars(rows))


def considered_remarks(base_id: int) -> list[int]:
    """Ids of the remarks about which something was decided on a base version."""
    rows = select(Consideration.remark_id).where(Consideration.base_version_id == base_id, holds()).distinct()
    return list(db.session.scalars(rows))


def considerations(ids: Collection[int]) -> dict[int, Consideration]:
    """Those of some considerations that hold, by id, each with the person who decided."""
    if not ids:
        return {}
    return {row.id: row for row in db.session.scalars(select(Consideration).where(Consideration.id.in_(ids), holds()))}


def considerations_here(base_id: int, ids: Collection[int], remark_ids: Collection[int]) -> list[Consideration]:
    """Considerations by their own id, and all those of some remarks on a base version; the newest last. One query.

    Those that wait for their release are among them: `holding.holding` tells which count.
    """
    if not ids and not remark_ids:
        return []
    on_remarks = (Consideration.base_version_id == base_id) & Consideration.remark_id.in_(remark_ids)
    rows = select(Consideration).where(Consideration.id.in_(ids) | on_remarks, stands())
    return list(db.session.scalars(rows.order_by(Consideration.id)))


def decided_for(draft_id: int, anchors: Collection[str]) -> dict[int, int]:
    """Which consideration holds for each remark on some sections, whoever asked for the same: its id, by remark."""
    rows = (
        select(SectionOutcome.proposals, SectionOutcome.bodies)
        .join(SectionOutcome.run)
        .join(DraftVersion, DraftVersion.id == Run.base_version_id)
        .where(DraftVersion.draft_id == draft_id, SectionOutcome.anchor.in_(anchors))
        .order_by(SectionOutcome.run_id)
    )
    found: dict[int, int] = {}
    for proposals, bodies in db.session.execute(rows):
        found |= {one: asked["decided"] for asked in proposals if asked["decided"] for one in asked["members"]}
        found |= {body["remark"]: body["decided"] for body in bodies if body["decided"]}
    return found


def newest_considerations(remark_ids: Collection[int]) -> dict[int, Consideration]:
    """What was decided last about each remark itself, on whichever version, by remark."""
    if not remark_ids:
        return {}
    rows = select(Consideration).where(Consideration.remark_id.in_(remark_ids), holds()).order_by(Consideration.id)
    return {row.remark_id: row for row in db.session.scalars(rows)}


def answered_by(remark_id: int) -> int | None:
    """Number of the issued version that answered a remark, None while none did."""
    rows = select(DraftVersion.number).join(AnsweredRemark, AnsweredRemark.version_id == DraftVersion.id)
    return db.session.scalar(rows.where(AnsweredRemark.remark_id == remark_id))


def comments_on(base: DraftVersion, anchor: str) -> list[int]:
    """Ids of the remarks at a section that ask for no other text and that no issued version has answered."""
    here = stands_at(anchor, journeys.elsewhere(base))
    rows = (
        select(Remark.id)
        .join(Remark.draft_version)
        .outerjoin(Statement, Statement.id == Remark.statement_id)
        .outerjoin(AnsweredRemark, AnsweredRemark.remark_id == Remark.id)
        .where(
            DraftVersion.draft_id == base.draft_id,
            here,
            Remark.wish == "",
            AnsweredRemark.id.is_(None),
            ((Statement.state == StatementState.SUBMITTED) & Statement.id.not_in(left_out()))
            | Remark.agenda_item_id.is_not(None),
        )
    )
    return list(db.session.scalars(rows.order_by(Remark.id)))


def versions_of(procedure_id: int) -> list[DraftVersion]:
    """Every version of every draft of a procedure: drafts in their order, each with its newest version first."""
    rows = (
        select(DraftVersion)
        .join(DraftVersion.draft)
        .where(Draft.procedure_id == procedure_id)
        .order_by(Draft.position, Draft.id, DraftVersion.number.desc())
    )
    return list(db.session.scalars(rows))
