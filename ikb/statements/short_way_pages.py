"""Answering shortly: a summary, a few questions, in one's own language."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.core.languages import GERMAN, LANGUAGES
from ikb.db import transaction
from ikb.deliveries.rendering import as_html
from ikb.errors import Implausible, NotFound
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.statements import answers, guide, keeping
from ikb.statements.answers import AnswersConflict, Written
from ikb.statements.doors import bp, come_in, hold, needs, person_here
from ikb.statements.guide import Guide


@bp.get("/beteiligung/<token>/kurz")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def short_way(token: str) -> ResponseReturnValue:
    """Summary and questions in the language that was chosen."""
    return _page(token, come_in(token), request.args.get("sprache", GERMAN))


@bp.post("/beteiligung/<token>/kurz")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def save_short_way(token: str) -> ResponseReturnValue:
    """Store the answers; they are handed in like everything else."""
    if keeping.asked_by_script():
        return keeping.save_answers(token)
    read_in, language = request.form.get("read_in", GERMAN), request.form.get("language", GERMAN)
    if not FlaskForm().validate_on_submit():
        raise Implausible("Es wurde nichts gespeichert. Laden Sie die Seite neu; kopieren Sie vorher Ihren Text.")
    written = keeping.written_answers()
    try:
        with transaction():
            count = answers.save(hold(token), language, written, author=person_here().name, now=now())
    except AnswersConflict as refusal:
        return _page(token, come_in(token), read_in, written, refusal=refusal), refusal.status
    except Implausible as refusal:
        return _page(token, come_in(token), read_in, written, [refusal.message]), refusal.status
    flash(f"Gespeichert: {count} {'Antwort' if count == 1 else 'Antworten'}. Abgeschickt ist noch nichts.", "success")
    if request.form.get("act") == "check":
        return redirect(url_for(".submit", token=token), code=303)
    return redirect(url_for(".short_way", token=token, sprache=read_in), code=303)


def _page(
    token: str,
    invitation: Invitation,
    language: str,
    written: dict[int, Written] | None = None,
    faults: list[str] | None = None,
    refusal: AnswersConflict | None = None,
) -> str:
    shown: Guide | None = guide.guide(invitation.phase_id, language)
    if shown is None:
        raise NotFound("Hier gibt es keine kurzen Fragen. Auf der Übersicht stehen die anderen Wege zu antworten.")
    stored = answers.answers_in(answers.standing(invitation))
    spoken = next((remark.language for remark in stored.values()), shown.language.tag)
    return render_template(
        "statements/short_way.html",
        token=token,
        invitation=invitation,
        guide=shown,
        summary=as_html(shown.summary),
        stored=stored,
        written=written or {},
        faults=faults or [],
        theirs=refusal.theirs_by if refusal else {},
        message=refusal.message if refusal else "",
        languages=LANGUAGES,
        spoken=request.form.get("language", spoken),
        may_submit=person_here().scope == Scope.SUBMIT,
    )
