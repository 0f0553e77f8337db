"""Looking at a reason before it is saved, and putting text modules and opinions into it, without scripts."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.consolidation import folding, queries, text_modules
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.forms import DecisionForm
from ikb.consolidation.section_page import prefix_of, prefix_of_argument, section_page
from ikb.consolidation.voices import voices_of
from ikb.errors import NotFound
from ikb.moment import today
from ikb.opinions import queries as opinions
from ikb.web.filters import day

INSERT, OPINION = "insert", "opinion-"


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/vorschau/<target>", methods=["GET", "POST"])
@allow(Role.LEAD)
def preview_reason(procedure_id: int, anchor: str, target: str) -> ResponseReturnValue:
    """How the reason in one of the section's forms will be read, or that reason with a module. target: the form's prefix."""
    place = place_of(procedure_id)
    if request.method == "GET":
        return redirect(url_for(".section", anchor=anchor, **place.values), code=303)
    form = DecisionForm(prefix=target)
    if not form.validate_on_submit():
        return section_page(place, anchor, form), 422
    act = request.form.get("act", "")
    if act == INSERT:
        _insert(place, anchor, target, form)
    elif act.startswith(OPINION):
        _take_over(place, anchor, target, form, act.removeprefix(OPINION))
    form.preview = form.reason.data or ""
    return section_page(place, anchor, form)


def _insert(place: Place, anchor: str, target: str, form: DecisionForm) -> None:
    """Put the chosen module behind what is written. Raises NotFound for a foreign one."""
    offered = {one.id: one for one in text_modules.newest_of(place.procedure.id)}
    chosen = offered.get(form.insert.data)
    voices = list(voices_of(_remarks(place, anchor, target)).values())
    if chosen is None or not voices or place.base is None:
        raise NotFound("Diesen Textbaustein oder diese Anmerkung gibt es nicht mehr. Es wurde nichts gespeichert.")
    values = text_modules.values_for(
        voices,
        section=queries.names(place.base.id).get(anchor) or queries.special_name(anchor),
        version=place.base.number,
        procedure=place.procedure.title,
        today=day(today()),
    )
    _append(form, text_modules.filled(chosen, values))
    form.modules.data = ",".join([*filter(None, (form.modules.data or "").split(",")), str(chosen.id)])


def _take_over(place: Place, anchor: str, target: str, form: DecisionForm, number: str) -> None:
    """Put what a department said behind what is written. Raises NotFound for an opinion on something else."""
    asked = opinions.of_remarks(_remarks(place, anchor, target))
    chosen = next((one.newest for one in asked if str(one.id) == number), None)
    if chosen is None:
        raise NotFound("Zu dieser Anmerkung gibt es diese Einschätzung nicht. Es wurde nichts gespeichert.")
    _append(form, chosen.text)


def _append(form: DecisionForm, more: str) -> None:
    said = [(form.reason.data or "").rstrip(), more]
    form.reason.data = "\n\n".join(part for part in said if part)


def _remarks(place: Place, anchor: str, target: str) -> set[int]:
    """The remarks that a form on the section answers: those of a proposal, of an argument, or a single one."""
    if place.base is None:
        return set()
    for argument, members in folding.standing_members(place.base.draft_id, anchor).items():
        if target == prefix_of_argument(argument.id):
            return set(members)
    found = queries.outcome_of(queries.shown_run(place.base.id), anchor)
    groups = [set(one["members"]) for one in found.proposals] if found else []
    groups += [{body["remark"]} for body in found.bodies] if found else []
    groups += [{one} for one in queries.comments_on(place.base, anchor)]
    return next((group for group in groups if target in map(prefix_of, group)), set())
