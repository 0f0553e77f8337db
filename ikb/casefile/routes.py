"""The page on which a lead asks for the whole case as an archive, sees how far it is, and takes it away."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.bundles import queries, shelf
from ikb.bundles.packing import safe
from ikb.bundles.service import KEPT
from ikb.casefile import service
from ikb.casefile.forms import ArchiveForm
from ikb.casefile.model import CaseArchive, Variant
from ikb.db import transaction
from ikb.errors import Conflict, NotFound
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.web.htmx import wants_part

bp = Blueprint("casefile", __name__)


@bp.route("/verfahren/<int:procedure_id>/akte", methods=["GET", "POST"])
@allow(Role.LEAD)
def index(procedure_id: int) -> ResponseReturnValue:
    """The archives of a case, and the way to ask for one."""
    procedure = load_procedure(procedure_id)
    form = ArchiveForm()
    if not form.validate_on_submit():
        return _page(procedure, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            service.request(procedure, Variant(form.variant.data), form.key.data, by=visitor().actor, now=now())
    except Conflict as refusal:
        flash(refusal.message, "info")
    return redirect(url_for(".index", procedure_id=procedure_id), code=303)


def _page(procedure: Procedure, form: ArchiveForm) -> str:
    form.key.data = form.key.data or uuid4()
    archives = queries.of_procedure(CaseArchive, procedure.id)
    active = next((one for one in archives if one.is_active), None)
    page = "casefile/_run.html" if wants_part() else "casefile/index.html"
    return render_template(page, procedure=procedure, form=form, archives=archives, active=active, kept=KEPT.days)


@bp.get("/verfahren/<int:procedure_id>/akte/<int:archive_id>.zip")
@allow(Role.LEAD)
def archive(procedure_id: int, archive_id: int) -> ResponseReturnValue:
    """The finished file, from the disk in pieces."""
    procedure = load_procedure(procedure_id)
    row = load_visible(CaseArchive, CaseArchive.id == archive_id, CaseArchive.procedure_id == procedure_id)
    if not shelf.is_ready(row):
        raise NotFound("Dieses Archiv gibt es nicht mehr. Stellen Sie ein neues zusammen.")
    with transaction():
        service.note_fetched(row, by=visitor().actor, now=now())
    return shelf.handed_out(row, f"akte-{safe(procedure.file_reference or procedure.title)}-{row.id}.zip")
