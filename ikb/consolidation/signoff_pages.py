"""The page of who signs a version before it is issued."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import signoffs
from ikb.consolidation.doors import bp
from ikb.consolidation.signoff_forms import AskForm, GivenForm
from ikb.consolidation.version_routes import load_version
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.procedures.model import Procedure


@bp.route("/fassungen/<int:version_id>/mitzeichnung", methods=["GET", "POST"])
@allow(Role.LEAD)
def sign_offs(version_id: int) -> ResponseReturnValue:
    """Who is asked to sign a version and when they did; sending the form asks one more."""
    version, procedure = load_version(version_id)
    form = AskForm()
    if not form.validate_on_submit():
        return _page(version, procedure, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            signoffs.ask(version, form.kind.data or "", form.who.data or "", by=visitor().actor, now=now())
    except Implausible as refusal:
        field = form.kind if refusal.field == "kind" else form.who
        field.errors = [*field.errors, refusal.message]
        return _page(version, procedure, form), refusal.status
    flash("Die Fassung wartet jetzt auch darauf.", "success")
    return redirect(url_for(".sign_offs", version_id=version_id), code=303)


@bp.post("/fassungen/<int:version_id>/mitzeichnung/<int:sign_off_id>")
@allow(Role.LEAD)
def record_sign_off(version_id: int, sign_off_id: int) -> ResponseReturnValue:
    """Note the day on which an office signed."""
    version, procedure = load_version(version_id)
    form = GivenForm(prefix=_prefix(sign_off_id))
    if not form.validate_on_submit():
        return _page(version, procedure, _fresh(), {sign_off_id: form}), 422
    try:
        with transaction():
            signoffs.record(
                version, sign_off_id, form.given_on.data, seen=form.seen.data or "", by=visitor().actor, now=now()
            )
    except Implausible as refusal:
        form.given_on.errors = [*form.given_on.errors, refusal.message]
        form.seen.data = signoffs.text_mark(version)
        return _page(version, procedure, _fresh(), {sign_off_id: form}), refusal.status
    flash("Eingetragen.", "success")
    return redirect(url_for(".sign_offs", version_id=version_id), code=303)


@bp.post("/fassungen/<int:version_id>/mitzeichnung/<int:sign_off_id>/streichen")
@allow(Role.LEAD)
def drop_sign_off(version_id: int, sign_off_id: int) -> ResponseReturnValue:
    """Wait for an office no longer."""
    version, _ = load_version(version_id)
    with transaction():
        signoffs.drop(version, sign_off_id, by=visitor().actor, now=now())
    flash("Die Fassung wartet nicht mehr darauf.", "success")
    return redirect(url_for(".sign_offs", version_id=version_id), code=303)


def _prefix(sign_off_id: int) -> str:
    """What the fields of one signature's form begin with: several stand on the page."""
    return f"s{sign_off_id}-"


def _fresh() -> AskForm:
    return AskForm(formdata=None)


def _page(version: DraftVersion, procedure: Procedure, form: AskForm, sent: dict[int, GivenForm] | None = None) -> str:
    mark, sent = signoffs.text_mark(version), sent or {}
    rows = signoffs.asked_for(version)
    return render_template(
        "consolidation/sign_offs.html",
        version=version,
        procedure=procedure,
        form=form,
        mark=mark,
        faulty=next(iter(sent.values()), form),
        rows=[(row, sent.get(row.id) or _given_form(row.id, mark)) for row in rows],
    )


def _given_form(sign_off_id: int, mark: str) -> GivenForm:
    return GivenForm(formdata=None, prefix=_prefix(sign_off_id), seen=mark, given_on=today())
