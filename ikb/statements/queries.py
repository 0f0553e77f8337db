"""Reads of statements: an institution's own, the passages it reads, and the lead's list of what came in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, literal_column, select
from sqlalchemy.orm import joinedload, lazyload

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor, visible_to
from ikb.db import db, read
from ikb.drafts.model import DraftVersion, Section
from ikb.errors import NotFound
from ikb.institutions.model import Institution, Invitation
from ikb.procedures.model import ParticipationPhase, Procedure, ProcedureLead
from ikb.procedures.queries import HEADING, Heading
from ikb.publications.model import Publication
from ikb.remarks.model import Remark
from ikb.statements.late import Late, is_waiting, late_of, newest_counts, waits
from ikb.statements.model import Attachment, Receipt, Statement, StatementState, Withdrawal
from ikb.statements.outline import Line
from ikb.web.paging import Page, paged

SHOWN_OF_A_SECTION = 90  # characters, in the outline


@dataclass(frozen=True)
class Author:
    """Who is behind a statement, as the workbench needs it: `submitter` is equal for all statements of one institution."""

    statement_id: int
    submitter: str
    institution: str
    number: str
    submitted_at: datetime
    is_late: bool


@dataclass(frozen=True)
class CameIn:
    """What came in for a procedure. by_answer: how many of each kind of answer; waiting: late ones nobody decided about."""

    procedure: Heading
    by_answer: Mapping[str, int]
    waiting: int


@dataclass(frozen=True)
class Incoming:
    """One line of the lead's list."""

    id: int
    institution: str
    submitted_at: datetime
    is_late: bool
    number: str
    answer: str
    state: str
    remarks: int
    is_standing: bool
    counts: bool | None

    @property
    def late(self) -> Late | None:
        return late_of(self.is_late, self.counts)


def of_invitation(invitation_id: int) -> list[Statement]:
    """Every statement of one institution in one phase with its receipt, oldest first."""
    rows = (
        select(Statement)
        .where(Statement.invitation_id == invitation_id)
        .options(joinedload(Statement.receipt))
        .order_by(Statement.sequence)
    )
    return list(db.session.scalars(rows))


_WITH_REMARKS_OF_DRAFT = (
    select(
        Statement,
        Remark,
        exists().where(Attachment.statement_id == Statement.id).label("has_files"),
        exists().where(Publication.kind == "statement", Publication.subject_id == Statement.id).label("was_published"),
    )
    .outerjoin(Remark, and_(Remark.statement_id == Statement.id, Statement.state == StatementState.DRAFT))
    .where(Statement.invitation_id == bindparam("invitation_id"))
    .options(lazyload(Statement.invitation))  # it was locked a moment ago and is at hand
    .order_by(Statement.sequence, Remark.position, Remark.id)
    .execution_options(populate_existing=True)
)


def with_remarks_of_draft(invitation_id: int) -> tuple[list[Statement], list[Remark], bool, frozenset[int]]:
    """Every statement of one institution, the remarks of the one it is still writing, whether that one has files, and the
    ids of those of which something was ever published.

    One query for all of it.
    """
    found = db.session.execute(_WITH_REMARKS_OF_DRAFT, {"invitation_id": invitation_id}).all()
    statements = {statement.id: statement for statement, *_ in found}
    has_files = any(has and statement.state == StatementState.DRAFT for statement, _, has, _ in found)
    remarks = [remark for _, remark, *_ in found if remark is not None]
    published = frozenset(statement.id for statement, *_, was_published in found if was_published)
    return list(statements.values()), remarks, has_files, published


def outline_of(version_id: int) -> list[Line]:
    """Every section of a version as a line, without its whole text."""
    beginning = func.substr(Section.text, 1, SHOWN_OF_A_SECTION)
    rows = (
        select(Section.anchor, Section.kind, Section.number, Section.parent, beginning)
        .where(Section.draft_version_id == version_id)
        .order_by(Section.position)
    )
    return [Line(*row) for row in db.session.execute(rows)]


def versions_spoken_of(statement_id: int, but: int) -> list[int]:
    """The numbers of the versions that a statement's remarks are about, all but one version's."""
    rows = select(DraftVersion.number).join(Remark, Remark.draft_version_id == DraftVersion.id).distinct()
    rows = rows.where(Remark.statement_id == statement_id, DraftVersion.id != but)
    return list(db.session.scalars(rows.order_by(DraftVersion.number)))


def texts_of(version_id: int, anchors: Collection[str]) -> dict[str, Section]:
    """Some sections of a version by their anchors."""
    rows = select(Section).where(Section.draft_version_id == version_id, Section.anchor.in_(anchors))
    return {section.anchor: section for section in db.session.scalars(rows)}


def all_texts_of(version_id: int) -> dict[str, str]:
    """The text of every section of a version by its anchor, in order: for searching in it."""
    rows = select(Section.anchor, Section.text).where(Section.draft_version_id == version_id)
    return dict(db.session.execute(rows.order_by(Section.position)).all())


def authors_of(statement_ids: Collection[int]) -> dict[int, Author]:
    """Who is behind some submitted statements, in one query."""
    rows = (
        select(Statement, Institution.id, Institution.name)
        .join(Statement.invitation)
        .join(Institution, Institution.id == Invitation.institution_id)
        .where(Statement.id.in_(statement_ids), Statement.submitted_at.is_not(None))
    )
    return {
        statement.id: Author(
            statement_id=statement.id,
            submitter=f"institution:{institution_id}",
            institution=name,
            number=statement.number or "",
            submitted_at=statement.submitted_at,
            is_late=statement.is_late,
        )
        for statement, institution_id, name in db.session.execute(rows)
        if statement.submitted_at is not None
    }


def incoming(
    procedure_id: int,
    number: int,
    counts: Mapping[str, int],
    *,
    answer: str | None = None,
    replaced: bool = False,
    waiting: bool = False,
    institution_id: int | None = None,
) -> Page[Incoming]:
    """What came in for a procedure, newest first, a page at a time.

    counts: as `came_in` gives them, so that the list need not be counted again.
    Those in force, or those that a later one replaced; of one institution, both.
    waiting: only the late ones about which nobody has decided.
    """
    chosen: dict[str, Any] = {"procedure_id": procedure_id}
    chosen |= {} if answer is None else {"answer": answer}
    chosen |= {} if institution_id is None else {"institution_id": institution_id}
    rows = _arrived(answer is not None, replaced, waiting, institution_id is not None)
    if replaced or waiting or institution_id is not None:
        total = read(_count(rows), **chosen).scalar_one()
    else:
        total = sum(counts.values()) if answer is None else counts.get(answer, 0)
    return paged(rows, number, total, Incoming, **chosen)


@cache
def _arrived(of_answer: bool, replaced: bool, waiting: bool, of_institution: bool) -> Select[Any]:
    counted = select(func.count(Remark.id)).where(Remark.statement_id == Statement.id).scalar_subquery()
    rows = (
        select(
            Statement.id,
            Institution.name,
            Statement.submitted_at,
            Statement.is_late,
            Statement.number,
            Statement.answer,
            Statement.state,
            counted,
            Statement.standing_version_id.is_not(None),
            newest_counts(),
        )
        .join(Statement.invitation)
        .join(Institution, Institution.id == Invitation.institution_id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == bindparam("procedure_id"))
        .order_by(Statement.submitted_at.desc(), Statement.id.desc())
    )
    if waiting:
        rows = rows.where(*is_waiting())
    if of_answer:
        rows = rows.where(Statement.answer == bindparam("answer"))
    if of_institution:
        mine = Invitation.institution_id == bindparam("institution_id")
        return rows.where(mine, Statement.state != StatementState.DRAFT)
    return rows.where(_IS_REPLACED if replaced else _IS_IN_FORCE)


@cache
def _count(rows: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(rows.order_by(None).subquery())


# Written out instead of bound: with that the engines recognize the index of those in force.
_IS_IN_FORCE = Statement.state == literal_column(f"'{StatementState.SUBMITTED}'")
_IS_REPLACED = Statement.state.in_((StatementState.REPLACED, StatementState.WITHDRAWN))
_PROCEDURE = HEADING.subquery("led")
_IN_FORCE = (
    select(Statement.answer, ParticipationPhase.procedure_id, waits().label("waits"))
    .join(Statement.invitation)
    .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
    .where(ParticipationPhase.procedure_id == bindparam("procedure_id"), _IS_IN_FORCE)
    .subquery("in_force")
)
_CAME_IN = (
    select(*_PROCEDURE.c, _IN_FORCE.c.answer, func.count(_IN_FORCE.c.answer), func.sum(_IN_FORCE.c.waits))
    .outerjoin_from(_PROCEDURE, _IN_FORCE, _IN_FORCE.c.procedure_id == _PROCEDURE.c.id)
    .group_by(*_PROCEDURE.c, _IN_FORCE.c.answer)
)


def came_in(procedure_id: int, visitor: Visitor) -> CameIn:
    """A procedure that the visitor leads, and how many statements came in, replaced ones left out. Raises NotFound."""
    values = {"procedure_id": procedure_id, "user_id": visitor.user_id}
    lines = read(_CAME_IN, **values).all() if visitor.has(Role.LEAD) else ()
    if not lines:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    by_answer = {answer: count for *_, answer, count, _ in lines if answer is not None}
    return CameIn(Heading(*lines[0][:3]), by_answer, sum(waiting or 0 for *_, waiting in lines))


def receipt_numbered(number: str, invitation_id: int) -> Receipt | None:
    """The receipt of that number, if it is that institution's."""
    return db.session.scalar(
        select(Receipt)
        .join(Receipt.statement)
        .where(Receipt.number == number, Statement.invitation_id == invitation_id)
    )


def receipt_numbered_anywhere(number: str) -> Receipt | Withdrawal | None:
    """The receipt or the confirmed withdrawal of that number, for whoever has shown it."""
    receipt = db.session.scalar(select(Receipt).where(Receipt.number == number))
    return receipt or db.session.scalar(select(Withdrawal).where(Withdrawal.number == number))


def receipt_with(number: str, sha256: str) -> Receipt | Withdrawal | None:
    """The one of that number over that content: nobody finds it who does not have it."""
    found = receipt_numbered_anywhere(number)
    return found if found is not None and found.sha256 == sha256 else None


def state_of(receipt: Receipt | Withdrawal) -> str:
    """What became of what was received: the state of its statement."""
    return receipt.statement.state


def withdrawal_of(statement_id: int) -> Withdrawal | None:
    """The confirmed withdrawal of a statement, if it was withdrawn."""
    return db.session.scalar(select(Withdrawal).where(Withdrawal.statement_id == statement_id))


def withdrawal_numbered(number: str, invitation_id: int) -> Withdrawal | None:
    """The confirmed withdrawal of that number, if it is that institution's."""
    return db.session.scalar(
        select(Withdrawal)
        .join(Withdrawal.statement)
        .where(Withdrawal.number == number, Statement.invitation_id == invitation_id)
    )


@visible_to(Statement)
def _visible(visitor: Visitor) -> Select[Statement]:
    """Leads see what was handed in to their procedures; a draft belongs to its author."""
    led = (
        select(Invitation.id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .join(ProcedureLead, ProcedureLead.procedure_id == ParticipationPhase.procedure_id)
        .where(ProcedureLead.user_id == visitor.user_id, ProcedureLead.procedure.has(Procedure.restricted_at.is_(None)))
    )
    return select(Statement).where(Statement.invitation_id.in_(led), Statement.state != StatementState.DRAFT)
