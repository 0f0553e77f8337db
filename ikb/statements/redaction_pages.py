"""The lead's pages on which a statement is gone through and blacked out, by mouse, by keyboard, or by typing the words."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.redaction import Span
from ikb.db import transaction
from ikb.errors import Implausible, NotFound
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import ParticipationPhase
from ikb.remarks import redactions
from ikb.remarks.redaction_model import Part, Reason
from ikb.statements import cleared, redacting
from ikb.statements.doors import bp
from ikb.statements.model import Statement, StatementState
from ikb.statements.privacy_forms import RedactForm, SuggestionsForm
from ikb.statements.redacting import Text
from ikb.web.filters import plural

HERE = "/verfahren/<int:procedure_id>/stellungnahmen/<int:statement_id>"


def load_statement(procedure_id: int, statement_id: int) -> Statement:
    """A statement that was handed in to a procedure of the visitor. Raises NotFound."""
    load_procedure(procedure_id)
    in_procedure = Statement.invitation.has(Invitation.phase.has(ParticipationPhase.procedure_id == procedure_id))
    return load_visible(Statement, Statement.id == statement_id, in_procedure, Statement.state != StatementState.DRAFT)


@bp.get(f"{HERE}/schwaerzen")
@allow(Role.LEAD)
def redaction(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Every text of a statement with what is black, and what may have to be."""
    return _page(load_statement(procedure_id, statement_id), SuggestionsForm(formdata=None))


@bp.post(f"{HERE}/schwaerzen/vorschlaege")
@allow(Role.LEAD)
def take_up_suggestions(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Black out the suggestions that were chosen."""
    statement = load_statement(procedure_id, statement_id)
    form = SuggestionsForm()
    if not form.validate_on_submit():
        return _page(statement, form), 422
    with transaction():
        chosen, reason = request.form.getlist("chosen"), Reason(form.reason.data)
        if reason == Reason.OTHER:
            raise Implausible("Einen anderen Grund nennen Sie bei der einzelnen Stelle: „Andere Stelle schwärzen“.")
        count = redacting.take_up(statement, chosen, reason, by=visitor().actor, now=now())
    flash(f"{plural(count, 'Stelle ist', 'Stellen sind')} geschwärzt.", "success" if count else "info")
    return _back(statement)


@bp.route(f"{HERE}/schwaerzen/<int:remark_id>/<part>", methods=["GET", "POST"])
@allow(Role.LEAD)
def redact_text(procedure_id: int, statement_id: int, remark_id: int, part: str) -> ResponseReturnValue:
    """One text, and the form that blacks out a part of it."""
    statement = load_statement(procedure_id, statement_id)
    if part not in set(Part):
        raise NotFound("Diesen Text gibt es in der Stellungnahme nicht.")
    text = redacting.text_of(statement, remark_id, Part(part))
    form = RedactForm()
    if form.validate_on_submit():
        try:
            with transaction():
                count = redacting.black_out(
                    statement,
                    text.remark,
                    text.part,
                    _spans(form, text),
                    Reason(form.reason.data),
                    form.note.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            field = getattr(form, refusal.field or "words", form.words)
            field.errors = [*field.errors, refusal.message]
        else:
            flash(f"{plural(count, 'Stelle ist', 'Stellen sind')} geschwärzt.", "success" if count else "info")
            return redirect(url_for(".redact_text", **request.view_args or {}), code=303)
    page = render_template(
        "statements/redact_text.html",
        procedure=statement.invitation.phase.procedure,
        statement=statement,
        text=text,
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.post(f"{HERE}/schwaerzen/aufheben")
@allow(Role.LEAD)
def lift_redaction(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Take one back. What is public stays as it is until it is published anew."""
    statement = load_statement(procedure_id, statement_id)
    wanted = request.form.get("redaction", "")
    ids = [text.remark.id for text in redacting.go_through(statement).texts]
    with transaction():
        redactions.lift(int(wanted) if wanted.isdigit() else 0, ids, by=visitor().actor, now=now())
    flash(
        "Die Schwärzung ist aufgehoben. Was schon veröffentlicht ist, ändert sich erst, wenn Sie neu veröffentlichen."
    )
    return _back(statement)


@bp.post(f"{HERE}/schwaerzen/fertig")
@allow(Role.LEAD)
def check_redaction(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Say that everything that must stay inside is black."""
    statement = load_statement(procedure_id, statement_id)
    with transaction():
        redactions.note_checked(statement.id, procedure_id=procedure_id, by=visitor().actor, now=now())
    flash(f"{statement.invitation.institution.name} ist durchgesehen.", "success")
    return redirect(url_for(".publication", procedure_id=procedure_id), code=303)


def _spans(form: RedactForm, text: Text) -> list[Span]:
    """The part that was marked with the cursor; by words, wherever they stand."""
    if form.start.data is not None and form.end.data is not None:
        return [Span(form.start.data, form.end.data)]
    if not (form.words.data or "").strip():
        raise Implausible("Markieren Sie eine Stelle im Text, oder schreiben Sie die Wörter hierher.", "words")
    return redactions.spans_of_words(text.remark, text.part, form.words.data)


def _page(statement: Statement, form: SuggestionsForm) -> str:
    return render_template(
        "statements/redaction.html",
        procedure=statement.invitation.phase.procedure,
        statement=statement,
        gone=redacting.go_through(statement),
        copies=cleared.copies_of(statement),
        form=form,
    )


def _back(statement: Statement) -> ResponseReturnValue:
    procedure_id = statement.invitation.phase.procedure_id
    return redirect(url_for(".redaction", procedure_id=procedure_id, statement_id=statement.id), code=303)
