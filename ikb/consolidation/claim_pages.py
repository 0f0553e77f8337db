"""Taking a section in hand, keeping it while its page is open, and giving it back."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import claims
from ikb.consolidation.doors import bp, place_of
from ikb.db import transaction
from ikb.errors import NotFound
from ikb.moment import now


@bp.post("/verfahren/<int:procedure_id>/auswertung/<anchor>/bearbeitung")
@allow(Role.LEAD)
def claim(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """`akt` says what: nehmen, freigeben; and from the page itself behalten and verlassen, answered without a page."""
    place, by, act = place_of(procedure_id), visitor().actor, request.form.get("akt", "")
    if place.draft is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    if act in ("behalten", "verlassen"):
        with transaction():
            still = (claims.keep if act == "behalten" else claims.leave)(place.draft, anchor, by=by, now=now())
        return "", 204 if still else 409
    with transaction():
        if act == "freigeben":
            claims.release(place.draft, anchor, by=by)
        else:
            claims.take(place.draft, anchor, by=by, now=now())
    flash("Freigegeben." if act == "freigeben" else "Sie bearbeiten diesen Abschnitt.", "success")
    return redirect(url_for(".section", anchor=anchor, **place.values), code=303)
