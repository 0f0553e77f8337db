"""Moving a station in four steps: to which sitting, what breaks, which answer, check and send. Nothing moves before."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from ikb.accounts.model import Role
from ikb.accounts.policy import allow, load_visible, visitor
from ikb.core.sequence.question import WhatIf
from ikb.core.workflow import OPEN, StationState
from ikb.db import transaction
from ikb.deliberations import queries as deliberations
from ikb.deliberations.model import Consultation
from ikb.deliberations.sequence_pages import enter, load_consultation
from ikb.errors import Conflict, Implausible, NotReady
from ikb.moment import now, today
from ikb.planning import analysis, service
from ikb.planning.blueprint import bp
from ikb.planning.forms import AnswerForm, PostponeForm, SendForm
from ikb.planning.loading import Loaded
from ikb.planning.model import Scenario
from ikb.planning.trials import NO_LONGER_OPEN
from ikb.web.filters import day
from ikb.web.refusals import show_at_field, status

STEPS = ("Sitzung wählen", "Folgen ansehen", "Antwort wählen", "Prüfen und senden")


@dataclass(frozen=True)
class Opened:
    """A trial run with the sequence as it is, and what would follow; None where it was overtaken."""

    scenario: Scenario
    loaded: Loaded
    found: WhatIf | None


def _steps(current: int) -> list[dict[str, str]]:
    states = ["done"] * current + ["current"] + ["open"] * (len(STEPS) - current - 1)
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]


def load_scenario(scenario_id: int) -> Scenario:
    """A trial run that the visitor may see; its procedure becomes the page's."""
    scenario = load_visible(Scenario, Scenario.id == scenario_id)
    enter(scenario.procedure)
    return scenario


def _open_draft(scenario_id: int) -> Opened:
    """A draft that the visitor may go on with; raises NotReady for one that was sent."""
    scenario = load_scenario(scenario_id)
    if not scenario.is_draft:
        raise NotReady("Dieses Planspiel ist schon abgeschickt oder verworfen.")
    steps = deliberations.sequence(scenario.procedure_id)
    loaded = analysis.load_for(scenario.procedure_id, steps, visitor().user_id, today())
    if service.is_overtaken(scenario, steps) or not is_possible(scenario):
        return Opened(scenario, loaded, None)
    return Opened(scenario, loaded, analysis.what_follows(scenario, loaded, now()))


def is_possible(scenario: Scenario) -> bool:
    """Whether its station can still move, and its sitting still is to come."""
    target = scenario.target
    is_open = StationState(scenario.consultation.state) in OPEN
    return is_open and target is not None and not target.cancelled and target.held_on >= today()


@bp.route("/beratungen/<int:consultation_id>/verschieben", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def postpone(consultation_id: int) -> ResponseReturnValue:
    """Step 1: why, and to which sitting."""
    found = load_consultation(consultation_id)
    if StationState(found.state) not in OPEN:
        raise NotReady(NO_LONGER_OPEN)
    form = PostponeForm(key=uuid.uuid4(), row_version=0)
    form.target.choices = _targets(found)
    if form.validate_on_submit():
        try:
            with transaction():
                scenario = service.start(
                    found, form.reason.data, form.target.data, form.key.data, by=visitor().actor, now=now()
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            return redirect(url_for(".consequences", scenario_id=scenario.id), code=303)
    return _first_page(form, found), status(form)


@bp.route("/planspiele/<int:scenario_id>/sitzung", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def retarget(scenario_id: int) -> ResponseReturnValue:
    """Step 1 once more: another reason or another sitting."""
    scenario = load_scenario(scenario_id)
    if not scenario.is_draft:
        raise NotReady("Dieses Planspiel ist schon abgeschickt oder verworfen.")
    form = PostponeForm(
        key=scenario.key,
        reason=scenario.reason,
        target=scenario.target_meeting_id,
        row_version=scenario.row_version,
    )
    form.target.choices = _targets(scenario.consultation)
    if form.validate_on_submit():
        try:
            with transaction():
                service.retarget(
                    scenario,
                    form.reason.data,
                    form.target.data,
                    seen=form.row_version.data,
                    by=visitor().actor,
                    now=now(),
                )
        except Implausible as refusal:
            show_at_field(form, refusal)
        else:
            return redirect(url_for(".consequences", scenario_id=scenario.id), code=303)
    return _first_page(form, scenario.consultation, scenario), status(form)


def _first_page(form: PostponeForm, found: Consultation, scenario: Scenario | None = None) -> str:
    return render_template(
        "planning/postpone.html",
        form=form,
        consultation=found,
        procedure=found.procedure,
        scenario=scenario,
        steps=_steps(0),
    )


def _targets(found: Consultation) -> list[SelectChoice]:
    steps = deliberations.sequence(found.procedure_id)
    loaded = analysis.load_for(found.procedure_id, steps, visitor().user_id, today())
    known = analysis.sittings_to_choose(loaded, found.id, today())
    return [SelectChoice(choice.sitting.id, f"{_on(choice.sitting.on)}: {choice.word}") for choice in known]


def _on(held_on: date) -> str:
    return day(held_on)


@bp.get("/planspiele/<int:scenario_id>/folgen")
@allow(Role.LEAD, Role.SECRETARY)
def consequences(scenario_id: int) -> ResponseReturnValue:
    """Step 2: what breaks if only this station moves."""
    opened = _open_draft(scenario_id)
    if opened.found is None:
        return _overtaken_page(opened)
    return render_template(
        "planning/consequences.html",
        scenario=opened.scenario,
        procedure=opened.scenario.procedure,
        found=opened.found,
        steps=_steps(1),
    )


@bp.route("/planspiele/<int:scenario_id>/antwort", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def answer(scenario_id: int) -> ResponseReturnValue:
    """Step 3: one of the five answers, each with the new sequence beside the old one."""
    opened = _open_draft(scenario_id)
    if opened.found is None:
        return _overtaken_page(opened)
    scenario, found = opened.scenario, opened.found
    form = AnswerForm(answer=scenario.answer, row_version=scenario.row_version)
    form.answer.choices = [SelectChoice(each.code, each.name) for each in found.answers if each.is_possible]
    if form.validate_on_submit():
        with transaction():
            service.choose(scenario, form.answer.data, seen=form.row_version.data)
        return redirect(url_for(".confirm_sending", scenario_id=scenario.id), code=303)
    page = render_template(
        "planning/answer.html",
        scenario=scenario,
        procedure=scenario.procedure,
        form=form,
        answers=[
            (each, analysis.side_by_side(opened.loaded.stations, each.stations) if each.is_possible else [])
            for each in found.answers
        ],
        steps=_steps(2),
    )
    return page, status(form)


@bp.route("/planspiele/<int:scenario_id>/absenden", methods=["GET", "POST"])
@allow(Role.LEAD, Role.SECRETARY)
def confirm_sending(scenario_id: int) -> ResponseReturnValue:
    """Step 4: check, and send. From here on own stations have moved and offices are asked."""
    scenario = load_scenario(scenario_id)
    if scenario.sent_at is not None and scenario.created_by_id == visitor().user_id:
        return redirect(url_for(".scenario", scenario_id=scenario_id), code=303)  # sent twice: it is sent
    opened = _open_draft(scenario_id)
    if opened.found is None:
        return _overtaken_page(opened)
    chosen = analysis.answer_of(scenario, opened.found)
    if chosen is None:
        return redirect(url_for(".answer", scenario_id=scenario_id), code=303)
    rows = analysis.side_by_side(opened.loaded.stations, chosen.stations)
    wanted = analysis.wanted_of(rows)
    checked = analysis.fingerprint(wanted)
    form = SendForm(checked=checked, row_version=scenario.row_version)
    if form.validate_on_submit():
        if form.checked.data != checked:
            raise Conflict(
                "Inzwischen käme etwas anderes heraus als das, was Sie geprüft haben. Es wurde nichts verschoben. "
                "Öffnen Sie das Planspiel noch einmal und prüfen Sie den neuen Vorschlag."
            )
        with transaction():
            service.send(scenario, wanted, seen=form.row_version.data, by=visitor().actor, now=now())
        flash("Abgeschickt. Was Ihnen gehört, ist verschoben; die anderen Gremien sind gefragt.", "success")
        return redirect(url_for(".scenario", scenario_id=scenario_id), code=303)
    page = render_template(
        "planning/confirm.html",
        scenario=scenario,
        procedure=scenario.procedure,
        form=form,
        answer=chosen,
        rows=rows,
        steps=_steps(3),
    )
    return page, status(form)


def _overtaken_page(opened: Opened) -> ResponseReturnValue:
    return render_template(
        "planning/overtaken.html", scenario=opened.scenario, procedure=opened.scenario.procedure
    ), 409
