"""The lead's page on which one attached file is brought blacked out, looked at, let go, or kept inside."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.redaction import pieces, suggestions
from ikb.db import transaction
from ikb.errors import FileRefused, Implausible, NotFound
from ikb.files import downloads
from ikb.moment import now
from ikb.publications import queries as publications
from ikb.quarantine.cleaned import LARGEST
from ikb.remarks.redaction_model import Reason
from ikb.statements import cleared, clearing, redacting
from ikb.statements.cleared import Copies
from ikb.statements.doors import bp
from ikb.statements.model import Statement
from ikb.statements.privacy_forms import CopyForm, ReleaseCopyForm, TakeOverForm
from ikb.statements.redaction_pages import HERE, load_statement
from ikb.web.incoming import Body, takes

PAGE = f"{HERE}/schwaerzen/dateien/<int:attachment_id>"
UPLOAD = Body(content=LARGEST + 1024**2, memory=64 * 1024, parts=10)


@bp.get(PAGE)
@allow(Role.LEAD)
def clearance(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """One file with what may leave of it."""
    statement, copies = _load(procedure_id, statement_id, attachment_id)
    return _page(statement, copies, CopyForm(formdata=None))


@bp.post(f"{PAGE}/kopie")
@allow(Role.LEAD)
@takes(UPLOAD)
def bring_copy(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take in a copy that was blacked out elsewhere."""
    statement, copies = _load(procedure_id, statement_id, attachment_id)
    form = CopyForm()
    if not form.validate_on_submit():
        return _page(statement, copies, form), 422
    sent = form.file.data
    try:
        ready = clearing.bring(statement, copies, sent.stream, sent.filename or "")
        with transaction():
            reason, note = Reason(form.reason.data), form.note.data or ""
            clearing.prepare(copies, ready, key=form.key.data, reason=reason, note=note, by=visitor().actor, now=now())
    except FileRefused as refusal:
        form.file.errors = [*form.file.errors, refusal.message]
        return _page(statement, copies, form), 422
    except Implausible as refusal:
        form.note.errors = [*form.note.errors, refusal.message]
        return _page(statement, copies, form), 422
    finally:
        sent.close()
    flash("Die Kopie ist gespeichert. Sehen Sie sie an, bevor Sie sie freigeben.", "success")
    return _back(procedure_id, statement_id, attachment_id)


@bp.post(f"{PAGE}/ohne-schwaerzung")
@allow(Role.LEAD)
def take_over_file(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """Make a clean copy of the file as it came."""
    statement, copies = _load(procedure_id, statement_id, attachment_id)
    form = TakeOverForm()
    if form.validate_on_submit():
        try:
            ready = clearing.take_over(statement, copies)
            with transaction():
                clearing.prepare(copies, ready, key=form.key.data, reason=None, by=visitor().actor, now=now())
        except FileRefused as refusal:
            return _page(statement, copies, CopyForm(formdata=None), refusal), 422
        flash("Eine Kopie ohne Schwärzung liegt bereit. Sehen Sie sie an, bevor Sie sie freigeben.", "success")
    return _back(procedure_id, statement_id, attachment_id)


@bp.post(f"{PAGE}/freigeben")
@allow(Role.LEAD)
def release_copy(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """Let a copy leave that somebody looked at."""
    statement, copies = _load(procedure_id, statement_id, attachment_id)
    form = ReleaseCopyForm()
    if not form.validate_on_submit():
        flash("Bestätigen Sie, dass Sie die Kopie angesehen haben. Es wurde nichts freigegeben.", "warning")
        return _back(procedure_id, statement_id, attachment_id)
    with transaction():
        clearing.release(statement, copies, form.copy_id.data, by=visitor().actor, now=now())
    flash(
        "Die Kopie ist freigegeben. Öffentlich wird sie, wenn Sie die Stellungnahme veröffentlichen oder neu veröffentlichen.",
        "success",
    )
    return _back(procedure_id, statement_id, attachment_id)


@bp.post(f"{PAGE}/zuruecknehmen")
@allow(Role.LEAD)
def take_copy_back(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    """Keep the file inside again."""
    statement, copies = _load(procedure_id, statement_id, attachment_id)
    with transaction():
        clearing.take_back(statement, copies, by=visitor().actor, now=now())
    flash("Die Datei bleibt in der Verwaltung. Was von ihr öffentlich war, ist es nicht mehr.", "success")
    return _back(procedure_id, statement_id, attachment_id)


@bp.get(f"{PAGE}/kopie/<int:clearance_id>")
@allow(Role.LEAD)
def copy_file(procedure_id: int, statement_id: int, attachment_id: int, clearance_id: int) -> ResponseReturnValue:
    """A copy as it would leave, for the eyes of the lead."""
    _, copies = _load(procedure_id, statement_id, attachment_id)
    found = next((row for row in (copies.prepared, copies.released) if row and row.id == clearance_id), None)
    if found is None:
        raise NotFound("Diese Kopie gibt es nicht mehr.")
    return downloads.as_download(found.file)


def _load(procedure_id: int, statement_id: int, attachment_id: int) -> tuple[Statement, Copies]:
    statement = load_statement(procedure_id, statement_id)
    found = next((one for one in cleared.copies_of(statement) if one.attachment.id == attachment_id), None)
    if found is None:
        raise NotFound("Diese Datei gehört nicht zu der Stellungnahme.")
    return statement, found


def _page(statement: Statement, copies: Copies, form: CopyForm, refusal: FileRefused | None = None) -> str:
    shown = copies.prepared or copies.released
    found = suggestions(shown.readable, redacting.known_names(statement, statement.remarks)) if shown else []
    return render_template(
        "statements/clear_file.html",
        procedure=statement.invitation.phase.procedure,
        statement=statement,
        copies=copies,
        shown=shown,
        readable=pieces(shown.readable, [], found) if shown else [],
        suspicious=len(found),
        form=form,
        take_over=TakeOverForm(formdata=None),
        release=ReleaseCopyForm(formdata=None, copy_id=shown.id if shown else None),
        refusal=refusal,
        rule=publications.rule_of(statement.invitation.phase.procedure_id),
    )


def _back(procedure_id: int, statement_id: int, attachment_id: int) -> ResponseReturnValue:
    there = url_for(".clearance", procedure_id=procedure_id, statement_id=statement_id, attachment_id=attachment_id)
    return redirect(there, code=303)
