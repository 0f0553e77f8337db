"""What offices and leads read about a move: what has moved, what waits for them, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import joinedload

from ikb.accounts.model import User
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliberations.model import Clerk, Consultation, Organization
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery
from ikb.deliveries.rendering import render_mail
from ikb.planning import notices
from ikb.planning.model import Move, MoveState, Scenario, ScenarioState
from ikb.web import labels
from ikb.web.links import external_url

GONE = (ScenarioState.DRAFT, ScenarioState.DISCARDED)
labels.add(
    "message",
    {notices.PROPOSAL: "Verschiebung einer Beratung", notices.ANSWER: "Antwort auf eine Verschiebung"},
)


def scenario_of(delivery: Delivery) -> Scenario | None:
    """The trial run that a message is about, with its moves, their bodies and offices, in one query."""
    clerks = (
        joinedload(Scenario.moves)
        .joinedload(Move.consultation)
        .joinedload(Consultation.organization)
        .joinedload(Organization.clerks)
        .joinedload(Clerk.user)
    )
    return db.session.get(Scenario, delivery.subject_id, options=[clerks])


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
    mine = [move for move in scenario.moves if move.is_open and _answers(delivery.recipient, move)]
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


def _answers(address: str, move: Move) -> bool:
    """Whether a person keeps the body of a move; the leads answer for a body that nobody keeps."""
    clerks = [clerk.user for clerk in move.consultation.organization.clerks if clerk.user.is_active]
    return any(user.email == address for user in clerks)


register_kind(notices.PROPOSAL, still_wanted=proposal_wanted, render=render_proposal, urgency=4)
register_kind(notices.ANSWER, still_wanted=answer_wanted, render=render_answer)
