"""The calendar of a phase: which day who gets what, as planned by some rules, and what went out already."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ikb.core.clock import berlin_day
from ikb.core.periods import nrw_holiday_names
from ikb.institutions.model import Invitation
from ikb.institutions.service import recipient_of
from ikb.procedures.model import ParticipationPhase
from ikb.reminders.letters import reminder_letter
from ikb.reminders.participation import REMINDER, TO_SECOND, is_for_second, second_address_of
from ikb.reminders.queries import Sent
from ikb.reminders.rules import Reminder, Rules, in_order, in_words, reminders, step_named
from ikb.web import labels
from ikb.web.filters import plural

LAST_OF_ALL = 9
MARKS = {"invitation": "Einladung", REMINDER: "Erinnerung"}  # short enough for a day in the table


@dataclass
class Event:
    """One thing on one day. order: among those of the day; parts: who gets which text; note: why that day."""

    day: date
    title: str
    at: datetime | None = None
    parts: list[str] = field(default_factory=list)
    note: str = ""
    is_done: bool = False
    mark: str = ""
    order: int = 5


@dataclass(frozen=True)
class Cell:
    """One day in the month's table."""

    day: date
    is_inside: bool
    is_off: str
    is_today: bool
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Month:
    """One month, week by week from Monday."""

    first: date
    weeks: list[list[Cell]]


def events(
    phase: ParticipationPhase,
    invitations: Sequence[Invitation],
    sent: Iterable[Sent],
    rules: Rules,
    closed: Set[date],
    now: datetime,
) -> list[Event]:
    """All that a phase sends, by day: what went out, what these rules plan for whoever has not answered until now."""
    found = [*_frame(phase), *_of_ledger(sent), *_planned(phase, invitations, rules, closed, now)]
    found += _call_list(phase, invitations, rules, closed)
    return sorted(found, key=lambda event: (event.day, event.at is None, event.at or now, event.order))


def left_out(
    phase: ParticipationPhase, sent: Iterable[Sent], rules: Rules, closed: Set[date], now: datetime
) -> list[str]:
    """One sentence for each step that falls away: its day is over, or a later step goes out on the same one."""
    begins = berlin_day(phase.opens_at)
    planned = {
        one.step for one in reminders(phase.last_day, after=begins, now=_from(phase, now), rules=rules, closed=closed)
    }
    planned |= {one.step for one in sent}
    lost = [step for step in in_order(rules.steps, phase.last_day, closed) if step.name not in planned]
    return [
        f"{in_words(step)} ({step.wanted_on(phase.last_day, closed):%d.%m.%Y}) fällt weg: "
        "Der Tag ist vorbei, oder eine spätere Erinnerung liegt auf demselben Tag."
        for step in lost
    ]


def months(
    found: Sequence[Event], first: date, last: date, rules: Rules, closed: Set[date], today: date
) -> list[Month]:
    """The months from one day to another as tables, with what happens on each day."""
    marks: dict[date, list[str]] = {}
    for event in found:
        if event.mark and event.mark not in marks.setdefault(event.day, []):
            marks[event.day].append(event.mark)
    shown, month = [], first.replace(day=1)
    while month <= last:
        weeks = [
            [_cell(day, month, marks, rules, closed, today) for day in week]
            for week in Calendar().monthdatescalendar(month.year, month.month)
        ]
        shown.append(Month(month, weeks))
        month = (month + timedelta(days=32)).replace(day=1)
    return shown


def _cell(day: date, month: date, marks: dict[date, list[str]], rules: Rules, closed: Set[date], today: date) -> Cell:
    is_inside = (day.year, day.month) == (month.year, month.month)
    off = rules.day_off(day, closed) or nrw_holiday_names(day.year).get(day, "")
    return Cell(day, is_inside, off, day == today, tuple(marks.get(day, ())) if is_inside else ())


def _frame(phase: ParticipationPhase) -> Iterable[Event]:
    begins = berlin_day(phase.opened_at or phase.opens_at)
    is_open = phase.opened_at is not None
    yield Event(
        begins, "Die Beteiligung beginnt" if not is_open else "Die Beteiligung ist eröffnet", mark="Beginn", order=0
    )
    yield Event(phase.last_day, "Ende der Frist, 24 Uhr", mark="Frist", order=LAST_OF_ALL)


def _of_ledger(sent: Iterable[Sent]) -> Iterable[Event]:
    """One event for each kind and step at each moment, with what became of its messages."""
    together: dict[tuple[str, str, datetime], list[Sent]] = {}
    for one in sent:
        step = one.step if one.kind == REMINDER else ""
        together.setdefault((one.kind, step, one.due_at), []).append(one)
    for (kind, step, due_at), several in together.items():
        name = labels.label("message", kind)
        states = Counter[str]()
        for one in several:
            states[labels.label("delivery", one.state)] += one.count
        parts = [f"{count} × {state}" for state, count in states.most_common()]
        is_done = all(one.is_over for one in several)
        title = f"{name} {_step_in_words(step)}".strip()
        yield Event(berlin_day(due_at), title, due_at, parts, is_done=is_done, mark=MARKS.get(kind, "intern"))


def _step_in_words(name: str) -> str:
    step = step_named(name.removesuffix(TO_SECOND))
    if step is None:
        return ""
    return f"({in_words(step)}{', zweite Adresse' if name.endswith(TO_SECOND) else ''})"


def _planned(
    phase: ParticipationPhase, invitations: Sequence[Invitation], rules: Rules, closed: Set[date], now: datetime
) -> list[Event]:
    start = _from(phase, now)
    plans: dict[tuple[date, date], list[Reminder]] = {}
    by_reminder: dict[Reminder, Counter[str]] = {}
    for invitation in invitations:
        if invitation.is_answered or invitation.revoked_at is not None:
            continue
        key = (invitation.last_day, berlin_day(invitation.invited_at or start))
        if key not in plans:
            plans[key] = reminders(key[0], after=key[1], now=start, rules=rules, closed=closed)
        for reminder in plans[key]:
            by_reminder.setdefault(reminder, Counter()).update(_who(invitation, reminder, rules))
    return [_event(reminder, counted, phase) for reminder, counted in by_reminder.items() if counted]


def _who(invitation: Invitation, reminder: Reminder, rules: Rules) -> Iterable[str]:
    if recipient_of(invitation.institution, reminder.sent_on):
        yield labels.label("letter", reminder_letter(invitation))
    if is_for_second(rules, reminder) and second_address_of(invitation.institution, reminder.sent_on):
        yield "zweite Adresse, gleicher Text"


def _event(reminder: Reminder, counted: Counter[str], phase: ParticipationPhase) -> Event:
    note = ""
    if reminder.moved_for:
        way = "davor" if reminder.sent_on < reminder.wanted_on else "danach"
        note = (
            f"Eigentlich am {reminder.wanted_on:%d.%m.%Y} ({reminder.moved_for}); an diesem Tag wird nichts gesendet, "
            f"deshalb am Arbeitstag {way}."
        )
    parts = [f"{number} × {text}" for text, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]
    title = f"Erinnerung {_step_in_words(reminder.step)}"
    if reminder.last_day > phase.last_day:
        title += f", Frist verlängert bis {reminder.last_day:%d.%m.%Y}"
    return Event(reminder.sent_on, title, reminder.due_at, parts, note, mark="Erinnerung")


def _call_list(
    phase: ParticipationPhase, invitations: Sequence[Invitation], rules: Rules, closed: Set[date]
) -> list[Event]:
    if rules.call_list_days is None:
        return []
    waiting = sum(not invitation.is_answered for invitation in invitations)
    on = phase.last_day - timedelta(days=rules.call_list_days)
    return [
        Event(
            on, "Anrufliste", None, [f"{plural(waiting, 'Institution', 'Institutionen')} ohne Antwort"], mark="Anrufe"
        )
    ]


def _from(phase: ParticipationPhase, now: datetime) -> datetime:
    return now if phase.is_open else max(now, phase.opens_at)
