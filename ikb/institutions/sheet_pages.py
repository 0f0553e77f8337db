"""The register as a file: taken away, changed elsewhere, and taken in again, all of it or nothing."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Faulty, Implausible
from ikb.institutions import intake, outgoing, own_kinds, register_queries
from ikb.institutions.blueprint import REGISTER, bp
from ikb.institutions.columns import COLUMNS, NEEDED, PERSON_COLUMNS
from ikb.institutions.forms import UploadForm
from ikb.institutions.register_pages import wanted_here
from ikb.moment import now, today
from ikb.tables.sheet import LARGEST_FILE
from ikb.tables.written import CSV_TYPE, XLSX_TYPE
from ikb.web.filters import plural


@bp.get(REGISTER + "/verzeichnis.<any(csv, xlsx):form>")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def export(form: str) -> ResponseReturnValue:
    """The register, or what it is narrowed to, with everything that is entered."""
    content = outgoing.as_table(register_queries.chosen(wanted_here()), as_workbook=form == "xlsx")
    kind = XLSX_TYPE if form == "xlsx" else CSV_TYPE
    name = f"institutionen-{today():%Y-%m-%d}.{form}"
    return Response(content, headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'})


@bp.route(REGISTER + "/import", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def import_register() -> ResponseReturnValue:
    """A list into the register, or nothing of it; nobody is invited by that."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    data = form.file.data.read(LARGEST_FILE + 1)
    try:
        with transaction():
            taken = intake.import_data(data, by=visitor().actor, now=now())
    except Faulty as refusal:
        return _page(form, refusal.faults), 422
    except Implausible as refusal:
        return _page(form, [refusal.message]), 422
    new = taken.count - taken.known
    flash(f"{plural(new, 'Institution', 'Institutionen')} aufgenommen, {taken.known} standen schon da.", "success")
    for hint in taken.hints:
        flash(hint, "info")
    return redirect(url_for(".institutions"), code=303)


def _page(form: UploadForm, faults: list[str] | None = None) -> str:
    return render_template(
        "institutions/register/import.html",
        form=form,
        faults=faults or [],
        columns=(*COLUMNS, *PERSON_COLUMNS),
        needed=NEEDED,
        kinds=own_kinds.names(),
    )
