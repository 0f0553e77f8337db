"""A secretary's desk: for each of their sittings what is due next, until when, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from ikb.core.notice import notice
from ikb.core.workflow import OPEN, StationState
from ikb.deliberations.model import Consultation
from ikb.web.filters import day, plural


@dataclass(frozen=True)
class Task:
    """One consultation with what is due. due_on: the day by which; None where no day is set yet.

    act: result, invite, edit, or nothing to do.
    """

    consultation: Consultation
    what: str
    due_on: date | None
    act: str = ""
    why: str = ""
    is_overdue: bool = False


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


def desk(consultations: Iterable[Consultation], today: date) -> Desk:
    """Sort consultations into piles; missing results come before late invitations, the oldest first."""
    piles = Desk()
    sunday = today + timedelta(days=6 - today.weekday())
    for task in (task_of(consultation, today) for consultation in consultations):
        if StationState(task.consultation.state) not in OPEN:
            piles.done.append(task)
        elif task.is_overdue:
            piles.overdue.append(task)
        elif task.due_on is not None and task.due_on <= sunday:
            piles.this_week.append(task)
        else:
            piles.later.append(task)
    piles.overdue.sort(key=lambda task: (task.act != "result", task.due_on or date.max))
    for pile in (piles.this_week, piles.later):
        pile.sort(key=lambda task: (task.due_on is None, task.due_on or date.max))
    piles.done.sort(key=lambda task: task.consultation.held_on or date.min, reverse=True)
    return piles


def task_of(consultation: Consultation, today: date) -> Task:
    """What is due for one consultation."""
    held_on, state = consultation.held_on, StationState(consultation.state)
    if state not in OPEN:
        return Task(consultation, "", held_on)
    if held_on is None:
        return Task(consultation, "Sitzungstag noch nicht eingetragen", None, "edit")
    if held_on < today:
        return Task(consultation, "Ergebnis noch nicht eingetragen", held_on, "result", is_overdue=True)
    if held_on == today:
        return Task(consultation, "Sitzung heute, danach Ergebnis eintragen", held_on, "result")
    if state == StationState.INVITED:
        return Task(consultation, "Eingeladen, Sitzung abwarten", held_on)
    return _invitation(consultation, held_on, today)


def _invitation(consultation: Consultation, held_on: date, today: date) -> Task:
    days = consultation.organization.notice_days
    period = notice(held_on, days)
    why = (
        f"Ladungsfrist {plural(days, 'Tag', 'Tage')}: Weder der Tag der Zustellung noch der Sitzungstag zählt. "
        f"Letzter Tag ist {day(period.latest_on)}"
    )
    why += f", kein Werktag; deshalb {day(period.send_on)}." if period.is_moved else "."
    if today > period.latest_on:
        return Task(consultation, "Ladungsfrist verstrichen", period.latest_on, "invite", why, is_overdue=True)
    if today >= period.send_on:
        return Task(consultation, "Einladung heute versenden", today, "invite", why)
    return Task(consultation, f"Einladung bis {day(period.send_on)} versenden", period.send_on, "invite", why)
