"""The lead's answer to a request for more time: yes with one click, or no with a sentence."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Conflict, Implausible
from ikb.institutions import requests, service
from ikb.institutions.blueprint import IN_PROCEDURE, address_of, bp, invitation_of
from ikb.institutions.extension_model import ExtensionRequest
from ikb.institutions.forms import DeclineForm, Versioned
from ikb.institutions.invitation_pages import invitation_page
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.web.filters import day_long

ANSWERED = "Diese Bitte ist schon beantwortet. Es wurde nichts geändert."


def _open_request(found: Invitation) -> ExtensionRequest:
    row = requests.latest(found.id)
    if row is None or not row.is_open:
        raise Conflict(ANSWERED)
    return row


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/mehr-zeit")
@allow(Role.LEAD)
def grant_time(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """The day that was asked for, as a single extension with their reason."""
    found = invitation_of(procedure_id, invitation_id)
    form = Versioned()
    if not form.validate_on_submit():
        return invitation_page(found), 422
    row = _open_request(found)
    try:
        with transaction():
            requests.hold(row, form.row_version.data)
            version = found.row_version
            until = service.extend(
                found, row.wished_until, row.reason, row_version=version, by=visitor().actor, now=now()
            )
    except Implausible as refusal:  # the day that they asked for is over, or the deadline has moved behind it
        flash(f"{refusal.message} Es wurde nichts geändert.", "warning")
        return redirect(url_for(".extend", procedure_id=procedure_id, invitation_id=invitation_id), code=303)
    flash(f"Verlängert: {found.institution.name} hat Zeit bis {day_long(until)}, 24 Uhr.", "success")
    return redirect(address_of(found), code=303)


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/mehr-zeit/ablehnen")
@allow(Role.LEAD)
def decline_time(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """No, and why."""
    found = invitation_of(procedure_id, invitation_id)
    form = DeclineForm()
    if not form.validate_on_submit():
        return invitation_page(found, decline=form), 422
    row = _open_request(found)
    try:
        with transaction():
            requests.decline(row, form.answer.data, row_version=form.row_version.data, by=visitor().actor, now=now())
    except Implausible as refusal:
        form.answer.errors = [*form.answer.errors, refusal.message]
        return invitation_page(invitation_of(procedure_id, invitation_id), decline=form), refusal.status
    flash("Die Absage ist gespeichert; die bisherige Frist gilt.", "success")
    return redirect(address_of(found), code=303)
