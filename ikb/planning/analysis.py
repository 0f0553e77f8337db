"""What a trial run would bring: the planner's answers for the rows as they are, and each answer as moves of stations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ikb.core.clock import berlin_day
from ikb.core.sequence.answers import what_if
from ikb.core.sequence.choices import Choice, choices
from ikb.core.sequence.question import Answer, WhatIf
from ikb.core.sequence.values import Override, Station
from ikb.deliberations.model import Consultation
from ikb.planning import queries, reasons
from ikb.planning.loading import Loaded, load
from ikb.planning.model import Act, Scenario
from ikb.planning.moving import Wanted

LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One station in the old and in the new sequence, for setting them side by side."""

    station: Station
    now: Station
    act: Act | None
    is_own: bool

    @property
    def is_changed(self) -> bool:
        return self.act is not None


def load_for(procedure_id: int, steps: Sequence[Consultation], user_id: int | None, today: date) -> Loaded:
    """A sequence with the calendar of its bodies, and which of them the planning person may move at once."""
    bodies = {step.organization_id for step in steps}
    own = queries.own_bodies(bodies, queries.offices_of(bodies), procedure_id, user_id)
    return load(procedure_id, steps, since=today - LOOK_BACK, own=own)


def sittings_to_choose(loaded: Loaded, station_id: int, today: date) -> list[Choice]:
    """The next sittings of a station's body, each with its consequence in a word."""
    return choices(loaded.stations, loaded.town, station_id, today, overrides=_overrides(loaded, station_id))


def what_follows(scenario: Scenario, loaded: Loaded, now: datetime) -> WhatIf:
    """What breaks when a trial run's station goes to its new sitting, and the five answers to it."""
    station_id = scenario.consultation_id
    return what_if(
        loaded.stations,
        loaded.town,
        [station_id],
        berlin_day(now),
        to={} if scenario.target_meeting_id is None else {station_id: scenario.target_meeting_id},
        keep=scenario.keep,
        overrides=_overrides(loaded, station_id),
        reason=scenario.reason,
    )


def _overrides(loaded: Loaded, station_id: int) -> list[Override]:
    """The reasons that hold, but for those about the station that is to move: they were written for another day."""
    rows = reasons.holding(loaded.reasons, reasons.days_of(loaded.stations))
    kept = (reasons.override_of(row) for row in rows)
    return [override for override in kept if station_id not in override.stations]


def answer_of(scenario: Scenario, found: WhatIf) -> Answer | None:
    """The answer that was chosen, if it is one that can be."""
    return next((each for each in found.answers if each.code == scenario.answer and each.is_possible), None)


def side_by_side(before: Sequence[Station], after: Sequence[Station]) -> list[Row]:
    """Every station with what becomes of it, in the new order."""
    old = {station.id: station for station in before}
    rows = [_row(old[_old_id(station)], station) for station in after if _stays(station, after)]
    rows.sort(key=lambda row: (row.now.day is None, row.now.day or date.max, row.station.position, row.station.id))
    return rows


def _old_id(station: Station) -> int:
    return abs(station.id)


def _stays(station: Station, after: Sequence[Station]) -> bool:
    # A decision taken off the agenda appears twice in the answer, as removed and as its successor: it is one row here,
    # since its sitting is still to come and the same consultation goes to another one.
    return station.id < 0 or not any(each.id == -station.id for each in after)


def _row(before: Station, after: Station) -> Row:
    return Row(before, after, _act(before, after), before.is_own)


def _act(before: Station, after: Station) -> Act | None:
    if not before.is_open:
        return None
    if not after.is_open:  # left out, or passed on without a vote
        return Act.SKIP
    if after.sitting is not None:
        return Act.MOVE if after.sitting != before.sitting else None
    if after.consent_on is not None:
        return Act.SILENCE if after.consent_on != before.consent_on or before.sitting is not None else None
    return Act.RELEASE if before.sitting is not None else None


def wanted_of(rows: Sequence[Row]) -> list[Wanted]:
    """What an answer asks of stations, in the new order."""
    return [
        Wanted(row.station.id, row.act, row.now.sitting if row.act is Act.MOVE else None, _consent(row))
        for row in rows
        if row.act is not None
    ]


def _consent(row: Row) -> date | None:
    return row.now.consent_on if row.act is Act.SILENCE else None


def fingerprint(wanted: Sequence[Wanted]) -> str:
    """Equal for equal moves: what somebody checked is what is sent."""
    parts = sorted(f"{one.consultation_id} {one.act} {one.to_meeting_id} {one.consent_on}" for one in wanted)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
