"""Looking at a reason before it is saved, without scripts: the section's page again, with what was typed and how it reads."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.consolidation.doors import bp, place_of
from ikb.consolidation.forms import DecisionForm
from ikb.consolidation.section_page import section_page


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/vorschau/<target>", methods=["GET", "POST"])
@allow(Role.LEAD)
def preview_reason(procedure_id: int, anchor: str, target: str) -> ResponseReturnValue:
    """How the reason in one of the section's forms will be read. target: the form's prefix."""
    place = place_of(procedure_id)
    if request.method == "GET":
        return redirect(url_for(".section", anchor=anchor, **place.values), code=303)
    form = DecisionForm(prefix=target)
    if not form.validate_on_submit():
        return section_page(place, anchor, form), 422
    form.preview = form.reason.data or ""
    return section_page(place, anchor, form)
