"""What changed in the Beratungsfolge, gathered into one mail for everybody who works with it.

The journal knows every change with its person; the mail tells what they come to. Moved there and back is nothing to tell,
and nobody is told of what only they themselves did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from ikb.accounts.model import User
from ikb.core.workflow import StationState
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation
from ikb.deliveries.model import Delivery
from ikb.events import listens_to
from ikb.journal.model import JournalEntry
from ikb.procedures.town_days import local_exceptions
from ikb.reminders import gathering, people, queries
from ikb.web.filters import day

SEQUENCE_CHANGED = "sequence_changed"
ACTS = (
    "consultation added", "consultation moved", "consultation resumed", "consultation skipped", "meeting assigned",
    "meeting taken away",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What became of one station. name: of its committee."""

    name: str
    sentence: str
    on: date | None


@listens_to("consultation_moved")
def tell_of_move(consultation_id: int, now: datetime) -> None:
    """A station has another day, none any more, was left out or taken up again."""
    consultation = db.session.get(Consultation, consultation_id)
    if consultation is not None:
        _tell(consultation.procedure_id, now)


@listens_to("meeting_cancelled")
@listens_to("meeting_moved")
def tell_of_meeting(meeting_id: int, now: datetime) -> None:
    """A sitting is off, or on another day: every procedure that was on its agenda hears of it."""
    rows = (
        select(Consultation.procedure_id)
        .join(AgendaItem, AgendaItem.id == Consultation.agenda_item_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .distinct()
    )
    for procedure_id in db.session.scalars(rows).all():
        _tell(procedure_id, now)


def _tell(procedure_id: int, now: datetime) -> None:
    newest = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one_or_none()
    if newest is None:
        return
    actor = newest.actor_id if newest.actor_kind == "user" else None
    told = [user for user in people.concerned(procedure_id) if user.id != actor]
    rules = queries.rules_of(procedure_id)
    due_at = rules.next_moment(now + rules.gather, local_exceptions())
    gathering.gather(SEQUENCE_CHANGED, procedure_id, told, number=newest.id, due_at=due_at, now=now)


def changes_for(delivery: Delivery) -> list[Change]:
    """What the message has to tell its recipient, by day; nothing where all came back to where it was."""
    first, following = gathering.gathered(delivery)
    rows = select(JournalEntry).where(
        JournalEntry.procedure_id == delivery.subject_id,
        JournalEntry.subject_kind == Consultation.__tablename__,
        JournalEntry.action.in_(ACTS),
        JournalEntry.id >= first,
    )
    if following is not None:
        rows = rows.where(JournalEntry.id < following)
    own = db.session.scalar(select(User.id).where(User.email == delivery.recipient))
    by_station: dict[int, list[JournalEntry]] = {}
    for entry in db.session.scalars(rows.order_by(JournalEntry.id)):
        by_station.setdefault(entry.subject_id, []).append(entry)
    foreign = {number: acts for number, acts in by_station.items() if any(not _is_by(act, own) for act in acts)}
    return sorted(_changes(foreign), key=lambda change: (change.on is None, change.on or date.min, change.name))


def _is_by(entry: JournalEntry, user_id: int | None) -> bool:
    return entry.actor_kind == "user" and entry.actor_id == user_id


def _changes(by_station: dict[int, list[JournalEntry]]) -> Iterator[Change]:
    rows = select(Consultation).where(Consultation.id.in_(by_station)).options(lazyload(Consultation.procedure))
    for station in db.session.scalars(rows).unique():
        sentence = _sentence(station, by_station[station.id])
        if sentence:
            yield Change(station.body_name, sentence, station.held_on)


def _sentence(station: Consultation, acts: list[JournalEntry]) -> str:
    before, is_new = _day_before(acts[0].facts), acts[0].action == "consultation added"
    was_skipped = acts[0].action == "consultation resumed"
    now_on, is_skipped = station.held_on, station.state == StationState.SKIPPED
    if is_skipped:
        return "" if was_skipped else f"Die Beratung entfällt: {station.skip_reason}"
    if is_new:
        return f"ist neu in der Beratungsfolge, {_on(now_on)}."
    if was_skipped:
        return f"berät doch, {_on(now_on)}."
    if now_on == before or acts[0].action == "consultation skipped":
        return ""
    if now_on is None:
        return f"hat keinen Sitzungstag mehr; bisher war es {day(before)}."
    if before is None:
        return f"berät am {day(now_on)}."
    return f"berät am {day(now_on)} statt am {day(before)}."


def _on(held_on: date | None) -> str:
    return f"am {day(held_on)}" if held_on else "noch ohne Sitzungstag"


def _day_before(facts: dict[str, Any]) -> date | None:
    """The day that the first act of several took away, None where there was none."""
    written = facts.get("from") or (facts.get("held_on") if facts.get("state") == "planned" else None)
    return date.fromisoformat(written) if written else None
