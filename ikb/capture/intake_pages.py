"""The page on which many statements are taken in from a list."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.capture import intake, queries
from ikb.capture.blueprint import bp
from ikb.capture.forms import UploadForm
from ikb.db import transaction
from ikb.errors import Faulty
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.tables.sheet import LARGEST_FILE
from ikb.web.filters import plural


@bp.get("/liste")
@allow(Role.LEAD)
def import_list(procedure_id: int) -> ResponseReturnValue:
    """What the list must look like, and a file."""
    procedure = load_procedure(procedure_id)
    return _page(procedure, _form(procedure, blank=True), [])


@bp.post("/liste")
@allow(Role.LEAD)
def take_list(procedure_id: int) -> ResponseReturnValue:
    """All of it or nothing."""
    procedure = load_procedure(procedure_id)
    form = _form(procedure)
    if not form.validate_on_submit():
        return _page(procedure, form, []), 422
    phase = next(phase for phase in queries.open_phases(procedure_id) if phase.id == form.phase.data)
    data = form.file.data.read(LARGEST_FILE + 1)
    try:
        with transaction():
            count = intake.take_in(
                data, phase, form.key.data, confirms=form.confirms.data, by=visitor().actor, now=now()
            )
    except Faulty as refusal:
        return _page(procedure, form, list(refusal.faults)), 422
    flash(f"{plural(count, 'Stellungnahme ist', 'Stellungnahmen sind')} aufgenommen.", "success")
    return redirect(url_for("statements.index", procedure_id=procedure_id), code=303)


def _form(procedure: Procedure, *, blank: bool = False) -> UploadForm:
    form = UploadForm(formdata=None, key=uuid.uuid4()) if blank else UploadForm()
    form.phase.choices = [SelectChoice(phase.id, phase.name) for phase in queries.open_phases(procedure.id)]
    return form


def _page(procedure: Procedure, form: UploadForm, faults: list[str]) -> str:
    return render_template(
        "capture/import.html",
        procedure=procedure,
        form=form,
        faults=faults,
        columns=intake.COLUMNS,
        needed=intake.NEEDED,
        phases=queries.open_phases(procedure.id),
    )
