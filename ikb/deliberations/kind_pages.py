"""The town's list of kinds of resolution, kept by the administrators."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.results import OUTCOMES
from ikb.db import db, transaction
from ikb.deliberations import resolution_kinds
from ikb.deliberations.blueprint import bp
from ikb.deliberations.kind_forms import KindForm
from ikb.deliberations.result_model import ResolutionKind
from ikb.errors import Implausible, NotFound
from ikb.moment import now
from ikb.web import navigation
from ikb.web.refusals import show_at_field, status

navigation.register(
    "settings",
    "Beschlussarten",
    "deliberations.resolution_kinds",
    40,
    visible=lambda: visitor().has(Role.ADMINISTRATOR),
    covers=("deliberations.add_resolution_kind", "deliberations.edit_resolution_kind"),
)


@bp.get("/beschlussarten", endpoint="resolution_kinds")
@allow(Role.ADMINISTRATOR)
def all_kinds() -> ResponseReturnValue:
    """Every kind, in the order of the form, and what the form offers besides."""
    kinds = resolution_kinds.all_kinds()
    covered = {kind.outcome for kind in kinds if kind.is_active}
    others = [kind.words for outcome, kind in OUTCOMES.items() if outcome not in covered]
    return render_template("deliberations/resolution_kinds.html", kinds=kinds, others=others)


@bp.route("/beschlussarten/neu", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def add_resolution_kind() -> ResponseReturnValue:
    """A further kind; its name can be given once, so a form sent twice adds one."""
    form = KindForm(row_version=0, is_active=True)
    if form.validate_on_submit():
        try:
            with transaction():
                resolution_kinds.add(form.entry(), by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"„{form.name.data}“ steht jetzt in der Liste.", "success")
            return redirect(url_for(".resolution_kinds"), code=303)
    return render_template("deliberations/edit_resolution_kind.html", form=form), status(form)


@bp.route("/beschlussarten/<int:kind_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def edit_resolution_kind(kind_id: int) -> ResponseReturnValue:
    """Name, meaning and place of a kind, and whether it is offered."""
    kind = db.session.get(ResolutionKind, kind_id)
    if kind is None:
        raise NotFound("Diese Beschlussart gibt es nicht.")
    form = KindForm(
        name=kind.name,
        outcome=kind.outcome,
        position=kind.position,
        is_active=kind.is_active,
        row_version=kind.row_version,
    )
    if form.validate_on_submit():
        try:
            with transaction():
                resolution_kinds.change(kind, form.entry(), seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"„{form.name.data}“ ist gespeichert.", "success")
            return redirect(url_for(".resolution_kinds"), code=303)
    return render_template("deliberations/edit_resolution_kind.html", form=form, kind=kind), status(form)
