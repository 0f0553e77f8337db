"""Imprint and privacy notice, for everybody; and the form with which the administrator fills them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.moment import now
from ikb.privacy import notices, rules
from ikb.privacy.blueprint import bp
from ikb.privacy.forms import NoticeForm


@bp.get("/impressum")
@allow(Role.PUBLIC)
def imprint() -> ResponseReturnValue:
    """Who is responsible for this site."""
    return render_template("privacy/imprint.html", town=notices.texts())


@bp.get("/datenschutz")
@allow(Role.PUBLIC)
def notice() -> ResponseReturnValue:
    """What happens to whose data, on what ground, how long, and which rights they have."""
    return render_template("privacy/notice.html", town=notices.texts(), rules=rules.all_rules())


@bp.get("/verwaltung/einstellungen")
@allow(Role.ADMINISTRATOR)
def settings() -> ResponseReturnValue:
    """What an administrator can set, and what is missing."""
    missing = notices.missing(notices.texts())
    return render_template("privacy/settings.html", missing=missing, rules=rules.all_rules())


@bp.route("/verwaltung/einstellungen/stadt", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def town() -> ResponseReturnValue:
    """The town's data for imprint and privacy notice."""
    stored = notices.row()
    form = NoticeForm(data={**notices.texts(), "row_version": stored.row_version if stored else 0})
    if form.validate_on_submit():
        try:
            with transaction():
                notices.change(form.given(), seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            field = form[refusal.field or "town"]
            field.errors = [*field.errors, refusal.message]
        else:
            flash(
                "Die Angaben sind gespeichert. So stehen sie jetzt im Impressum und in den Datenschutzhinweisen.",
                "success",
            )
            return redirect(url_for(".settings"), code=303)
    page = render_template(
        "privacy/town.html", form=form, fields=notices.FIELDS, missing=notices.missing(notices.texts())
    )
    return page, 422 if form.errors else 200
