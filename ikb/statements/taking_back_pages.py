"""Behind the link: withdrawing a statement, asked once more before it is done."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import NotFound
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.statements import queries, service, taking_back
from ikb.statements.doors import bp, come_in, hold, needs
from ikb.statements.model import StatementState


@bp.get("/beteiligung/<token>/zurueckziehen/<number>")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
def take_back(token: str, number: str) -> ResponseReturnValue:
    """What withdrawing does, and the button that does it."""
    invitation = come_in(token)
    receipt = queries.receipt_numbered(number, invitation.id)
    if receipt is None:
        raise NotFound("Diese Stellungnahme gibt es nicht. Ihre Stellungnahmen stehen auf der Übersicht.")
    can = receipt.statement.state == StatementState.SUBMITTED and service.is_in_time(invitation, now())
    return render_template(
        "statements/take_back.html", token=token, invitation=invitation, statement=receipt.statement, can=can
    )


@bp.post("/beteiligung/<token>/zurueckziehen/<number>")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
def do_take_back(token: str, number: str) -> ResponseReturnValue:
    """The act; done twice, it is one withdrawal and the same confirmation."""
    received_at = now()
    with transaction():
        withdrawal = taking_back.withdraw(hold(token), number, now=received_at)
    return redirect(url_for(".receipt", token=token, number=withdrawal.number), code=303)
