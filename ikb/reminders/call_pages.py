"""The call list: who has not answered shortly before the deadline, under which number, and what calls came to."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.institutions.model import Invitation
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.reminders import calls as service
from ikb.reminders import queries
from ikb.reminders.blueprint import bp
from ikb.reminders.forms import CallForm


@bp.get("/anrufliste")
@allow(Role.LEAD)
def calls(procedure_id: int) -> ResponseReturnValue:
    """Whom to call, the most urgent first."""
    procedure = load_procedure(procedure_id)
    return render_template(
        "reminders/calls.html", procedure=procedure, form=CallForm(formdata=None), **_list(procedure_id)
    )


@bp.post("/anrufliste/<int:invitation_id>")
@allow(Role.LEAD)
def note_call(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """Write down what a call came to."""
    procedure = load_procedure(procedure_id)
    invitation = load_visible(
        Invitation, Invitation.id == invitation_id, Invitation.phase.has(procedure_id=procedure_id)
    )
    form = CallForm()
    if not form.validate_on_submit():
        page = render_template("reminders/calls.html", procedure=procedure, form=form, **_list(procedure_id))
        return page, 422
    with transaction():
        service.note(invitation, form.outcome.data, form.note.data, by=visitor().actor, now=now())
    flash(f"Der Anruf bei {invitation.institution.name} ist notiert.", "success")
    return redirect(url_for(".calls", procedure_id=procedure_id), code=303)


def _list(procedure_id: int) -> dict[str, object]:
    rules, phase = queries.rules_of(procedure_id), queries.phase_to_show(procedure_id)
    begins = None
    if phase is not None and rules.call_list_days is not None:
        begins = phase.last_day - timedelta(days=rules.call_list_days)
    found = []
    if phase is not None and phase.is_open and begins is not None:
        found = service.to_call(queries.invitations_of(phase.id), rules, today())
    notes = queries.calls_to([one.id for one in found])
    return {"phase": phase, "rules": rules, "begins": begins, "found": found, "notes": notes, "today": today()}
