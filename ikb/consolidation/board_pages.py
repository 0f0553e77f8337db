"""The committees' board in the browser: the administration's comment on what a body resolved."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.consolidation import board_comments, claims
from ikb.consolidation.doors import bp, place_of
from ikb.consolidation.forms import BoardCommentForm
from ikb.consolidation.section_page import prefix_of_comment, section_page
from ikb.db import transaction
from ikb.errors import Conflict
from ikb.moment import now
from ikb.remarks.model import Remark


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/gremien/<int:remark_id>", methods=["GET", "POST"])
@allow(Role.LEAD)
def comment_on_body(procedure_id: int, anchor: str, remark_id: int) -> ResponseReturnValue:
    """Write what the administration says; whoever comes back to the address gets the section."""
    place = place_of(procedure_id)
    back = url_for(".section", anchor=anchor, _anchor=f"gremium-{remark_id}", **place.values)
    if request.method == "GET":
        return redirect(back, code=303)
    remark = load_visible(Remark, Remark.id == remark_id)
    form = BoardCommentForm(prefix=prefix_of_comment(remark_id))
    if place.base is None or not form.validate_on_submit():
        return section_page(place, anchor, form), 422
    try:
        with transaction():
            board_comments.comment(
                place.base, remark, form.text.data or "", seen=form.seen.data, by=visitor().actor, now=now()
            )
            claims.saved(place.base, anchor, by=visitor().actor, now=now())
    except Conflict as conflict:
        form.theirs = conflict.theirs
        form.text.errors = [*form.text.errors, conflict.message]
        return section_page(place, anchor, form), conflict.status
    flash("Die Stellungnahme der Verwaltung ist gespeichert.", "success")
    return redirect(back, code=303)
