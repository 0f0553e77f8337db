"""Pages on which remarks are made of a letter, by mouse or by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.capture import queries, service, splitting
from ikb.capture.blueprint import bp
from ikb.capture.forms import ActForm, PlaceForm, RemarkForm, TextForm
from ikb.capture.model import Letter
from ikb.capture.splitting import Stretch
from ikb.core import letter_parts
from ikb.core.letter_parts import Part
from ikb.db import transaction
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions.model import Invitation
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Remark
from ikb.statements.model import Statement

Act = Callable[[], object]


@bp.get("/<int:letter_id>/aufteilen")
@allow(Role.LEAD)
def split(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """The letter in parts, one of them to work on, and the remarks made so far."""
    return _page(_letter(procedure_id, letter_id))


@bp.post("/stellungnahme/<int:statement_id>")
@allow(Role.LEAD)
def begin(procedure_id: int, statement_id: int) -> ResponseReturnValue:
    """Open a letter that came as a file behind the link, to split it."""
    load_procedure(procedure_id)
    in_procedure = Statement.invitation.has(Invitation.phase.has(ParticipationPhase.procedure_id == procedure_id))
    statement = load_visible(Statement, Statement.id == statement_id, in_procedure)
    with transaction():
        letter = service.begin_splitting(
            statement.id, procedure_id, queries.text_of_statement(statement.id), by=visitor().actor, now=now()
        )
    return _back(letter)


@bp.post("/<int:letter_id>/anmerkung")
@allow(Role.LEAD)
def make_remark(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """A stretch becomes a remark of its own, or goes to one that is there."""
    letter, place, form = _letter(procedure_id, letter_id), PlaceForm(), RemarkForm()
    if not place.validate_on_submit():
        return _page(letter, faults=_faults(place)), 422
    to = request.form.get("dazu", "")
    if to.isascii() and to.isdigit() and len(to) < 12:
        return _do(letter, lambda: splitting.add_to_remark(letter, _stretch(place), int(to), **_by(place)))
    return _do(
        letter,
        lambda: splitting.make_remark(letter, _stretch(place), form.anchor(), form.said(), **_by(place)),
        form,
    )


@bp.post("/<int:letter_id>/hoeflichkeit")
@allow(Role.LEAD)
def set_aside(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """A stretch is a courtesy."""
    return _with_place(procedure_id, letter_id, splitting.set_aside)


@bp.post("/<int:letter_id>/offen")
@allow(Role.LEAD)
def lay_open(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """A stretch is open again."""
    return _with_place(procedure_id, letter_id, splitting.lay_open)


def _with_place(procedure_id: int, letter_id: int, act: Callable[..., None]) -> ResponseReturnValue:
    letter, place = _letter(procedure_id, letter_id), PlaceForm()
    if not place.validate_on_submit():
        return _page(letter, faults=_faults(place)), 422
    return _do(letter, lambda: act(letter, _stretch(place), **_by(place)))


@bp.post("/<int:letter_id>/teilen/<int:at>")
@allow(Role.LEAD)
def cut(procedure_id: int, letter_id: int, at: int) -> ResponseReturnValue:
    """Cut a part in two behind one of its sentences."""
    letter, form = _letter(procedure_id, letter_id), ActForm()
    start = next((part.start for part in letter.as_parts() if part.start < at < part.end), None)
    return _do(letter, lambda: splitting.cut(letter, at, row_version=form.row_version.data), at=start)


@bp.post("/<int:letter_id>/verbinden/<int:start>")
@allow(Role.LEAD)
def join(procedure_id: int, letter_id: int, start: int) -> ResponseReturnValue:
    """Put a part to the one before it."""
    letter, form = _letter(procedure_id, letter_id), ActForm()
    before = max((part.start for part in letter.as_parts() if part.start < start), default=None)
    return _do(letter, lambda: splitting.join(letter, start, row_version=form.row_version.data), at=before)


@bp.post("/<int:letter_id>/anmerkung/<int:remark_id>")
@allow(Role.LEAD)
def change_remark(procedure_id: int, letter_id: int, remark_id: int) -> ResponseReturnValue:
    """Another section, stance or wish for a remark."""
    letter, form = _letter(procedure_id, letter_id), RemarkForm()
    return _do(
        letter,
        lambda: splitting.change_remark(letter, remark_id, form.anchor(), form.said(), **_by(form)),
        form,
        changing=remark_id,
    )


@bp.post("/<int:letter_id>/anmerkung/<int:remark_id>/zuruecknehmen")
@allow(Role.LEAD)
def take_back(procedure_id: int, letter_id: int, remark_id: int) -> ResponseReturnValue:
    """A remark goes, its words are open again."""
    letter, form = _letter(procedure_id, letter_id), ActForm()
    return _do(letter, lambda: splitting.take_back(letter, remark_id, **_by(form)))


@bp.post("/<int:letter_id>/text")
@allow(Role.LEAD)
def change_text(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """Correct what was read from the original, before any remark is made of it."""
    letter, form = _letter(procedure_id, letter_id), TextForm()
    if not form.validate_on_submit():
        return _page(letter, faults=_faults(form)), 422
    return _do(letter, lambda: service.change_text(letter, form.text.data, **_by(form)))


@bp.post("/<int:letter_id>/fertig")
@allow(Role.LEAD)
def finish(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """Every word has its place."""
    letter, form = _letter(procedure_id, letter_id), ActForm()
    answer = _do(letter, lambda: splitting.finish(letter, **_by(form)))
    if isinstance(answer, Response):
        flash("Fertig: Jedes Wort des Schreibens hat seinen Platz.", "success")
        return redirect(url_for(".pile", procedure_id=procedure_id), code=303)
    return answer


@bp.post("/<int:letter_id>/wieder-oeffnen")
@allow(Role.LEAD)
def reopen(procedure_id: int, letter_id: int) -> ResponseReturnValue:
    """Go on with what was finished."""
    letter, form = _letter(procedure_id, letter_id), ActForm()
    return _do(letter, lambda: splitting.reopen(letter, **_by(form)))


def _letter(procedure_id: int, letter_id: int) -> Letter:
    load_procedure(procedure_id)
    return load_visible(Letter, Letter.id == letter_id, Letter.procedure_id == procedure_id)


def _by(form: PlaceForm | RemarkForm | ActForm | TextForm) -> dict[str, Any]:
    return {"row_version": form.row_version.data, "by": visitor().actor, "now": now()}


def _stretch(form: PlaceForm) -> Stretch:
    return Stretch(form.start.data, form.end.data)


def _do(
    letter: Letter, act: Act, form: RemarkForm | None = None, *, at: int | None = None, changing: int | None = None
) -> ResponseReturnValue:
    """One act in a transaction; a refusal shows the page again with its sentence and what was typed."""
    try:
        with transaction():
            act()
    except Conflict as refusal:
        flash(refusal.message, "warning")
        return _back(letter)
    except (Implausible, NotReady) as refusal:
        return _page(letter, form=form, faults=[refusal.message], changing=changing), refusal.status
    return _back(letter, at)


def _back(letter: Letter, at: int | None = None) -> Response:
    return redirect(
        url_for(".split", procedure_id=letter.procedure_id, letter_id=letter.id, teil=at, _anchor="arbeit"), code=303
    )


def _faults(form: PlaceForm | TextForm) -> list[str]:
    return [str(fault) for faults in form.errors.values() for fault in faults]


def _page(
    letter: Letter,
    *,
    form: RemarkForm | None = None,
    faults: list[str] | None = None,
    changing: int | None = None,
) -> str:
    statement = queries.statement_of(letter)
    version = statement.invitation.phase.draft_version
    parts = letter.as_parts()
    remarks = splitting.remarks_of(letter)
    changing = changing or request.args.get("anmerkung", type=int)
    current = _current(parts)
    return render_template(
        "capture/split.html",
        procedure=load_procedure(letter.procedure_id),
        letter=letter,
        statement=statement,
        parts=parts,
        current=current,
        cuts=letter_parts.cuts_in(current, letter.text) if current else [],
        waiting=len(letter_parts.open_parts(parts)),
        remarks=remarks,
        number_of={remark.id: place for place, remark in enumerate(remarks, 1)},
        names=dict(queries.sections_of(version.id)),
        changing=changing,
        form=form or _fresh(letter, current, version.id, _of(remarks, changing)),
        place=PlaceForm(formdata=None, row_version=letter.row_version, **_bounds(current)),
        act=ActForm(formdata=None, row_version=letter.row_version),
        text_form=TextForm(formdata=None, row_version=letter.row_version, text=letter.text),
        faults=faults or [],
    )


def _bounds(current: Part | None) -> dict[str, int]:
    return {"start": current.start, "end": current.end} if current else {}


def _of(remarks: list[Remark], wanted: int | None) -> Remark | None:
    return next((remark for remark in remarks if remark.id == wanted), None)


def _current(parts: list[Part]) -> Part | None:
    """The part to work on: the chosen one, else the first open one; None where nothing is left to do."""
    wanted = request.args.get("teil", type=int)
    chosen = next((part for part in parts if part.start == wanted), None)
    return chosen or next(iter(letter_parts.open_parts(parts)), None)


def _fresh(letter: Letter, current: Part | None, version_id: int, remark: Remark | None) -> RemarkForm:
    """An empty form with the section that the words name, or what a remark says that is to be changed."""
    if remark is not None:
        given = {"section": remark.anchor or "", "stance": remark.stance, "wish": remark.wish}
        return RemarkForm(formdata=None, row_version=letter.row_version, proposed_text=remark.proposed_text, **given)
    named = (
        letter_parts.named_sections(current.of(letter.text), queries.numbered_sections(version_id)) if current else []
    )
    return RemarkForm(formdata=None, row_version=letter.row_version, section=named[0] if named else "")
