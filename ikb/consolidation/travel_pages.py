"""Remarks on the new version: the list with its counts, one remark's way through the versions, and saying where it belongs."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import placing, travel_view
from ikb.consolidation.doors import bp
from ikb.consolidation.journeys import Halt
from ikb.consolidation.travel_forms import PlaceForm
from ikb.consolidation.travel_view import Way
from ikb.consolidation.version_routes import load_version
from ikb.core.travel import State
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotFound
from ikb.moment import now
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.remarks.model import Remark
from ikb.web.labels import label
from ikb.web.paging import page_number

OTHER = "anderer"


@bp.get("/fassungen/<int:version_id>/anmerkungen")
@allow(Role.LEAD)
def travelled(version_id: int) -> ResponseReturnValue:
    """The remarks on earlier versions as they stand on this one, doubtful ones first."""
    version, procedure = load_version(version_id)
    shown = request.args.get("stand", "")
    shown = shown if shown in {travel_view.TO_CONFIRM, *State} else ""
    found = travel_view.listing(version, shown, page_number(request.args))
    counts = [("Alle", "", found.total), ("Zu klären", travel_view.TO_CONFIRM, found.counts[travel_view.TO_CONFIRM])]
    counts += [(label("remark_state", state), str(state), found.counts[str(state)]) for state in State]
    return render_template(
        "consolidation/travelled.html",
        procedure=procedure,
        version=version,
        found=found,
        shown=shown,
        chips_shown=[_chip(version_id, words, stand, count, shown) for words, stand, count in counts],
    )


def _chip(version_id: int, words: str, stand: str, count: int, shown: str) -> dict[str, object]:
    url = url_for(".travelled", version_id=version_id, stand=stand or None)
    return {"label": words[:1].upper() + words[1:], "url": url, "count": count, "current": stand == shown}


@bp.route("/anmerkungen/<int:remark_id>/verlauf", methods=["GET", "POST"])
@allow(Role.LEAD)
def way_of_remark(remark_id: int) -> ResponseReturnValue:
    """One remark through the versions; a person says where it belongs on one of them."""
    remark = load_visible(Remark, Remark.id == remark_id)
    procedure = load_procedure(remark.draft_version.draft.procedure_id)
    way = travel_view.way(remark, request.args.get("fassung", type=int))
    if way is None:
        raise NotFound("Diese Anmerkung zählt für keine Fassung.")
    form = PlaceForm()
    if way.meant is None:
        return _page(procedure, remark, way, form)
    _fill(form, way, way.meant[1])
    if not form.validate_on_submit():
        return _page(procedure, remark, way, form), 422 if form.is_submitted() else 200
    chosen = (form.other.data if form.place.data == OTHER else form.place.data) or ""
    try:
        with transaction():
            _keep(remark, way.meant[0], chosen, form)
    except (Implausible, Conflict) as refusal:
        form.place.errors = [*form.place.errors, refusal.message]
        return _page(procedure, remark, way, form), refusal.status
    flash(f"Der Platz dieser Anmerkung in Fassung {way.meant[0].number} steht fest.", "success")
    return redirect(url_for(".way_of_remark", remark_id=remark_id), code=303)


def _keep(remark: Remark, version: DraftVersion, chosen: str, form: PlaceForm) -> None:
    if not chosen:
        raise Implausible("Wählen Sie, wo die Anmerkung hingehört.", "place")
    anchor = "" if chosen == placing.GONE else chosen
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else 0
    placing.place(remark, version, anchor, seen=seen, by=visitor().actor, now=now())


def _fill(form: PlaceForm, way: Way, halt: Halt) -> None:
    stop = halt.stop
    near = dict.fromkeys([one for one in (stop.anchor, *stop.offered) if one in way.sections])
    form.place.choices = [SelectChoice(one, way.sections[one]) for one in near if one]
    form.place.choices += [
        SelectChoice(placing.GONE, "Der Abschnitt ist entfallen; sie hat keinen Platz mehr"),
        SelectChoice(OTHER, "An einen anderen Abschnitt, aus der Liste"),
    ]
    rest = [SelectChoice(anchor, name) for anchor, name in way.sections.items() if anchor not in near]
    form.other.choices = [SelectChoice("", "Bitte wählen"), *rest]
    if not form.is_submitted():
        form.seen.data = str(halt.placed.id if halt.placed else 0)
        form.place.data = stop.anchor or (placing.GONE if stop.state == State.GONE else None)


def _page(procedure: Procedure, remark: Remark, way: Way, form: PlaceForm) -> str:
    return render_template(
        "consolidation/remark_way.html", procedure=procedure, remark=remark, way=way, form=form, other=OTHER
    )
