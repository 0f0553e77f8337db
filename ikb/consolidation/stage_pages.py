"""The history of one remark, with what a later stage decides about it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import arguments, folding, gathering, history, queries, sections, service
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.consolidation.model import Argument, Consideration
from ikb.consolidation.stage_forms import StageForm
from ikb.consolidation.stages import At
from ikb.consolidation.voices import voices_of
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible, NotFound
from ikb.moment import now, today
from ikb.opinions import queries as opinions
from ikb.procedures.model import Stage
from ikb.remarks.model import Remark, Wish
from ikb.web.labels import choices, label

ADDRESS = "/verfahren/<int:procedure_id>/auswertung/<anchor>/<int:remark_id>/verlauf"


@bp.route(ADDRESS, methods=["GET", "POST"])
@allow(Role.LEAD)
def remark_history(procedure_id: int, anchor: str, remark_id: int) -> ResponseReturnValue:
    """Every decision on a remark; sending the form adds one, of the stage that is chosen."""
    place = place_of(procedure_id)
    remark = load_visible(Remark, Remark.id == remark_id)
    if place.draft is None or place.base is None or gathering.anchor_of(place.base, remark) != anchor:
        raise NotFound("Diese Anmerkung gibt es hier nicht.")
    if remark.draft_version.draft_id != place.draft.id:
        raise NotFound("Diese Anmerkung gehört zu einem anderen Entwurf.")
    argument = folding.argument_of(remark.id) if remark.wish == Wish.NONE else None
    standing = _standing(place.base, remark, argument)
    form = _form(place, remark, standing)
    if request.form.get("act") == "preview":
        form.preview = form.reason.data or ""
        return _page(place, remark, argument, standing, form)
    if not form.validate_on_submit():
        return _page(place, remark, argument, standing, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            decided = _decide(place.base, remark, argument, form)
    except Implausible as refusal:
        field = {"reason": form.reason, "stage": form.stage, "on": form.on, "who": form.who}.get(
            refusal.field or "", form.outcome
        )
        field.errors = [*field.errors, refusal.message]
        return _page(place, remark, argument, standing, form), refusal.status
    flash(f"Gespeichert: {label('stage', decided.stage)}, {label('consideration', decided.outcome)}.", "success")
    return redirect(url_for(".remark_history", anchor=anchor, remark_id=remark_id, **place.values), code=303)


def _decide(base: DraftVersion, remark: Remark, argument: Argument | None, form: StageForm) -> Consideration:
    at = At(form.stage.data or "", form.on.data, form.who.data)
    outcome, reason, by = form.outcome.data or "", form.reason.data or "", visitor().actor
    if argument is None:
        return service.decide(base, remark, outcome, reason, seen=form.seen.data, by=by, now=now(), at=at)
    return arguments.answer(base, argument, outcome, reason, seen=form.seen.data, by=by, now=now(), at=at)[0]


def _standing(base: DraftVersion, remark: Remark, argument: Argument | None) -> Consideration | None:
    """What stands now, released or not, as the service will find it; of an answered remark what holds."""
    if argument is not None:
        return arguments.standing_answer(base, argument)
    return service.entered(base, remark) or sections.decided_in(base.draft_id, [remark]).get(remark.id)


def _form(place: Place, remark: Remark, standing: Consideration | None) -> StageForm:
    reached = Stage(standing.stage).rank if standing else 0
    stages = [stage for stage in place.procedure.stages if stage.rank >= reached] or list(Stage)[reached:]
    form = StageForm(
        seen=standing.id if standing else 0,
        on=today(),
        stage=stages[min(1, len(stages) - 1)] if standing and standing.stage == stages[0] else stages[0],
        outcome=standing.outcome if standing else None,
        reason=standing.reason if standing else "",
    )
    form.stage.choices = choices("stage", *stages)
    form.outcome.choices = choices("consideration", *_outcomes(remark))
    return form


def _outcomes(remark: Remark) -> Sequence[str]:
    """A body's wording is taken or not; one wish for words can be followed in part, where words of the lead's own stand."""
    if remark.wish == Wish.NONE:
        return service.OUTCOMES
    return service.OUTCOMES_OF_A_WORDING if remark.is_of_a_body else service.OUTCOMES[:3]


def _page(
    place: Place, remark: Remark, argument: Argument | None, standing: Consideration | None, form: StageForm
) -> str:
    anchor = gathering.anchor_of(place.base, remark) if place.base else remark.anchor or WHOLE_DRAFT
    base = place.base
    base_id = base.id if base else 0
    return render_template(
        "consolidation/history.html",
        place=place,
        procedure=place.procedure,
        voice=voices_of([remark.id])[remark.id],
        name=queries.names(base_id).get(anchor) or queries.special_name(anchor),
        anchor=anchor,
        argument=argument,
        entries=history.of(remark),
        opinions=opinions.of_remarks([remark.id]),
        today=today(),
        held=sections.decided_in(base.draft_id, [remark]).get(remark.id) if base else None,
        answered=queries.answered_by(remark.id),
        form=form,
    )
