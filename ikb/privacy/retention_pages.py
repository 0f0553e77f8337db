"""The administrator's pages of retention: what is due when by which rule, and what the archive said."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.retention import Keeping, Unit
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.privacy import rules, service
from ikb.privacy.blueprint import bp
from ikb.privacy.forms import ArchiveForm, RuleForm


@bp.get("/verwaltung/einstellungen/aufbewahrung")
@allow(Role.ADMINISTRATOR)
def retention() -> ResponseReturnValue:
    """Every rule with what a run would find today, and every batch that is under way."""
    return render_template(
        "privacy/retention.html", waiting=service.preview(today()), batches=service.batches(), what=_names()
    )


@bp.route("/verwaltung/einstellungen/aufbewahrung/<kind>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def retention_rule(kind: str) -> ResponseReturnValue:
    """One rule, to be decided."""
    rule = rules.rule_for(kind)
    form = RuleForm(
        period=rule.keeping.period,
        unit=rule.keeping.unit,
        basis=rule.basis,
        offers_archive=rule.offers_archive,
        is_held=rule.is_held,
        hold_reason=rule.hold_reason,
        row_version=rule.version,
    )
    if form.validate_on_submit():
        try:
            with transaction():
                rules.change(
                    kind,
                    Keeping(form.period.data, Unit(form.unit.data)),
                    basis=form.basis.data,
                    offers_archive=form.offers_archive.data,
                    is_held=form.is_held.data,
                    hold_reason=form.hold_reason.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            field = form[refusal.field or "period"]
            field.errors = [*field.errors, refusal.message]
        else:
            flash("Die Regel ist gespeichert. Gelöscht wird erst beim nächsten Lauf.", "success")
            return redirect(url_for(".retention"), code=303)
    page = render_template("privacy/retention_rule.html", rule=rule, form=form)
    return page, 422 if form.errors else 200


@bp.post("/verwaltung/einstellungen/aufbewahrung/<int:batch_id>/anbieten")
@allow(Role.ADMINISTRATOR)
def offer(batch_id: int) -> ResponseReturnValue:
    """Write down that the archive was asked."""
    with transaction():
        service.offer(batch_id, by=visitor().actor, now=now())
    flash("Vermerkt: dem Archiv angeboten.", "success")
    return redirect(url_for(".retention"), code=303)


@bp.route("/verwaltung/einstellungen/aufbewahrung/<int:batch_id>/antwort", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def retention_answer(batch_id: int) -> ResponseReturnValue:
    """Write down what the archive answered."""
    form = ArchiveForm()
    if not form.validate_on_submit():
        page = render_template("privacy/retention_answer.html", form=form, batch_id=batch_id)
        return page, 422 if form.errors else 200
    with transaction():
        service.release(batch_id, form.answer.data, by=visitor().actor, now=now())
    flash(
        "Die Antwort des Archivs ist vermerkt. Gelöscht wird beim nächsten Lauf, in höchstens einer Stunde.", "success"
    )
    return redirect(url_for(".retention"), code=303)


def _names() -> dict[str, str]:
    return {rule.kind: rule.what for rule in rules.USUAL}
