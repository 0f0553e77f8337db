"""Findings of a sequence, and the reasons with which people accept them. A reason holds for the days it was written for."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from ikb.core.sequence.checks import check
from ikb.core.sequence.values import Finding, Override, Station
from ikb.db import db
from ikb.errors import Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.planning.loading import Loaded
from ikb.planning.model import FindingOverride
from ikb.procedures.model import Procedure

LONGEST_REASON = 1000


@dataclass(frozen=True)
class Watched:
    """One finding with its name for addresses, and the row that accepts it, if one does."""

    finding: Finding
    name: str
    accepted: FindingOverride | None = None


def watch(loaded: Loaded, today: date) -> list[Watched]:
    """Every finding of a sequence, those accepted with a reason last."""
    days = days_of(loaded.stations)
    rows = holding(loaded.reasons, days)
    found = check(loaded.stations, loaded.town, today, overrides=[override_of(row) for row in rows])
    return [Watched(finding, name_of(finding, days), _accepting(finding, rows)) for finding in found]


def days_of(stations: Iterable[Station]) -> dict[int, date | None]:
    """On which day each station is deliberated."""
    return {station.id: station.day for station in stations}


def name_of(finding: Finding, days: Mapping[int, date | None]) -> str:
    """A digest of what a finding says of which stations on which days; another day is another finding."""
    places = " ".join(f"{station}@{days.get(station)}" for station in sorted(finding.stations))
    return hashlib.sha256(f"{finding.code} {places}".encode()).hexdigest()[:32]


def override_of(row: FindingOverride) -> Override:
    """A stored reason as the planner's core takes it."""
    return Override(row.code, frozenset(station for station, _ in row.station_ids), row.reason)


def holding(rows: Iterable[FindingOverride], days: Mapping[int, date | None]) -> list[FindingOverride]:
    """The reasons that were written for the sequence as it is: none of their stations has another day."""
    return [row for row in rows if all(_written(days.get(station)) == day for station, day in row.station_ids)]


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _accepting(finding: Finding, rows: Sequence[FindingOverride]) -> FindingOverride | None:
    if not finding.is_overridden:
        return None
    stations = set(finding.stations)
    covering = (row for row in rows if row.code == finding.code and stations <= {each for each, _ in row.station_ids})
    return next(covering, None)


def accept(
    procedure: Procedure,
    watched: Watched,
    stations: Iterable[Station],
    reason: str,
    key: uuid.UUID,
    *,
    by: Actor,
    now: datetime,
) -> FindingOverride:
    """Let a finding stand, with a reason; sent twice it is one. Raises Implausible without a reason.

    NotReady for a contradiction in what was entered: that is corrected, not accepted.
    """
    if earlier := db.session.scalar(select(FindingOverride).where(FindingOverride.key == key)):
        return earlier
    if not watched.finding.can_be_overridden:
        raise NotReady("Das ist ein Widerspruch in den Eingaben. Berichtigen Sie ihn; begründen lässt er sich nicht.")
    days = days_of(stations)
    places = [[station, _written(days.get(station))] for station in sorted(watched.finding.stations)]
    return _add(procedure, watched, places, _tidy(reason), key, is_taken_back=False, by=by, now=now)


def take_back(
    procedure: Procedure, watched: Watched, reason: str, key: uuid.UUID, *, by: Actor, now: datetime
) -> FindingOverride:
    """Let a reason hold no longer, as a new row beside it. Raises NotReady where none holds, Implausible without a reason."""
    if earlier := db.session.scalar(select(FindingOverride).where(FindingOverride.key == key)):
        return earlier
    if watched.accepted is None:
        raise NotReady("Zu diesem Befund gilt keine Begründung mehr.")
    row = watched.accepted
    again = Watched(watched.finding, row.finding)
    return _add(procedure, again, row.station_ids, _tidy(reason), key, is_taken_back=True, by=by, now=now)


def _tidy(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Implausible("Schreiben Sie, warum.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Der Grund ist zu lang: höchstens {LONGEST_REASON} Zeichen.", "reason")
    return reason


def _add(
    procedure: Procedure,
    watched: Watched,
    places: list[Any],
    reason: str,
    key: uuid.UUID,
    *,
    is_taken_back: bool,
    by: Actor,
    now: datetime,
) -> FindingOverride:
    row = FindingOverride(
        procedure_id=procedure.id,
        finding=watched.name,
        code=watched.finding.code,
        station_ids=places,
        sentence=watched.finding.sentence,
        reason=reason,
        is_taken_back=is_taken_back,
        key=key,
        made_by_id=by.id,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    action = "reason taken back" if is_taken_back else "finding accepted"
    facts = {"code": row.code, "stations": [station for station, _ in places]}
    journal.record(action, row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    return row
