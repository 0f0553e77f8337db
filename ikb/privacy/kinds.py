"""The kinds of data that rules speak of: what of each is due, and how it is erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select

from ikb.accounts.model import AccountToken, LoginSession
from ikb.core.clock import end_of_day
from ikb.db import db, write
from ikb.deliveries.model import OPEN_STATES, Delivery, ReturnedMail
from ikb.institutions.model import Invitation, InvitationState
from ikb.privacy import procedure_file
from ikb.procedures.model import ParticipationPhase, PhaseState
from ikb.statements.model import Statement, StatementState

USED = (InvitationState.OPENED, InvitationState.DRAFTED, InvitationState.AWAITS_RELEASE, InvitationState.RETURNED)


@dataclass(frozen=True)
class Kind:
    """How one kind of data is found and erased.

    due:   what started on the cut-off day or before, as {scope: how many}; a scope is a procedure's id, or 0.
    erase: takes it away for one scope, and returns how many it was.
    """

    due: Callable[[date], dict[int, int]]
    erase: Callable[[int, date], int]


def _before(cut_off: date) -> datetime:
    """The first moment after the cut-off day, in Berlin."""
    return end_of_day(cut_off)


def _in_all(rows: Select[int]) -> dict[int, int]:
    count = db.session.scalar(rows) or 0
    return {0: count} if count else {}


def _deliveries_due(cut_off: date) -> dict[int, int]:
    return _in_all(select(func.count(Delivery.id)).where(*_old_deliveries(cut_off)))


def _old_deliveries(cut_off: date) -> tuple[ColumnElement[bool], ...]:
    return Delivery.state.not_in(OPEN_STATES), Delivery.finished_at < _before(cut_off)


def _erase_deliveries(_scope: int, cut_off: date) -> int:
    return write(delete(Delivery).where(*_old_deliveries(cut_off))).rowcount


_TRACES = (
    (LoginSession, LoginSession.last_seen_at),
    (AccountToken, AccountToken.expires_at),
    (ReturnedMail, ReturnedMail.received_at),
)


def _traces_due(cut_off: date) -> dict[int, int]:
    counts = [
        db.session.scalar(select(func.count(model.id)).where(moment < _before(cut_off))) or 0
        for model, moment in _TRACES
    ]
    return {0: sum(counts)} if any(counts) else {}


def _erase_traces(_scope: int, cut_off: date) -> int:
    return sum(write(delete(model).where(moment < _before(cut_off))).rowcount for model, moment in _TRACES)


def _drafts(cut_off: date) -> Select[Statement]:
    """Drafts that nobody touched since, of phases that are over."""
    return (
        select(Statement)
        .join(Statement.invitation)
        .join(Invitation.phase)
        .where(
            Statement.state == StatementState.DRAFT,
            Statement.changed_at < _before(cut_off),
            ParticipationPhase.state == PhaseState.CLOSED,
        )
    )


def _drafts_due(cut_off: date) -> dict[int, int]:
    return _in_all(select(func.count()).select_from(_drafts(cut_off).with_only_columns(Statement.id).subquery()))


def _erase_drafts(_scope: int, cut_off: date) -> int:
    found = db.session.scalars(_drafts(cut_off)).unique().all()
    for draft in found:
        db.session.delete(draft)
    db.session.flush()
    return len(found)


def _used_links(cut_off: date) -> Select[Invitation]:
    """Invitations of phases that are over which still know how far somebody had come without answering."""
    is_over = and_(ParticipationPhase.state == PhaseState.CLOSED, ParticipationPhase.closed_at < _before(cut_off))
    knows = or_(Invitation.opened_at.is_not(None), Invitation.state.in_(USED))
    has_time = and_(Invitation.extended_until.is_not(None), Invitation.extended_until >= cut_off)
    return select(Invitation).join(Invitation.phase).where(is_over, knows, ~has_time)


def _links_due(cut_off: date) -> dict[int, int]:
    return _in_all(select(func.count()).select_from(_used_links(cut_off).with_only_columns(Invitation.id).subquery()))


def _erase_link_use(_scope: int, cut_off: date) -> int:
    found = db.session.scalars(_used_links(cut_off)).unique().all()
    for invitation in found:
        invitation.opened_at = None
        if invitation.state in USED:
            # Delivered would tell that it was used: what is left is that it was sent.
            invitation.state = InvitationState.INVITED
    db.session.flush()
    return len(found)


KINDS = {
    "deliveries": Kind(_deliveries_due, _erase_deliveries),
    "traces": Kind(_traces_due, _erase_traces),
    "drafts": Kind(_drafts_due, _erase_drafts),
    "link_use": Kind(_links_due, _erase_link_use),
    "procedure_file": Kind(procedure_file.due, procedure_file.erase),
}
