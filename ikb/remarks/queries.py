"""Reads of remarks: the pool that a draft's next version is made of, and how much was said where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import Boolean, ColumnElement, Select, column, exists, func, or_, select, table

from ikb.accounts.policy import Visitor, visible_to
from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion
from ikb.procedures.model import Procedure, ProcedureLead
from ikb.remarks.model import Remark, Wish

# Statements live further up the stairs; what is asked of them here is only whether they count.
_statement = table("statement", column("id"), column("state"))
_late = table("late_decision", column("id"), column("statement_id"), column("counts", Boolean))
COUNTS = "submitted"  # neither a draft nor replaced by a later one


def pool_of(draft_id: int) -> list[Remark]:
    """Every remark that counts for a draft, whichever of its versions its author had before them, oldest first.

    Those of submitted statements that no later one replaced and that were not left out for coming late, and those of
    bodies with their agenda item.
    """
    return list(db.session.scalars(counting(draft_id).order_by(Remark.created_at, Remark.id)))


def counting(draft_id: int) -> Select[Remark]:
    """The same as a select, to count them by."""
    return _of_draft(draft_id).where(_counts())


def by_section(remarks: Iterable[Remark]) -> dict[str | None, list[Remark]]:
    """The remarks of each section's anchor; those on the whole document stand under None."""
    found: dict[str | None, list[Remark]] = defaultdict(list)
    for remark in remarks:
        found[remark.anchor].append(remark)
    return dict(found)


def of_statement(statement_id: int, anchors: Collection[str] | None = None) -> list[Remark]:
    """The remarks of one statement in their order; only those on some sections if `anchors` names them."""
    rows = select(Remark).where(Remark.statement_id == statement_id)
    if anchors is not None:
        # On its passage stands what was said about it; answers to questions stand at their questions.
        rows = rows.where(or_(Remark.anchor.in_(anchors), Remark.anchor.is_(None)), Remark.question_id.is_(None))
    return list(db.session.scalars(rows.order_by(Remark.position, Remark.id)))


def of_agenda_item(agenda_item_id: int) -> list[Remark]:
    """The changed wordings that a body resolved about one item, in their order."""
    rows = select(Remark).where(Remark.agenda_item_id == agenda_item_id)
    return list(db.session.scalars(rows.order_by(Remark.position, Remark.id)))


def counts_by_section(statement_id: int) -> dict[str | None, int]:
    """How many remarks a statement has on each section; None is the whole document."""
    rows = select(Remark.anchor, func.count()).where(Remark.statement_id == statement_id).group_by(Remark.anchor)
    return dict(db.session.execute(rows).all())


def says_something() -> ColumnElement[bool]:
    """Whether a remark has words, a wish or a stance."""
    return (Remark.comment != "") | (Remark.wish != Wish.NONE) | (Remark.stance.is_not(None))


def left_out() -> Select[int]:
    """Ids of the late statements that a lead decided not to take into account: the newest decision holds."""
    newer = _late.alias("newer")
    is_corrected = exists().where(newer.c.statement_id == _late.c.statement_id, newer.c.id > _late.c.id)
    return select(_late.c.statement_id).where(_late.c.counts.is_(False), ~is_corrected)


def _of_draft(draft_id: int) -> Select[Remark]:
    return select(Remark).join(Remark.draft_version).where(DraftVersion.draft_id == draft_id)


def _counts() -> ColumnElement[bool]:
    submitted = exists().where(
        _statement.c.id == Remark.statement_id, _statement.c.state == COUNTS, _statement.c.id.not_in(left_out())
    )
    return or_(Remark.agenda_item_id.is_not(None), submitted)


@visible_to(Remark)
def _visible(visitor: Visitor) -> Select[Remark]:
    """Leads see what was handed in to their procedures; what is still being written belongs to its author."""
    led = (
        select(DraftVersion.id)
        .join(DraftVersion.draft)
        .join(ProcedureLead, ProcedureLead.procedure_id == Draft.procedure_id)
        .where(ProcedureLead.user_id == visitor.user_id, ProcedureLead.procedure.has(Procedure.restricted_at.is_(None)))
    )
    handed_in = exists().where(_statement.c.id == Remark.statement_id, _statement.c.state != "draft")
    return select(Remark).where(Remark.draft_version_id.in_(led), or_(Remark.agenda_item_id.is_not(None), handed_in))
