"""Trial runs: begun at one station, changed as often as one likes, and nothing moves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import exists, or_, select

from ikb.core.clock import berlin_day
from ikb.core.workflow import OPEN, StationState
from ikb.db import db
from ikb.deliberations.model import Consultation, Meeting, MeetingOrganization
from ikb.errors import Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.planning import queries
from ikb.planning.model import MoveState, Scenario, ScenarioState
from ikb.procedures.edits import lock_unchanged

LONGEST_REASON = 300
NO_LONGER_OPEN = "Diese Beratung hat schon ein Ergebnis oder wurde ausgelassen; sie lässt sich nicht mehr verschieben."


def start(
    consultation: Consultation,
    reason: str,
    target_id: int | None,
    key: uuid.UUID,
    *,
    keep: Iterable[int] = (),
    by: Actor,
    now: datetime,
) -> Scenario:
    """A trial run in which one station goes to another sitting; sent twice, it is one.

    keep: ids of stations that must not move, since an office declined.
    Raises Implausible, with its field, without a reason or for a sitting that cannot be; NotReady for a closed station.
    """
    if by.id is None:
        raise ValueError("Only a person with an account begins a trial run.")
    if earlier := db.session.scalar(select(Scenario).where(Scenario.key == key)):
        return earlier
    if StationState(consultation.state) not in OPEN:
        raise NotReady(NO_LONGER_OPEN)
    scenario = Scenario(
        procedure=consultation.procedure,
        consultation=consultation,
        key=key,
        reason=_tidy(reason),
        target=_target(consultation, target_id, berlin_day(now)),
        base=queries.base_of(queries.locked_steps(consultation.procedure_id)),
        keep=sorted(keep),
        created_by_id=by.id,
        created_at=now,
    )
    db.session.add(scenario)
    db.session.flush()
    _note("trial run begun", scenario, by=by, now=now)
    return scenario


def retarget(
    scenario: Scenario, reason: str, target_id: int | None, *, seen: int, by: Actor, now: datetime
) -> Scenario:
    """Another reason or another sitting; the answer is open again. Raises as `start`, and Conflict."""
    lock_unchanged(scenario, seen, mine=reason, theirs=lambda: scenario.reason)
    _refuse_closed(scenario)
    scenario.reason = _tidy(reason)
    scenario.target = _target(scenario.consultation, target_id, berlin_day(now))
    scenario.answer = None
    scenario.base = queries.base_of(queries.locked_steps(scenario.procedure_id))
    db.session.flush()
    return scenario


def choose(scenario: Scenario, answer: str, *, seen: int) -> Scenario:
    """One of the five answers. Raises Conflict, NotReady for one that was sent."""
    lock_unchanged(scenario, seen)
    _refuse_closed(scenario)
    scenario.answer = answer
    db.session.flush()
    return scenario


def compute_anew(scenario: Scenario, *, seen: int, by: Actor, now: datetime) -> Scenario:
    """Put a draft onto the sequence as it is now. Raises NotReady if its station is closed or its sitting is no more."""
    lock_unchanged(scenario, seen)
    _refuse_closed(scenario)
    if StationState(scenario.consultation.state) not in OPEN:
        raise NotReady(NO_LONGER_OPEN)
    scenario.target = _target(scenario.consultation, scenario.target_meeting_id, berlin_day(now))
    scenario.base = queries.base_of(queries.locked_steps(scenario.procedure_id))
    scenario.answer = None
    db.session.flush()
    _note("trial run computed anew", scenario, by=by, now=now)
    return scenario


def again(scenario: Scenario, key: uuid.UUID, *, by: Actor, now: datetime) -> Scenario:
    """A new trial run after one that was refused or overtaken: stations that an office declined to move stay."""
    declined = [move.consultation_id for move in scenario.moves if move.state == MoveState.REFUSED]
    station, target_id = scenario.consultation, scenario.target_meeting_id
    keep = {*scenario.keep, *declined} - {station.id}
    return start(station, scenario.reason, target_id, key, keep=keep, by=by, now=now)


def _refuse_closed(scenario: Scenario) -> None:
    if scenario.state != ScenarioState.DRAFT:
        raise NotReady("Dieses Planspiel ist schon abgeschickt oder verworfen.")


def _tidy(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Implausible("Schreiben Sie, warum verschoben wird.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Der Grund ist zu lang: höchstens {LONGEST_REASON} Zeichen.", "reason")
    return reason


def _target(consultation: Consultation, meeting_id: int | None, today: date) -> Meeting:
    """The existing sitting to which a station goes: of its own body, to come, not cancelled."""
    with_others = exists().where(
        MeetingOrganization.meeting_id == Meeting.id,
        MeetingOrganization.organization_id == consultation.organization_id,
    )
    rows = select(Meeting).where(
        Meeting.id == (meeting_id or 0),
        or_(Meeting.organization_id == consultation.organization_id, with_others),
        Meeting.held_on >= today,
        Meeting.cancelled.is_(False),
    )
    if (found := db.session.scalar(rows)) is None:
        raise Implausible("Wählen Sie eine Sitzung des Gremiums, die noch kommt.", "target")
    return found


def _note(action: str, scenario: Scenario, *, by: Actor, now: datetime) -> None:
    facts = {"consultation_id": scenario.consultation_id, "keep": scenario.keep}
    journal.record(action, scenario, by=by, now=now, procedure_id=scenario.procedure_id, facts=facts)
