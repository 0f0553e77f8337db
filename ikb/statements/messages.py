"""The receipt as a mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ikb.db import db
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail
from ikb.institutions.links import token_of
from ikb.statements.model import Receipt, Statement
from ikb.web import labels
from ikb.web.links import external_url

labels.add("answer", {"remarks": "Stellungnahme mit Anmerkungen"})


def _always_wanted(_delivery: Delivery, _now: datetime) -> bool:
    """Proof of receipt is owed, whatever happened since."""
    return True


def render_receipt(statement: Statement, receipt: Receipt) -> Mail:
    """What was received, when, under which number and seal."""
    invitation = statement.invitation
    address = external_url("statements.receipt", token=token_of(invitation), number=receipt.number)
    return render_mail(
        "receipt",
        statement=statement,
        receipt=receipt,
        institution=invitation.institution,
        phase=invitation.phase,
        procedure=invitation.phase.procedure,
        last_day=invitation.last_day,
        link=address,
    )


def _render(delivery: Delivery, _now: datetime) -> Mail:
    statement = db.session.scalars(
        select(Statement).where(Statement.id == delivery.subject_id).options(joinedload(Statement.receipt))
    ).one()
    if statement.receipt is None:
        raise LookupError(f"Statement {statement.id} has no receipt.")
    return render_receipt(statement, statement.receipt)


register_kind("statement_receipt", still_wanted=_always_wanted, render=_render, urgency=2)
