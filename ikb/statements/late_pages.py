"""The lead's page for one late statement: what it counts for, and why."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible, NotFound
from ikb.moment import now
from ikb.statements import late
from ikb.statements.doors import bp
from ikb.statements.late import Late
from ikb.statements.late_forms import LateForm
from ikb.statements.redaction_pages import HERE, load_statement


@bp.route(f"{HERE}/verspaetet", methods=["GET", "POST"])
@allow(Role.LEAD)
def decide_late(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """What stands, and the form that decides."""
    statement = load_statement(procedure_id, statement_id)
    standing = late.standing_of(statement)
    if standing is None:
        raise NotFound("Diese Stellungnahme kam rechtzeitig; es gibt nichts zu entscheiden.")
    form = LateForm()
    if form.validate_on_submit():
        try:
            with transaction():
                late.decide(
                    statement,
                    form.counts.data == Late.COUNTS,
                    form.reason.data,
                    key=form.key.data,
                    seen=int(form.seen.data) if (form.seen.data or "").isdecimal() else 0,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            form.reason.errors = [*form.reason.errors, refusal.message]
        else:
            flash(
                "Die Entscheidung ist gespeichert. Die Institution bekommt sie zu lesen.",
                "success",
            )
            return redirect(url_for(".detail", procedure_id=procedure_id, statement_id=statement_id), code=303)
    elif not form.is_submitted():
        _fill(form, standing)
    page = render_template(
        "statements/decide_late.html",
        procedure=statement.invitation.phase.procedure,
        statement=statement,
        standing=standing,
        form=form,
    )
    return page, 422 if form.errors else 200


def _fill(form: LateForm, standing: late.Standing) -> None:
    form.key.data, form.seen.data = uuid4(), str(standing.seen)
    if standing.decision is not None:
        form.counts.data, form.reason.data = standing.late, standing.reason
