"""What is public now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from ikb.db import db
from ikb.publications.model import Act, Ground, Publication, PublicationRule


def rule_of(procedure_id: int) -> PublicationRule:
    """The procedure's rule; one that publishes nothing, not saved, where nobody has set one."""
    row = db.session.scalar(select(PublicationRule).where(PublicationRule.procedure_id == procedure_id))
    return row or PublicationRule(procedure_id=procedure_id, ground=Ground.NONE, basis="", note="", row_version=0)


def public_of(procedure_id: int, kind: str) -> Select[Publication]:
    """What of a kind is public in a procedure, in the order of titles."""
    return (
        _newest()
        .where(Publication.procedure_id == procedure_id, Publication.kind == kind, Publication.act == Act.PUBLISHED)
        .order_by(func.lower(Publication.title), Publication.id)
    )


def public_numbered(procedure_id: int, kind: str, number: str) -> Publication | None:
    """One of them by its number."""
    return db.session.scalar(public_of(procedure_id, kind).where(Publication.number == number))


def newest_of(kind: str, subject_ids: Collection[int]) -> dict[int, Publication]:
    """The newest act on some subjects, whatever it was, by their ids."""
    rows = _newest().where(Publication.kind == kind, Publication.subject_id.in_(subject_ids))
    return {row.subject_id: row for row in db.session.scalars(rows)} if subject_ids else {}


def history_of(kind: str, subject_id: int) -> Sequence[Publication]:
    """Every act on one subject, the newest first."""
    rows = select(Publication).where(Publication.kind == kind, Publication.subject_id == subject_id)
    return db.session.scalars(rows.order_by(Publication.version.desc())).all()


def _newest() -> Select[Publication]:
    later = aliased(Publication)
    is_overtaken = (
        select(later.id)
        .where(
            later.kind == Publication.kind,
            later.subject_id == Publication.subject_id,
            later.version > Publication.version,
        )
        .exists()
    )
    return select(Publication).where(~is_overtaken)
