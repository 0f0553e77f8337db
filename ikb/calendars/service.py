"""Issuing and revoking calendar addresses, answering at them, and counting how often each date has changed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from ikb.accounts.policy import Visitor
from ikb.calendars import queries
from ikb.calendars.feeds import Rows, Scope, for_reader, rows_of
from ikb.calendars.happenings import Happening
from ikb.calendars.links import hash_of, token_of
from ikb.calendars.model import CalendarContent, CalendarEntry, CalendarFeed
from ikb.core.calendar import to_ical
from ikb.core.clock import berlin_day
from ikb.db import db, on_sqlite
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Result
from ikb.errors import Conflict
from ikb.events import listens_to
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase

Known = Mapping[str, CalendarEntry]


@dataclass(frozen=True)
class Source:
    """One calendar: what it holds, who reads it (None: everybody), its address and its name."""

    scope: Scope
    seer: Visitor | None
    address: str
    name: str


@dataclass(frozen=True)
class Answer:
    """A calendar file, its digest, and when it last became another."""

    file: bytes
    digest: str
    changed_at: datetime


def subscribe(user_id: int, scope: Scope, *, by: Actor, now: datetime) -> CalendarFeed:
    """A calendar address for a person; asked for again, the one there is, and one that was revoked becomes a new one."""
    feed = queries.feed_of(user_id, str(scope))
    if feed is not None and feed.is_live:
        return feed
    if feed is None:
        feed = CalendarFeed(user_id=user_id, scope=str(scope), kind=scope.kind, generation=0, created_at=now)
        feed.organization_id = scope.id if scope.kind == "organization" else None
        feed.procedure_id = scope.id if scope.kind == "procedure" else None
        db.session.add(feed)
        db.session.flush()
    _issue(feed)
    journal.record("calendar link issued", feed, by=by, now=now, procedure_id=feed.procedure_id)
    return feed


def renew(feed: CalendarFeed, *, seen: int, by: Actor, now: datetime) -> CalendarFeed:
    """Another address for a calendar; the old one is dead at once. Sent twice, it is renewed once.

    seen: the generation that the page showed. Raises Conflict if the address was revoked meanwhile.
    """
    if not feed.is_live:
        raise Conflict("Dieser Kalender ist inzwischen gesperrt. Abonnieren Sie ihn neu, wenn Sie ihn brauchen.")
    if feed.generation == seen:
        _issue(feed)
        journal.record("calendar link renewed", feed, by=by, now=now, procedure_id=feed.procedure_id)
    return feed


def revoke(feed: CalendarFeed, *, by: Actor, now: datetime) -> None:
    """The address answers no more. Sent twice, it is revoked once."""
    if feed.is_live:
        feed.revoked_at, feed.token_hash = now, None
        journal.record("calendar link revoked", feed, by=by, now=now, procedure_id=feed.procedure_id)


def _issue(feed: CalendarFeed) -> None:
    feed.generation += 1
    feed.revoked_at, feed.token_hash = None, hash_of(token_of(feed))
    db.session.flush()


def read(source: Source, now: datetime) -> Answer | None:
    """What a calendar answers now; None if something in it changed since its dates were last counted."""
    rows = rows_of(source.scope, source.seer, berlin_day(now))
    known = queries.entries(rows.keys())
    happenings = rows.happenings(known, for_staff=source.seer is not None)
    if _outdated(happenings, known):
        return None
    file, digest = _file(source, for_reader(happenings, known, source.seer), known)
    last = queries.content(source.address)
    return Answer(file, digest, last.changed_at) if last is not None and last.digest == digest else None


def refresh(source: Source, now: datetime) -> Answer:
    """Count what changed, and give what the calendar answers from now on."""
    rows = rows_of(source.scope, source.seer, berlin_day(now))
    known = _counted(rows, now)
    happenings = rows.happenings(known, for_staff=source.seer is not None)
    file, digest = _file(source, for_reader(happenings, known, source.seer), known)
    _note_content(source.address, digest, now)
    last = queries.content(source.address)
    return Answer(file, digest, last.changed_at if last else now)


def _file(source: Source, happenings: Iterable[Happening], known: Known) -> tuple[bytes, str]:
    entries = [happening.as_entry(known[happening.key]) for happening in happenings]
    file = to_ical(source.name, entries)
    return file, hashlib.sha256(file).hexdigest()


def _outdated(happenings: Iterable[Happening], known: Known) -> list[Happening]:
    return [one for one in happenings if one.key not in known or known[one.key].digest != one.digest]


def _counted(rows: Rows, now: datetime) -> Known:
    """The dates of some rows as they are known, once every change among them has raised its sequence."""
    known = queries.entries(rows.keys())
    outdated = _outdated(rows.happenings(known, for_staff=True), known)
    for happening in outdated:
        if happening.key in known:
            _raise_sequence(happening, known[happening.key], now)
    _add([one for one in outdated if one.key not in known], now)
    return queries.entries(rows.keys()) if outdated else known


def _raise_sequence(happening: Happening, known: CalendarEntry, now: datetime) -> None:
    # Two programs may fetch at the same moment: who comes second finds the digest changed and raises nothing.
    shown = happening.shown
    if happening.cancelled:
        shown["public"] = shown["public"] or bool(known.last_shown.get("public"))
    db.session.execute(
        update(CalendarEntry)
        .where(CalendarEntry.key == happening.key, CalendarEntry.digest == known.digest)
        .values(sequence=CalendarEntry.sequence + 1, digest=happening.digest, changed_at=now, last_shown=shown)
        .execution_options(synchronize_session=False)
    )


def _add(happenings: Iterable[Happening], now: datetime) -> None:
    rows = [
        {
            "key": one.key,
            "uid": uuid.uuid4(),
            "sequence": 0,
            "digest": one.digest,
            "changed_at": now,
            "last_shown": one.shown,
        }
        for one in happenings
    ]
    if rows:
        insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
        once = insert(CalendarEntry.__table__).on_conflict_do_nothing(index_elements=["key"])  # type: ignore[arg-type]
        db.session.execute(once, rows)


def _note_content(address: str, digest: str, now: datetime) -> None:
    insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
    row = insert(CalendarContent.__table__).values(address=address, digest=digest, changed_at=now)  # type: ignore[arg-type]
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["address"],
            set_={"digest": row.excluded.digest, "changed_at": row.excluded.changed_at},
            where=CalendarContent.__table__.c.digest != row.excluded.digest,
        )
    )


# A change is counted when it happens, so that its moment is right; whatever is changed without a fact of its own is
# counted when the calendar is fetched. What was never in a calendar needs no count.


@listens_to("meeting_scheduled")
@listens_to("meeting_changed")
@listens_to("meeting_cancelled")
@listens_to("meeting_moved")
def on_meeting(meeting_id: int, now: datetime) -> None:
    """A sitting was set, changed, cancelled or moved."""
    if queries.anything_known():
        _counted(_rows_of_meetings([meeting_id]), now)


@listens_to("consultation_moved")
def on_consultation(consultation_id: int, now: datetime) -> None:
    """A step came to another sitting, or to none."""
    if not queries.anything_known():
        return
    steps = queries.steps(None, Consultation.id == consultation_id)
    meetings = [one.step.agenda_item.meeting_id for one in steps if one.step.agenda_item is not None]
    _counted(_rows_of_meetings(meetings), now)
    _counted(Rows(steps=steps), now)


@listens_to("result_recorded")
def on_result(result_id: int, now: datetime) -> None:
    """What a body resolved is told with its date."""
    result = db.session.get(Result, result_id)
    if result is not None:
        on_consultation(result.consultation_id, now)


@listens_to("phase_opened")
@listens_to("deadline_moved")
def on_phase(phase_id: int, now: datetime) -> None:
    """A participation phase has another last day."""
    if queries.anything_known():
        _counted(Rows(phases=queries.phases(date.min, ParticipationPhase.id == phase_id)), now)


def _rows_of_meetings(ids: list[int]) -> Rows:
    items = queries.steps(None, AgendaItem.meeting_id.in_(ids)) if ids else []
    return Rows(queries.meetings(date.min, Meeting.id.in_(ids)), items, items)
