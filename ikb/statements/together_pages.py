"""Together: who takes part behind which link, links for others, one's own name, handing on."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.limits import share_limit
from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.institutions import sharing
from ikb.institutions.link_forms import ShareForm, SuccessorForm
from ikb.institutions.links import shared_link_of
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.journal.service import Actor
from ikb.moment import now
from ikb.statements import reading, release_rules
from ikb.statements.doors import bp, come_in, hold, needs, person_here
from ikb.statements.together_forms import NameForm, ReleaseRuleForm


@bp.get("/beteiligung/<token>/gemeinsam")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def together(token: str) -> ResponseReturnValue:
    """Who takes part, and what they may do."""
    return _page(token, come_in(token))


def _page(
    token: str,
    invitation: Invitation,
    share: ShareForm | None = None,
    successor: SuccessorForm | None = None,
    named: NameForm | None = None,
) -> str:
    draft, _ = reading.writing_of(invitation)
    links, person = sharing.links_of(invitation.id), person_here()
    return render_template(
        "statements/together.html",
        token=token,
        invitation=invitation,
        person=person,
        may_share=person.scope == Scope.SUBMIT,
        links=links,
        address_of=shared_link_of,
        steps=release_rules.steps_of(draft.id) if draft is not None and draft.release else [],
        share_form=share or ShareForm(formdata=None, key=str(uuid4())),
        successor_form=successor or SuccessorForm(formdata=None),
        name_form=named or NameForm(formdata=None, name=person.name),
        rule_form=ReleaseRuleForm(formdata=None, wants_release=invitation.institution.wants_release),
        form=share or successor or named,
    )


@bp.post("/beteiligung/<token>/gemeinsam")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
@share_limit
def share(token: str) -> ResponseReturnValue:
    """A link for somebody."""
    form = ShareForm()
    if not form.validate_on_submit():
        return _page(token, come_in(token), share=form), 422
    try:
        with transaction():
            invitation, scope = hold(token), Scope(form.scope.data)
            by = Actor.invitation(invitation.id)
            sharing.give(invitation, scope, form.name.data, form.email.data or "", key=form.key.data, by=by, now=now())
    except Implausible as refusal:
        field = form[refusal.field or "name"]
        field.errors = [*field.errors, refusal.message]
        return _page(token, come_in(token), share=form), refusal.status
    sent = " Er geht jetzt an diese Adresse." if form.email.data else " Er steht unten zum Weitergeben."
    flash(f"Der Link ist angelegt.{sent}", "success")
    return redirect(url_for(".together", token=token), code=303)


@bp.post("/beteiligung/<token>/gemeinsam/<int:link_id>/beenden")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
def end_link(token: str, link_id: int) -> ResponseReturnValue:
    """End somebody's link."""
    with transaction():
        invitation = hold(token)
        link = sharing.link_numbered(invitation.id, link_id)
        sharing.revoke(link, by=Actor.invitation(invitation.id), now=now())
    flash("Der Link gilt nicht mehr. Was damit geschrieben wurde, ist noch da.", "success")
    if link_id == person_here().link_id:
        return redirect(url_for(".handed_on"), code=303)
    return redirect(url_for(".together", token=token), code=303)


@bp.post("/beteiligung/<token>/gemeinsam/weitergeben")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
@share_limit
def hand_on(token: str) -> ResponseReturnValue:
    """One's own link to a successor; the one that was used here ends."""
    form = SuccessorForm()
    if not form.validate_on_submit():
        return _page(token, come_in(token), successor=form), 422
    try:
        with transaction():
            invitation = hold(token)
            own = person_here().link_id
            link = sharing.link_numbered(invitation.id, own) if own is not None else None
            by = Actor.invitation(invitation.id)
            sharing.hand_on(invitation, link, form.name.data, form.email.data or "", by=by, now=now())
    except Implausible as refusal:
        field = form[refusal.field or "email"]
        field.errors = [*field.errors, refusal.message]
        return _page(token, come_in(token), successor=form), refusal.status
    return redirect(url_for(".handed_on"), code=303)


@bp.get("/beteiligung/weitergegeben")
@allow(Role.PUBLIC)
def handed_on() -> ResponseReturnValue:
    """What whoever handed their link on sees."""
    return render_template("statements/handed_on.html")


@bp.post("/beteiligung/<token>/gemeinsam/name")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def rename(token: str) -> ResponseReturnValue:
    """How one wants to be called."""
    form = NameForm()
    if not form.validate_on_submit():
        return _page(token, come_in(token), named=form), 422
    with transaction():
        sharing.rename(hold(token), person_here(), form.name.data)
    flash("Ihr Name ist gespeichert. Er steht bei dem, was Sie von jetzt an schreiben.", "success")
    return redirect(url_for(".together", token=token), code=303)


@bp.post("/beteiligung/<token>/gemeinsam/freigabe")
@allow(Role.INSTITUTION)
@needs(Scope.SUBMIT)
def change_release_rule(token: str) -> ResponseReturnValue:
    """Whether a second person has to release."""
    form = ReleaseRuleForm()
    with transaction():
        invitation = hold(token)
        sharing.set_release(invitation, bool(form.wants_release.data), by=Actor.invitation(invitation.id), now=now())
    wanted = form.wants_release.data
    flash("Von jetzt an gibt eine zweite Person frei." if wanted else "Freigeben muss jetzt niemand mehr.", "success")
    return redirect(url_for(".together", token=token), code=303)
