"""The administrator's page of the town's own steps before a sitting."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now
from ikb.planning import queries, service
from ikb.planning.blueprint import bp
from ikb.planning.forms import TownPlanForm
from ikb.planning.model import TownPlan
from ikb.web.refusals import show_at_field, status

BLANK_LINES = 2
BLANK = {"order": None, "name": "", "days": None, "unit": "working", "kind": "own"}


@bp.route("/einstellungen/zeitplan", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def town_plan() -> ResponseReturnValue:
    """Names, order and days of the steps from the start of a paper to a sitting."""
    plan = queries.town_plan()
    form = TownPlanForm(
        steps=_lines(plan),
        silence_days=plan.silence_days,
        presenter_minutes=plan.presenter_minutes,
        busy_sittings=plan.busy_sittings,
        busy_days=plan.busy_days,
        row_version=plan.row_version,
    )
    if form.validate_on_submit():
        try:
            with transaction():
                service.change_plan(
                    plan, form.entered(), form.worries(), seen=form.row_version.data, by=visitor().actor, now=now()
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Schritte sind gespeichert. Alle Zeitpläne rechnen ab jetzt damit.", "success")
            return redirect(url_for(".town_plan"), code=303)
    return render_template("planning/town_plan.html", form=form), status(form)


def _lines(plan: TownPlan) -> list[dict[str, object]]:
    """The stored steps, numbered in tens so that another fits between, and some empty lines."""
    stored = [{"order": place * 10, **step} for place, step in enumerate(plan.steps, 1)]
    return [*stored, *({**BLANK} for _ in range(BLANK_LINES))]
