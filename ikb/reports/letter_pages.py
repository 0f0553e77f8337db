"""Letters to those whose remarks are answered: the form, a preview of one, and all of them to print."""

from __future__ import annotations

import tempfile
import zipfile
from typing import BinaryIO
from uuid import uuid4

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.names import sort_key
from ikb.core.word.file import MIME
from ikb.db import transaction
from ikb.errors import Faulty, NotFound
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import ParticipationPhase, Procedure
from ikb.quarantine.word_form import LARGEST_FORM
from ikb.reports import answer_letters, returns, word_forms
from ikb.reports.blueprint import as_download, bp
from ikb.reports.forms import WordFormForm

ONLY_POST = "post"


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


def _page(procedure: Procedure, phase: ParticipationPhase, form: WordFormForm, refusal: Faulty | None = None) -> str:
    form.key.data = form.key.data or uuid4()
    return render_template(
        "reports/answer_letters.html",
        procedure=procedure,
        phase=phase,
        form=form,
        refusal=refusal,
        own=word_forms.current(procedure.id, answer_letters.PURPOSE),
        fields=answer_letters.FIELDS,
        everybody=answer_letters.recipients(phase, now()),
        by_post=answer_letters.recipients(phase, now(), only_post=True),
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
    [file] = answer_letters.filled(procedure, answer_letters.letters([invitation], now()))
    return as_download(file, f"{_name_of(invitation.institution.name)}.docx", MIME)


@bp.post("/verfahren/<int:procedure_id>/ruecklauf/briefe.<any(zip, docx):ending>")
@allow(Role.LEAD)
def all_letters(procedure_id: int, ending: str) -> ResponseReturnValue:
    """All letters, one file each or all in one."""
    procedure = load_procedure(procedure_id)
    invitations = answer_letters.recipients(_phase(procedure), now(), only_post=request.args.get("wer") == ONLY_POST)
    found = answer_letters.letters(invitations, now())
    made = answer_letters.filled_in_one(procedure, found) if ending == "docx" else _packed(procedure, found)
    with transaction():
        answer_letters.note_made(procedure, len(found), by=visitor().actor, now=now())
    if isinstance(made, bytes):
        return as_download(made, "briefe.docx", MIME)
    return send_file(made, mimetype="application/zip", as_attachment=True, download_name="briefe.zip", etag=False)


def _packed(procedure: Procedure, found: list[answer_letters.Letter]) -> BinaryIO:
    """A ZIP file with each letter, on the disk; whoever sends it closes it."""
    packed: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as box:
        for number, (letter, file) in enumerate(zip(found, answer_letters.filled(procedure, found), strict=True), 1):
            box.writestr(
                zipfile.ZipInfo(f"{number:03}-{_name_of(letter.institution)}.docx", now().timetuple()[:6]), file
            )
    packed.seek(0)
    return packed


def _name_of(institution: str) -> str:
    plain = sort_key(institution).encode("ascii", "ignore").decode()
    return f"brief-{'-'.join(plain.split())[:60]}"


def _phase(procedure: Procedure) -> ParticipationPhase:
    phase = returns.chosen_phase(returns.phases_of(procedure), request.args.get("phase", type=int))
    if phase is None:
        raise NotFound("Die Beteiligung ist noch nicht eröffnet; es gibt noch niemanden, dem Sie antworten können.")
    return phase


def _back(procedure: Procedure, phase: ParticipationPhase) -> str:
    return url_for(".answer_letters_page", procedure_id=procedure.id, phase=phase.id)
