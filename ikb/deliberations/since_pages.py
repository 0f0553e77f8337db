"""What changed since a body sat, and the office's answer."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import db, transaction
from ikb.deliberations import queries, since_sitting
from ikb.deliberations.blueprint import bp
from ikb.deliberations.laying_forms import AnswerForm
from ikb.deliberations.laying_model import ChangedSince, SinceAnswer
from ikb.deliberations.model import Consultation
from ikb.deliberations.sequence_pages import enter
from ikb.errors import Implausible, NotFound
from ikb.moment import now
from ikb.web.refusals import show_at_field, status

DONE = {
    SinceAnswer.NOTHING: "Ihre Entscheidung ist vermerkt.",
    SinceAnswer.TELL: "Die Mitteilung ist vermerkt. An die genannten Adressen geht sie jetzt hinaus.",
    SinceAnswer.ASK_AGAIN: "Die weitere Beratung steht jetzt in der Beratungsfolge.",
}


@bp.route("/rueckfragen/<int:question_id>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def changed_since(question_id: int) -> ResponseReturnValue:
    """The redline since a sitting; whoever keeps the body's business answers below."""
    question = load_visible(ChangedSince, ChangedSince.id == question_id)
    is_led = enter(question.consultation.procedure)
    keeps = _keeps(question.consultation)
    if request.method == "POST" and not keeps:
        raise NotFound("Diese Frage beantwortet die Schriftführung des Gremiums.")
    found = since_sitting.changes(question)
    form = AnswerForm(key=uuid.uuid4(), notice=_prepared(question, found))
    if form.validate_on_submit() and (answer := _store(form, question)):
        return answer
    page = render_template(
        "deliberations/changed_since.html",
        question=question,
        consultation=question.consultation,
        procedure=question.consultation.procedure,
        changes=found,
        form=form if keeps else None,
        later=since_sitting.later_station(question.consultation),
        newest=since_sitting.questions_of(question.consultation_id)[0],
        is_led=is_led,
    )
    return page, (status(form) if keeps else 200)


def _keeps(consultation: Consultation) -> bool:
    rows = select(Consultation.id).where(Consultation.id == consultation.id, queries.keeps(visitor()))
    return db.session.scalar(rows) is not None


def _store(form: AnswerForm, question: ChangedSince) -> ResponseReturnValue | None:
    given = form.given()
    try:
        with transaction():
            since_sitting.answer(question, given, form.key.data, by=visitor().actor, now=now())
    except Implausible as refusal:
        show_at_field(form, refusal)
        return None
    flash(DONE[given.answer], "success")
    return redirect(url_for(".changed_since", question_id=question.id), code=303)


def _prepared(question: ChangedSince, found: since_sitting.Changes) -> str:
    """A notice to begin with, made from what changed."""
    return render_template(
        "deliberations/_notice.txt", question=question, consultation=question.consultation, changes=found
    ).strip()
