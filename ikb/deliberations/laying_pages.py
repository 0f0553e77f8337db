"""Noting which version was delivered for a sitting, when, how and to whom; and correcting such a note."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.clock import BERLIN
from ikb.db import transaction
from ikb.deliberations import laying, papers, queries
from ikb.deliberations.blueprint import bp
from ikb.deliberations.laying_forms import CorrectLayingForm, LayingForm
from ikb.deliberations.laying_model import Laying
from ikb.deliberations.model import Consultation
from ikb.deliberations.record_pages import paper_name
from ikb.deliberations.sequence_pages import enter
from ikb.errors import Implausible
from ikb.moment import now
from ikb.web.refusals import show_at_field, status


@bp.route("/beratungen/<int:consultation_id>/zustellung", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def note_laying(consultation_id: int) -> ResponseReturnValue:
    """Note a delivery."""
    found = _kept(consultation_id)
    here = now().astimezone(BERLIN)
    is_over = found.held_on is not None and found.held_on < here.date()
    form = LayingForm(
        key=uuid.uuid4(),
        manner="invitation",
        delivered_on=found.held_on if is_over else here.date(),
        delivered_at=None if is_over else here.time(),
    )
    _offer(form, found)
    if form.validate_on_submit() and (answer := _store(form, found, None)):
        return answer
    page = render_template("deliberations/laying.html", form=form, consultation=found, procedure=found.procedure)
    return page, status(form)


@bp.route("/zustellungen/<int:laying_id>/berichtigen", methods=["GET", "POST"])
@allow(Role.SECRETARY)
def correct_laying(laying_id: int) -> ResponseReturnValue:
    """Correct a delivery that was noted wrongly: as a new entry, the old one stays in the journal."""
    stored = load_visible(Laying, Laying.id == laying_id)
    found = _kept(stored.consultation_id)
    at = stored.delivered_at.astimezone(BERLIN)
    form = CorrectLayingForm(
        key=uuid.uuid4(),
        paper_id=stored.paper_id,
        manner=stored.manner,
        delivered_on=at.date(),
        delivered_at=at.time(),
        recipients=stored.recipients,
        count=stored.recipient_count,
    )
    _offer(form, found)
    if form.validate_on_submit() and (answer := _store(form, found, stored)):
        return answer
    page = render_template(
        "deliberations/laying.html", form=form, consultation=found, procedure=found.procedure, corrects=stored
    )
    return page, status(form)


def _kept(consultation_id: int) -> Consultation:
    found = load_visible(Consultation, Consultation.id == consultation_id, queries.keeps(visitor()))
    enter(found.procedure)
    return found


def _offer(form: LayingForm, found: Consultation) -> None:
    known = papers.papers_of(found.procedure_id)
    form.paper_id.choices = [SelectChoice(paper.id, paper_name(paper)) for paper in known]


def _store(form: LayingForm, found: Consultation, corrects: Laying | None) -> ResponseReturnValue | None:
    try:
        with transaction():
            laying.note(found, form.entry(), form.key.data, corrects=corrects, by=visitor().actor, now=now())
    except Implausible as refusal:
        show_at_field(form, refusal)
        return None
    flash("Die Zustellung ist eingetragen.", "success")
    return redirect(url_for(".consultation", consultation_id=found.id), code=303)
