"""The administrator's pages for one person's data: look, give out, erase after a second look."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.moment import now
from ikb.privacy import handing_out, persons
from ikb.privacy.blueprint import bp
from ikb.privacy.forms import PersonForm


@bp.route("/verwaltung/einstellungen/person", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def person() -> ResponseReturnValue:
    """What is stored about somebody. By POST: a name has no place in an address, which is logged."""
    form = PersonForm()
    if not form.validate_on_submit():
        page = render_template("privacy/person.html", form=form, found=None)
        return page, 422 if form.errors else 200
    found = persons.find(form.who.data)
    return render_template("privacy/person.html", form=form, found=found, seen=persons.digest(found))


@bp.post("/verwaltung/einstellungen/person/auskunft")
@allow(Role.ADMINISTRATOR)
def person_export() -> ResponseReturnValue:
    """Everything as a ZIP with a readable text and JSON."""
    form = PersonForm()
    if not form.validate_on_submit():
        return render_template("privacy/person.html", form=form, found=None), 422
    found = persons.find(form.who.data)
    with transaction():
        persons.note_export(found, by=visitor().actor, now=now())
    answer = Response(handing_out.as_zip(found, now()), mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="auskunft.zip"'
    return answer


@bp.post("/verwaltung/einstellungen/person/loeschen")
@allow(Role.ADMINISTRATOR)
def person_erase() -> ResponseReturnValue:
    """Erase what the preview showed, and report what was kept on which ground."""
    form = PersonForm()
    if not form.validate_on_submit():
        return render_template("privacy/person.html", form=form, found=None), 422
    with transaction():
        done = persons.erase(form.who.data, request.form.get("seen", ""), by=visitor().actor, now=now())
    return render_template("privacy/person_erased.html", done=done)
