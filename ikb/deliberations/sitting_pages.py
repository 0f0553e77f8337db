"""Pages of one sitting: what it is, its agenda, setting and changing it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visible, visitor
from ikb.core.notice import notice_by
from ikb.core.workflow import StationState
from ikb.db import db, transaction
from ikb.deliberations import agenda, falling_out, laying, queries, sittings, stations
from ikb.deliberations.blueprint import bp
from ikb.deliberations.committee_pages import may_edit as may_edit_body
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization
from ikb.deliberations.sequence_pages import seen_version
from ikb.deliberations.sitting_forms import ChangeItemForm, ChangeSittingForm, NewItemForm, NewSittingForm
from ikb.deliberations.stations import Station
from ikb.errors import Implausible, NotAllowed
from ikb.moment import now, today
from ikb.procedures.town_days import local_exceptions
from ikb.web.refusals import show_at_field, status

NOT_YOURS = "Diese Sitzung ändert, wer die Schriftführung des Gremiums hat. Lesen können Sie sie."


def may_edit(meeting: Meeting) -> bool:
    """Whether the visitor may change a sitting: whoever keeps one of its committees; others while nobody does."""
    who, bodies = visitor(), meeting.organizations
    keeps = who.has(Role.SECRETARY) and any(clerk.user_id == who.user_id for body in bodies for clerk in body.clerks)
    is_kept = any(body.clerks for body in bodies)
    return keeps or (not is_kept and (who.has(Role.LEAD) or who.has(Role.ADMINISTRATOR)))


def load_to_edit(meeting_id: int) -> Meeting:
    """A sitting that the visitor may change. Raises NotFound where they may not see it, NotAllowed where only read it."""
    found = load_visible(Meeting, Meeting.id == meeting_id)
    if not may_edit(found):
        raise NotAllowed(NOT_YOURS)
    return found


@bp.get("/sitzungen/<int:meeting_id>")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting(meeting_id: int) -> ResponseReturnValue:
    """One sitting with its agenda."""
    found = load_visible(Meeting, Meeting.id == meeting_id)
    return _meeting_page(found, NewItemForm(formdata=None, key=uuid.uuid4(), public="ja"))


def _meeting_page(found: Meeting, form: NewItemForm) -> str:
    is_editor = may_edit(found)
    steps = _steps_at(found)
    kept = frozenset(db.session.scalars(queries.kept_by(visitor())))
    items = agenda.shown(found, steps, visitor(), kept)
    first = found.organization
    return render_template(
        "deliberations/meeting.html",
        meeting=found,
        items=items,
        laid=[one for found_laid in laying.layings_of([step.id for step in steps]).values() for one in found_laid],
        waiting=_without_a_day(found) if is_editor and not found.cancelled else [],
        form=form,
        may_edit=is_editor,
        notice=notice_by(first.notice_rule, found.held_on, local_exceptions()),
        may_invite=is_editor and any(step.state == StationState.SCHEDULED for step in steps),
        may_fall_out=is_editor and not found.cancelled and falling_out.consequences(found).is_possible,
        today=today(),
    )


def _steps_at(found: Meeting) -> list[Consultation]:
    rows = visible(Consultation).join(Consultation.agenda_item).where(AgendaItem.meeting_id == found.id)
    return list(db.session.scalars(rows.order_by(AgendaItem.position)).unique())


def _without_a_day(found: Meeting) -> list[Consultation]:
    """Steps of the sitting's committees that have no sitting yet, as far as the visitor keeps them."""
    bodies = [body.id for body in found.organizations]
    rows = visible(Consultation).where(
        Consultation.organization_id.in_(bodies), Consultation.state == StationState.PLANNED
    )
    return list(db.session.scalars(rows.order_by(Consultation.id)).unique())


@bp.route("/gremien/<int:organization_id>/sitzungen/neu", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def plan_meeting(organization_id: int) -> ResponseReturnValue:
    """A further sitting of a committee."""
    body = load_visible(Organization, Organization.id == organization_id)
    if not may_edit_body(body):
        raise NotAllowed("Eine Sitzung setzt an, wer die Schriftführung des Gremiums hat.")
    form = NewSittingForm(key=uuid.uuid4())
    others = _offer_others(form, body)
    if form.validate_on_submit():
        try:
            with transaction():
                further = [others[found] for found in form.further.data or ()]
                added = sittings.plan(body, form.plan(), further, key=form.key.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Sitzung ist angesetzt.", "success")
            return redirect(url_for(".meeting", meeting_id=added.id), code=303)
    return render_template("deliberations/plan_meeting.html", form=form, organization=body), status(form)


@bp.route("/sitzungen/<int:meeting_id>/bearbeiten", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_change(meeting_id: int) -> ResponseReturnValue:
    """Time, place, parts, and who sits together."""
    found = load_to_edit(meeting_id)
    stored = vars(sittings.plan_of(found)) | {"also_past": False}
    form = ChangeSittingForm(
        **stored, further=[row.organization_id for row in found.further], row_version=found.row_version
    )
    others = _offer_others(form, found.organization)
    if form.validate_on_submit():
        try:
            with transaction():
                further = [others[body] for body in form.further.data or ()]
                sittings.change(found, form.plan(), further, seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Sitzung ist gespeichert.", "success")
            return redirect(url_for(".meeting", meeting_id=found.id), code=303)
    return render_template("deliberations/change_meeting.html", form=form, meeting=found), status(form)


def _offer_others(form: Any, body: Organization) -> dict[int, Organization]:
    others = {other.id: other for other in queries.organizations() if other.id != body.id}
    form.further.choices = [SelectChoice(other.id, other.name) for other in others.values()]
    return others


@bp.post("/sitzungen/<int:meeting_id>/<any(eingeladen, stattfinden, nummerieren):act>")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_act(meeting_id: int, act: str) -> ResponseReturnValue:
    """Note the invitation, take back a cancellation, or number the agenda."""
    found = load_to_edit(meeting_id)
    service, words = {
        "eingeladen": (sittings.invite, "Die Einladung ist vermerkt."),
        "stattfinden": (sittings.reinstate, "Die Sitzung findet wieder statt. Prüfen Sie ihre Tagesordnung."),
        "nummerieren": (agenda.renumber, "Die Tagesordnung ist neu nummeriert."),
    }[act]
    with transaction():
        service(found, seen=seen_version(request.form), by=visitor().actor, now=now())
    flash(words, "success")
    return redirect(url_for(".meeting", meeting_id=found.id), code=303)


@bp.post("/sitzungen/<int:meeting_id>/tagesordnung")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_add_item(meeting_id: int) -> ResponseReturnValue:
    """A further item at the end of the agenda."""
    found = load_to_edit(meeting_id)
    form = NewItemForm()
    if form.validate():
        try:
            with transaction():
                agenda.add_item(found, form.item(), key=form.key.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Der Punkt steht auf der Tagesordnung.", "success")
            return redirect(url_for(".meeting", meeting_id=found.id), code=303)
    return _meeting_page(found, form), 422


@bp.post("/sitzungen/<int:meeting_id>/beratungen/<int:consultation_id>")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_take_on(meeting_id: int, consultation_id: int) -> ResponseReturnValue:
    """Put a paper that waits for a day on the agenda of this sitting."""
    found = load_to_edit(meeting_id)
    step = load_visible(
        Consultation,
        Consultation.id == consultation_id,
        Consultation.organization_id.in_([body.id for body in found.organizations]),
    )
    station = Station(step.role, found.held_on, True)
    with transaction():
        stations.change_station(step, station, seen=seen_version(request.form), by=visitor().actor, now=now())
    flash(f"„{step.procedure.title}“ steht auf der Tagesordnung.", "success")
    return redirect(url_for(".meeting", meeting_id=found.id), code=303)


@bp.route("/tagesordnungspunkte/<int:item_id>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_item(item_id: int) -> ResponseReturnValue:
    """Title, number and publicity of one item."""
    item = _load_item(item_id)
    stored = agenda.item_of(item)
    public = {True: "ja", False: "nein", None: ""}[stored.public]
    form = ChangeItemForm(title=stored.title, number=stored.number, public=public, row_version=item.row_version)
    if form.validate_on_submit():
        try:
            with transaction():
                agenda.change_item(item, form.item(), seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Der Tagesordnungspunkt ist gespeichert.", "success")
            return redirect(url_for(".meeting", meeting_id=item.meeting_id), code=303)
    return render_template("deliberations/agenda_item.html", form=form, item=item), status(form)


@bp.post("/tagesordnungspunkte/<int:item_id>/<any(hoch, runter, entfernen):act>")
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def meeting_item_act(item_id: int, act: str) -> ResponseReturnValue:
    """Let an item change places, or take it from the agenda."""
    item = _load_item(item_id)
    meeting_id, seen, by = item.meeting_id, seen_version(request.form), visitor().actor
    with transaction():
        if act == "entfernen":
            agenda.remove_item(item, seen=seen, by=by, now=now())
        else:
            agenda.shift_item(item, "up" if act == "hoch" else "down", seen=seen, by=by, now=now())
    if act == "entfernen":
        flash("Der Punkt ist von der Tagesordnung genommen.", "success")
    return redirect(url_for(".meeting", meeting_id=meeting_id, _anchor="tagesordnung"), code=303)


def _load_item(item_id: int) -> AgendaItem:
    """An item of a sitting that the visitor may change; one they may not even see does not exist."""
    item = db.session.scalars(
        select(AgendaItem).where(
            AgendaItem.id == item_id, AgendaItem.meeting_id.in_(visible(Meeting).with_only_columns(Meeting.id))
        )
    ).one_or_none()
    if item is not None and may_edit(item.meeting):
        return item
    load_visible(AgendaItem, AgendaItem.id == item_id)
    raise NotAllowed(NOT_YOURS)
