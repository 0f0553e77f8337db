"""The rules of reminding, and the calendar that comes of them, before they are saved and afterwards."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.clock import berlin_day
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.procedures.town_days import local_exceptions
from ikb.reminders import preview as calendars
from ikb.reminders import queries, service
from ikb.reminders.blueprint import bp
from ikb.reminders.forms import OFFERED, RulesForm
from ikb.reminders.rules import USUAL, Rules


@bp.get("/vorschau")
@allow(Role.LEAD)
def preview(procedure_id: int) -> ResponseReturnValue:
    """Which day who gets what, as the saved rules plan it, and what went out already."""
    procedure = load_procedure(procedure_id)
    found = queries.rules_of(procedure_id)
    return render_template(
        "reminders/preview.html", procedure=procedure, rules=found, calendar=_calendar(procedure, found), today=today()
    )


@bp.route("/regeln", methods=["GET", "POST"])
@allow(Role.LEAD)
def rules(procedure_id: int) -> ResponseReturnValue:
    """Change the rules; looked at first, they change nothing."""
    procedure = load_procedure(procedure_id)
    row = queries.rules_row(procedure_id)
    before = USUAL if row is None else row.as_rules()
    form = RulesForm.showing(before, 0 if row is None else row.row_version)
    shown = None
    if form.validate_on_submit():
        shown = form.rules(before)
        try:
            if request.form.get("act") == "check":
                service.check_rules(shown)
            else:
                _save(procedure, shown, form)
                return redirect(url_for(".preview", procedure_id=procedure_id), code=303)
        except Implausible as refusal:
            shown = None
            field = form._fields.get(refusal.field or "", form.send_at)
            field.errors = [*field.errors, refusal.message]
    page = render_template(
        "reminders/rules.html",
        procedure=procedure,
        form=form,
        offered=OFFERED,
        calendar=_calendar(procedure, shown) if shown else None,
        rules=shown or before,
        today=today(),
    )
    return page, 422 if form.errors else 200


def _save(procedure: Procedure, wanted: Rules, form: RulesForm) -> None:
    with transaction():
        service.change_rules(procedure, wanted, seen=form.row_version.data, by=visitor().actor, now=now())
    flash("Die Regeln gelten ab jetzt. Was schon gesendet ist, geht nicht noch einmal hinaus.", "success")


def _calendar(procedure: Procedure, wanted: Rules) -> dict[str, Any] | None:
    """What the calendar shows; None where there is no phase yet."""
    phase = queries.phase_to_show(procedure.id)
    if phase is None:
        return None
    closed, moment = local_exceptions(), now()
    sent = queries.sent_in(phase)
    found = calendars.events(phase, queries.invitations_of(phase.id), sent, wanted, closed, moment)
    first, last = berlin_day(phase.opened_at or phase.opens_at), max(phase.last_day, *(one.day for one in found))
    return {
        "phase": phase,
        "events": found,
        "left_out": calendars.left_out(phase, sent, wanted, closed, moment),
        "months": calendars.months(found, first, last, wanted, closed, today()),
    }
