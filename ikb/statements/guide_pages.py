"""The lead's pages of the short way: what is asked, in which languages, how it looks, and whether names are shown."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.languages import GERMAN, LANGUAGES
from ikb.db import transaction
from ikb.deliveries.rendering import as_html
from ikb.drafts import queries as drafts
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.institutions.blueprint import phase_of
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Remark
from ikb.statements import answers, guide
from ikb.statements.doors import bp
from ikb.statements.guide_forms import GuideForm
from ikb.statements.model import Statement

SHOWN_OF_A_SECTION = 60


@bp.get("/verfahren/<int:procedure_id>/beteiligung/kurz")
@allow(Role.LEAD)
def guides(procedure_id: int) -> ResponseReturnValue:
    """In which languages the short way is written, and which are missing."""
    phase = phase_of(procedure_id)
    return render_template(
        "statements/guides.html",
        procedure=phase.procedure,
        phase=phase,
        texts=guide.texts_of(phase.id),
        questions=guide.questions_of(phase.id),
        languages=LANGUAGES,
    )


@bp.route("/verfahren/<int:procedure_id>/beteiligung/kurz/<language>", methods=["GET", "POST"])
@allow(Role.LEAD)
def write_guide(procedure_id: int, language: str) -> ResponseReturnValue:
    """Write it in one language, with a look at how it reads."""
    if language not in LANGUAGES:
        raise NotFound("In dieser Sprache kann hier nicht gefragt werden.")
    phase = phase_of(procedure_id)
    form = _form(phase, language)
    if not form.validate_on_submit():
        return _page(phase, language, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            guide.write(
                phase,
                language,
                form.summary.data,
                form.asked(),
                form.anchors(),
                row_version=form.row_version.data,
                by=visitor().actor,
                now=now(),
            )
    except Conflict as refusal:
        return _page(phase, language, form, refusal=refusal), refusal.status
    except (Implausible, NotReady) as refusal:
        return _page(phase, language, form, [refusal.message]), refusal.status
    flash("Gespeichert. So sehen es die Institutionen:", "success")
    return redirect(url_for(".write_guide", procedure_id=procedure_id, language=language, _anchor="vorschau"), code=303)


def _form(phase: ParticipationPhase, language: str) -> GuideForm:
    text = guide.texts_of(phase.id).get(language)
    values = {"summary": text.summary if text else "", "row_version": text.row_version if text else 0}
    values |= {f"question_{place}": words for place, words in enumerate(text.questions if text else [], 1)}
    values |= {f"anchor_{question.position}": question.anchor or "" for question in guide.questions_of(phase.id)}
    form = GuideForm(**values)
    sections = drafts.sections_of(phase.draft_version_id) if language == GERMAN else []
    named = [(row.anchor, f"{row.number or ''} {row.text[:SHOWN_OF_A_SECTION]}".strip()) for row in sections]
    for place in range(1, guide.MOST + 1):
        form[f"anchor_{place}"].choices = [("", "zum ganzen Dokument"), *named]
    return form


def _page(
    phase: ParticipationPhase,
    language: str,
    form: GuideForm,
    faults: list[str] | None = None,
    refusal: Conflict | None = None,
) -> str:
    texts = guide.texts_of(phase.id)
    if language != GERMAN and GERMAN not in texts:
        raise NotReady("Schreiben Sie zuerst die deutsche Fassung; die anderen Sprachen folgen ihr.")
    shown = guide.guide(phase.id, language) if language in texts else None
    return render_template(
        "statements/write_guide.html",
        procedure=phase.procedure,
        phase=phase,
        language=LANGUAGES[language],
        german=texts.get(GERMAN),
        is_german=language == GERMAN,
        form=form,
        faults=faults or [],
        refusal=refusal,
        # Who has seen both texts may save over the other one.
        version=texts[language].row_version if refusal and language in texts else form.row_version.data,
        guide=shown,
        summary=as_html(shown.summary) if shown else "",
        places=range(1, guide.MOST + 1),
    )


@bp.post("/verfahren/<int:procedure_id>/beteiligung/namen")
@allow(Role.LEAD)
def show_authors(procedure_id: int) -> ResponseReturnValue:
    """Whether leads see who wrote which remark; the people behind the links are told."""
    phase, form = phase_of(procedure_id), FlaskForm()
    if form.validate_on_submit():
        with transaction():
            guide.show_authors(phase, "shows_authors" in request.form, by=visitor().actor, now=now())
        flash("Gespeichert. Auf „Gemeinsam“ steht, wer Namen sieht.", "success")
    return redirect(url_for(".guides", procedure_id=procedure_id), code=303)


@bp.post("/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>/uebersetzung/<int:remark_id>")
@allow(Role.LEAD)
def translate(procedure_id: int, statement_id: int, remark_id: int) -> ResponseReturnValue:
    """What a remark says in German."""
    in_procedure = Statement.invitation.has(Invitation.phase.has(ParticipationPhase.procedure_id == procedure_id))
    statement = load_visible(Statement, Statement.id == statement_id, in_procedure)
    remark = load_visible(Remark, Remark.id == remark_id, Remark.statement_id == statement_id)
    seen, text = request.form.get("seen", 0, type=int), request.form.get("text", "")
    who = visitor()
    with transaction():
        answers.translate(remark, statement, text, seen=seen, user_id=who.user_id or 0, by=who.actor, now=now())
    flash("Die Übersetzung ist gespeichert. Mit ihr wird gearbeitet; das Original steht daneben.", "success")
    address = url_for(".detail", procedure_id=procedure_id, statement_id=statement_id, _anchor=f"anmerkung-{remark_id}")
    return redirect(address, code=303)
