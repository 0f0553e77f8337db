"""Who must be told: the leads of a procedure, and the clerks of the committees that still deliberate in it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.core.workflow import OPEN
from ikb.db import db
from ikb.deliberations.model import Clerk, Consultation
from ikb.procedures.model import ProcedureLead


def leads_of(procedure_ids: Iterable[int]) -> dict[int, list[User]]:
    """The leads of procedures, in one query; whoever has left is none any more."""
    rows = (
        select(ProcedureLead.procedure_id, User)
        .join(User, User.id == ProcedureLead.user_id)
        .where(ProcedureLead.procedure_id.in_(list(procedure_ids)), User.is_active)
        .order_by(User.id)
    )
    found: dict[int, list[User]] = {}
    for procedure_id, user in db.session.execute(rows):
        found.setdefault(procedure_id, []).append(user)
    return found


def concerned(procedure_id: int) -> list[User]:
    """Everybody who works with the sequence of a procedure: its leads and the clerks of its open stations, each once."""
    clerks = (
        select(User)
        .join(Clerk, Clerk.user_id == User.id)
        .join(Consultation, Consultation.organization_id == Clerk.organization_id)
        .where(Consultation.procedure_id == procedure_id, Consultation.state.in_(OPEN), User.is_active)
    )
    everybody = [*leads_of([procedure_id]).get(procedure_id, []), *db.session.scalars(clerks)]
    return list({user.id: user for user in everybody}.values())
