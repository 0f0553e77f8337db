"""Acts on groups of remarks that say the same; each leads back to the section."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import arguments, claims, text_modules
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.forms import DecisionForm, GroupForm
from ikb.consolidation.section_page import prefix_of_argument, section_page, show_at_field, show_theirs
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotFound
from ikb.moment import now
from ikb.web.filters import plural
from ikb.web.labels import label

ADDRESS = "/verfahren/<int:procedure_id>/auswertung/<anchor>/gruppen"


@bp.post(ADDRESS)
@allow(Role.LEAD)
def group(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """Put the chosen remarks together."""
    place, base = _place(procedure_id)
    form = GroupForm()
    if not form.validate_on_submit():
        raise Implausible("Die Gruppe ließ sich nicht bilden. Laden Sie den Abschnitt neu.")
    with transaction():
        made = arguments.make(
            base,
            anchor,
            form.title.data or "",
            form.remarks.data or [],
            key=form.key.data,
            by=visitor().actor,
            now=now(),
        )
    flash("Zusammengefasst. Ihre Antwort gilt jetzt für alle zugleich.", "success")
    return _back(place, anchor, made.id)


@bp.post(f"{ADDRESS}/<int:argument_id>")
@allow(Role.LEAD)
def answer(procedure_id: int, anchor: str, argument_id: int) -> ResponseReturnValue:
    """Answer all that say the same at once."""
    place, base = _place(procedure_id)
    form = DecisionForm(prefix=prefix_of_argument(argument_id))
    if not form.validate_on_submit():
        return section_page(place, anchor, form), 422
    argument = arguments.of_draft(base.draft_id, argument_id)
    try:
        with transaction():
            rows = arguments.answer(
                base,
                argument,
                form.outcome.data or "",
                form.reason.data or "",
                seen=form.seen.data,
                by=visitor().actor,
                now=now(),
            )
            text_modules.note_uses(rows, form.modules.data or "", procedure_id)
            claims.saved(base, anchor, by=visitor().actor, now=now())
    except Implausible as refusal:
        show_at_field(form, refusal)
        return section_page(place, anchor, form), 422
    except Conflict as conflict:
        show_theirs(form, conflict)
        return section_page(place, anchor, form), conflict.status
    answered = plural(len(rows), "Anmerkung", "Anmerkungen")
    flash(f"Gespeichert für {answered}: {label('consideration', rows[0].outcome)}.", "success")
    return _back(place, anchor, argument_id)


@bp.post(f"{ADDRESS}/<int:argument_id>/aufnehmen")
@allow(Role.LEAD)
def join(procedure_id: int, anchor: str, argument_id: int) -> ResponseReturnValue:
    """Take further remarks into a group."""
    place, base = _place(procedure_id)
    form = GroupForm()
    if not form.validate_on_submit():
        raise Implausible("Die Anmerkungen ließen sich nicht aufnehmen. Laden Sie den Abschnitt neu.")
    argument = arguments.of_draft(base.draft_id, argument_id)
    with transaction():
        arguments.join(base, argument, form.remarks.data or [], by=visitor().actor, now=now())
    flash("In die Gruppe aufgenommen.", "success")
    return _back(place, anchor, argument_id)


@bp.post(f"{ADDRESS}/<int:argument_id>/herausnehmen/<int:remark_id>")
@allow(Role.LEAD)
def take_out(procedure_id: int, anchor: str, argument_id: int, remark_id: int) -> ResponseReturnValue:
    """Let one remark stand for itself again."""
    place, base = _place(procedure_id)
    argument = arguments.of_draft(base.draft_id, argument_id)
    with transaction():
        arguments.take_out(base, argument, remark_id, by=visitor().actor, now=now())
    flash("Aus der Gruppe genommen. Was entschieden war, gilt weiter, bis Sie anders antworten.", "success")
    return redirect(url_for(".section", anchor=anchor, _anchor=f"anmerkung-{remark_id}", **place.values), code=303)


def _place(procedure_id: int) -> tuple[Place, DraftVersion]:
    place = place_of(procedure_id)
    if place.base is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    return place, place.base


def _back(place: Place, anchor: str, argument_id: int) -> ResponseReturnValue:
    return redirect(url_for(".section", anchor=anchor, _anchor=f"gruppe-{argument_id}", **place.values), code=303)
