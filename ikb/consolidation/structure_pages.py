"""Moving, splitting and joining sections in the browser: looked at first, then kept with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import structure
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.structure import Wanted
from ikb.consolidation.structure_forms import RearrangeForm
from ikb.db import transaction
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.drafts.names import name_of
from ikb.drafts.service import SectionText, mark_of
from ikb.errors import Conflict, Implausible, NotFound
from ikb.moment import now

WAYS = {"verschieben": "move", "teilen": "split", "verbinden": "join"}
DONE = {
    "move": "Der Abschnitt ist verschoben.",
    "split": "Der Abschnitt ist geteilt.",
    "join": "Die Abschnitte sind eins.",
}


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/umstellen", methods=["GET", "POST"])
@allow(Role.LEAD)
def rearrange_page(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """One section to be moved, split, or joined with the one before it; `act` says whether to look at it or to keep it."""
    place, base, sections, row = _here(procedure_id, anchor)
    act = WAYS.get(request.args.get("art", ""), "move")
    form = RearrangeForm()
    places = [SelectChoice(one.anchor, _name(one)) for one in structure.places_for(sections, anchor)]
    form.other.choices = [SelectChoice("", "Bitte wählen"), *places]
    if not form.validate_on_submit():
        if not form.is_submitted():
            form.seen.data, form.text.data = mark_of(row.text), row.text
        return _page(place, sections, row, act, form), 422 if form.is_submitted() else 200
    wanted = _wanted(anchor, act, form)
    if form.act.data == "preview":
        return _page(place, sections, row, act, form, structure.tried(sections, wanted))
    try:
        with transaction():
            structure.rearrange(base, wanted, by=visitor().actor, now=now())
    except Conflict as conflict:
        form.seen.data = mark_of(row.text)
        field = form.text if act == "split" else form.reason
        field.errors = [*field.errors, f"{conflict.message} Jetzt steht dort: {conflict.theirs}"]
        return _page(place, sections, row, act, form), conflict.status
    except Implausible as refusal:
        field = {"other": form.other, "where": form.where, "text": form.text if act == "split" else form.reason}.get(
            refusal.field or "", form.reason
        )
        field.errors = [*field.errors, refusal.message]
        return _page(place, sections, row, act, form), refusal.status
    flash(f"{DONE[act]} So steht es in der Arbeitsfassung.", "success")
    return redirect(_way_back(place, base, anchor, act), code=303)


def _here(procedure_id: int, anchor: str) -> tuple[Place, DraftVersion, list[SectionText], SectionText]:
    place = place_of(procedure_id)
    sections = structure.texts_after(place.base) if place.base else []
    row = next((one for one in sections if one.anchor == anchor), None)
    if place.base is None or row is None:
        raise NotFound("Diesen Abschnitt gibt es in der Arbeitsfassung nicht.")
    return place, place.base, sections, row


def _wanted(anchor: str, act: str, form: RearrangeForm) -> Wanted:
    kind = (form.where.data or "") if act == "move" else act
    return Wanted(
        anchor, kind, form.other.data or "", form.text.data or "", form.reason.data or "", form.seen.data or ""
    )


def _way_back(place: Place, base: DraftVersion, anchor: str, act: str) -> str:
    """The section's page in the workbench; where it is new or went, the redline."""
    version = drafts.working_version(base.draft_id)
    if act != "join" and (version is None or drafts.section(base.id, anchor) is not None):
        return url_for(".section", anchor=anchor, _anchor="von-hand", **place.values)
    return url_for(".redline", version_id=version.id if version else base.id, _anchor=anchor)


def _name(row: SectionText) -> str:
    return name_of(row.kind, row.number, row.text)


def _page(
    place: Place,
    sections: list[SectionText],
    row: SectionText,
    act: str,
    form: RearrangeForm,
    after: list[SectionText] | None = None,
) -> str:
    in_version = place.base is not None and drafts.section(place.base.id, row.anchor) is not None
    return render_template(
        "consolidation/rearrange.html",
        place=place,
        procedure=place.procedure,
        row=row,
        name=_name(row),
        upper=structure.before_it(sections, row.anchor) if act == "join" else None,
        name_of=_name,
        act=act,
        way=next(way for way, one in WAYS.items() if one == act),
        form=form,
        shown=_shown(sections, after, row.anchor) if after is not None else (),
        looked_at=after is not None,
        in_version=in_version,
    )


def _shown(before: list[SectionText], after: list[SectionText], anchor: str) -> list[SectionText]:
    """The section with its neighbours as it would be; nothing where it would be as it is."""
    if before == after:
        return []
    at = next((place for place, row in enumerate(after) if row.anchor == anchor), None)
    return [] if at is None else after[max(at - 1, 0) : at + 3]
