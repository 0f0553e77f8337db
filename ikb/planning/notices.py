"""Who is told of a trial run that became true: offices and leads, one message each; institutions are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ikb.accounts.model import User
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.journal.service import Actor
from ikb.planning import queries
from ikb.planning.model import Move, Scenario

PROPOSAL = "sequence_proposal"  # what was moved, and what waits for the reader's answer
ANSWER = "sequence_answer"  # an office declined, or the last answer is in
STILL_NEWS = timedelta(days=14)


def tell_of_sending(scenario: Scenario, offices: Mapping[int, Iterable[User]], *, by: Actor, now: datetime) -> None:
    """One message to each person who keeps a body that is moved, and to each lead; not to whoever sent it."""
    keepers = [person for office in offices.values() for person in office]
    _tell(PROPOSAL, scenario, [*keepers, *queries.leads_of(scenario.procedure_id)], step="", by=by, now=now)


def tell_of_refusal(move: Move, *, by: Actor, now: datetime) -> None:
    """Leads and the author hear that an office declined."""
    _tell(ANSWER, move.scenario, _authors(move.scenario), step=f"refused-{move.id}", by=by, now=now)


def tell_of_end(scenario: Scenario, *, by: Actor, now: datetime) -> None:
    """Leads and the author hear that the last answer is in, or that the sequence changed otherwise."""
    _tell(ANSWER, scenario, _authors(scenario), step=scenario.state, by=by, now=now)


def silence(scenario: Scenario, *, now: datetime) -> None:
    """What was not sent yet of a trial run that was withdrawn is not sent any more."""
    deliveries.cancel(PROPOSAL, [scenario.id], now=now)


def _authors(scenario: Scenario) -> list[User]:
    author = [scenario.created_by] if scenario.created_by.is_active else []
    return [*author, *queries.leads_of(scenario.procedure_id)]


def _tell(kind: str, scenario: Scenario, people: Iterable[User], *, step: str, by: Actor, now: datetime) -> None:
    everybody = {person.id: person for person in people if person.id != by.id}
    planned = [
        Planned(
            kind=kind,
            subject_id=scenario.id,
            recipient=person.email,
            recipient_name=person.name,
            step=step,
            due_at=now,
            stale_at=now + STILL_NEWS,
            procedure_id=scenario.procedure_id,
        )
        for person in everybody.values()
    ]
    deliveries.plan_many(planned, now=now)
