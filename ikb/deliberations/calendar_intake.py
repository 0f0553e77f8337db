"""A calendar of sittings from XLSX, CSV or ICS: all of it or nothing, each fault with its row and column or its event."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ikb.core.clock import berlin_day
from ikb.core.names import sort_key
from ikb.core.sittings import overlap
from ikb.db import db
from ikb.deliberations import sittings
from ikb.deliberations.calendar_rows import COLUMNS, LONGEST_PLACE, Row, Sitting, header_of
from ikb.deliberations.model import Meeting, Organization
from ikb.deliberations.sittings import Plan
from ikb.errors import Faulty
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.tables.process import Event, Table, read_file
from ikb.web.filters import day


@dataclass
class Read:
    """What a file holds: sittings, faults that forbid to take it in, hints that do not.

    completes: sittings of the register whose time was not known yet, by the place of their row in `sittings`.
    """

    sittings: list[Sitting] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    completes: dict[int, Meeting] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Who reads a calendar and by which rules.

    bodies:    every committee of the register, with its former names.
    allowed:   ids of those whose calendar the person may fill.
    default:   the committee of rows that name none.
    also_past: sittings that are over are taken in too.
    """

    bodies: Sequence[Organization]
    allowed: Collection[int]
    default: Organization | None = None
    also_past: bool = False

    def look_through(self, data: bytes, now: datetime) -> Read:
        """What a file holds, compared with the register; stores nothing. Raises Faulty for what is no calendar at all."""
        found = read_file(data)
        read = self._from_table(found) if isinstance(found, Table) else self._from_events(found)
        if not read.sittings and not read.faults:
            read.faults.append("In der Datei steht keine Sitzung.")
        if not read.faults:
            self.compare(read, now)
        return read

    def compare(self, read: Read, now: datetime) -> None:
        """Find what stands in the way of each other, of the register, of the clock and of what the person may do."""
        names = {body.id: body for body in self.bodies}
        read.faults += [fault for sitting in read.sittings for fault in self._not_allowed(sitting, names, now)]
        read.faults += _among_themselves(read.sittings, names)
        self._against_register(read, names)

    def _not_allowed(self, sitting: Sitting, names: Mapping[int, Organization], now: datetime) -> Iterator[str]:
        body = names[sitting.organization_id]
        if body.id not in self.allowed:
            yield f"{sitting.where}: Den Kalender von {body.name} füllt, wer dessen Schriftführung hat."
        for each in (body, *(names[other] for other in sitting.further)):
            if not each.exists_on(sitting.held_on):
                yield f"{sitting.where}: {each.name} besteht am {sitting.held_on:%d.%m.%Y} nicht."
        if sitting.held_on < berlin_day(now) and not self.also_past:
            yield (
                f"{sitting.where}: Die Sitzung am {sitting.held_on:%d.%m.%Y} ist schon vorbei und hat kein Ergebnis. Nehmen "
                "Sie sie heraus, oder wählen Sie, dass auch vergangene Sitzungen aufgenommen werden."
            )

    def _against_register(self, read: Read, names: Mapping[int, Organization]) -> None:
        known = _known_sittings({sitting.held_on for sitting in read.sittings})
        for place, sitting in enumerate(read.sittings):
            for other in known.get(sitting.held_on, ()):
                if _may_be_completed(sitting, other):
                    read.completes[place] = other
                elif fault := _clash(sitting, other, names):
                    read.faults.append(fault)

    def _from_table(self, table: Table) -> Read:
        read = Read()
        header_at, columns = header_of(table)
        if "Datum" not in columns or ("Gremium" not in columns and self.default is None):
            missing = "Datum" if "Datum" not in columns else "Gremium"
            read.faults.append(
                f"Die Spalte {missing} fehlt. Die erste Zeile nennt die Spalten: {', '.join(COLUMNS)}; nötig sind Gremium und "
                "Datum. Statt der Spalte Gremium können Sie ein Gremium auswählen."
            )
            return read
        for number, cells in table.rows:
            if number > header_at:
                formulas = {at for line, at in table.formulas if line == number}
                row = Row(number, columns, cells, formulas, self.body_named, self.default)
                self._keep(read, row.sitting(), row.faults)
        return read

    def _from_events(self, events: Sequence[Event]) -> Read:
        read = Read()
        for number, event in enumerate(events, 1):
            where = f"Termin {number} (Zeile {event.line})"
            if event.cancelled:
                read.hints.append(f"{where}: „{event.title}“ ist abgesagt und wird nicht aufgenommen.")
                continue
            faults = list(self._faults_of(event, where))
            body = self.body_named(event.title, within=True) or self.default
            if body is None:
                faults.append(f"{where}: In „{event.title or 'ohne Titel'}“ ist kein Gremium des Registers genannt.")
            if faults or body is None:
                self._keep(read, None, faults)
                continue
            starts, ends = event.starts, event.ends if event.last_on == event.first_on else None
            self._keep(read, Sitting(where, body.id, event.first_on, starts, ends, event.place), [])
        return read

    @staticmethod
    def _faults_of(event: Event, where: str) -> Iterator[str]:
        if event.repeats:
            yield f"{where}: „{event.title}“ ist ein Serientermin. Führen Sie den Kalender mit einzelnen Terminen aus."
        if event.starts is None and event.last_on > event.first_on:
            yield f"{where}: nennt mehr als einen Tag, {event.first_on:%d.%m.%Y} bis {event.last_on:%d.%m.%Y}."
        if len(event.place) > LONGEST_PLACE:
            yield f"{where}: Der Ort ist zu lang, erlaubt sind {LONGEST_PLACE} Zeichen."

    @staticmethod
    def _keep(read: Read, sitting: Sitting | None, faults: Sequence[str]) -> None:
        read.faults += faults
        if sitting is not None and not faults:
            read.sittings.append(sitting)

    def body_named(self, name: str, *, within: bool = False) -> Organization | None:
        """The committee of a name, of today or before; with `within`, the longest name that stands somewhere in a text."""
        wanted = sort_key(name)
        keys = {known.sort_key: body for body in self.bodies for known in body.names}
        keys |= {body.sort_key: body for body in self.bodies}
        if wanted in keys or not within:
            return keys.get(wanted)
        # "Sitzung des Seniorenrates": the ending of a genitive may follow.
        held = [key for key in keys if key and re.search(rf"\b{re.escape(key)}(?:e?s)?\b", wanted)]
        return keys[max(held, key=len)] if held else None


def _among_themselves(read: Sequence[Sitting], names: Mapping[int, Organization]) -> Iterator[str]:
    of_day: dict[tuple[int, date], list[Sitting]] = {}
    for sitting in read:
        for body in (sitting.organization_id, *sitting.further):
            for other in of_day.setdefault((body, sitting.held_on), []):
                if fault := _both(sitting, other, names[body]):
                    yield fault
            of_day[body, sitting.held_on].append(sitting)


def _both(sitting: Sitting, other: Sitting, body: Organization) -> str:
    where = f"{other.where} und {sitting.where}: {body.name} am {sitting.held_on:%d.%m.%Y}"
    lead_both = sitting.organization_id == other.organization_id == body.id
    if lead_both and sitting.starts == other.starts:
        return f"{where} steht zweimal da."
    if overlap((sitting.starts, sitting.ends), (other.starts, other.ends)):
        return f"{where} hat zwei Sitzungen, die sich überschneiden."
    return f"{where} hat zwei eigene Sitzungen; ikb führt je Gremium und Tag eine." if lead_both else ""


def _known_sittings(days: Collection[date]) -> dict[date, list[Meeting]]:
    known: dict[date, list[Meeting]] = {}
    rows = select(Meeting).where(Meeting.held_on.in_(days)).options(selectinload(Meeting.further))
    for meeting in db.session.scalars(rows):
        known.setdefault(meeting.held_on, []).append(meeting)
    return known


def _may_be_completed(sitting: Sitting, other: Meeting) -> bool:
    """Whether the register knows the sitting's day only, because a paper named it."""
    is_same = other.organization_id == sitting.organization_id and not other.cancelled
    return is_same and other.starts_at_local is None and (not other.further or not sitting.further)


def _clash(sitting: Sitting, other: Meeting, names: Mapping[int, Organization]) -> str:
    sit_there = {other.organization_id, *(row.organization_id for row in other.further)}
    shared = [body for body in (sitting.organization_id, *sitting.further) if body in sit_there]
    if not shared:
        return ""
    body, when = names[shared[0]], day(sitting.held_on)
    if other.organization_id == sitting.organization_id:
        if other.cancelled:
            return (
                f"{sitting.where}: {body.name} hatte am {when} eine Sitzung, die abgesagt ist. Nehmen Sie dort die Absage "
                "zurück."
            )
        same = other.starts_at_local == sitting.starts
        return f"{sitting.where}: {body.name} am {when} steht {'schon so' if same else 'mit einer anderen Zeit'} im Kalender."
    span = (other.starts_at_local, other.ends_at_local)
    if not other.cancelled and overlap((sitting.starts, sitting.ends), span):
        return f"{sitting.where}: {body.name} hat am {when} schon eine Sitzung zur selben Zeit."
    return ""


NOT_TAKEN = "Der Kalender wurde nicht übernommen."


def take_in(reader: Reader, read: Sequence[Sitting], *, key: uuid.UUID, by: Actor, now: datetime) -> list[Meeting]:
    """Set every sitting that was read, or none of them; one of which only the day was known is completed.

    key: the form's UUID; sent twice, the same sittings come back.
    Raises Faulty with one line per sitting that does not fit any more: the register may have changed since it was read.
    """
    keys = [uuid.uuid5(key, str(place)) for place in range(len(read))]
    if earlier := list(db.session.scalars(select(Meeting).where(Meeting.key.in_(keys)).order_by(Meeting.id))):
        return earlier
    again = Read(list(read))
    reader.compare(again, now)
    if again.faults:
        raise Faulty(NOT_TAKEN, again.faults)
    bodies = {body.id: body for body in reader.bodies}
    taken = [
        _set(sitting, again.completes.get(place), bodies, keys[place], by=by, now=now)
        for place, sitting in enumerate(read)
    ]
    facts = {"count": len(taken), "completed": len(again.completes)}
    journal.record("meetings imported", taken[0], by=by, now=now, facts=facts)
    return taken


def _set(
    sitting: Sitting,
    known: Meeting | None,
    bodies: Mapping[int, Organization],
    key: uuid.UUID,
    *,
    by: Actor,
    now: datetime,
) -> Meeting:
    entered = Plan(
        held_on=sitting.held_on,
        starts=sitting.starts,
        ends=sitting.ends,
        place=sitting.place or (known.place if known else ""),
        has_nonpublic_part=sitting.has_nonpublic_part,
    )
    further = [bodies[body] for body in sitting.further]
    if known is None:
        return sittings.plan(bodies[sitting.organization_id], entered, further, key=key, by=by, now=now)
    known.key = known.key or key
    db.session.flush()
    sittings.change(known, entered, further or None, seen=known.row_version, by=by, now=now)
    return known
