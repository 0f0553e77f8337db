"""Letters to those whose remarks are answered: the form, a preview of one, and all of them to print."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.bundles import queries, shelf
from ikb.bundles.packing import safe
from ikb.bundles.service import KEPT
from ikb.core.word.file import MIME
from ikb.db import transaction
from ikb.errors import Conflict, Faulty, NotFound, NotReady
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.quarantine.word_form import LARGEST_FORM
from ikb.reports import answer_letters, letter_bundles, returns, word_forms
from ikb.reports.blueprint import as_download, bp
from ikb.reports.forms import LettersForm, WordFormForm
from ikb.reports.model import AnswerLetters, Wanted
from ikb.web.htmx import wants_part
from ikb.web.labels import choices


@bp.route("/verfahren/<int:procedure_id>/ruecklauf/briefe", methods=["GET", "POST"])
@allow(Role.LEAD)
def answer_letters_page(procedure_id: int) -> ResponseReturnValue:
    """Who gets a letter, and the form that it is written on; a form of one's own is brought here."""
    procedure = load_procedure(procedure_id)
    phase = _phase(procedure)
    form = WordFormForm()
    if not form.validate_on_submit():
        return _page(procedure, phase, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            _take_in(procedure, form)
    except Faulty as refusal:
        return _page(procedure, phase, form, refusal), refusal.status
    flash("Ihre Vorlage ist übernommen. Sehen Sie sich einen Brief an, bevor Sie alle erstellen.", "success")
    return redirect(_back(procedure, phase), code=303)


def _take_in(procedure: Procedure, form: WordFormForm) -> None:
    word_forms.add(
        procedure,
        answer_letters.PURPOSE,
        form.file.data.read(LARGEST_FORM + 1),
        form.file.data.filename or "",
        form.key.data,
        known=answer_letters.FIELDS,
        tables=answer_letters.TABLES,
        by=visitor().actor,
        now=now(),
    )


def _page(
    procedure: Procedure,
    phase: ParticipationPhase,
    form: WordFormForm,
    refusal: Faulty | None = None,
    letters: LettersForm | None = None,
) -> str:
    bundles = queries.of_procedure(AnswerLetters, procedure.id)
    active = next((one for one in bundles if one.is_active), None)
    if wants_part():
        return render_template("reports/_letters_run.html", procedure=procedure, phase=phase, active=active)
    letters = letters or LettersForm(formdata=None, wanted=Wanted.EACH)
    by_post = answer_letters.recipients(phase, now(), only_post=True)
    if not by_post:
        letters.wanted.choices = choices("answer_letters", Wanted.EACH, Wanted.TOGETHER)
    form.key.data, letters.key.data = form.key.data or uuid4(), letters.key.data or uuid4()
    return render_template(
        "reports/answer_letters.html",
        letters=letters,
        bundles=bundles,
        active=active,
        kept=KEPT.days,
        procedure=procedure,
        phase=phase,
        form=form,
        refusal=refusal,
        own=word_forms.current(procedure.id, answer_letters.PURPOSE),
        fields=answer_letters.FIELDS,
        everybody=answer_letters.recipients(phase, now()),
        by_post=by_post,
    )


@bp.post("/verfahren/<int:procedure_id>/ruecklauf/briefe/vorlage-zuruecknehmen")
@allow(Role.LEAD)
def drop_letter_form(procedure_id: int) -> ResponseReturnValue:
    """Go back to the built-in form."""
    procedure = load_procedure(procedure_id)
    with transaction():
        word_forms.drop(procedure, answer_letters.PURPOSE, by=visitor().actor, now=now())
    flash("Ab jetzt gilt wieder die mitgelieferte Vorlage.", "success")
    return redirect(_back(procedure, _phase(procedure)), code=303)


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/briefe/vorlage.docx")
@allow(Role.LEAD)
def letter_form(procedure_id: int) -> ResponseReturnValue:
    """The form that comes with ikb, as a beginning for one's own."""
    load_procedure(procedure_id)
    return as_download(answer_letters.built_in(), "vorlage-antwortbrief.docx", MIME)


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/briefe/<int:invitation_id>.docx")
@allow(Role.LEAD)
def letter_preview(procedure_id: int, invitation_id: int) -> ResponseReturnValue:
    """One letter, as it would be."""
    procedure = load_procedure(procedure_id)
    here = Invitation.phase.has(ParticipationPhase.procedure_id == procedure_id)
    invitation = load_visible(Invitation, Invitation.id == invitation_id, here)
    [file] = answer_letters.filled(procedure, [answer_letters.letter(invitation, now())])
    return as_download(file, f"brief-{safe(invitation.institution.name)}.docx", MIME)


@bp.post("/verfahren/<int:procedure_id>/ruecklauf/briefe/erstellen")
@allow(Role.LEAD)
def make_letters(procedure_id: int) -> ResponseReturnValue:
    """Ask for all letters, one file each or all in one; a worker writes them."""
    procedure = load_procedure(procedure_id)
    phase, form = _phase(procedure), LettersForm()
    if not form.validate_on_submit():
        return _page(procedure, phase, WordFormForm(formdata=None), letters=form), 422
    try:
        with transaction():
            wanted = Wanted(form.wanted.data)
            letter_bundles.request(phase, wanted, form.key.data, by=visitor().actor, now=now())
    except NotReady as refusal:
        form.wanted.errors = [refusal.message]
        return _page(procedure, phase, WordFormForm(formdata=None), letters=form), refusal.status
    except Conflict as refusal:
        flash(refusal.message, "info")
    return redirect(_back(procedure, phase), code=303)


@bp.get("/verfahren/<int:procedure_id>/ruecklauf/briefe/datei/<int:bundle_id>")
@allow(Role.LEAD)
def letters_file(procedure_id: int, bundle_id: int) -> ResponseReturnValue:
    """Letters that lie ready."""
    load_procedure(procedure_id)
    row = load_visible(AnswerLetters, AnswerLetters.id == bundle_id, AnswerLetters.procedure_id == procedure_id)
    if not shelf.is_ready(row):
        raise NotFound("Diese Briefe gibt es nicht mehr. Erstellen Sie sie neu.")
    with transaction():
        letter_bundles.note_fetched(row, by=visitor().actor, now=now())
    return shelf.handed_out(row, f"briefe-{row.id}.{row.ending}", MIME if row.ending == "docx" else "application/zip")


def _phase(procedure: Procedure) -> ParticipationPhase:
    phase = returns.chosen_phase(returns.phases_of(procedure), request.args.get("phase", type=int))
    if phase is None:
        raise NotFound("Die Beteiligung ist noch nicht eröffnet; es gibt noch niemanden, dem Sie antworten können.")
    return phase


def _back(procedure: Procedure, phase: ParticipationPhase) -> str:
    return url_for(".answer_letters_page", procedure_id=procedure.id, phase=phase.id)
