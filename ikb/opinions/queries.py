"""Reading questions to departments, with what was answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload, lazyload

from ikb.accounts.model import User
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.opinions.links import as_typed, hash_of, is_token_of
from ikb.opinions.model import OpinionRequest, OpinionSubject
from ikb.remarks.model import Remark
from ikb.remarks.outgoing import NOTHING, Outgoing, outgoing
from ikb.web.paging import Page, fetch

# One question for all that a section's page shows of them.
_AT_ONCE = (
    joinedload(OpinionRequest.subjects),
    joinedload(OpinionRequest.answers),
    joinedload(OpinionRequest.asked_by).lazyload(User.grants),
    lazyload(OpinionRequest.base_version),
)


@dataclass(frozen=True)
class Asked:
    """One remark as a department reads it: what may leave, without who said it."""

    stance: str | None
    wish: str
    text: Outgoing


def on_section(draft_id: int, anchor: str, remark_ids: Collection[int] = ()) -> list[OpinionRequest]:
    """What was asked about a section of a draft, or about remarks that came there from elsewhere; the newest first."""
    here = OpinionRequest.anchor == anchor
    about = select(OpinionSubject.request_id).where(OpinionSubject.remark_id.in_(remark_ids))
    rows = select(OpinionRequest).join(OpinionRequest.base_version).where(DraftVersion.draft_id == draft_id)
    rows = rows.where(or_(here, OpinionRequest.id.in_(about)) if remark_ids else here).options(*_AT_ONCE)
    return list(db.session.scalars(rows.order_by(OpinionRequest.id.desc())).unique())


def about_any(found: Iterable[OpinionRequest], remark_ids: Collection[int]) -> list[OpinionRequest]:
    """Those of some questions that are about one of some remarks."""
    wanted = set(remark_ids)
    return [one for one in found if wanted & set(one.remark_ids)]


def of_remarks(remark_ids: Collection[int]) -> list[OpinionRequest]:
    """What was asked about some remarks, the oldest first."""
    about = select(OpinionSubject.request_id).where(OpinionSubject.remark_id.in_(remark_ids))
    return list(
        db.session.scalars(select(OpinionRequest).where(OpinionRequest.id.in_(about)).order_by(OpinionRequest.id))
    )


def of_procedure(procedure_id: int) -> list[OpinionRequest]:
    """Everything that was asked, the oldest first."""
    rows = select(OpinionRequest).where(OpinionRequest.procedure_id == procedure_id)
    return list(db.session.scalars(rows.order_by(OpinionRequest.id)))


def in_answer_of(draft_id: int) -> list[OpinionRequest]:
    """What is asked about a draft and not ended yet."""
    rows = select(OpinionRequest).join(OpinionRequest.base_version)
    rows = rows.where(DraftVersion.draft_id == draft_id, OpinionRequest.ended_at.is_(None))
    return list(db.session.scalars(rows.order_by(OpinionRequest.id)))


def listed(procedure_id: int, name: str, today: date, page: int) -> Page[OpinionRequest]:
    """A page of what was asked, what is due first at the top. name: open, overdue, answered or all."""
    rows = select(OpinionRequest).where(OpinionRequest.procedure_id == procedure_id, _claims(today)[name])
    return fetch(rows.order_by(OpinionRequest.due_on, OpinionRequest.id), page)


def counts(procedure_id: int, today: date) -> dict[str, int]:
    """How many each filter shows, and of how many an answer waits for a decision (`undecided`); one query."""
    claims = _claims(today)
    columns = [func.coalesce(func.sum(case((claim, 1), else_=0)), 0) for claim in claims.values()]
    row = db.session.execute(select(*columns).where(OpinionRequest.procedure_id == procedure_id)).one()
    return dict(zip(claims, map(int, row), strict=True))


def _claims(today: date) -> dict[str, ColumnElement[bool]]:
    waits = and_(OpinionRequest.answered_at.is_(None), OpinionRequest.ended_at.is_(None))
    return {
        "open": waits,
        "overdue": and_(waits, OpinionRequest.due_on < today),
        "answered": OpinionRequest.answered_at.is_not(None),
        "all": true(),
        "undecided": and_(OpinionRequest.answered_at.is_not(None), OpinionRequest.ended_at.is_(None)),
    }


def find(token: str, *, for_update: bool = False) -> OpinionRequest | None:
    """The question behind a link, None where the link is no longer one or never was. for_update: hold its row."""
    typed = as_typed(token)
    if typed is None:
        return None
    rows = select(OpinionRequest).where(OpinionRequest.token_hash == hash_of(typed))
    if for_update:
        rows = rows.with_for_update(of=OpinionRequest).execution_options(populate_existing=True)
    found = db.session.scalar(rows)
    return found if found is not None and is_token_of(typed, found) else None


def asked_about(request: OpinionRequest) -> Sequence[Asked]:
    """The remarks that a question is about, as they may be read by others; two queries."""
    rows = select(Remark).where(Remark.id.in_(request.remark_ids)).order_by(Remark.id)
    texts = outgoing(request.remark_ids)
    return [Asked(one.stance, one.wish, texts.get(one.id, NOTHING)) for one in db.session.scalars(rows)]
