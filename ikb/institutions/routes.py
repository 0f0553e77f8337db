"""The lead's pages of a participation: who is invited and how far they are, lists, opening, one institution."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.periods import working_days_between
from ikb.db import transaction
from ikb.errors import Faulty, Implausible, NotReady
from ikb.institutions import addresses, intake, queries, service
from ikb.institutions.forms import (
    AddressForm,
    ChoiceForm,
    ExtensionForm,
    InstitutionForm,
    LanguageForm,
    OpenForm,
    UploadForm,
    Versioned,
)
from ikb.institutions.links import link_of
from ikb.institutions.messages import HIDDEN_LINK, render_invitation
from ikb.institutions.model import Invitation
from ikb.institutions.register import Entry
from ikb.moment import now, today
from ikb.procedures import service as procedures
from ikb.procedures.current import current_values, load_procedure, set_procedure
from ikb.procedures.model import ParticipationPhase
from ikb.procedures.town_days import local_exceptions
from ikb.tables.sheet import LARGEST_FILE
from ikb.web import navigation
from ikb.web.filters import day_long, plural
from ikb.web.paging import page_number

bp = Blueprint("institutions", __name__, url_prefix="/verfahren/<int:procedure_id>/beteiligung")
navigation.register(
    "procedure",
    "Beteiligung",
    "institutions.invitations",
    20,
    values=current_values,
    covers=("institutions.", "statements.index", "statements.detail"),
)
FILTER_NAMES = {
    "undelivered": "nicht zugestellt",
    "unused": "Link nicht genutzt",
    "opened": "genutzt",
    "drafted": "Entwurf",
    "submitted": "abgeschickt",
    "without_remarks": "ohne Anmerkungen",
    "extended": "verlängert",
    "late": "verspätet",
}


@bp.get("")
@allow(Role.LEAD)
def invitations(procedure_id: int) -> ResponseReturnValue:
    """Who is invited, and how far each one is."""
    phase = queries.current_phase(procedure_id, visitor())
    if phase is None:
        return render_template("institutions/no_phase.html", procedure=load_procedure(procedure_id))
    procedure = set_procedure(phase.procedure)
    figures = queries.tally(phase.id)
    chosen = request.args.get("filter") if request.args.get("filter") in FILTER_NAMES else None
    search = request.args.get("suche", "")[:100]
    page = queries.page_of(phase.id, figures, chosen, search, page_number(request.args))
    return render_template(
        "institutions/invitations.html",
        procedure=procedure,
        phase=phase,
        figures=figures,
        page=page,
        chosen=chosen,
        search=search,
        filter_names=FILTER_NAMES,
        today=today(),
    )


@bp.route("/import", methods=["GET", "POST"])
@allow(Role.LEAD)
def import_file(procedure_id: int) -> ResponseReturnValue:
    """A whole list from XLSX or CSV into the register and into this participation, or nothing of it."""
    phase = _phase(procedure_id)
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
    return redirect(url_for(".invitations", procedure_id=procedure_id), code=303)


def _import_page(phase: ParticipationPhase, form: UploadForm, faults: list[str] | None = None) -> str:
    return render_template(
        "institutions/import.html",
        procedure=phase.procedure,
        phase=phase,
        form=form,
        faults=faults or [],
        columns=intake.COLUMNS,
        needed=intake.NEEDED,
    )


@bp.route("/neu", methods=["GET", "POST"])
@allow(Role.LEAD)
def new_institution(procedure_id: int) -> ResponseReturnValue:
    """One institution into the register and into this participation."""
    phase = _phase(procedure_id)
    form = InstitutionForm()
    if form.validate_on_submit() and _take_in(phase, form):
        flash(f"„{form.name.data}“ ist aufgenommen.", "success")
        return redirect(url_for(".invitations", procedure_id=procedure_id), code=303)
    status = 422 if form.is_submitted() else 200
    return render_template("institutions/new.html", procedure=phase.procedure, phase=phase, form=form), status


def _take_in(phase: ParticipationPhase, form: InstitutionForm) -> bool:
    entry = Entry(
        name=" ".join(form.name.data.split()),
        kind=form.kind.data,
        email=(form.email.data or "").strip().lower(),
        contact_name=(form.contact_name.data or "").strip(),
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


@bp.route("/auswahl", methods=["GET", "POST"])
@allow(Role.LEAD)
def choose(procedure_id: int) -> ResponseReturnValue:
    """Institutions that the register knows already."""
    phase = _phase(procedure_id)
    offered = queries.not_yet_invited(phase.id)
    form = ChoiceForm()
    form.institutions.choices = [(institution.id, institution.name) for institution in offered]
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        page = render_template(
            "institutions/choose.html", procedure=phase.procedure, phase=phase, form=form, offered=offered
        )
        return page, status
    wanted = set(form.institutions.data)
    with transaction():
        added = service.add_to_phase(phase, [row for row in offered if row.id in wanted], by=visitor().actor, now=now())
    flash(f"{plural(len(added), 'Institution', 'Institutionen')} hinzugefügt.", "success")
    return redirect(url_for(".invitations", procedure_id=procedure_id), code=303)


@bp.route("/eroeffnen", methods=["GET", "POST"])
@allow(Role.LEAD)
def open_phase(procedure_id: int) -> ResponseReturnValue:
    """Who gets what, until when; then it begins."""
    phase = _phase(procedure_id)
    if phase.is_open:  # the second of two clicks, or a page that was left open
        flash("Die Beteiligung ist eröffnet. Die Einladungen gehen jetzt hinaus.", "success")
        return redirect(url_for(".invitations", procedure_id=procedure_id), code=303)
    form = OpenForm(row_version=phase.row_version, key=str(uuid4()))
    if not form.validate_on_submit():
        return _opening_page(phase, form), 422 if form.is_submitted() else 200
    if form.row_version.data != phase.row_version:
        fresh = OpenForm(formdata=None, row_version=phase.row_version, key=str(uuid4()))
        fault = (
            "Die Beteiligungsphase wurde inzwischen geändert. Prüfen Sie die Angaben, und bestätigen Sie noch einmal."
        )
        return _opening_page(phase, fresh, [fault]), 409
    try:
        with transaction():
            service.refuse_if_nobody_is_invited(phase)
            procedures.open_phase(phase, by=visitor().actor, now=now())
    except NotReady as refusal:
        return _opening_page(phase, form, [refusal.message]), refusal.status
    flash("Die Beteiligung ist eröffnet. Die Einladungen gehen jetzt hinaus.", "success")
    return redirect(url_for(".invitations", procedure_id=procedure_id), code=303)


def _opening_page(phase: ParticipationPhase, form: OpenForm, faults: list[str] | None = None) -> str:
    waiting = queries.with_contacts(phase.id)
    by_mail = [row for row in waiting if service.recipient_of(row.institution)]
    return render_template(
        "institutions/open_phase.html",
        procedure=phase.procedure,
        phase=phase,
        form=form,
        faults=faults or [],
        waiting=waiting,
        by_mail=by_mail,
        by_letter=[row for row in waiting if row not in by_mail],
        working_days=working_days_between(today(), phase.last_day, local_exceptions()),
        sample=render_invitation(by_mail[0], now=now(), link=HIDDEN_LINK) if by_mail else None,
    )


@bp.get("/<int:invitation_id>")
@allow(Role.LEAD)
def invitation(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """One institution: what was sent to it, and what came back."""
    return _invitation_page(_invitation(procedure_id, invitation_id))


def _invitation_page(found: Invitation, address: AddressForm | None = None) -> str:
    version = found.row_version
    return render_template(
        "institutions/invitation.html",
        procedure=found.phase.procedure,
        phase=found.phase,
        invitation=found,
        recipient=service.recipient_of(found.institution),
        link=link_of(found) if found.token_hash and not service.recipient_of(found.institution) else None,
        messages=queries.messages_to(found.id),
        address_form=address or AddressForm(formdata=None, row_version=version),
        language_form=LanguageForm(formdata=None, language=found.institution.language),
        form=address,
    )


@bp.route("/<int:invitation_id>/verlaengern", methods=["GET", "POST"])
@allow(Role.LEAD)
def extend(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """More time for one institution, with the reason."""
    found = _invitation(procedure_id, invitation_id)
    form = ExtensionForm(row_version=found.row_version)
    until = form.until.data
    if form.validate_on_submit() and until is not None:
        try:
            with transaction():
                until = service.extend(
                    found,
                    until,
                    form.reason.data,
                    row_version=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            field = form[refusal.field or "until"]
            field.errors = [*field.errors, refusal.message]
        else:
            flash(f"Verlängert: {found.institution.name} hat Zeit bis {day_long(until)}, 24 Uhr.", "success")
            return redirect(_address_of(found), code=303)
    status = 422 if form.is_submitted() else 200
    page = render_template("institutions/extend.html", procedure=found.phase.procedure, invitation=found, form=form)
    return page, status


@bp.post("/<int:invitation_id>/link")
@allow(Role.LEAD)
def renew_link(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """A new link; the old one stops working, what was written stays."""
    found = _invitation(procedure_id, invitation_id)
    form = Versioned()
    if not form.validate_on_submit():
        return _invitation_page(found), 422
    with transaction():
        service.renew_link(found, row_version=form.row_version.data, by=visitor().actor, now=now())
    flash("Der Link ist erneuert. Der alte gilt nicht mehr; ein begonnener Entwurf ist noch da.", "success")
    return redirect(_address_of(found), code=303)


@bp.post("/<int:invitation_id>/adresse")
@allow(Role.LEAD)
def change_address(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """Another mailbox; the invitation goes there."""
    found = _invitation(procedure_id, invitation_id)
    form = AddressForm()
    if not form.validate_on_submit():
        return _invitation_page(found, form), 422
    try:
        with transaction():
            addresses.change_address(
                found, form.email.data, row_version=form.row_version.data, by=visitor().actor, now=now()
            )
    except Implausible as refusal:
        form.email.errors = [*form.email.errors, refusal.message]
        return _invitation_page(_invitation(procedure_id, invitation_id), form), refusal.status
    flash("Die Adresse ist geändert.", "success")
    return redirect(_address_of(found), code=303)


@bp.post("/<int:invitation_id>/sprache")
@allow(Role.LEAD)
def change_language(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """In which language this institution is written to."""
    found = _invitation(procedure_id, invitation_id)
    with transaction():
        addresses.change_language(found, request.form.get("language", ""), by=visitor().actor, now=now())
    flash("Die Sprache ist geändert. Sie gilt ab der nächsten Nachricht.", "success")
    return redirect(_address_of(found), code=303)


@bp.post("/<int:invitation_id>/brief")
@allow(Role.LEAD)
def note_letter(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """The letter with the link is on its way."""
    found = _invitation(procedure_id, invitation_id)
    form = Versioned()
    if not form.validate_on_submit():
        return _invitation_page(found), 422
    with transaction():
        service.note_letter_sent(found, row_version=form.row_version.data, by=visitor().actor, now=now())
    flash("Vermerkt: Der Brief ist verschickt.", "success")
    return redirect(_address_of(found), code=303)


def _phase(procedure_id: int) -> ParticipationPhase:
    phase = queries.current_phase(procedure_id, visitor())
    if phase is None:
        load_procedure(procedure_id)  # 404 for whoever does not lead it
        raise NotReady("Legen Sie zuerst fest, welche Fassung bis wann zur Beteiligung steht: unter „Einstellungen“.")
    set_procedure(phase.procedure)
    return phase


def _invitation(procedure_id: int, invitation_id: int) -> Invitation:
    found = load_visible(Invitation, Invitation.id == invitation_id, Invitation.phase.has(procedure_id=procedure_id))
    set_procedure(found.phase.procedure)
    return found


def _address_of(found: Invitation) -> str:
    return url_for(".invitation", procedure_id=found.phase.procedure_id, invitation_id=found.id)
