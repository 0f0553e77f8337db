"""The page that takes in a Beratungsfolge with results from pasted text or a file, where no council system can be read."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Faulty
from ikb.moment import now
from ikb.oparl import lists, pasting
from ikb.oparl.blueprint import bp
from ikb.oparl.forms import PasteForm
from ikb.oparl.lists import COLUMNS, Read
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.tables.sheet import LARGEST_FILE
from ikb.web.filters import plural

AGAIN = "Die Liste kam nicht unverändert zurück. Fügen Sie sie noch einmal ein."


@bp.route("/verfahren/<int:procedure_id>/beratungsfolge/einlesen", methods=["GET", "POST"])
@allow(Role.LEAD)
def paste(procedure_id: int) -> ResponseReturnValue:
    """A whole list of steps and results, or nothing of it; shown before anything is stored."""
    procedure = load_procedure(procedure_id)
    form = PasteForm()
    if not form.validate_on_submit():
        return _page(procedure, form), 422 if form.errors else 200
    if request.form.get("act") == "save":
        return _save(procedure, form)
    return _look(procedure, form)


def _look(procedure: Procedure, form: PasteForm) -> ResponseReturnValue:
    try:
        read = _read(form)
    except Faulty as refusal:
        return _page(procedure, form, faults=refusal.faults), 422
    if read.faults:
        return _page(procedure, form, faults=read.faults), 422
    taken = pasting.look(procedure, read.entries, by=visitor().actor, now=now())
    procedure = load_procedure(procedure.id)
    if taken.faults:
        return _page(procedure, form, faults=taken.faults), 422
    rows = lists.to_json(read.entries)
    return render_template(
        "oparl/paste_preview.html", procedure=procedure, entries=read.entries, done=taken.done, rows=rows, form=form
    )


def _read(form: PasteForm) -> Read:
    sent = form.file.data
    if not sent:
        return lists.read_text(form.text.data or "")
    data = sent.stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise Faulty(pasting.NOT_TAKEN, [f"Die Datei ist zu groß: erlaubt sind {LARGEST_FILE // 1024 // 1024} MB."])
    return lists.read_file(data)


def _save(procedure: Procedure, form: PasteForm) -> ResponseReturnValue:
    try:
        entries = lists.from_json(request.form.get("rows", ""))
    except (ValueError, TypeError, RecursionError):
        return _page(procedure, form, faults=[AGAIN]), 422
    try:
        with transaction():
            taken = pasting.take(procedure, entries, by=visitor().actor, now=now())
    except Faulty as refusal:
        return _page(load_procedure(procedure.id), form, faults=refusal.faults), 422
    flash(f"{plural(len(taken.done), 'Angabe ist', 'Angaben sind')} übernommen.", "success")
    return redirect(url_for("deliberations.sequence", procedure_id=procedure.id), code=303)


def _page(procedure: Procedure, form: PasteForm, faults: list[str] | None = None) -> str:
    return render_template(
        "oparl/paste.html", procedure=procedure, form=form, faults=faults or [], columns=list(COLUMNS)
    )
