"""Behind the link: asking for more time, and reading the answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Implausible
from ikb.institutions import requests
from ikb.institutions.extension_model import ExtensionRequest
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now, today
from ikb.statements import service
from ikb.statements.doors import bp, come_in, hold, needs, stand_behind
from ikb.statements.time_forms import TimeForm
from ikb.web.filters import day


@bp.get("/beteiligung/<token>/mehr-zeit")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def more_time(token: str) -> ResponseReturnValue:
    """Until when there is time, what was asked and answered, and the form."""
    invitation = come_in(token)
    row = requests.latest(invitation.id)
    form = TimeForm(formdata=None)
    if row is not None and row.is_open:
        form = TimeForm(formdata=None, row_version=row.row_version, until=row.wished_until, reason=row.reason)
    return _page(token, invitation, row, form)


@bp.post("/beteiligung/<token>/mehr-zeit")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def ask_for_time(token: str) -> ResponseReturnValue:
    """Store the request; asked twice, it is one."""
    form = TimeForm()
    if not form.validate_on_submit():
        return _again(token, form), 422
    try:
        with transaction():
            requests.ask(hold(token), form.until.data, form.reason.data, row_version=form.row_version.data, now=now())
    except Implausible as refusal:
        field = form[refusal.field or "until"]
        field.errors = [*field.errors, refusal.message]
        return _again(token, form), refusal.status
    flash(f"Ihre Bitte um Zeit bis {day(form.until.data)} ist gespeichert. Die Antwort steht hier.", "success")
    return redirect(url_for(".more_time", token=token), code=303)


def _again(token: str, form: TimeForm) -> str:
    invitation = come_in(token)
    return _page(token, invitation, requests.latest(invitation.id), form)


def _page(token: str, invitation: Invitation, row: ExtensionRequest | None, form: TimeForm) -> str:
    stand_behind(invitation)
    return render_template(
        "statements/more_time.html",
        token=token,
        invitation=invitation,
        procedure=invitation.phase.procedure,
        asked=row,
        form=form,
        can_ask=requests.can_ask(invitation),
        in_time=service.is_in_time(invitation, now()),
        today=today(),
    )
