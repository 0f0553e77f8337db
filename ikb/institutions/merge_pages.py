"""Pages on which two entries of the register become one: who may be the same, what would happen, and that it did."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.errors import Implausible, NotReady
from ikb.institutions import merging, register_queries
from ikb.institutions.blueprint import REGISTER, bp
from ikb.institutions.model import Institution
from ikb.institutions.register_forms import MergeForm
from ikb.institutions.register_pages import entry_here
from ikb.institutions.register_queries import Wanted
from ikb.moment import now


@bp.get(REGISTER + "/doppelte")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def duplicates() -> ResponseReturnValue:
    """Entries that may be one, the likeliest first."""
    return render_template("institutions/register/duplicates.html", pairs=register_queries.likely_duplicates())


@bp.get(REGISTER + "/<int:institution_id>/zusammenfuehren")
@allow(Role.LEAD, Role.ADMINISTRATOR)
def choose_survivor(institution_id: int) -> ResponseReturnValue:
    """With which other entry this one is to be merged."""
    found, search = entry_here(institution_id), request.args.get("suche", "")[:100]
    rows = register_queries.register(Wanted(search=search or found.name), 1).page.items
    return render_template(
        "institutions/register/choose_survivor.html",
        institution=found,
        search=search,
        others=[row for row in rows if row.id != found.id][:20],
    )


@bp.route(REGISTER + "/<int:institution_id>/zusammenfuehren/<int:survivor_id>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.ADMINISTRATOR)
def merge(institution_id: int, survivor_id: int) -> ResponseReturnValue:
    """What would happen; then it does."""
    loser, survivor = entry_here(institution_id), entry_here(survivor_id)
    form = MergeForm(loser_version=loser.row_version, survivor_version=survivor.row_version)
    if not form.validate_on_submit():
        return _preview(loser, survivor, form, ()), 422 if form.is_submitted() else 200
    seen = (form.loser_version.data, form.survivor_version.data)
    try:
        with transaction():
            merging.merge(loser, survivor, seen=seen, by=visitor().actor, now=now())
    except (Implausible, NotReady) as refusal:
        return _preview(entry_here(institution_id), entry_here(survivor_id), form, [refusal.message]), refusal.status
    flash(f"„{loser.name}“ ist in „{survivor.name}“ aufgegangen.", "success")
    return redirect(url_for(".institution", institution_id=survivor_id), code=303)


def _preview(loser: Institution, survivor: Institution, form: MergeForm, faults: list[str] | tuple[str, ...]) -> str:
    is_done = loser.merged_into_id is not None or survivor.merged_into_id is not None
    return render_template(
        "institutions/register/merge.html",
        loser=loser,
        survivor=survivor,
        plan=None if is_done else merging.plan(loser, survivor),
        form=form,
        faults=faults,
    )
