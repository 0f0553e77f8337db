"""The kinds of institution: the given ones, and those that leads and administrators add."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import db, transaction
from ikb.errors import Implausible, NotFound
from ikb.institutions import own_kinds
from ikb.institutions.blueprint import REGISTER, bp
from ikb.institutions.forms import Versioned
from ikb.institutions.model import OwnKind
from ikb.institutions.register_forms import OwnKindForm
from ikb.moment import now
from ikb.web.refusals import show_at_field, status


@bp.get(REGISTER + "/arten")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def kinds() -> ResponseReturnValue:
    """Every kind with how many institutions are of it."""
    own = own_kinds.own()
    return render_template(
        "institutions/register/kinds.html", names=own_kinds.names(), own=own, counts=own_kinds.counts()
    )


@bp.route(REGISTER + "/arten/neu", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def new_kind() -> ResponseReturnValue:
    """A further kind; its name can be given once, so a form sent twice adds one."""
    form = OwnKindForm(row_version=0)
    if form.validate_on_submit():
        try:
            with transaction():
                own_kinds.add(form.name.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"„{form.name.data}“ ist jetzt eine Art von Institutionen.", "success")
            return redirect(url_for(".kinds"), code=303)
    return render_template("institutions/register/kind.html", form=form, kind=None), status(form)


@bp.route(REGISTER + "/arten/<int:kind_id>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def edit_kind(kind_id: int) -> ResponseReturnValue:
    """Another name for a kind; its institutions follow."""
    kind = _kind(kind_id)
    form = OwnKindForm(name=kind.name, row_version=kind.row_version)
    if form.validate_on_submit():
        try:
            with transaction():
                own_kinds.rename(kind, form.name.data, seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash(f"Diese Art heißt jetzt „{form.name.data}“.", "success")
            return redirect(url_for(".kinds"), code=303)
    return render_template("institutions/register/kind.html", form=form, kind=kind), status(form)


@bp.post(REGISTER + "/arten/<int:kind_id>/loeschen")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def remove_kind(kind_id: int) -> ResponseReturnValue:
    """A kind that no institution has any more."""
    kind, form = _kind(kind_id), Versioned()
    if form.validate_on_submit():
        with transaction():
            own_kinds.remove(kind, seen=form.row_version.data, by=visitor().actor, now=now())
        flash("Die Art ist gelöscht.", "success")
    return redirect(url_for(".kinds"), code=303)


def _kind(kind_id: int) -> OwnKind:
    kind = db.session.get(OwnKind, kind_id)
    if kind is None:
        raise NotFound("Diese Art gibt es nicht mehr.")
    return kind
