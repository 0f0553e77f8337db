"""Saved views: a filter with a name, one's own or shared with those who lead the procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import desk, saved_views
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.list_filter import read
from ikb.consolidation.list_forms import ChangeViewForm, ViewForm
from ikb.consolidation.view_model import SavedView
from ikb.db import transaction
from ikb.errors import Implausible, NotFound
from ikb.moment import now
from ikb.web.refusals import show_at_field

ADDRESS = "/verfahren/<int:procedure_id>/auswertung/ansichten"


@bp.route(ADDRESS, methods=["GET", "POST"])
@allow(Role.LEAD)
def views(procedure_id: int) -> ResponseReturnValue:
    """The saved views; sent with a filter in the address, it is saved under a name."""
    place, form = place_of(procedure_id), ViewForm()
    if request.method == "GET":
        return _page(place, ViewForm(formdata=None, key=uuid4()))
    wanted = read(request.args)
    try:
        if not form.validate_on_submit():
            return _page(place, form), 422
        with transaction():
            saved_views.save(
                procedure_id,
                _me(),
                form.name.data or "",
                wanted,
                draft_id=place.values.get("entwurf"),
                is_shared=form.is_shared.data,
                key=form.key.data,
                now=now(),
            )
    except Implausible as refusal:
        show_at_field(form, refusal)
        return _page(place, form), 422
    flash("Die Ansicht ist gespeichert.", "success")
    values: dict[str, Any] = {**place.values, **wanted.address}
    return redirect(url_for(".workbench", **values), code=303)


@bp.post(f"{ADDRESS}/<int:view_id>")
@allow(Role.LEAD)
def change_view(procedure_id: int, view_id: int) -> ResponseReturnValue:
    """Rename a view, share it or share it no more."""
    place, form = place_of(procedure_id), ChangeViewForm(prefix=_prefix(view_id))
    try:
        if not form.validate_on_submit():
            raise Implausible("Die Ansicht ließ sich nicht ändern. Laden Sie die Seite neu.")
        with transaction():
            row = saved_views.own(procedure_id, _me(), view_id)
            saved_views.change(row, form.name.data or "", is_shared=form.is_shared.data, seen=form.row_version.data)
    except Implausible as refusal:
        flash(refusal.message, "warning")
        return _page(place, ViewForm(formdata=None, key=uuid4())), 422
    flash("Die Ansicht ist geändert.", "success")
    return redirect(url_for(".views", **place.values), code=303)


@bp.post(f"{ADDRESS}/<int:view_id>/loeschen")
@allow(Role.LEAD)
def delete_view(procedure_id: int, view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    place = place_of(procedure_id)
    with transaction():
        saved_views.delete(saved_views.own(procedure_id, _me(), view_id))
    flash("Die Ansicht ist gelöscht.", "success")
    return redirect(url_for(".views", **place.values), code=303)


def _prefix(view_id: int) -> str:
    """What the fields of one view's form begin with: several stand on one page."""
    return f"v{view_id}-"


def _me() -> int:
    user_id = visitor().user_id
    if user_id is None:
        raise NotFound("Diese Ansicht gibt es nicht.")
    return user_id


def _page(place: Place, form: ViewForm) -> str:
    wanted = read(request.args)
    known = desk.around(place.procedure.id, visitor()).views

    def change_form(view: SavedView) -> ChangeViewForm:
        return ChangeViewForm(formdata=None, obj=view, prefix=_prefix(view.id))

    def values(view: SavedView) -> Mapping[str, Any]:
        return {"procedure_id": place.procedure.id, **saved_views.parts_of(view.address)}

    return render_template(
        "consolidation/views.html",
        procedure=place.procedure,
        place=place,
        own=saved_views.of_person(place.procedure.id, _me()),
        foreign=[one for one in known if one.owner_id != _me()],
        form=form if wanted.address else None,
        change_form=change_form,
        view_values=values,
        wanted=wanted,
    )
