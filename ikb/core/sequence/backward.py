"""What has to be done when: backwards from a sitting to the start, and what a secretary has to do around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ikb.core.german import day, days_in_words
from ikb.core.notice import Unit, days_before, in_words
from ikb.core.periods import next_working_day
from ikb.core.sequence.look import notice_of, papers_due
from ikb.core.sequence.values import Station, Step, StepKind, Town
from ikb.core.workflow import StationState


@dataclass(frozen=True)
class Due:
    """One thing that is due. code: stable name of the step; why: the rule as a German sentence."""

    code: str
    name: str
    due_on: date
    why: str
    is_overdue: bool = False
    is_done: bool = False


def backward_plan(station: Station, town: Town, today: date) -> list[Due]:
    """The town's steps on the way to a station's sitting, from the first to the last; empty while it has no day.

    Each step is due before the one that follows it, on a working day. Whether a step was done the plan does not know:
    `is_overdue` says that its day is over.
    """
    if station.on is None:
        return []
    found: list[Due] = []
    next_on, following = station.on, "der Sitzung"
    for place, step in enumerate(town.steps):
        due_on, why = _step(step, station, town, next_on, following)
        found.append(Due(f"{step.kind}-{place}", step.name, due_on, why, is_overdue=due_on < today))
        next_on, following = due_on, f"„{step.name}“"
    return found[::-1]


def _step(step: Step, station: Station, town: Town, next_on: date, following: str) -> tuple[date, str]:
    if step.kind is StepKind.DISPATCH:
        notice = notice_of(station, town)
        rule = in_words(town.body(station.organization).notice)
        return min(next_on, notice.send_on), " ".join((rule, *notice.why))
    own = papers_due(station.organization, next_on, town) if step.kind is StepKind.PAPERS else None
    if own is not None and station.on is not None:
        return _papers(station, town, next_on)
    due_on = days_before(next_on, step.days, step.unit, town.local_exceptions)
    return due_on, f"{_length(step)} vor {following} ({day(next_on)})."


def _papers(station: Station, town: Town, next_on: date) -> tuple[date, str]:
    """By the body's own deadline, but never after the day on which the papers are sent out."""
    due_on = papers_due(station.organization, station.on, town) if station.on else None
    days = town.body(station.organization).papers_days or 0
    if due_on is None or due_on > next_on:
        return next_on, f"Vor dem Versand am {day(next_on)}, auch wenn der Abgabeschluss später liegt."
    return due_on, f"Abgabeschluss {days_in_words(days)} vor der Sitzung, an einem Werktag."


def _length(step: Step) -> str:
    if step.unit is Unit.CALENDAR:
        return days_in_words(step.days)
    return "1 Werktag" if step.days == 1 else f"{step.days} Werktage"


def due_dates(station: Station, town: Town, today: date) -> list[Due]:
    """What a secretary has to do for one sitting and when, in order of time; empty while it has no day.

    Codes: agenda (the agenda closes: papers are due), papers (the version for the sitting is sent out), invitation,
    result (the day after the sitting), minutes. Agenda and minutes only where the body has such a rule. A station that
    was left out has nothing due.
    """
    if station.on is None or station.cancelled or station.state in (StationState.SKIPPED, StationState.REMOVED):
        return []
    return sorted(_around(station, station.on, town, today), key=lambda each: each.due_on)


def _around(station: Station, on: date, town: Town, today: date) -> Iterator[Due]:
    invited = station.state not in (StationState.PLANNED, StationState.SCHEDULED)
    recorded = station.state in (StationState.RECORDED, StationState.CONFIRMED)
    body, notice = town.body(station.organization), notice_of(station, town)
    closes_on = papers_due(station.organization, on, town)
    if closes_on is not None and body.papers_days is not None:
        why = f"Vorlagen sind {days_in_words(body.papers_days)} vor der Sitzung abzugeben, an einem Werktag."
        yield _due("agenda", "Tagesordnung schließen", closes_on, why, today, done=invited)
    rule = " ".join((in_words(body.notice), *notice.why))
    with_invitation = f"Mit der Einladung. {rule}"
    yield _due("papers", "Vorlage versenden", notice.send_on, with_invitation, today, done=invited and station.is_laid)
    yield _due("invitation", "Einladung versenden", notice.send_on, rule, today, done=invited)
    yield _due("result", "Ergebnis eintragen", on + timedelta(days=1), "Am Tag nach der Sitzung.", today, done=recorded)
    if body.minutes_days is not None:
        due_on = next_working_day(on + timedelta(days=body.minutes_days), town.local_exceptions)
        why = f"Niederschrift {days_in_words(body.minutes_days)} nach der Sitzung, an einem Werktag."
        done = station.state is StationState.CONFIRMED
        yield _due("minutes", "Niederschrift freigeben", due_on, why, today, done=done)


def _due(code: str, name: str, due_on: date, why: str, today: date, *, done: bool) -> Due:
    return Due(code, name, due_on, why, is_overdue=not done and due_on < today, is_done=done)
