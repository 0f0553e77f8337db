"""Pages of what came another way: the pile, and recording one letter."""

from __future__ import annotations

import uuid
from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.capture import file_pages, intake_pages, queries, service, split_pages
from ikb.capture.blueprint import bp
from ikb.capture.forms import ActForm, ArrivalForm, RecordForm, prefilled
from ikb.capture.model import Channel, Letter, LetterState
from ikb.capture.service import Facts
from ikb.core.clock import BERLIN
from ikb.db import db, transaction
from ikb.errors import FileRefused, Implausible, PhaseNotOpen
from ikb.files import service as files
from ikb.files.service import Received
from ikb.files.storage import Scope
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.statements import queries as statements
from ikb.statements.model import Answer, StatementState
from ikb.web.filters import plural

__all__ = ["bp", "file_pages", "intake_pages", "split_pages"]  # these pages hang on the same blueprint

LARGEST_PILE = 250 * 1024 * 1024  # bytes of one form


@bp.get("")
@allow(Role.LEAD)
def pile(procedure_id: int) -> ResponseReturnValue:
    """What came in and waits: to be recorded, to be split."""
    procedure = load_procedure(procedure_id)
    return _pile_page(procedure, ArrivalForm(formdata=None, key=uuid.uuid4()), [])


def _pile_page(procedure: Procedure, form: ArrivalForm, refused: list[str]) -> str:
    return render_template(
        "capture/pile.html",
        procedure=procedure,
        form=form,
        refused=refused,
        incoming=queries.letters(procedure.id, LetterState.INCOMING),
        recorded=queries.letters(procedure.id, LetterState.RECORDED),
        finished=queries.counts(procedure.id).get(LetterState.SPLIT, 0),
    )


@bp.post("")
@allow(Role.LEAD)
def take_in(procedure_id: int) -> ResponseReturnValue:
    """Files onto the pile; without any, an empty sheet for what was said or lies on paper."""
    request.max_content_length = LARGEST_PILE
    procedure = load_procedure(procedure_id)
    form = ArrivalForm()
    if not form.validate_on_submit():
        return _pile_page(procedure, form, []), 422
    sent = [file for file in form.files.data or [] if isinstance(file, FileStorage) and file.filename]
    received, refused = _received(sent[: service.MOST_FILES], Scope(procedure_id))
    if sent and not received:
        return _pile_page(procedure, form, refused), 422
    pieces = service.take_apart(received, together=not form.apart.data)
    with transaction():
        letters = service.put_on_pile(procedure_id, form.key.data, pieces, by=visitor().actor, now=now())
    for sentence in refused:
        flash(sentence, "warning")
    if len(letters) == 1:
        return redirect(url_for(".letter", procedure_id=procedure_id, letter_id=letters[0].id), code=303)
    flash(f"{plural(len(letters), 'Schreiben liegt', 'Schreiben liegen')} jetzt auf dem Stapel.", "success")
    return redirect(url_for(".pile", procedure_id=procedure_id), code=303)


def _received(sent: list[FileStorage], scope: Scope) -> tuple[list[Received], list[str]]:
    taken, refused = [], []
    for file in sent:
        try:
            taken.append(
                files.receive(cast(BinaryIO, file.stream), file.filename or "", scope=scope, kinds=service.TAKEN)
            )
        except FileRefused as refusal:
            refused.append(refusal.message)
    return taken, refused


@bp.get("/<int:letter_id>")
@allow(Role.LEAD)
def letter(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """One letter with its original, to say whose it is and what it says."""
    found = load_letter(procedure_id, letter_id)
    if found.state != LetterState.INCOMING:
        return redirect(url_for(".split", procedure_id=procedure_id, letter_id=letter_id))
    return _record_page(found, prefilled(_form(found, blank=True), _known(found)))


def load_letter(procedure_id: int, letter_id: int) -> Letter:
    """A letter of the procedure whose page this is. Raises NotFound for another's."""
    load_procedure(procedure_id)
    return load_visible(Letter, Letter.id == letter_id, Letter.procedure_id == procedure_id)


def _form(found: Letter, *, blank: bool = False) -> RecordForm:
    form = RecordForm(formdata=None) if blank else RecordForm()
    form.phase.choices = [SelectChoice(phase.id, phase.name) for phase in queries.open_phases(found.procedure_id)]
    return form


def _known(found: Letter) -> dict[str, Any]:
    at = found.received_at.astimezone(BERLIN) if found.received_at else None
    return {
        "row_version": found.row_version,
        "institution": queries.institution_at(found.sender_address),
        "channel": found.channel,
        "received_on": at.date() if at else None,
        "received_at": at.time().replace(second=0, microsecond=0) if at else None,
        "sender": found.sender,
        "text": found.text or queries.text_of_files(found.id),
        "note": found.note,
    }


def _record_page(found: Letter, form: RecordForm, *, candidates: list[str] | None = None, earlier: int = 0) -> str:
    phases = queries.open_phases(found.procedure_id)
    return render_template(
        "capture/record.html",
        procedure=load_procedure(found.procedure_id),
        letter=found,
        form=form,
        drop_form=ActForm(formdata=None, row_version=found.row_version),
        phases=phases,
        names=queries.names_in([phase.id for phase in phases]),
        candidates=candidates or [],
        earlier=earlier,
    )


@bp.post("/<int:letter_id>")
@allow(Role.LEAD)
def record(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """Make a statement of it: number, receipt, and on to splitting."""
    found = load_letter(procedure_id, letter_id)
    form = _form(found)
    if not form.validate_on_submit():
        return _record_page(found, form), 422
    named = queries.invitations_named([form.phase.data], form.institution.data)
    if len(named) != 1:
        form.institution.errors = [_whose(len(named), form.institution.data)]
        return _record_page(found, form, candidates=[row.institution.name for row in named]), 422
    earlier = _in_force(named[0])
    if earlier and "replaces" not in request.form:
        form.replaces.errors = ["Diese Institution hat schon etwas geschickt. Sagen Sie, was gelten soll."]
        return _record_page(found, form, earlier=earlier), 422
    try:
        with transaction():
            service.record(
                found, _held(named[0]), _facts(form), row_version=form.row_version.data, by=visitor().actor, now=now()
            )
    except (Implausible, PhaseNotOpen) as refusal:
        field = form[refusal.field] if isinstance(refusal, Implausible) and refusal.field in form else form.received_on
        field.errors = [*field.errors, refusal.message]
        return _record_page(found, form, earlier=earlier), 422
    return _recorded(found)


def _recorded(found: Letter) -> ResponseReturnValue:
    statement = queries.statement_of(found)
    flash(f"Erfasst unter der Nummer {statement.number}.", "success")
    if found.state == LetterState.SPLIT:
        return redirect(url_for(".pile", procedure_id=found.procedure_id), code=303)
    return redirect(url_for(".split", procedure_id=found.procedure_id, letter_id=found.id), code=303)


def _held(invitation: Invitation) -> Invitation:
    db.session.refresh(invitation, with_for_update={"of": Invitation})
    return invitation


def _in_force(invitation: Invitation) -> int:
    return sum(row.state == StatementState.SUBMITTED for row in statements.of_invitation(invitation.id))


def _whose(count: int, wanted: str) -> str:
    if count == 0:
        return (
            f"„{wanted[:80]}“ ist in dieser Beteiligung nicht eingeladen. Prüfen Sie den Namen, oder nehmen Sie die "
            "Institution unter „Beteiligung“ auf."
        )
    return f"„{wanted[:80]}“ passt auf mehrere Institutionen. Wählen Sie eine davon."


def _facts(form: RecordForm) -> Facts:
    return Facts(
        channel=Channel(form.channel.data),
        received_at=form.moment(),
        answer=Answer(form.answer.data),
        text=form.text.data or "",
        sender=form.sender.data,
        note=form.note.data or "",
        replaces=form.replaces.data != "no",
    )


@bp.post("/<int:letter_id>/verwerfen")
@allow(Role.LEAD)
def drop(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """Take what is no statement from the pile."""
    found = load_letter(procedure_id, letter_id)
    form = ActForm()
    if form.validate_on_submit():
        with transaction():
            service.drop(found, row_version=form.row_version.data, by=visitor().actor, now=now())
        flash("Das Schreiben ist vom Stapel genommen.", "info")
    return redirect(url_for(".pile", procedure_id=procedure_id), code=303)
