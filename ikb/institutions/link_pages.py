"""The lead's page of an institution's further links: who has one, another one, an end, a successor."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.institutions import service, sharing
from ikb.institutions.blueprint import IN_PROCEDURE, bp, invitation_of
from ikb.institutions.link_forms import ShareForm, SuccessorForm
from ikb.institutions.links import shared_link_of
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now, today


@bp.get(IN_PROCEDURE + "/<int:invitation_id>/links")
@allow(Role.LEAD)
def links(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """Who has a link beside the invitation's own."""
    return _page(invitation_of(procedure_id, invitation_id))


def _page(found: Invitation, form: ShareForm | None = None) -> str:
    return render_template(
        "institutions/links.html",
        procedure=found.phase.procedure,
        invitation=found,
        links=sharing.links_of(found.id),
        address_of=shared_link_of,
        recipient=service.recipient_of(found.institution, today()),
        share_form=form or ShareForm(formdata=None, key=str(uuid4())),
        form=form,
    )


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/links")
@allow(Role.LEAD)
def share(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """A link for somebody of this institution."""
    found, form = invitation_of(procedure_id, invitation_id), ShareForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        with transaction():
            service.refuse_if_changed(found, found.row_version)
            scope, email, by = Scope(form.scope.data), form.email.data or "", visitor().actor
            sharing.give(found, scope, form.name.data, email, key=form.key.data, by=by, now=now())
    except Implausible as refusal:
        field = form[refusal.field or "name"]
        field.errors = [*field.errors, refusal.message]
        return _page(invitation_of(procedure_id, invitation_id), form), refusal.status
    flash("Der Link ist angelegt.", "success")
    return _back(found)


@bp.post(IN_PROCEDURE + "/<int:invitation_id>/links/<int:link_id>/beenden")
@allow(Role.LEAD)
def end_link(procedure_id: int, invitation_id: int, link_id: int) -> ResponseReturnValue:
    """End one."""
    found = invitation_of(procedure_id, invitation_id)
    with transaction():
        sharing.revoke(sharing.link_numbered(found.id, link_id), by=visitor().actor, now=now())
    flash("Der Link gilt nicht mehr. Was damit geschrieben wurde, ist noch da.", "success")
    return _back(found)


@bp.route(IN_PROCEDURE + "/<int:invitation_id>/links/<int:link_id>/nachfolge", methods=["GET", "POST"])
@allow(Role.LEAD)
def hand_on(procedure_id: int, invitation_id: int, link_id: int) -> ResponseReturnValue:
    """Give one to a successor."""
    found, form = invitation_of(procedure_id, invitation_id), SuccessorForm()
    if form.validate_on_submit():
        try:
            with transaction():
                link, by = sharing.link_numbered(found.id, link_id), visitor().actor
                sharing.hand_on(found, link, form.name.data, form.email.data or "", by=by, now=now())
        except Implausible as refusal:
            field = form[refusal.field or "email"]
            field.errors = [*field.errors, refusal.message]
        else:
            flash("Der Link ist weitergegeben. Der alte gilt nicht mehr.", "success")
            return _back(found)
    page = render_template(
        "institutions/hand_on.html", procedure=found.phase.procedure, invitation=found, form=form, link_id=link_id
    )
    return page, 422 if form.is_submitted() else 200


def _back(found: Invitation) -> ResponseReturnValue:
    return redirect(url_for(".links", procedure_id=found.phase.procedure_id, invitation_id=found.id), code=303)
