"""Institutions into a participation: a whole list, one by hand, or some that the register knows."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Faulty, Implausible
from ikb.institutions import intake, own_kinds, service
from ikb.institutions.blueprint import IN_PROCEDURE, asked_phase, bp, phase_of
from ikb.institutions.columns import COLUMNS, NEEDED, PERSON_COLUMNS
from ikb.institutions.entries import Entry, Person
from ikb.institutions.forms import InstitutionForm, UploadForm
from ikb.moment import now
from ikb.procedures.model import ParticipationPhase
from ikb.tables.sheet import LARGEST_FILE
from ikb.web.filters import plural


@bp.route(IN_PROCEDURE + "/import", methods=["GET", "POST"])
@allow(Role.LEAD)
def import_file(procedure_id: int) -> ResponseReturnValue:
    """A whole list from XLSX or CSV into the register and into this participation, or nothing of it."""
    phase = phase_of(procedure_id)
    form = UploadForm()
    if not form.validate_on_submit():
        return _import_page(phase, form), 422 if form.is_submitted() else 200
    data = form.file.data.read(LARGEST_FILE + 1)
    try:
        with transaction():
            taken = intake.import_data(data, by=visitor().actor, now=now())
            service.add_to_phase(phase, taken.institutions, by=visitor().actor, now=now())
    except Faulty as refusal:
        return _import_page(phase, form, refusal.faults), 422
    flash(f"{plural(len(taken.institutions), 'Institution', 'Institutionen')} aufgenommen.", "success")
    for hint in taken.hints:
        flash(hint, "info")
    return redirect(url_for(".invitations", procedure_id=procedure_id, phase=asked_phase()), code=303)


def _import_page(phase: ParticipationPhase, form: UploadForm, faults: list[str] | None = None) -> str:
    return render_template(
        "institutions/import.html",
        procedure=phase.procedure,
        phase=phase,
        form=form,
        faults=faults or [],
        columns=(*COLUMNS, *PERSON_COLUMNS),
        kinds=own_kinds.names(),
        needed=NEEDED,
    )


@bp.route(IN_PROCEDURE + "/neu", methods=["GET", "POST"])
@allow(Role.LEAD)
def new_institution(procedure_id: int) -> ResponseReturnValue:
    """One institution into the register and into this participation."""
    phase = phase_of(procedure_id)
    form = InstitutionForm()
    if form.validate_on_submit() and _take_in(phase, form):
        flash(f"„{form.name.data}“ ist aufgenommen.", "success")
        return redirect(url_for(".invitations", procedure_id=procedure_id, phase=asked_phase()), code=303)
    status = 422 if form.is_submitted() else 200
    return render_template("institutions/new.html", procedure=phase.procedure, phase=phase, form=form), status


def _take_in(phase: ParticipationPhase, form: InstitutionForm) -> bool:
    entry = Entry(
        name=" ".join(form.name.data.split()),
        kind=form.kind.data,
        email=(form.email.data or "").strip().lower(),
        people=(Person(name=" ".join((form.contact_name.data or "").split())),),
        district=(form.district.data or "").strip(),
        address=(form.address.data or "").strip(),
        language=form.language.data,
    )
    try:
        with transaction():
            institution = service.register(entry, by=visitor().actor, now=now())
            service.add_to_phase(phase, [institution], by=visitor().actor, now=now())
    except Implausible as refusal:
        form.name.errors = [*form.name.errors, refusal.message]
        return False
    return True
