"""Pages of an office that is asked: what is proposed to its bodies, confirm, decline with a reason."""

from __future__ import annotations

from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.db import transaction
from ikb.deliberations import queries as deliberations
from ikb.deliberations.sequence_pages import enter
from ikb.errors import Implausible, NotFound
from ikb.moment import now
from ikb.planning import queries, service
from ikb.planning.blueprint import bp
from ikb.planning.forms import RefuseForm, VersionForm
from ikb.planning.model import Move, MoveState, Scenario
from ikb.planning.moving import OVERTAKEN
from ikb.web.refusals import status


@bp.get("/vorschlaege")
@allow(Role.SECRETARY, Role.LEAD)
def proposals() -> ResponseReturnValue:
    """Everything that waits for the visitor's answer."""
    waiting = queries.open_moves(visitor())
    return render_template(
        "planning/proposals.html",
        groups=[(scenario, list(moves)) for scenario, moves in groupby(waiting, key=lambda move: move.scenario)],
    )


@bp.get("/vorschlaege/<int:scenario_id>")
@allow(Role.SECRETARY, Role.LEAD)
def proposals_of(scenario_id: int) -> ResponseReturnValue:
    """What one trial run asks of the visitor."""
    return _page(scenario_id)


def _page(scenario_id: int, refused: Move | None = None, form: RefuseForm | None = None) -> ResponseReturnValue:
    moves = queries.moves_for(visitor(), scenario_id)
    if not moves:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    scenario = load_visible(Scenario, Scenario.id == scenario_id)
    enter(scenario.procedure)
    steps = deliberations.sequence(scenario.procedure_id)
    page = render_template(
        "planning/answer_proposals.html",
        scenario=scenario,
        procedure=scenario.procedure,
        moves=moves,
        others=[move for move in scenario.moves if move not in moves],
        is_overtaken=scenario.is_waiting and service.is_overtaken(scenario, steps),
        refused=refused,
        form=form or RefuseForm(formdata=None, row_version=0),
    )
    return page, (status(form) if form else 200)


@bp.post("/vorschlaege/<int:move_id>/bestaetigen")
@allow(Role.SECRETARY, Role.LEAD)
def confirm(move_id: int) -> ResponseReturnValue:
    """The office agrees: its station moves."""
    move = load_visible(Move, Move.id == move_id)
    form = VersionForm()
    if not form.validate():
        raise Implausible("Laden Sie die Seite neu und versuchen Sie es noch einmal.")
    with transaction():
        service.confirm(move, seen=form.row_version.data, by=visitor().actor, now=now())
    _say(move, "Zugestimmt. Die Beratung ist verschoben.")
    return redirect(url_for(".proposals_of", scenario_id=move.scenario_id), code=303)


@bp.route("/vorschlaege/<int:move_id>/ablehnen", methods=["POST"])
@allow(Role.SECRETARY, Role.LEAD)
def refuse(move_id: int) -> ResponseReturnValue:
    """The office declines, with a reason: its station stays."""
    move = load_visible(Move, Move.id == move_id)
    form = RefuseForm()
    if not form.validate():
        return _page(move.scenario_id, move, form)
    with transaction():
        service.refuse(move, form.reason.data, seen=form.row_version.data, by=visitor().actor, now=now())
    _say(move, "Abgelehnt. Die Beratung bleibt, wo sie ist; die Projektleitung weiß Bescheid.")
    return redirect(url_for(".proposals_of", scenario_id=move.scenario_id), code=303)


@bp.post("/vorschlaege/<int:scenario_id>/alle")
@allow(Role.SECRETARY, Role.LEAD)
def confirm_all(scenario_id: int) -> ResponseReturnValue:
    """The office of several bodies agrees for all of them at once: all of it, or nothing."""
    seen = dict(_seen(each) for each in request.form.getlist("seen"))
    moves = [move for move in queries.moves_for(visitor(), scenario_id) if move.id in seen]
    if not moves:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    with transaction():
        for move in moves:
            if service.confirm(move, seen=seen[move.id], by=visitor().actor, now=now()).state == MoveState.OUTDATED:
                break
    _say(moves[0], "Zugestimmt. Die Beratungen sind verschoben.")
    return redirect(url_for(".proposals_of", scenario_id=scenario_id), code=303)


def _seen(written: str) -> tuple[int, int]:
    move_id, _, version = written.partition(":")
    if not (move_id.isdigit() and version.isdigit()):
        raise Implausible("Laden Sie die Seite neu und versuchen Sie es noch einmal.")
    return int(move_id), int(version)


def _say(move: Move, words: str) -> None:
    if move.state == MoveState.OUTDATED:
        flash(OVERTAKEN, "danger")
    else:
        flash(words, "success")
