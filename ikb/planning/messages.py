"""What offices and leads read about a move: what has moved, what waits for them, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import joinedload

from ikb.accounts.model import User
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail
from ikb.planning import notices, queries
from ikb.planning.model import Move, MoveState, Scenario, ScenarioState
from ikb.web import labels
from ikb.web.links import external_url

GONE = (ScenarioState.DRAFT, ScenarioState.DISCARDED)
labels.add(
    "message",
    {notices.PROPOSAL: "Verschiebung einer Beratung", notices.ANSWER: "Antwort auf eine Verschiebung"},
)


def scenario_of(delivery: Delivery) -> Scenario | None:
    """The trial run that a message is about, with its moves and their bodies, in one query."""
    moves = joinedload(Scenario.moves).joinedload(Move.consultation)
    return db.session.get(Scenario, delivery.subject_id, options=[moves])


def proposal_wanted(delivery: Delivery, _now: datetime) -> bool:
    """It was not taken back, and whoever should read it may still act."""
    scenario = scenario_of(delivery)
    return scenario is not None and scenario.state not in (*GONE, ScenarioState.OUTDATED) and _may_act(delivery)


def answer_wanted(delivery: Delivery, _now: datetime) -> bool:
    scenario = scenario_of(delivery)
    return scenario is not None and scenario.state not in GONE and _may_act(delivery)


def _may_act(delivery: Delivery) -> bool:
    person = db.session.query(User.is_active).filter(User.email == delivery.recipient).scalar()
    return bool(person)


def render_proposal(delivery: Delivery, now: datetime) -> Mail:
    """What was moved at once, what the reader is asked, and what waits for others."""
    scenario = scenario_of(delivery)
    if scenario is None:
        raise LookupError("The trial run of this message is gone.")
    mine = _answered_by(delivery.recipient, scenario)
    return render_mail(
        "sequence_proposal",
        name=delivery.recipient_name,
        scenario=scenario,
        procedure=scenario.procedure,
        mine=mine,
        others=[move for move in scenario.moves if move.is_open and move not in mine],
        done=_in_state(scenario.moves, MoveState.DONE),
        today=berlin_day(now),
        link=external_url("planning.proposals_of", scenario_id=scenario.id)
        if mine
        else external_url("planning.scenario", scenario_id=scenario.id),
    )


def render_answer(delivery: Delivery, now: datetime) -> Mail:
    """Who declined and why, or that everybody agreed, or that the sequence changed meanwhile."""
    scenario = scenario_of(delivery)
    if scenario is None:
        raise LookupError("The trial run of this message is gone.")
    return render_mail(
        "sequence_answer",
        name=delivery.recipient_name,
        scenario=scenario,
        procedure=scenario.procedure,
        refused=_in_state(scenario.moves, MoveState.REFUSED),
        waiting=_in_state(scenario.moves, MoveState.OPEN),
        today=berlin_day(now),
        link=external_url("planning.scenario", scenario_id=scenario.id),
    )


def _in_state(moves: Sequence[Move], state: MoveState) -> list[Move]:
    return [move for move in moves if move.state == state]


def _answered_by(address: str, scenario: Scenario) -> list[Move]:
    """What a person is asked: for the bodies they keep, and as lead for those that nobody keeps."""
    waiting = [move for move in scenario.moves if move.is_open]
    offices = queries.offices_of(move.consultation.organization_id for move in waiting)
    leads = queries.leads_of(scenario.procedure_id)
    return [
        move
        for move in waiting
        if any(person.email == address for person in offices.get(move.consultation.organization_id, leads))
    ]


register_kind(notices.PROPOSAL, still_wanted=proposal_wanted, render=render_proposal, urgency=4)
register_kind(notices.ANSWER, still_wanted=answer_wanted, render=render_answer)
