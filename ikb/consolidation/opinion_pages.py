"""The page on which a lead asks a department about what was said on a section."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import asking
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.opinion_forms import AskForm
from ikb.core.periods import next_working_day
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible, NotFound
from ikb.moment import now, today
from ikb.opinions import service
from ikb.procedures.town_days import local_exceptions

USUAL_PERIOD = timedelta(days=14)


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/einschaetzung", methods=["GET", "POST"])
@allow(Role.LEAD)
def ask_department(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """Whom to ask for what; sending the form sends the department its link."""
    place = place_of(procedure_id)
    base = _base(place)
    choices = asking.choices_on(base, anchor)
    if not choices:
        raise NotFound("Zu diesem Abschnitt wurde nichts gesagt, wozu Sie ein Amt fragen könnten.")
    form = AskForm(
        key=str(uuid4()),
        subjects=request.args.getlist("zu"),
        due_on=next_working_day(today() + USUAL_PERIOD, local_exceptions()),
    )
    form.subjects.choices = [(one.value, one.words) for one in choices]
    if not form.validate_on_submit():
        return _page(place, anchor, form), 422 if form.is_submitted() else 200
    subject = asking.subject_of(base, anchor, [one for one in choices if one.value in (form.subjects.data or ())])
    try:
        with transaction():
            asked = service.ask(base, subject, form.asked(), key=form.key.data, by=visitor().actor, now=now())
    except Implausible as refusal:
        field = form[refusal.field or "question"]
        field.errors = [*field.errors, refusal.message]
        return _page(place, anchor, form), refusal.status
    flash(f"Die Frage ist unterwegs an {asked.department}.", "success")
    return redirect(url_for(".section", anchor=anchor, _anchor=f"einschaetzung-{asked.id}", **place.values), code=303)


def _base(place: Place) -> DraftVersion:
    if place.base is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    return place.base


def _page(place: Place, anchor: str, form: AskForm) -> str:
    name = asking.subject_of(_base(place), anchor, ()).section_name
    return render_template(
        "consolidation/ask_department.html",
        place=place,
        procedure=place.procedure,
        anchor=anchor,
        name=name,
        form=form,
    )
