"""One click on a passage that did not follow its linked one."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import linked
from ikb.consolidation.doors import bp, place_of
from ikb.db import transaction
from ikb.errors import NotFound
from ikb.moment import now


@bp.post("/verfahren/<int:procedure_id>/auswertung/<anchor>/gleichziehen")
@allow(Role.LEAD)
def take_over(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """Do here what was done to the linked passage that the form names."""
    place = place_of(procedure_id)
    if place.base is None:
        raise NotFound("Von diesem Entwurf ist noch keine Fassung herausgegeben.")
    changed = (request.form.get("von_entwurf", 0, type=int), request.form.get("von", ""))
    with transaction():
        linked.take_over(
            place.base, anchor, changed, seen=request.form.get("gesehen", ""), by=visitor().actor, now=now()
        )
    flash("Die gleiche Änderung steht jetzt auch hier in der Arbeitsfassung.", "success")
    return redirect(url_for(".section", anchor=anchor, _anchor="von-hand", **place.values), code=303)
