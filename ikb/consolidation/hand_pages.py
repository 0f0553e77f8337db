"""Editing one section of the working version in the browser: looked at first as the council would read it, then kept."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.consolidation import by_hand, hand_edits, hand_view
from ikb.consolidation.by_hand import Edit, EditRefused
from ikb.consolidation.doors import Place, bp, place_of
from ikb.consolidation.hand_forms import HandEditForm
from ikb.consolidation.hand_view import Passage
from ikb.consolidation.version_routes import load_version
from ikb.db import transaction
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, NotFound
from ikb.moment import now

WAYS = {"wortlaut": "edit", "streichen": "delete", "davor": "insert_before", "danach": "insert_after"}


@bp.route("/verfahren/<int:procedure_id>/auswertung/<anchor>/von-hand", methods=["GET", "POST"])
@allow(Role.LEAD)
def by_hand_page(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """One section to be edited, struck out, or given a new neighbour; `act` says whether to look at it or to keep it."""
    place, base, passage = _here(procedure_id, anchor)
    kind = _kind()
    form = HandEditForm()
    if not form.validate_on_submit():
        text = passage.section.text if kind == "edit" else ""
        fresh = HandEditForm(formdata=None, seen=mark_of(passage.section.text), text=text)
        return _page(place, passage, kind, form if form.is_submitted() else fresh), 422 if form.is_submitted() else 200
    if form.act.data == "preview":
        return _page(place, passage, kind, form, previewed=True)
    wanted = Edit(anchor, kind, form.text.data, form.reason.data, form.seen.data or "")
    try:
        with transaction():
            by_hand.edit_after(base, [wanted], by=visitor().actor, now=now())
    except EditRefused as refused:
        return _refused(place, passage, kind, form, refused), refused.refusal.status
    flash("Die Änderung von Hand steht in der Arbeitsfassung.", "success")
    return redirect(_way_back(place, base, anchor), code=303)


@bp.post("/verfahren/<int:procedure_id>/auswertung/<anchor>/von-hand/aenderung")
@allow(Role.LEAD)
def show_hand_edit(procedure_id: int, anchor: str) -> ResponseReturnValue:
    """A text that is being written, as the council would read it; nothing is stored."""
    _, _, passage = _here(procedure_id, anchor)
    change = passage.change_to(_kind(), HandEditForm().text.data)
    return render_template("consolidation/_hand_change.html", change=change)


@bp.post("/fassungen/<int:version_id>/von-hand/<int:edit_id>/zuruecknehmen")
@allow(Role.LEAD)
def withdraw_hand_edit(version_id: int, edit_id: int) -> ResponseReturnValue:
    """Take one edit by hand back; whoever came from a section's page goes on there."""
    version, procedure = load_version(version_id)
    with transaction():
        by_hand.withdraw(version, edit_id, by=visitor().actor, now=now())
    flash("Die Änderung von Hand ist zurückgenommen.", "success")
    if version.base is not None and (anchor := request.form.get("abschnitt", "")):
        return redirect(_way_back(place_of(procedure.id, version.draft_id), version.base, anchor), code=303)
    return redirect(url_for(".redline", version_id=version_id), code=303)


def _here(procedure_id: int, anchor: str) -> tuple[Place, DraftVersion, Passage]:
    place = place_of(procedure_id)
    passage = hand_view.passage(place.base, anchor) if place.base else None
    if place.base is None or passage is None:
        raise NotFound("Diesen Abschnitt gibt es in der Arbeitsfassung nicht.")
    return place, place.base, passage


def _kind() -> str:
    return WAYS.get(request.args.get("art", ""), "edit")


def _way_back(place: Place, base: DraftVersion, anchor: str) -> str:
    """The section's page in the workbench; of a section that is new, its place in the redline."""
    version = drafts.working_version(base.draft_id)
    if version is None or drafts.section(base.id, anchor) is not None:
        return url_for(".section", anchor=anchor, _anchor="von-hand", **place.values)
    return url_for(".redline", version_id=version.id, _anchor=anchor)


def _refused(place: Place, passage: Passage, kind: str, form: HandEditForm, refused: EditRefused) -> str:
    """The page with the fault at its field; whoever has seen the new text may change it all the same."""
    if isinstance(refused.refusal, Conflict):
        form.seen.data = mark_of(refused.refusal.theirs)
    field = form.reason if getattr(refused.refusal, "field", None) == "reason" else form.text
    field.errors = [*field.errors, refused.message]
    theirs = refused.refusal.theirs if isinstance(refused.refusal, Conflict) else ""
    return _page(place, passage, kind, form, theirs=theirs)


def _page(
    place: Place, passage: Passage, kind: str, form: HandEditForm, *, previewed: bool = False, theirs: str = ""
) -> str:
    return render_template(
        "consolidation/by_hand.html",
        place=place,
        procedure=place.procedure,
        passage=passage,
        kind=kind,
        way=next(way for way, one in WAYS.items() if one == kind),
        ways=[way for way, one in WAYS.items() if one != kind],
        form=form,
        change=passage.change_to(kind, form.text.data or ""),
        previewed=previewed,
        theirs=theirs,
        longest=hand_edits.LONGEST_TEXT,
    )
