"""The page on which a later stage confirms many decisions at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import confirming, queries
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.stage_forms import ConfirmForm
from ikb.consolidation.stages import At
from ikb.consolidation.voices import voices_of
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible, NotFound
from ikb.moment import now, today
from ikb.procedures.model import Stage
from ikb.web.filters import plural
from ikb.web.labels import choices
from ikb.web.paging import cut, page_number

ROWS_PER_PAGE = 50


@bp.route("/verfahren/<int:procedure_id>/auswertung/bestaetigen", methods=["GET", "POST"])
@allow(Role.LEAD)
def confirm(procedure_id: int) -> ResponseReturnValue:
    """What a stage has not decided yet; sending the form confirms what is chosen, as it stands."""
    place = place_of(procedure_id)
    base = chosen_version(place)
    form = ConfirmForm(on=today())
    form.stage.choices = choices("stage", *later_stages(place))
    if not form.validate_on_submit():
        return _page(place, base, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            at = At(form.stage.data or "", form.on.data, form.who.data)
            rows = confirming.confirm(base, form.chosen.data or [], at, by=visitor().actor, now=now())
    except Implausible as refusal:
        field = form.on if refusal.field == "on" else form.who if refusal.field == "who" else form.stage
        field.errors = [*field.errors, refusal.message]
        return _page(place, base, form), refusal.status
    flash(f"{plural(len(rows), 'Entscheidung ist', 'Entscheidungen sind')} bestätigt.", "success")
    return redirect(url_for(".confirm", stufe=form.stage.data, fassung=base.id, **place.values), code=303)


def later_stages(place: Place) -> list[Stage]:
    """The stages of a procedure after the administration's proposal."""
    return place.procedure.stages[1:]


def chosen_version(place: Place) -> DraftVersion:
    """The version that the address names, else the newest issued one. Raises NotFound for a foreign one."""
    if place.draft is None or place.base is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    wanted = request.args.get("fassung", place.base.id, type=int)
    found = next((one for one in queries.versions_of(place.procedure.id) if one.id == wanted and one.is_issued), None)
    if found is None or found.draft_id != place.draft.id:
        raise NotFound("Diese Fassung gibt es in diesem Entwurf nicht.")
    return found


def _page(place: Place, base: DraftVersion, form: ConfirmForm) -> str:
    stages = later_stages(place)
    chosen = next(
        (one for one in stages if one == (form.stage.data or request.args.get("stufe"))), next(iter(stages), None)
    )
    form.stage.data = chosen
    held = confirming.held(base) if chosen else []
    waiting = [one for one in held if chosen and not confirming.has_reached(one.consideration, chosen)]
    page = cut(confirming.one_each(waiting), page_number(request.args), ROWS_PER_PAGE)
    return render_template(
        "consolidation/confirm.html",
        place=place,
        procedure=place.procedure,
        base=base,
        bases=[
            one for one in queries.versions_of(place.procedure.id) if one.is_issued and one.draft_id == base.draft_id
        ],
        form=form,
        stages=stages,
        chosen=chosen,
        decided=len(held),
        page=page,
        voices=voices_of([one.consideration.remark_id for one in page.items]),
        names=queries.names(base.id),
        special_name=queries.special_name,
    )
