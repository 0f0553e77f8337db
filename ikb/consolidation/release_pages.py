"""The page on which a second person releases what another decided."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import queries, releases
from ikb.consolidation.confirm_pages import chosen_version
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.stage_forms import ReleaseForm
from ikb.consolidation.voices import voices_of
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible
from ikb.moment import now
from ikb.web.filters import plural
from ikb.web.paging import cut, page_number

ACTS_PER_PAGE = 50


@bp.route("/verfahren/<int:procedure_id>/auswertung/freigeben", methods=["GET", "POST"])
@allow(Role.LEAD)
def release(procedure_id: int) -> ResponseReturnValue:
    """What waits for a second person; sending the form releases what is chosen."""
    place = place_of(procedure_id)
    base = _version(place)
    form = ReleaseForm()
    if not form.validate_on_submit():
        return _page(place, base, form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            count = releases.release(base, form.chosen.data or [], by=visitor().actor, now=now())
    except Implausible as refusal:
        return _page(place, base, form, refusal.message), refusal.status
    flash(f"{plural(count, 'Entscheidung ist', 'Entscheidungen sind')} freigegeben.", "success")
    return redirect(url_for(".release", fassung=base.id, **place.values), code=303)


def _version(place: Place) -> DraftVersion:
    """The one that the address names; else the newest on which something waits, or the newest of all."""
    newest = chosen_version(place)
    if "fassung" in request.args or not place.procedure.two_person:
        return newest
    return next((one for one in _issued(place, newest) if releases.waiting(one)), newest)


def _issued(place: Place, of: DraftVersion) -> list[DraftVersion]:
    """Every issued version of the same draft, the newest first."""
    versions = queries.versions_of(place.procedure.id)
    return [one for one in versions if one.is_issued and one.draft_id == of.draft_id]


def _page(place: Place, base: DraftVersion, form: ReleaseForm, fault: str = "") -> str:
    acts = releases.waiting(base) if place.procedure.two_person else []
    page = cut(acts, page_number(request.args), ACTS_PER_PAGE)
    return render_template(
        "consolidation/release.html",
        place=place,
        procedure=place.procedure,
        base=base,
        bases=_issued(place, base),
        form=form,
        fault=fault,
        me=visitor().user_id,
        page=page,
        decisions=sum(map(len, acts)),
        voices=voices_of([one.consideration.remark_id for act in page.items for one in act]),
        names=queries.names(base.id),
        special_name=queries.special_name,
    )
