"""What secretaries are told about their sittings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from ikb.core.clock import berlin_day
from ikb.deliberations.model import Consultation
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.events import listens_to
from ikb.procedures.town_days import local_exceptions
from ikb.reminders import queries, rules

RESULT_MISSING = "result_missing"


@listens_to("meeting_scheduled")
def plan_for_meeting(meeting_id: int, now: datetime) -> None:
    """The clerks of a sitting are asked for each result that is missing on the working day after."""
    found = queries.without_result(berlin_day(now), meeting_id)
    for edition, of_one_day in groupby(found, key=edition_of_consultation):
        ids = [consultation.id for consultation in of_one_day]
        deliveries.cancel(RESULT_MISSING, ids, now=now, except_edition=edition)
    deliveries.plan_many(questions_about(found, now), now=now)


def edition_of_consultation(consultation: Consultation) -> str:
    """Of which day of sitting a question tells; empty while there is none."""
    return "" if consultation.held_on is None else consultation.held_on.isoformat()


def questions_about(consultations: Iterable[Consultation], now: datetime) -> list[Planned]:
    """One question for each clerk of each sitting whose result is missing, as far as its turn is still to come."""
    return [message for consultation in consultations for message in _questions_of(consultation, now)]


def _questions_of(consultation: Consultation, now: datetime) -> list[Planned]:
    held_on = consultation.held_on
    if held_on is None or (due_at := rules.result_asked_at(held_on, local_exceptions())) <= now:
        return []
    return [
        Planned(
            kind=RESULT_MISSING,
            subject_id=consultation.id,
            recipient=clerk.user.email,
            recipient_name=clerk.user.name,
            edition=edition_of_consultation(consultation),
            due_at=due_at,
            stale_at=due_at + rules.RESULT_MISSING_COUNTS,
            procedure_id=consultation.procedure_id,
        )
        for clerk in consultation.organization.clerks
        if clerk.user.is_active
    ]
