"""One invitation: what was sent, what came back, more time, another address, another link."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.institutions import addresses, queries, requests, service, standing
from ikb.institutions.blueprint import IN_PROCEDURE, address_of, bp, invitation_of
from ikb.institutions.forms import AddressForm, DeclineForm, ExtensionForm, LanguageForm, Versioned
from ikb.institutions.links import link_of
from ikb.institutions.model import Invitation
from ikb.moment import now, today
from ikb.web.filters import day_long


@bp.get(IN_PROCEDURE + "/<int:invitation_id>")
@allow(Role.LEAD)
def invitation(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """One institution: what was sent to it, and what came back."""
    return invitation_page(invitation_of(procedure_id, invitation_id))


def invitation_page(found: Invitation, address: AddressForm | None = None, decline: DeclineForm | None = None) -> str:
    """One invitation's page, with a form that was refused."""
    asked = requests.latest(found.id)
    version, recipient = found.row_version, service.recipient_of(found.institution, today())
    return render_template(
        "institutions/invitation.html",
        procedure=found.phase.procedure,
        phase=found.phase,
        invitation=found,
        recipient=recipient,
        link=link_of(found) if found.token_hash and not recipient else None,
        messages=queries.messages_to(found.id),
        address_form=address or AddressForm(formdata=None, row_version=version),
        language_form=LanguageForm(formdata=None, language=found.institution.language),
        form=address or decline,
        asked=asked,
        decline_form=decline or DeclineForm(formdata=None, row_version=asked.row_version if asked else 0),
        is_standing=standing.is_given(found.phase.procedure_id, found.institution),
        has_own=found.institution in standing.single_ones(found.phase.procedure_id),
    )


@bp.route(IN_PROCEDURE + "/<int:invitation_id>/verlaengern", methods=["GET", "POST"])
@allow(Role.LEAD)
def extend(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """More time for one institution, with the reason."""
    found = invitation_of(procedure_id, invitation_id)
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
            return redirect(address_of(found), code=303)
    status = 422 if form.is_submitted() else 200
    page = render_template("institutions/extend.html", procedure=found.phase.procedure, invitation=found, form=form)
    return page, status


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/link")
@allow(Role.LEAD)
def renew_link(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """A new link; the old one stops working, what was written stays."""
    found = invitation_of(procedure_id, invitation_id)
    form = Versioned()
    if not form.validate_on_submit():
        return invitation_page(found), 422
    with transaction():
        service.renew_link(found, row_version=form.row_version.data, by=visitor().actor, now=now())
    flash("Der Link ist erneuert. Der alte gilt nicht mehr; ein begonnener Entwurf ist noch da.", "success")
    return redirect(address_of(found), code=303)


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/adresse")
@allow(Role.LEAD)
def change_address(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """Another mailbox; the invitation goes there."""
    found = invitation_of(procedure_id, invitation_id)
    form = AddressForm()
    if not form.validate_on_submit():
        return invitation_page(found, form), 422
    try:
        with transaction():
            addresses.change_address(
                found, form.email.data, row_version=form.row_version.data, by=visitor().actor, now=now()
            )
    except Implausible as refusal:
        form.email.errors = [*form.email.errors, refusal.message]
        return invitation_page(invitation_of(procedure_id, invitation_id), form), refusal.status
    flash("Die Adresse ist geändert.", "success")
    return redirect(address_of(found), code=303)


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/sprache")
@allow(Role.LEAD)
def change_language(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """In which language this institution is written to."""
    found = invitation_of(procedure_id, invitation_id)
    with transaction():
        addresses.change_language(found, request.form.get("language", ""), by=visitor().actor, now=now())
    flash("Die Sprache ist geändert. Sie gilt ab der nächsten Nachricht.", "success")
    return redirect(address_of(found), code=303)


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/brief")
@allow(Role.LEAD)
def note_letter(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """The letter with the link is on its way."""
    found = invitation_of(procedure_id, invitation_id)
    form = Versioned()
    if not form.validate_on_submit():
        return invitation_page(found), 422
    with transaction():
        service.note_letter_sent(found, row_version=form.row_version.data, by=visitor().actor, now=now())
    flash("Vermerkt: Der Brief ist verschickt.", "success")
    return redirect(address_of(found), code=303)
