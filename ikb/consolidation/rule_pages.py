"""The page on which leads set how their procedure weighs what was said."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation.doors import bp
from ikb.consolidation.stage_forms import RulesForm
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now
from ikb.procedures import weighing
from ikb.procedures.current import load_procedure


@bp.route("/verfahren/<int:procedure_id>/auswertung/regeln", methods=["GET", "POST"])
@allow(Role.LEAD)
def weighing_rules(procedure_id: int) -> ResponseReturnValue:
    """Stages, and what issuing waits for."""
    procedure = load_procedure(procedure_id)
    form = RulesForm(
        stages=procedure.stages,
        issuing_stage=procedure.issuing_stage,
        two_person=procedure.two_person,
        word=procedure.weighing_word,
        row_version=procedure.row_version,
    )
    if form.validate_on_submit():
        try:
            with transaction():
                weighing.change(procedure, form.rules(), seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            form.issuing_stage.errors = [*form.issuing_stage.errors, refusal.message]
        else:
            flash("Die Regeln sind gespeichert.", "success")
            return redirect(url_for(".weighing_rules", procedure_id=procedure_id), code=303)
    page = render_template("consolidation/weighing_rules.html", procedure=procedure, form=form)
    return page, 422 if form.errors else 200
