"""The page behind a link: the question, the passage, what was said about it, and the form for the answer."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.limits import opinion_limit
from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import db, transaction
from ikb.drafts import queries as drafts
from ikb.errors import Conflict, Implausible
from ikb.moment import now, today
from ikb.opinions import answering, queries
from ikb.opinions.blueprint import bp
from ikb.opinions.forms import OpinionForm
from ikb.opinions.model import OpinionRequest
from ikb.procedures.model import Procedure


@bp.route("/einschaetzung/<token>", methods=["GET", "POST"])
@allow(Role.PUBLIC)
@opinion_limit
def answer(token: str) -> ResponseReturnValue:
    """What is asked; sending the form answers it, or changes the answer."""
    found = answering.open_link(token, now())
    form = _form(found)
    if not form.is_submitted():
        return _page(found, token, form)
    if not form.validate():
        return _page(found, token, form), 422
    try:
        with transaction():
            answering.give(token, form.given(), seen=form.seen.data, key=form.key.data, now=now())
    except Implausible as refusal:
        field = form[refusal.field or "text"]
        field.errors = [*field.errors, refusal.message]
        return _page(found, token, form), refusal.status
    except Conflict as conflict:
        db.session.refresh(found)
        form.seen.data, form.seen.raw_data = len(found.answers), None
        told = "Inzwischen hat jemand mit demselben Link geantwortet; das steht unten. Ihr Text steht unverändert hier."
        form.text.errors = [*form.text.errors, f"{told} Senden Sie ihn noch einmal, wenn er gelten soll."]
        return _page(found, token, form), conflict.status
    flash("Vielen Dank. Ihre Einschätzung ist bei der Projektleitung.", "success")
    return redirect(url_for(".answer", token=token), code=303)


def _form(found: OpinionRequest) -> OpinionForm:
    newest = found.newest
    return OpinionForm(
        key=str(uuid4()),
        seen=len(found.answers),
        text=newest.text if newest else "",
        outcome=newest.outcome if newest else None,
        given_by=newest.given_by if newest else found.contact_name,
    )


def _page(found: OpinionRequest, token: str, form: OpinionForm) -> str:
    return render_template(
        "opinions/answer.html",
        asked=found,
        token=token,
        case=db.session.get_one(Procedure, found.procedure_id),
        section=drafts.section(found.base_version_id, found.anchor),
        subjects=queries.asked_about(found),
        refused=answering.refusal(found, now()),
        is_overdue=found.due_on < today(),
        form=form,
    )
