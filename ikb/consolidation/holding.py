"""The one condition under which a decision holds. Whoever reads decisions to say what was decided asks by it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from ikb.consolidation.bulk_answer_model import BulkAnswer
from ikb.consolidation.model import Consideration
from ikb.consolidation.release_model import ConsiderationRelease
from ikb.core.results import Outcome
from ikb.db import db
from ikb.deliberations.model import Consultation, Result
from ikb.drafts.model import Draft, DraftVersion
from ikb.procedures.model import Procedure
from ikb.remarks.model import Remark, Wish

DECIDES = frozenset({Outcome.ADOPTED, Outcome.ADOPTED_AMENDED, Outcome.SPLIT_VOTE})


def stands() -> ColumnElement[bool]:
    """That a consideration was not taken back with the act that gave it to several remarks.

    The newest that stands is what the next person has before them: to decide anew, to confirm, to release.
    """
    taken_back = exists().where(BulkAnswer.consideration_id == Consideration.id, BulkAnswer.taken_back_id.is_not(None))
    return ~taken_back.correlate(Consideration)


def holds() -> ColumnElement[bool]:
    """That a consideration stands, and counts: it was released, or nobody has to release it."""
    released = exists().where(ConsiderationRelease.consideration_id == Consideration.id).correlate(Consideration)
    return stands() & or_(~_needs_two_people(), released, _is_of_the_deciding_body(), _was_issued())


def holding(ids: Collection[int]) -> set[int]:
    """Those of some considerations, by id, that hold."""
    if not ids:
        return set()
    return set(db.session.scalars(select(Consideration.id).where(Consideration.id.in_(ids), holds())))


def _needs_two_people() -> ColumnElement[bool]:
    version = aliased(DraftVersion)
    wants = exists().where(
        version.id == Consideration.base_version_id,
        Draft.id == version.draft_id,
        Procedure.id == Draft.procedure_id,
        Procedure.two_person,
    )
    return wants.correlate(Consideration)


def _is_of_the_deciding_body() -> ColumnElement[bool]:
    """That it carries out what the body resolved that decides on the paper: that is the decision, and needs no other."""
    newer = aliased(Result)
    resolved = exists().where(
        Remark.id == Consideration.remark_id,
        Remark.wish != Wish.NONE,
        Consultation.agenda_item_id == Remark.agenda_item_id,
        Consultation.authoritative,
        Result.consultation_id == Consultation.id,
        Result.outcome.in_(DECIDES),
        ~exists().where(newer.consultation_id == Result.consultation_id, newer.id > Result.id),
    )
    return resolved.correlate(Consideration)


def _was_issued() -> ColumnElement[bool]:
    """That a version issued after it has carried it out: a rule that came later takes nothing out of what is issued."""
    version = aliased(DraftVersion)
    carried_out = exists().where(
        version.base_id == Consideration.base_version_id, version.issued_at >= Consideration.decided_at
    )
    return carried_out.correlate(Consideration)
