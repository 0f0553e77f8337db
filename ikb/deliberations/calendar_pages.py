"""The page that takes in a calendar of sittings: a file, what was read from it, and only then the sittings."""

from __future__ import annotations

import json
import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import db, transaction
from ikb.deliberations import calendar_intake, queries, register_queries
from ikb.deliberations.blueprint import bp
from ikb.deliberations.calendar_intake import Read, Reader
from ikb.deliberations.calendar_rows import COLUMNS, from_json, to_json
from ikb.deliberations.committee_pages import names_keepers
from ikb.deliberations.model import Organization
from ikb.deliberations.register_queries import Wanted
from ikb.deliberations.sitting_forms import CalendarForm
from ikb.errors import Faulty
from ikb.moment import now
from ikb.tables.sheet import LARGEST_FILE
from ikb.web.filters import plural

LONGEST_LIST = 1024 * 1024  # characters of what was read, on its way back
AGAIN = "Die Liste kam nicht unverändert zurück. Wählen Sie die Datei noch einmal aus."


@bp.route("/gremien/sitzungskalender", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR)
def import_calendar() -> ResponseReturnValue:
    """A whole calendar from XLSX, CSV or ICS, or nothing of it; shown before anything is stored."""
    bodies = register_queries.register(Wanted())
    allowed = _allowed(bodies)
    form = CalendarForm(key=uuid.uuid4())
    form.organization_id.choices = [SelectChoice(0, "die Datei nennt es in jeder Zeile")] + [
        SelectChoice(body.id, body.name) for body in bodies if body.id in allowed
    ]
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    default = next((body for body in bodies if body.id == form.organization_id.data), None)
    reader = Reader(bodies, allowed, default, form.also_past.data)
    if request.form.get("act") == "save":
        return _save(form, reader)
    return _look_through(form, reader)


def _allowed(bodies: list[Organization]) -> frozenset[int]:
    """Ids of the committees whose calendar the visitor may fill."""
    if names_keepers():
        return frozenset(body.id for body in bodies)
    return frozenset(db.session.scalars(queries.kept_by(visitor())))


def _look_through(form: CalendarForm, reader: Reader) -> ResponseReturnValue:
    sent = form.file.data
    if not sent:
        form.file.errors = ["Wählen Sie eine Datei aus."]
        return _page(form), 422
    try:
        read = reader.look_through(sent.read(LARGEST_FILE + 1), now())
    except Faulty as refusal:
        return _page(form, Read(faults=refusal.faults)), 422
    if read.faults:
        return _page(form, read), 422
    form.rows.data = json.dumps(to_json(read.sittings))
    return render_template(
        "deliberations/preview_calendar.html",
        form=form,
        read=read,
        names={body.id: body.name for body in reader.bodies},
    )


def _save(form: CalendarForm, reader: Reader) -> ResponseReturnValue:
    try:
        sent = form.rows.data or ""
        read = from_json(json.loads(sent if len(sent) <= LONGEST_LIST else ""), {body.id for body in reader.bodies})
    except ValueError:
        return _page(form, Read(faults=[AGAIN])), 422
    try:
        with transaction():
            taken = calendar_intake.take_in(reader, read, key=form.key.data, by=visitor().actor, now=now())
    except Faulty as refusal:
        return _page(form, Read(faults=refusal.faults)), 422
    flash(f"{plural(len(taken), 'Sitzung', 'Sitzungen')} aufgenommen.", "success")
    return redirect(url_for(".organizations"), code=303)


def _page(form: CalendarForm, read: Read | None = None) -> str:
    return render_template(
        "deliberations/import_calendar.html", form=form, faults=read.faults if read else [], columns=COLUMNS
    )
