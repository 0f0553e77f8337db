"""Pages of the administrator: connecting a council system step by step, and how reading it goes."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.deliberations import organizations as register
from ikb.deliberations import queries as deliberations
from ikb.errors import Implausible
from ikb.moment import now, today
from ikb.oparl import passage, queries, runs, service
from ikb.oparl.blueprint import bp
from ikb.oparl.forms import ADD, SKIP, ActForm, BodyForm, SystemForm, chosen_in
from ikb.oparl.model import CouncilSystem, SourceLink
from ikb.oparl.service import FIELD_KINDS
from ikb.web import paging
from ikb.web.refusals import show_at_field, status

SHOWN_IN_PREVIEW = 200


def load_system(system_id: int) -> CouncilSystem:
    """A council system; only administrators see any."""
    return load_visible(CouncilSystem, CouncilSystem.id == system_id)


@bp.get("/verwaltung/ratssysteme")
@allow(Role.ADMINISTRATOR)
def systems() -> ResponseReturnValue:
    """All council systems and how reading them goes."""
    return render_template("oparl/systems.html", standings=queries.standings())


@bp.route("/verwaltung/ratssysteme/neu", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def new_system() -> ResponseReturnValue:
    """Step 1: name and address."""
    first = date(today().year - 1, 1, 1)
    form = SystemForm(since_on=first, interval_minutes=60, leads=list(FIELD_KINDS))
    if form.validate_on_submit():
        try:
            with transaction():
                system = service.add(form.settings(), by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            return redirect(url_for(".system", system_id=system.id), code=303)
    return render_template("oparl/new_system.html", form=form), status(form)


@bp.get("/verwaltung/ratssysteme/<int:system_id>")
@allow(Role.ADMINISTRATOR)
def system(system_id: int) -> ResponseReturnValue:
    """One council system: what to do next, the last readings, what is wrong."""
    found = load_system(system_id)
    page = paging.fetch(queries.open_faults(found.id), paging.page_number(request.args), size=20)
    return render_template(
        "oparl/system.html",
        system=found,
        runs=queries.last_runs(found.id),
        is_reading=runs.open_run(found.id) is not None,
        read_at=queries.read_at(found.id),
        page=page,
        differences=queries.count_of_differences(found.id),
    )


@bp.route("/verwaltung/ratssysteme/<int:system_id>/einstellungen", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def system_settings(system_id: int) -> ResponseReturnValue:
    """Name, address, interval, and for what it leads."""
    found = load_system(system_id)
    stored = service.settings_of(found)
    values = {**vars(stored), "leads": [kind for kind in FIELD_KINDS if kind in stored.leads]}
    form = SystemForm(row_version=found.row_version, **values)
    if form.validate_on_submit():
        try:
            with transaction():
                service.change(found, form.settings(), seen=form.row_version.data, by=visitor().actor, now=now())
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Die Einstellungen sind gespeichert.", "success")
            return redirect(url_for(".system", system_id=found.id), code=303)
    return render_template("oparl/system_settings.html", form=form, system=found), status(form)


@bp.route("/verwaltung/ratssysteme/<int:system_id>/stadt", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def choose_body(system_id: int) -> ResponseReturnValue:
    """Step 2, where a system serves several towns: which one."""
    found = load_system(system_id)
    form = BodyForm()
    bodies = [link for link in queries.bodies(found.id) if not link.deleted]
    form.body.choices = [SelectChoice(link.id, link.facts.get("name") or link.remote_id) for link in bodies]
    if form.validate_on_submit():
        with transaction():
            service.choose_body(found, form.body.data, by=visitor().actor, now=now())
        return redirect(url_for(".system", system_id=found.id), code=303)
    return render_template("oparl/choose_body.html", form=form, system=found), status(form)


@bp.route("/verwaltung/ratssysteme/<int:system_id>/gremien", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def choose_organizations(system_id: int) -> ResponseReturnValue:
    """Step 3: which committees are read, and which of ikb's each one is."""
    found = load_system(system_id)
    links = queries.organizations(found.id)
    form = ActForm(row_version=found.row_version)
    if form.validate_on_submit():
        try:
            chosen = chosen_in(request.form, [link.id for link in links])
            seen = int(form.row_version.data) if form.row_version.data.isdigit() else 0
            with transaction():
                service.choose_organizations(found, chosen, seen=seen, by=visitor().actor, now=now())
        except Implausible as refusal:
            form.form_errors = [*form.form_errors, refusal.message]
        else:
            return redirect(url_for(".system", system_id=found.id), code=303)
    page = render_template(
        "oparl/choose_organizations.html",
        form=form,
        system=found,
        rows=[(link, request.form.get(f"gremium-{link.id}", _suggested(found, link))) for link in links],
        organizations=deliberations.organizations(),
        skip=SKIP,
        add=ADD,
    )
    return page, status(form)


def _suggested(system: CouncilSystem, link: SourceLink) -> str:
    """What the page offers for a committee: what was chosen, else the one of that name, else to add it."""
    has_chosen = system.state not in ("new", "choosing")
    if has_chosen and not link.chosen:
        return SKIP
    if link.local_id is not None:
        return str(link.local_id)
    if not has_chosen and not service.is_committee(link):
        return SKIP
    known = register.known_as(link.facts.get("name", ""))
    return str(known.id) if known else ADD


@bp.get("/verwaltung/ratssysteme/<int:system_id>/vorschau")
@allow(Role.ADMINISTRATOR)
def preview(system_id: int) -> ResponseReturnValue:
    """Step 4: what would be taken over; nothing is stored."""
    found = load_system(system_id)
    taking = passage.look(found, now=now())
    found = load_system(system_id)
    counts: dict[str, int] = {}
    for done in taking.done:
        counts[done.field] = counts.get(done.field, 0) + 1
    return render_template(
        "oparl/preview.html",
        system=found,
        counts=counts,
        done=taking.done[:SHOWN_IN_PREVIEW],
        total=len(taking.done),
        differing=len(taking.met),
        faults=taking.faults,
        is_reading=runs.open_run(found.id) is not None,
    )


@bp.post("/verwaltung/ratssysteme/<int:system_id>/<any(uebernehmen, lesen, trennen):act>")
@allow(Role.ADMINISTRATOR)
def system_act(system_id: int, act: str) -> ResponseReturnValue:
    """Confirm the preview, read at once, or end the connection."""
    found = load_system(system_id)
    written = request.form.get("row_version", "")
    seen = int(written) if written.isascii() and written.isdigit() else 0
    with transaction():
        if act == "uebernehmen":
            service.confirm(found, seen=seen, by=visitor().actor, now=now())
        elif act == "lesen":
            service.read_now(found, now=now())
        else:
            service.disconnect(found, seen=seen, by=visitor().actor, now=now())
    if act == "trennen":
        flash(f"{found.name} wird nicht mehr gelesen. Was übernommen wurde, bleibt.", "success")
        return redirect(url_for(".systems"), code=303)
    flash(f"{found.name} wird jetzt gelesen. Laden Sie die Seite in einer Minute neu.", "success")
    return redirect(url_for(".system", system_id=found.id), code=303)
