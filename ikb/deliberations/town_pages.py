"""Pages of the town's own calendar: local exceptions, school holidays, the recess; administrators keep it."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor, allow, load_visible, visible_to, visitor
from ikb.core.periods import nrw_holiday_names
from ikb.db import transaction
from ikb.deliberations.blueprint import bp
from ikb.deliberations.register_forms import TownPeriodForm
from ikb.deliberations.sequence_pages import seen_version
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.procedures import town, town_days
from ikb.procedures.model import TownPeriod
from ikb.web.refusals import show_at_field, status


@visible_to(TownPeriod)
def _periods(_visitor: Visitor) -> Select[TownPeriod]:
    return select(TownPeriod)  # the doors let in whoever works here


@bp.get("/freie-tage")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def town_days_list() -> ResponseReturnValue:
    """The town's own days, and the holidays of this year and the next."""
    year = today().year
    holidays = [(day, name) for each in (year, year + 1) for day, name in sorted(nrw_holiday_names(each).items())]
    return render_template(
        "deliberations/town_days.html",
        periods=town_days.periods(),
        holidays=[(day, name) for day, name in holidays if day >= today()],
        may_edit=visitor().has(Role.ADMINISTRATOR),
        today=today(),
    )


@bp.route("/freie-tage/neu", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def town_days_new() -> ResponseReturnValue:
    """Some days more."""
    form = TownPeriodForm(row_version=0, key=uuid.uuid4())
    if form.validate_on_submit():
        try:
            with transaction():
                added = town.add(form.span(), key=form.key.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"{added.name} steht in der Liste.", "success")
            return redirect(url_for(".town_days_list"), code=303)
    return render_template("deliberations/town_period.html", form=form, period=None), status(form)


@bp.route("/freie-tage/<int:period_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def town_days_edit(period_id: int) -> ResponseReturnValue:
    """One entry."""
    period = load_visible(TownPeriod, TownPeriod.id == period_id)
    stored = vars(town.span_of(period))
    form = TownPeriodForm(**stored, row_version=period.row_version, key=uuid.uuid4())
    if form.validate_on_submit():
        try:
            with transaction():
                town.change(period, form.span(), seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"{period.name} ist gespeichert.", "success")
            return redirect(url_for(".town_days_list"), code=303)
    return render_template("deliberations/town_period.html", form=form, period=period), status(form)


@bp.post("/freie-tage/<int:period_id>/entfernen")
@allow(Role.ADMINISTRATOR)
def town_days_remove(period_id: int) -> ResponseReturnValue:
    """Take one entry from the list."""
    period = load_visible(TownPeriod, TownPeriod.id == period_id)
    with transaction():
        town.remove(period, seen=seen_version(request.form), by=visitor().actor, now=now())
    flash("Der Eintrag ist entfernt.", "success")
    return redirect(url_for(".town_days_list"), code=303)
