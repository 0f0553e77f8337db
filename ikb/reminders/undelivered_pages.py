"""The page of what did not arrive: every address that is not reached, why, and correcting it in place."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.errors import Conflict, Implausible
from ikb.institutions.model import Invitation
from ikb.institutions.service import recipient_of
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.reminders import undelivered as service
from ikb.reminders.blueprint import bp
from ikb.reminders.forms import CorrectionForm


@bp.get("/nicht-zugestellt")
@allow(Role.LEAD)
def undelivered(procedure_id: int) -> ResponseReturnValue:
    """Whom mail does not reach, and why."""
    return _page(load_procedure(procedure_id))


@bp.post("/nicht-zugestellt/<int:invitation_id>")
@allow(Role.LEAD)
def correct(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """Another address for one institution, or the same once more; the message goes out at once."""
    procedure = load_procedure(procedure_id)
    invitation = load_visible(
        Invitation, Invitation.id == invitation_id, Invitation.phase.has(procedure_id=procedure_id)
    )
    form = CorrectionForm()
    if not form.validate_on_submit():
        return _page(procedure, invitation_id, form), 422
    try:
        with transaction():
            said = service.correct(
                invitation, form.email.data, row_version=form.row_version.data, by=visitor().actor, now=now()
            )
    except Implausible as refusal:
        form.email.errors = [*form.email.errors, refusal.message]
        return _page(procedure, invitation_id, form), refusal.status
    except Conflict as refusal:
        theirs = recipient_of(invitation.institution, today())
        raise Conflict(refusal.message, theirs=theirs, mine=form.email.data) from refusal
    flash(said, "success")
    return redirect(url_for(".undelivered", procedure_id=procedure_id), code=303)


def _page(procedure: Procedure, typed_id: int | None = None, form: CorrectionForm | None = None) -> str:
    return render_template(
        "reminders/undelivered.html",
        procedure=procedure,
        found=service.undelivered(procedure.id, today()),
        apart=service.set_apart(procedure.id),
        typed_id=typed_id,
        form=form or CorrectionForm(formdata=None),
    )
