"""Pages of trial runs: the list of a procedure, where one stands, going on with it or giving it up."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, visitor
from ikb.db import transaction
from ikb.deliberations import queries as deliberations
from ikb.deliberations.sequence_pages import enter
from ikb.errors import Implausible, NotReady
from ikb.moment import now, today
from ikb.planning import analysis, queries, service
from ikb.planning.blueprint import bp
from ikb.planning.forms import KeyedForm, VersionForm
from ikb.planning.model import MoveState, Scenario, ScenarioState
from ikb.planning.trial_pages import is_possible, load_scenario
from ikb.procedures.current import leads_current


@bp.get("/verfahren/<int:procedure_id>/planspiele")
@allow(Role.LEAD, Role.SECRETARY)
def scenarios(procedure_id: int) -> ResponseReturnValue:
    """The trial runs of a procedure."""
    procedure = deliberations.sequence_procedure(visitor(), procedure_id)
    enter(procedure)
    return render_template(
        "planning/scenarios.html", procedure=procedure, scenarios=queries.scenarios_of(visitor(), procedure_id)
    )


@bp.get("/planspiele/<int:scenario_id>")
@allow(Role.LEAD, Role.SECRETARY)
def scenario(scenario_id: int) -> ResponseReturnValue:
    """Where a trial run stands: what moved, who is asked, who declined and what that breaks."""
    found = load_scenario(scenario_id)
    if found.is_draft:  # where one left off
        step = ".confirm_sending" if found.answer else ".consequences"
        return redirect(url_for(step, scenario_id=scenario_id), code=303)
    steps = deliberations.sequence(found.procedure_id)
    loaded = analysis.load_for(found.procedure_id, steps, visitor().user_id, today())
    watched = [one for one in service.watch(loaded, today()) if not one.finding.is_overridden]
    moved = {move.consultation_id for move in found.moves}
    declined = {move.consultation_id for move in found.moves if move.state == MoveState.REFUSED}
    return render_template(
        "planning/scenario.html",
        scenario=found,
        procedure=found.procedure,
        concerning=[one for one in watched if not moved.isdisjoint(one.finding.stations)],
        broken=[one for one in watched if not declined.isdisjoint(one.finding.stations)],
        mine={move.id for move in queries.moves_for(visitor(), scenario_id)},
        is_overtaken=found.is_waiting and service.is_overtaken(found, steps),
        may_go_on=_may_go_on(found),
        can_be_tried_again=found.state in (ScenarioState.REFUSED, ScenarioState.OUTDATED) and is_possible(found),
        form=VersionForm(row_version=found.row_version),
        key=uuid.uuid4(),
    )


def _may_go_on(found: Scenario) -> bool:
    """Whoever made it goes on with it, and the leads."""
    return found.created_by_id == visitor().user_id or leads_current()


@bp.post("/planspiele/<int:scenario_id>/<any(verwerfen, neu, nochmal):act>")
@allow(Role.LEAD, Role.SECRETARY)
def change_scenario(scenario_id: int, act: str) -> ResponseReturnValue:
    """Discard or take back a trial run, put a draft onto today's sequence, or try again after a refusal."""
    found = load_scenario(scenario_id)
    if not _may_go_on(found):
        raise NotReady("Nur wer das Planspiel angelegt hat oder das Verfahren leitet, kann es ändern.")
    by, at = visitor().actor, now()
    if act == "nochmal":
        keyed = KeyedForm()
        if not keyed.validate():
            raise Implausible("Laden Sie die Seite neu und versuchen Sie es noch einmal.")
        with transaction():
            new = service.again(found, keyed.key.data, by=by, now=at)
        return redirect(url_for(".consequences", scenario_id=new.id), code=303)
    form = VersionForm()
    if not form.validate():
        raise Implausible("Laden Sie die Seite neu und versuchen Sie es noch einmal.")
    with transaction():
        if act == "neu":
            service.compute_anew(found, seen=form.row_version.data, by=by, now=at)
        else:
            service.withdraw(found, seen=form.row_version.data, by=by, now=at)
    if act == "neu":
        return redirect(url_for(".consequences", scenario_id=scenario_id), code=303)
    flash("Das Planspiel ist verworfen. Was noch offen war, wird nicht verschoben.", "success")
    return redirect(url_for(".scenarios", procedure_id=found.procedure_id), code=303)
