"""Files behind a link: sent with a plain form, listed with size and state, taken away again; and the letter as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible
from ikb.db import transaction
from ikb.errors import Conflict, FileRefused, Implausible
from ikb.files import downloads
from ikb.files import service as files
from ikb.files.service import LARGEST_FILE, Received
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.moment import now
from ikb.procedures.model import Procedure
from ikb.quarantine.kinds import ATTACHMENTS, LETTERS
from ikb.statements import attached, attachments, service
from ikb.statements.attachment_forms import AttachmentForm, LetterForm
from ikb.statements.attachments import MOST_FILES
from ikb.statements.doors import bp, come_in, hold, needs
from ikb.statements.narrowing import outlined
from ikb.web.incoming import Body, takes

# Four of the largest at once; who sends more, sends them one after the other. Text fields are short here.
UPLOAD = Body(content=4 * LARGEST_FILE + 1024**2, memory=512 * 1024, parts=MOST_FILES + 10)


@dataclass
class Outcome:
    """What became of the files of one form: how many are kept, and why the others are not."""

    kept: int = 0
    refused: list[FileRefused] = field(default_factory=list)

    @property
    def status(self) -> int:
        return 413 if all(refusal.cause == "too_large" for refusal in self.refused) else 422


@bp.get("/beteiligung/<token>/dateien")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def attachments_page(token: str) -> ResponseReturnValue:
    """The files of what is being written, and the form for further ones."""
    return _files_page(token, come_in(token), AttachmentForm(formdata=None, section=request.args.get("abschnitt", "")))


@bp.post("/beteiligung/<token>/dateien")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
@takes(UPLOAD)
def attach(token: str) -> ResponseReturnValue:
    """Keep the files that can be kept; name the others with the reason."""
    form = AttachmentForm()
    invitation = come_in(token)
    if not form.validate_on_submit():
        return _files_page(token, invitation, form), 422
    anchor = form.section.data or None
    outcome = _keep(token, invitation, form.files.data, anchor=anchor, is_letter=False)
    if outcome.refused:
        return _files_page(token, come_in(token), form, outcome), outcome.status
    _say_kept(outcome)
    if form.back.data == "abschnitt":
        chapter = outlined(invitation).chapter_with(anchor)
        return redirect(url_for(".read", token=token, kapitel=chapter, _anchor=anchor or "allgemein"), code=303)
    return redirect(url_for(".attachments_page", token=token), code=303)


@bp.post("/beteiligung/<token>/dateien/<int:attachment_id>/entfernen")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def detach(token: str, attachment_id: int) -> ResponseReturnValue:
    """Take a file off the draft."""
    with transaction():
        name = attachments.detach(hold(token), attachment_id, now=now())
    flash(f"Die Datei „{name}“ ist entfernt.", "success")
    back = ".letter" if request.form.get("back") == "schreiben" else ".attachments_page"
    return redirect(url_for(back, token=token), code=303)


@bp.get("/beteiligung/<token>/dateien/<int:attachment_id>")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def own_file(token: str, attachment_id: int) -> ResponseReturnValue:
    """One of the institution's own files."""
    return downloads.as_download(attached.of_invitation(attachment_id, come_in(token).id).file)


@bp.get("/beteiligung/<token>/dateien/<int:attachment_id>/vorschau")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def own_preview(token: str, attachment_id: int) -> ResponseReturnValue:
    """Its picture."""
    return downloads.as_preview(attached.of_invitation(attachment_id, come_in(token).id).file)


@bp.get("/beteiligung/<token>/schreiben")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
def letter(token: str) -> ResponseReturnValue:
    """The institution's own letter as its answer: PDF, Word or a photo, in one file or several."""
    invitation = come_in(token)
    draft = service.draft_of(invitation)
    note = draft.letter_note if draft else ""
    return _letter_page(token, invitation, LetterForm(formdata=None, note=note, note_seen=note))


@bp.post("/beteiligung/<token>/schreiben")
@allow(Role.INSTITUTION)
@needs(Scope.WRITE)
@takes(UPLOAD)
def save_letter(token: str) -> ResponseReturnValue:
    """Keep letter and sentence; what can be kept is kept, whatever is wrong with the rest."""
    form = LetterForm()
    invitation = come_in(token)
    if not form.validate_on_submit():
        return _letter_page(token, invitation, form), 422
    outcome = _keep(token, invitation, form.files.data or [], is_letter=True)
    try:
        with transaction():
            attachments.save_note(hold(token), form.note.data, seen=form.note_seen.data or "", now=now())
    except Implausible as refusal:
        form.note.errors = [*form.note.errors, refusal.message]
        return _letter_page(token, come_in(token), form, outcome), refusal.status
    except Conflict as conflict:
        form.note_seen.data = conflict.theirs  # who has seen both may save over the other one
        return _letter_page(token, come_in(token), form, outcome, conflict), conflict.status
    if outcome.refused:
        return _letter_page(token, come_in(token), form, outcome), outcome.status
    _say_kept(outcome)
    return redirect(url_for(".letter", token=token), code=303)


@bp.get("/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>/dateien/<int:attachment_id>")
@allow(Role.LEAD)
def file(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """A file of a statement that was handed in."""
    load_visible(Procedure, Procedure.id == procedure_id)
    return downloads.as_download(attached.of_visible_statement(attachment_id, statement_id, procedure_id).file)


@bp.get("/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>/dateien/<int:attachment_id>/vorschau")
@allow(Role.LEAD)
def preview(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """Its picture."""
    load_visible(Procedure, Procedure.id == procedure_id)
    return downloads.as_preview(attached.of_visible_statement(attachment_id, statement_id, procedure_id).file)


def _keep(
    token: str, invitation: Invitation, sent: Sequence[FileStorage], *, anchor: str | None = None, is_letter: bool
) -> Outcome:
    """Write the files down, each for itself, then save all that were taken together."""
    outcome, received = Outcome(), []
    for each in sent:
        try:
            received.append(_receive(each, invitation, is_letter=is_letter))
        except FileRefused as refusal:
            outcome.refused.append(refusal)
        finally:
            each.close()
    with transaction():
        invitation = hold(token)
        for ready in received:
            try:
                attachments.attach(invitation, ready, anchor=anchor, is_letter=is_letter, now=now())
                outcome.kept += 1
            except FileRefused as refusal:
                outcome.refused.append(refusal)
    return outcome


def _receive(sent: FileStorage, invitation: Invitation, *, is_letter: bool) -> Received:
    scope, kinds = attachments.scope_of(invitation), LETTERS if is_letter else ATTACHMENTS
    return files.receive(sent.stream, sent.filename or "", scope=scope, kinds=kinds)  # type: ignore[arg-type]


def _say_kept(outcome: Outcome) -> None:
    if outcome.kept:
        flash(
            "Die Datei ist gespeichert." if outcome.kept == 1 else f"{outcome.kept} Dateien sind gespeichert.",
            "success",
        )


def _files_page(token: str, invitation: Invitation, form: AttachmentForm, outcome: Outcome | None = None) -> str:
    draft = service.draft_of(invitation)
    return render_template(
        "statements/attachments.html",
        token=token,
        invitation=invitation,
        form=form,
        outcome=outcome,
        files=attached.of_statement(draft.id) if draft else [],
        most=MOST_FILES,
    )


def _letter_page(
    token: str,
    invitation: Invitation,
    form: LetterForm,
    outcome: Outcome | None = None,
    conflict: Conflict | None = None,
) -> str:
    draft = service.draft_of(invitation)
    hanging = attached.of_statement(draft.id) if draft else []
    return render_template(
        "statements/letter.html",
        token=token,
        invitation=invitation,
        form=form,
        outcome=outcome,
        conflict=conflict,
        files=[each for each in hanging if each.is_letter],
        in_time=service.is_in_time(invitation, now()),
    )
