"""Moves of a trial run: sent as one, done at once where they are one's own, else answered by the offices.

Whatever moves goes through the rules of the deliberation room. A proposal holds for the sequence for which it was made: if
that changed otherwise meanwhile, nothing moves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliberations import stations
from ikb.deliberations.model import Consultation
from ikb.deliberations.stations import Station, station_of
from ikb.errors import Conflict, Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.planning import notices, queries
from ikb.planning.model import Act, Move, MoveState, Scenario, ScenarioState
from ikb.procedures.edits import lock_unchanged

LONGEST_REASON = 300
OVERTAKEN = (
    "Die Beratungsfolge wurde inzwischen anders geändert. Der Vorschlag gilt deshalb nicht mehr, und es wurde nichts "
    "verschoben. Wer ihn gemacht hat, kann ihn neu berechnen."
)


@dataclass(frozen=True)
class Wanted:
    """What is to become of one station.

    to_meeting_id: for a move, an existing sitting of its body.
    consent_on:    for silence, the day from which it counts as consent.
    """

    consultation_id: int
    act: Act
    to_meeting_id: int | None = None
    consent_on: date | None = None


def send(scenario: Scenario, wanted: Sequence[Wanted], *, seen: int, by: Actor, now: datetime) -> Scenario:
    """Let a trial run become true: own stations move at once, offices of other bodies are asked, all are told.

    Sent twice, it is sent once. Raises Conflict if somebody changed the trial run or the sequence meanwhile, Implausible
    without anything to move.
    """
    db.session.refresh(scenario, with_for_update={"of": Scenario})
    if scenario.sent_at is not None and scenario.created_by_id == by.id:
        return scenario
    lock_unchanged(scenario, seen)
    _refuse_unless_draft(scenario)
    steps = {step.id: step for step in queries.locked_steps(scenario.procedure_id)}
    if queries.base_of(list(steps.values())) != scenario.base:
        raise Conflict(OVERTAKEN)
    if not wanted:
        raise Implausible("An dieser Antwort ist nichts zu verschieben. Wählen Sie eine andere.")
    bodies = {steps[one.consultation_id].organization_id for one in wanted}
    offices = queries.offices_of(bodies)
    own = queries.own_bodies(bodies, offices, scenario.procedure_id, by.id)
    scenario.moves = [
        _move(place, one, steps[one.consultation_id], scenario, own) for place, one in enumerate(wanted, 1)
    ]
    scenario.state, scenario.sent_at = ScenarioState.SENT, now
    db.session.flush()
    _note("trial run sent", scenario, by=by, now=now, facts=_counts(scenario))
    for move in scenario.moves:
        if move.is_own:
            _do(move, by=by, now=now)
    _settle(scenario, by=by, now=now)
    notices.tell_of_sending(scenario, offices, by=by, now=now)
    return scenario


def _move(place: int, one: Wanted, step: Consultation, scenario: Scenario, own: Collection[int]) -> Move:
    return Move(
        consultation=step,
        position=place,
        act=one.act,
        from_on=step.held_on,
        to_meeting_id=one.to_meeting_id,
        consent_on=one.consent_on,
        skip_reason=_why_skipped(scenario) if one.act == Act.SKIP else "",
        is_own=step.organization_id in own,
    )


def _why_skipped(scenario: Scenario) -> str:
    passed_on = "In das Folgegremium vertagt, ohne Votum: " if scenario.answer == "pass_on" else ""
    return f"{passed_on}{scenario.reason}"[:LONGEST_REASON]


def confirm(move: Move, *, seen: int, by: Actor, now: datetime) -> Move:
    """Take a proposal: its station moves. Taken twice it moves once.

    An outdated one moves nothing: it and its siblings are marked, and the move comes back as outdated.
    Raises NotReady if it was answered otherwise, Conflict if somebody changed it meanwhile.
    """
    _hold(move)
    if move.state == MoveState.DONE:
        return move
    _refuse_answered(move)
    lock_unchanged(move, seen)
    if _is_overtaken(move.scenario):
        return _outdate(move, by=by, now=now)
    _do(move, by=by, now=now)
    _settle(move.scenario, by=by, now=now)
    return move


def refuse(move: Move, reason: str, *, seen: int, by: Actor, now: datetime) -> Move:
    """Decline a proposal with a reason; its station stays, and the leads are told. Declined twice it is declined once.

    Raises Implausible without a reason, NotReady and Conflict as `confirm`.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Implausible("Schreiben Sie, warum die Sitzung nicht passt.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Der Grund ist zu lang: höchstens {LONGEST_REASON} Zeichen.", "reason")
    _hold(move)
    if move.state == MoveState.REFUSED:
        return move
    _refuse_answered(move)
    lock_unchanged(move, seen, mine=reason)
    if _is_overtaken(move.scenario):
        return _outdate(move, by=by, now=now)
    _answer(move, MoveState.REFUSED, by=by, now=now)
    move.refusal = reason
    db.session.flush()
    _note("proposal refused", move, by=by, now=now)
    _settle(move.scenario, by=by, now=now)
    notices.tell_of_refusal(move, by=by, now=now)
    return move


def withdraw(scenario: Scenario, *, seen: int, by: Actor, now: datetime) -> Scenario:
    """Discard a trial run, or take back what its offices have not answered; what has moved stays moved.

    Raises NotReady for one that is closed, Conflict if somebody changed it meanwhile.
    """
    lock_unchanged(scenario, seen)
    if scenario.state not in (ScenarioState.DRAFT, ScenarioState.SENT):
        raise NotReady("Dieses Planspiel ist schon abgeschlossen.")
    was_sent = scenario.is_waiting
    for move in scenario.moves:
        if move.is_open:
            move.state = MoveState.WITHDRAWN
    scenario.state, scenario.closed_at = ScenarioState.DISCARDED, now
    db.session.flush()
    notices.silence(scenario, now=now)
    _note("proposals withdrawn" if was_sent else "trial run discarded", scenario, by=by, now=now)
    return scenario


def is_overtaken(scenario: Scenario, steps: Sequence[Consultation]) -> bool:
    """Whether the sequence is not any more the one for which the moves were proposed."""
    return queries.base_of(steps) != expected(scenario)


def expected(scenario: Scenario) -> queries.Base:
    """The sequence as it should be by now: as it was at the start, with the moves that were done."""
    base: queries.Base = dict(scenario.base)
    for move in scenario.moves:
        if move.state == MoveState.DONE:
            place = queries.SKIPPED if move.act == Act.SKIP else move.to_meeting_id
            base[str(move.consultation_id)] = place
    return base


def _hold(move: Move) -> None:
    # The trial run's row is the one lock for all its proposals: two offices answer one after the other.
    db.session.refresh(move.scenario, with_for_update={"of": Scenario})
    db.session.refresh(move)


def _is_overtaken(scenario: Scenario) -> bool:
    return is_overtaken(scenario, queries.locked_steps(scenario.procedure_id))


def _refuse_unless_draft(scenario: Scenario) -> None:
    if not scenario.is_draft:
        raise NotReady("Dieses Planspiel ist schon abgeschickt oder verworfen.")


def _refuse_answered(move: Move) -> None:
    if move.is_open:
        return
    raise NotReady(
        {
            MoveState.DONE: "Diesem Vorschlag wurde schon zugestimmt; die Beratung ist verschoben.",
            MoveState.REFUSED: "Dieser Vorschlag wurde schon abgelehnt.",
            MoveState.WITHDRAWN: "Dieser Vorschlag wurde zurückgezogen. Es wurde nichts verschoben.",
        }.get(MoveState(move.state), OVERTAKEN)
    )


def _outdate(move: Move, *, by: Actor, now: datetime) -> Move:
    for sibling in move.scenario.moves:
        if sibling.is_open:
            sibling.state = MoveState.OUTDATED
    move.scenario.state, move.scenario.closed_at = ScenarioState.OUTDATED, now
    db.session.flush()
    _note("trial run outdated", move.scenario, by=by, now=now)
    notices.tell_of_end(move.scenario, by=by, now=now)
    return move


def _do(move: Move, *, by: Actor, now: datetime) -> None:
    step = move.consultation
    if move.act == Act.SKIP:
        stations.skip(step, move.skip_reason, seen=step.row_version, by=by, now=now)
    else:
        stations.change_station(step, _station(move, berlin_day(now)), seen=step.row_version, by=by, now=now)
    _answer(move, MoveState.DONE, by=by, now=now)
    db.session.flush()
    _note("proposal taken", move, by=by, now=now, facts={"act": move.act, "is_own": move.is_own})


def _station(move: Move, today: date) -> Station:
    stored, meeting = station_of(move.consultation), move.to_meeting
    if move.act in (Act.RELEASE, Act.SILENCE):
        return Station(stored.role, None, stored.public)
    if meeting is None or meeting.cancelled or meeting.held_on < today:
        raise NotReady("Diese Sitzung findet nicht mehr statt oder ist vorbei. Es wurde nichts verschoben.")
    return Station(stored.role, meeting.held_on, _publicity(move.consultation))


def _publicity(step: Consultation) -> bool | None:
    """As it is, or as it was where it stood before."""
    if step.agenda_item is not None:
        return step.agenda_item.public
    before = db.session.get(Consultation, step.predecessor_id) if step.predecessor_id else None
    return before.agenda_item.public if before is not None and before.agenda_item is not None else None


def _answer(move: Move, state: MoveState, *, by: Actor, now: datetime) -> None:
    move.state, move.decided_by_id, move.decided_at = state, by.id, now


def _settle(scenario: Scenario, *, by: Actor, now: datetime) -> None:
    """Close a trial run when the last answer is in."""
    if any(move.is_open for move in scenario.moves):
        return
    refused = any(move.state == MoveState.REFUSED for move in scenario.moves)
    scenario.state = ScenarioState.REFUSED if refused else ScenarioState.DONE
    scenario.closed_at = now
    db.session.flush()
    _note("trial run closed", scenario, by=by, now=now, facts={"refused": refused})
    if not refused and any(not move.is_own for move in scenario.moves):
        notices.tell_of_end(scenario, by=by, now=now)


def _counts(scenario: Scenario) -> dict[str, int]:
    own = sum(move.is_own for move in scenario.moves)
    return {"own": own, "proposed": len(scenario.moves) - own}


def _note(
    action: str, subject: Scenario | Move, *, by: Actor, now: datetime, facts: Mapping[str, object] | None = None
) -> None:
    procedure_id = subject.procedure_id if isinstance(subject, Scenario) else subject.scenario.procedure_id
    journal.record(action, subject, by=by, now=now, procedure_id=procedure_id, facts=facts or {})
