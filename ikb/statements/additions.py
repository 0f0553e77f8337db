"""Wishing for a new passage beside one that there is: on a page of its own, as often as one wants."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.db import transaction
from ikb.errors import Implausible, NotFound
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.statements import adding, keeping, reading, service
from ikb.statements.doors import bp, come_in, hold, needs, person_here, stand_behind
from ikb.statements.forms import AdditionForm
from ikb.statements.narrowing import outlined

NOT_THERE = "Diesen Abschnitt gibt es in dieser Fassung nicht. Suchen Sie ihn unter „Lesen und anmerken“."
EMPTY = "Schreiben Sie den neuen Abschnitt in das Feld."


@bp.route("/beteiligung/<token>/abschnitte/<anchor>/neuer-abschnitt", methods=["GET", "POST"])
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def add_passage(token: str, anchor: str) -> ResponseReturnValue:
    """A new passage before or behind one; sent twice, it is one."""
    if keeping.asked_by_script():
        return keeping.save_addition(token, anchor)
    if request.method == "GET":
        return _shown(token, come_in(token), anchor)
    form = AdditionForm()
    if not form.validate_on_submit():
        return _page(token, come_in(token), anchor, form), 422
    try:
        with transaction():
            invitation = hold(token)
            _add(invitation, anchor, form)
    except Implausible as refusal:
        form.inserted_text.errors = [refusal.message]
        return _page(token, come_in(token), anchor, form), refusal.status
    flash("Ihr Vorschlag für einen neuen Abschnitt ist gespeichert.", "success")
    return _back(token, invitation, anchor)


@bp.post("/beteiligung/<token>/ergaenzungen/<int:remark_id>/loeschen")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def remove_addition(token: str, remark_id: int) -> ResponseReturnValue:
    """Take back the wish for a new passage, and go back to where it stood."""
    seen = request.form.get("row_version", 0, type=int)
    with transaction():
        invitation = hold(token)
        service.take_back_addition(invitation, remark_id, row_version=seen, now=now())
    flash("Ihr Vorschlag für einen neuen Abschnitt ist gelöscht.", "success")
    return _back(token, invitation, request.form.get("anchor") or None)


def _add(invitation: Invitation, anchor: str, form: AdditionForm) -> None:
    said = form.said()
    if not said.proposed_text:
        raise Implausible(EMPTY, "inserted_text")
    adding.save(invitation, anchor, said, **form.which(), tried=(), author=person_here().name, now=now())


def _shown(token: str, invitation: Invitation, anchor: str) -> str:
    """The form, empty or with a wish that is to be changed."""
    asked = request.args.get("vorschlag", 0, type=int)
    found = adding.addition_of(invitation, anchor, asked) if asked else None
    if found is None:
        return _page(token, invitation, anchor, AdditionForm(formdata=None))
    values = {"remark_id": found.id, "row_version": found.row_version}
    form = AdditionForm(formdata=None, place=found.wish, inserted_text=found.proposed_text, **values)
    return _page(token, invitation, anchor, form)


def _page(token: str, invitation: Invitation, anchor: str, form: AdditionForm) -> str:
    stand_behind(invitation)
    shown = reading.passage(invitation, None, anchor)
    if shown is None:
        raise NotFound(NOT_THERE)
    chapter = outlined(invitation).chapter_with(anchor)
    return render_template(
        "statements/add_passage.html", token=token, invitation=invitation, passage=shown, form=form, chapter=chapter
    )


def _back(token: str, invitation: Invitation, anchor: str | None) -> ResponseReturnValue:
    chapter = outlined(invitation).chapter_with(anchor)
    return redirect(url_for(".read", token=token, kapitel=chapter, _anchor=anchor or "allgemein"), code=303)
