"""The lead's pages: everything that was asked, and one question with its answers, its link and its end."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import db, transaction
from ikb.errors import Implausible, NotFound
from ikb.journal.service import Actor
from ikb.moment import now, today
from ikb.opinions import answer_pages, open_ones, queries, service
from ikb.opinions.blueprint import bp
from ikb.opinions.forms import DueForm, SeenForm
from ikb.opinions.model import OpinionRequest
from ikb.procedures.current import load_procedure
from ikb.web.paging import page_number

__all__ = ["answer_pages", "bp", "open_ones"]

LIST = "/verfahren/<int:procedure_id>/auswertung/einschaetzungen"
ONE = LIST + "/<int:request_id>"
NAMES = {"open": "offen", "overdue": "überfällig", "answered": "beantwortet", "all": "alle"}


@bp.get(LIST)
@allow(Role.LEAD)
def index(procedure_id: int) -> ResponseReturnValue:
    """What was asked of whom, by how it stands."""
    procedure = load_procedure(procedure_id)
    wanted = next((name for name, word in NAMES.items() if request.args.get("stand") in (name, word)), "open")
    return render_template(
        "opinions/index.html",
        procedure=procedure,
        wanted=wanted,
        names=NAMES,
        counts=queries.counts(procedure_id, today()),
        page=queries.listed(procedure_id, wanted, today(), page_number(request.args)),
        today=today(),
    )


@bp.get(ONE)
@allow(Role.LEAD)
def detail(procedure_id: int, request_id: int) -> ResponseReturnValue:
    """One question with every answer."""
    return _page(_load(procedure_id, request_id))


@bp.post(ONE + "/neuer-link")
@allow(Role.LEAD)
def renew_link(procedure_id: int, request_id: int) -> ResponseReturnValue:
    """Send another link; the old one ends."""
    return _act(procedure_id, request_id, service.renew_link, "Ein neuer Link ist unterwegs. Der alte gilt nicht mehr.")


@bp.post(ONE + "/beenden")
@allow(Role.LEAD)
def end(procedure_id: int, request_id: int) -> ResponseReturnValue:
    """Take the question back, or close it where it was answered."""
    return _act(procedure_id, request_id, service.end, "Die Frage ist beendet. Was dazu gesagt wurde, ist noch da.")


@bp.post(ONE + "/termin")
@allow(Role.LEAD)
def move_due(procedure_id: int, request_id: int) -> ResponseReturnValue:
    """Another last day."""
    found, form = _load(procedure_id, request_id), DueForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        with transaction():
            service.move_due(found, form.due_on.data, seen=form.row_version.data, by=visitor().actor, now=now())
    except Implausible as refusal:
        db.session.refresh(found)
        form.due_on.errors = [*form.due_on.errors, refusal.message]
        return _page(found, form), refusal.status
    flash("Der Termin ist geändert, und die Erinnerungen gehen danach.", "success")
    return _back(found)


def _act(procedure_id: int, request_id: int, act: Callable[..., None], told: str) -> ResponseReturnValue:
    found, form = _load(procedure_id, request_id), SeenForm()
    if not form.validate_on_submit():
        return _page(found), 422
    by: Actor = visitor().actor
    with transaction():
        act(found, seen=form.row_version.data, by=by, now=now())
    flash(told, "success")
    return _back(found)


def _load(procedure_id: int, request_id: int) -> OpinionRequest:
    load_procedure(procedure_id)
    found = db.session.get(OpinionRequest, request_id)
    if found is None or found.procedure_id != procedure_id:
        raise NotFound("Diese Frage gibt es in diesem Verfahren nicht.")
    return found


def _page(found: OpinionRequest, form: DueForm | None = None) -> str:
    procedure = load_procedure(found.procedure_id)
    return render_template(
        "opinions/detail.html",
        procedure=procedure,
        asked=found,
        subjects=queries.asked_about(found),
        state=found.state(today()),
        today=today(),
        seen=SeenForm(formdata=None, row_version=found.row_version),
        due_form=form or DueForm(formdata=None, row_version=found.row_version, due_on=found.due_on),
        form=form,
    )


def _back(found: OpinionRequest) -> ResponseReturnValue:
    return redirect(url_for(".detail", procedure_id=found.procedure_id, request_id=found.id), code=303)
