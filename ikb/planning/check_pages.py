"""Pages of what does not hold in a sequence: the findings with their rules, reasons beside them, the plan backwards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.core.sequence.backward import Due, backward_plan
from ikb.core.sequence.values import Station
from ikb.db import db, transaction
from ikb.deliberations import queries as deliberations
from ikb.deliberations.beside import stands_beside_sequence
from ikb.deliberations.model import Consultation
from ikb.deliberations.sequence_pages import enter
from ikb.errors import Implausible, NotFound
from ikb.moment import now, today
from ikb.planning import queries, service
from ikb.planning.blueprint import bp
from ikb.planning.forms import PresentersForm, ReasonForm
from ikb.planning.loading import Loaded, load
from ikb.planning.reasons import Watched
from ikb.procedures.current import load_procedure
from ikb.procedures.model import Procedure
from ikb.web.refusals import show_at_field, status

SHOWN_BESIDE = 4


@dataclass(frozen=True)
class Checked:
    """A sequence as its check page needs it. editable: ids of the stations that the visitor may change."""

    procedure: Procedure
    steps: Sequence[Consultation]
    loaded: Loaded
    found: Sequence[Watched]
    editable: frozenset[int]
    is_led: bool

    def may_accept(self, watched: Watched) -> bool:
        """Leads accept every finding that can be, secretaries those about their own stations."""
        return watched.finding.can_be_overridden and (
            self.is_led or not self.editable.isdisjoint(watched.finding.stations)
        )


def check_sequence(procedure_id: int) -> Checked:
    """A procedure's sequence with everything that does not hold, for a visitor who may read it; raises NotFound else."""
    procedure = deliberations.sequence_procedure(visitor(), procedure_id)
    is_led = enter(procedure)
    steps = deliberations.sequence(procedure_id)
    loaded = load(procedure_id, steps)
    own = set() if is_led else set(db.session.scalars(deliberations.kept_by(visitor())))
    editable = frozenset(step.id for step in steps if is_led or step.organization_id in own)
    return Checked(procedure, steps, loaded, service.watch(loaded, today()), editable, is_led)


@bp.get("/verfahren/<int:procedure_id>/beratungsfolge/pruefung")
@allow(Role.LEAD, Role.SECRETARY)
def check(procedure_id: int) -> ResponseReturnValue:
    """Every finding with its severity, its rule and its stations, and the reasons that were given."""
    checked = check_sequence(procedure_id)
    return render_template(
        "planning/check.html",
        procedure=checked.procedure,
        checked=checked,
        open_findings=[one for one in checked.found if not one.finding.is_overridden],
        accepted=[one for one in checked.found if one.finding.is_overridden],
        history=queries.reasons_of(procedure_id),
        today=today(),
    )


@bp.route("/verfahren/<int:procedure_id>/beratungsfolge/pruefung/<finding>", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def give_reason(procedure_id: int, finding: str) -> ResponseReturnValue:
    """Accept a finding with a reason, or say why the reason holds no longer."""
    checked = check_sequence(procedure_id)
    watched = next((one for one in checked.found if one.name == finding and checked.may_accept(one)), None)
    if watched is None:
        raise NotFound(
            "Diesen Befund gibt es nicht mehr, oder er ist nicht für Sie. Vielleicht wurde die Beratungsfolge geändert."
        )
    form = ReasonForm(key=uuid.uuid4())
    if form.validate_on_submit():
        try:
            with transaction():
                _store(checked, watched, form)
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            flash("Ihre Begründung ist gespeichert und steht beim Befund.", "success")
            return redirect(url_for(".check", procedure_id=procedure_id), code=303)
    page = render_template(
        "planning/give_reason.html", form=form, procedure=checked.procedure, checked=checked, watched=watched
    )
    return page, status(form)


def _store(checked: Checked, watched: Watched, form: ReasonForm) -> None:
    by, at = visitor().actor, now()
    if watched.accepted is None:
        service.accept(
            checked.procedure, watched, checked.loaded.stations, form.reason.data, form.key.data, by=by, now=at
        )
    else:
        service.take_back(checked.procedure, watched, form.reason.data, form.key.data, by=by, now=at)


@bp.get("/verfahren/<int:procedure_id>/beratungsfolge/zeitplan")
@allow(Role.LEAD, Role.SECRETARY)
def backwards(procedure_id: int) -> ResponseReturnValue:
    """For each station to come, by which day each of the town's own steps has to be done; overdue ones are marked."""
    procedure = deliberations.sequence_procedure(visitor(), procedure_id)
    is_led = enter(procedure)
    loaded = load(procedure_id, deliberations.sequence(procedure_id))
    plans = [(station, backward_plan(station, loaded.town, today())) for station in _to_come(loaded.stations)]
    return render_template(
        "planning/backwards.html",
        procedure=procedure,
        plans=[(station, plan) for station, plan in plans if plan],
        overdue=_overdue(plans),
        is_led=is_led,
        today=today(),
    )


def _to_come(stations: Sequence[Station]) -> list[Station]:
    coming = [station for station in stations if station.is_open and station.on is not None and station.on >= today()]
    return sorted(coming, key=lambda station: (station.on, station.position))


def _overdue(plans: Sequence[tuple[Station, Sequence[Due]]]) -> int:
    return sum(due.is_overdue for _, plan in plans for due in plan)


@bp.route("/verfahren/<int:procedure_id>/beratungsfolge/vortrag", methods=["GET", "POST"])
@allow(Role.LEAD)
def presenters(procedure_id: int) -> ResponseReturnValue:
    """Who presents the paper where."""
    procedure = load_procedure(procedure_id)
    steps = {step.id: step for step in deliberations.sequence(procedure_id)}
    known = service.presenters_of(procedure_id)
    lines = [{"consultation_id": step, "name": known.get(step, "")} for step in steps]
    form = PresentersForm(lines=lines)
    if form.validate_on_submit():
        named = {
            int(line.consultation_id.data): line.form["name"].data
            for line in form.lines
            if (line.consultation_id.data or "").isdigit()
        }
        with transaction():
            service.set_presenters(procedure, named, by=visitor().actor, now=now())
        flash("Wer die Vorlage wo vorstellt, ist gespeichert.", "success")
        return redirect(url_for(".check", procedure_id=procedure_id), code=303)
    page = render_template("planning/presenters.html", form=form, procedure=procedure, steps=steps)
    return page, status(form)


@stands_beside_sequence
def beside(procedure: Procedure, steps: Sequence[Consultation]) -> Markup:
    """The findings in a few lines, with the way to their page."""
    if not steps:
        return Markup("")
    found = service.watch(load(procedure.id, steps), today())
    waiting = [one for one in found if not one.finding.is_overridden]
    return Markup(  # noqa: S704 (rendered by the escaping environment)
        render_template(
            "planning/_findings.html", procedure=procedure, found=waiting[:SHOWN_BESIDE], count=len(waiting)
        )
    )
