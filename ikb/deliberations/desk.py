"""A secretary's desk: for each of their sittings what is due next, until when, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ikb.core.sequence.backward import Due, due_dates
from ikb.core.sequence.look import notice_of
from ikb.core.sequence.values import Station, Town
from ikb.core.workflow import OPEN, StationState
from ikb.deliberations.model import Consultation
from ikb.deliberations.planner_rows import station_of, town_of
from ikb.procedures.town_model import TownPeriod
from ikb.web.filters import day


@dataclass(frozen=True)
class Task:
    """One consultation with what is due next. due_on: the day by which; None where no day is set yet.

    act:   result, invite, minutes, edit, or nothing to do.
    dates: everything that is due around its sitting, in order of time, each with its rule.
    """

    consultation: Consultation
    what: str
    due_on: date | None
    act: str = ""
    why: str = ""
    is_overdue: bool = False
    dates: Sequence[Due] = ()


@dataclass
class Desk:
    """The desk in four piles, each in its order."""

    overdue: list[Task] = field(default_factory=list)
    this_week: list[Task] = field(default_factory=list)
    later: list[Task] = field(default_factory=list)
    done: list[Task] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.overdue or self.this_week or self.later or self.done)


def desk(consultations: Iterable[Consultation], today: date, periods: Iterable[TownPeriod] = ()) -> Desk:
    """Sort consultations into piles; missing results come before late invitations, the oldest first.

    periods: the town's own days off and holidays.
    """
    known = list(consultations)
    town = town_of({each.organization.id: each.organization for each in known}.values(), periods)
    piles = Desk()
    sunday = today + timedelta(days=6 - today.weekday())
    for task in (task_of(consultation, today, town) for consultation in known):
        if task.is_overdue:
            piles.overdue.append(task)
        elif StationState(task.consultation.state) not in OPEN and not task.act:
            piles.done.append(task)
        elif task.due_on is not None and task.due_on <= sunday:
            piles.this_week.append(task)
        else:
            piles.later.append(task)
    piles.overdue.sort(key=lambda task: (task.act != "result", task.due_on or date.max))
    for pile in (piles.this_week, piles.later):
        pile.sort(key=lambda task: (task.due_on is None, task.due_on or date.max))
    piles.done.sort(key=lambda task: task.consultation.held_on or date.min, reverse=True)
    return piles


def task_of(consultation: Consultation, today: date, town: Town | None = None) -> Task:
    """What is due for one consultation."""
    station = station_of(consultation)
    town = town or town_of([consultation.organization])
    dates = due_dates(station, town, today)
    if not station.is_open:
        return _minutes(consultation, dates)
    held_on = station.on
    if held_on is None:
        return Task(consultation, "Sitzungstag noch nicht eingetragen", None, "edit")
    if station.cancelled:
        return Task(consultation, "Sitzung abgesagt, neuen Tag eintragen", held_on, "edit", is_overdue=True)
    if held_on < today:
        return Task(consultation, "Ergebnis noch nicht eingetragen", held_on, "result", is_overdue=True, dates=dates)
    if held_on == today:
        return Task(consultation, "Sitzung heute, danach Ergebnis eintragen", held_on, "result", dates=dates)
    if station.state == StationState.INVITED:
        return Task(consultation, "Eingeladen, Sitzung abwarten", held_on, dates=dates)
    return _before(consultation, station, dates, today, town)


def _minutes(consultation: Consultation, dates: Sequence[Due]) -> Task:
    """A result is there: the minutes are still to come, where the committee has a day for them."""
    for due in dates:
        if due.code == "minutes" and not due.is_done:
            what = f"Niederschrift bis {day(due.due_on)} freigeben"
            what = "Niederschrift noch nicht freigegeben" if due.is_overdue else what
            return Task(consultation, what, due.due_on, "minutes", due.why, due.is_overdue, dates)
    return Task(consultation, "", consultation.held_on, dates=dates)


def _before(consultation: Consultation, station: Station, dates: Sequence[Due], today: date, town: Town) -> Task:
    """Before the invitation. That an agenda was closed nobody notes: once its day is over, the invitation is next."""
    by_code = {due.code: due for due in dates}
    agenda, invitation = by_code.get("agenda"), by_code["invitation"]
    if agenda is not None and today <= agenda.due_on < invitation.due_on:
        what = (
            "Tagesordnung heute schließen"
            if agenda.due_on == today
            else f"Tagesordnung bis {day(agenda.due_on)} schließen"
        )
        return Task(consultation, what, agenda.due_on, "invite", agenda.why, dates=dates)
    latest_on = notice_of(station, town).latest_on
    if today > latest_on:
        return Task(
            consultation, "Ladungsfrist verstrichen", latest_on, "invite", invitation.why, is_overdue=True, dates=dates
        )
    if today >= invitation.due_on:
        return Task(consultation, "Einladung heute versenden", today, "invite", invitation.why, dates=dates)
    what = f"Einladung bis {day(invitation.due_on)} versenden"
    return Task(consultation, what, invitation.due_on, "invite", invitation.why, dates=dates)
