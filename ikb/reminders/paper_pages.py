"""The pages of letters on paper: which are open, all of them to print, and marking them as posted with a look before."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import NotFound, NotReady
from ikb.institutions.model import Invitation
from ikb.moment import now, today
from ikb.procedures.current import load_procedure
from ikb.reminders import paper_letters as service
from ikb.reminders import queries
from ikb.reminders.blueprint import bp
from ikb.web.filters import plural


@bp.get("/briefe")
@allow(Role.LEAD)
def paper(procedure_id: int) -> ResponseReturnValue:
    """Who gets a letter, and whose is still to be posted."""
    procedure = load_procedure(procedure_id)
    found = _letters(procedure_id)
    return render_template(
        "reminders/paper.html",
        procedure=procedure,
        waiting=[one for one in found if service.is_open(one)],
        posted=[one for one in found if not service.is_open(one)],
        address_of=service.address_of,
    )


@bp.get("/briefe/drucken")
@allow(Role.LEAD)
def print_paper(procedure_id: int) -> ResponseReturnValue:
    """The chosen letters, else all open ones, each on a sheet of its own."""
    procedure = load_procedure(procedure_id)
    moment = now()
    return render_template(
        "reminders/paper_print.html",
        procedure=procedure,
        letters=[service.letter_to(one, now=moment) for one in _chosen(procedure_id)],
    )


@bp.route("/briefe/abgeschickt", methods=["GET", "POST"])
@allow(Role.LEAD)
def posted(procedure_id: int) -> ResponseReturnValue:
    """Look at what is about to be marked as posted; then mark it."""
    procedure, form = load_procedure(procedure_id), FlaskForm()
    if not form.validate_on_submit():
        page = render_template(
            "reminders/paper_posted.html", procedure=procedure, form=form, chosen=_chosen(procedure_id)
        )
        return page, 422 if form.is_submitted() else 200
    with transaction():
        found = [one for one in _letters(procedure_id) if service.is_open(one)]
        count = service.note_posted(found, _versions(), by=visitor().actor, now=now())
    flash(f"Vermerkt: {plural(count, 'Brief ist', 'Briefe sind')} verschickt.", "success")
    return redirect(url_for(".paper", procedure_id=procedure_id), code=303)


def _letters(procedure_id: int) -> list[Invitation]:
    phase = queries.phase_to_show(procedure_id)
    return service.by_letter(queries.invitations_of(phase.id), today()) if phase is not None and phase.is_open else []


def _chosen(procedure_id: int) -> list[Invitation]:
    """Those named in the address; without any, all that are open. Raises NotFound if there is none of them."""
    found, wanted = _letters(procedure_id), set(request.args.getlist("nummer", type=int))
    chosen = [one for one in found if one.id in wanted] if wanted else [one for one in found if service.is_open(one)]
    if not chosen:
        raise NotFound("Diesen Brief gibt es nicht mehr: Alle sind verschickt, oder es ist schon geantwortet worden.")
    return chosen


def _versions() -> dict[int, int]:
    """What was looked at, as `number-version`."""
    pairs = [one.partition("-") for one in request.form.getlist("brief")]
    if not all(
        number.isdecimal() and version.isdecimal() and len(number + version) < 18 for number, _, version in pairs
    ):
        raise NotReady("Die Auswahl ist unvollständig. Laden Sie die Liste neu.")
    return {int(number): int(version) for number, _, version in pairs}
