"""What secretaries are told about their sittings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

from ikb.core.clock import berlin_day, end_of_day
from ikb.core.sequence.backward import Due, due_dates
from ikb.core.sequence.values import Town
from ikb.deliberations.model import Consultation
from ikb.deliberations.planner_rows import station_of, town_of
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned
from ikb.events import listens_to
from ikb.procedures.town_days import local_exceptions, periods
from ikb.reminders import queries, rules
from ikb.reminders.rules import Rules

RESULT_MISSING, SITTING_TASK = "result_missing", "sitting_task"
HINTED = ("agenda", "papers", "invitation", "minutes")  # a missing result is asked for afterwards
LOOK_BACK = timedelta(days=120)  # minutes are due long after the sitting


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


# What is due around a sitting: agenda, papers, invitation, minutes. One mail per sitting, day and clerk, however many steps
# are due on that day and however many procedures are on the agenda.


def tasks_ahead(now: datetime) -> list[Planned]:
    """A hint to each clerk some working days before something is due, as far as it is not done and still ahead."""
    found = queries.around_sittings(berlin_day(now) - LOOK_BACK)
    town = _town(found)
    own = queries.rules_by_procedure(station.procedure_id for station in found)
    by_key: dict[str, Planned] = {}
    for station in found:
        for due in _open_dues(station, town, berlin_day(now)):
            for message in _hints(station, due, own.get(station.procedure_id, rules.USUAL), now):
                by_key.setdefault(message.dedup_key, message)
    return list(by_key.values())


def _open_dues(station: Consultation, town: Town, today: date) -> list[Due]:
    return [due for due in due_dates(station_of(station), town, today) if due.code in HINTED and not due.is_done]


def _hints(station: Consultation, due: Due, own: Rules, now: datetime) -> Iterable[Planned]:
    on = rules.working_days_before(due.due_on, own.lead_days, local_exceptions())
    due_at = own.moment_on(on)
    if due_at <= now or station.agenda_item is None or station.held_on is None:
        return
    for clerk in station.organization.clerks:
        if clerk.user.is_active:
            yield Planned(
                kind=SITTING_TASK,
                subject_id=station.agenda_item.meeting_id,
                recipient=clerk.user.email,
                recipient_name=clerk.user.name,
                edition=f"{station.held_on:%Y-%m-%d}/{due.due_on:%Y-%m-%d}",
                due_at=due_at,
                stale_at=end_of_day(due.due_on),
                procedure_id=station.procedure_id,
            )


def open_tasks(delivery: Delivery, now: datetime) -> list[tuple[Consultation, Due]]:
    """What a hint still has to say: what is due on that day for each station of its sitting and not done.

    Nothing where the sitting moved, or where the recipient keeps its committee's business no more.
    """
    found = queries.around_sittings(None, delivery.subject_id)
    town, today = _town(found), berlin_day(now)
    return [
        (station, due)
        for station in found
        for due in _open_dues(station, town, today)
        if delivery.edition == f"{station.held_on:%Y-%m-%d}/{due.due_on:%Y-%m-%d}"
        and any(
            clerk.user.is_active and clerk.user.email == delivery.recipient for clerk in station.organization.clerks
        )
    ]


def _town(stations: Iterable[Consultation]) -> Town:
    organizations = {station.organization_id: station.organization for station in stations}
    return town_of(organizations.values(), periods())
