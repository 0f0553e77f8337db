"""Issued versions on the town's own form: bringing the form, and taking a version away in parts."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import queries
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Faulty, NotReady
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.quarantine.word_form import LARGEST_FORM
from ikb.reports import paper_parts, word_forms
from ikb.reports.blueprint import as_download, bp
from ikb.reports.forms import WordFormForm


@bp.route("/verfahren/<int:procedure_id>/fassungen/formular", methods=["GET", "POST"])
@allow(Role.LEAD)
def paper_form(procedure_id: int) -> ResponseReturnValue:
    """The form that issued versions are written on."""
    procedure = load_procedure(procedure_id)
    form = WordFormForm()
    if not form.validate_on_submit():
        return _page(procedure, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            _take_in(procedure, form)
    except Faulty as refusal:
        return _page(procedure, form, refusal), refusal.status
    flash("Ihr Formular ist übernommen. Sehen Sie sich eine Fassung darin an.", "success")
    return redirect(url_for(".paper_form", procedure_id=procedure_id), code=303)


def _take_in(procedure: Procedure, form: WordFormForm) -> None:
    word_forms.add(
        procedure,
        paper_parts.PURPOSE,
        form.file.data.read(LARGEST_FORM + 1),
        form.file.data.filename or "",
        form.key.data,
        known=paper_parts.FIELDS,
        tables=paper_parts.TABLES,
        needed=paper_parts.NEEDED,
        by=visitor().actor,
        now=now(),
    )


def _page(procedure: Procedure, form: WordFormForm, refusal: Faulty | None = None) -> str:
    form.key.data = form.key.data or uuid4()
    return render_template(
        "reports/paper_form.html",
        procedure=procedure,
        form=form,
        refusal=refusal,
        own=word_forms.current(procedure.id, paper_parts.PURPOSE),
        fields=paper_parts.FIELDS,
        issued=[version for version in queries.versions_of(procedure.id) if version.is_issued],
    )


@bp.post("/verfahren/<int:procedure_id>/fassungen/formular/zuruecknehmen")
@allow(Role.LEAD)
def drop_paper_form(procedure_id: int) -> ResponseReturnValue:
    """Go back to the look that comes with ikb."""
    procedure = load_procedure(procedure_id)
    with transaction():
        word_forms.drop(procedure, paper_parts.PURPOSE, by=visitor().actor, now=now())
    flash("Ab jetzt gilt wieder die mitgelieferte Form.", "success")
    return redirect(url_for(".paper_form", procedure_id=procedure_id), code=303)


@bp.get("/fassungen/<int:version_id>/teile.zip")
@allow(Role.LEAD)
def paper_in_parts(version_id: int) -> ResponseReturnValue:
    """An issued version as one Word file for the resolution, the reasons and each annex."""
    version = load_visible(DraftVersion, DraftVersion.id == version_id)
    procedure = load_procedure(version.draft.procedure_id)
    if not version.is_issued:
        raise NotReady("In Teilen gibt es nur herausgegebene Fassungen: vorher ändert sich der Text noch.")
    file = paper_parts.packed(version, procedure, now())
    return as_download(file, f"fassung-{version.number}-teile.zip", "application/zip")
