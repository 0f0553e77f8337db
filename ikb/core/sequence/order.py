"""What has to come before what: the pairs of stations that checks and shifts both look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from itertools import pairwise

from ikb.core.sequence.values import Role, Station
from ikb.core.workflow import StationState


class Kind(StrEnum):
    """How far apart two stations have to be."""

    ORDER = "order"  # an earlier day, or on one day known to begin earlier
    GAP = "gap"  # before the day on which the later body's invitation goes out
    APART = "apart"  # an earlier day
    NOT_BEFORE = "not_before"  # the same day or an earlier one


@dataclass(frozen=True)
class Demand:
    """One station has to come before another one, by the rule of a code."""

    earlier: Station
    later: Station
    kind: Kind
    code: str


@dataclass(frozen=True)
class When:
    """The date of a station as far as order goes. sends_on: the day on which its invitation goes out."""

    on: date
    starts: time | None
    sends_on: date


def slack(kind: Kind, earlier: When, later: When) -> int:
    """How well a demand is kept: 1 or more if it is, 0 or less if not; the less, the worse.

    It never falls if the later station moves to a later day or the earlier one to an earlier day: the shift's proof
    rests on that (docs/decisions/0010).
    """
    if kind is Kind.GAP:
        return (later.sends_on - earlier.on).days
    days = (later.on - earlier.on).days
    if kind is Kind.NOT_BEFORE:
        return days + 1
    if kind is Kind.APART or days:
        return days
    if earlier.starts is None or later.starts is None:
        return 0
    return int(earlier.starts < later.starts)


def ranked(stations: Sequence[Station]) -> tuple[Station, ...]:
    """The same stations with every rank known.

    A preliminary body that sits after the last hearing gathers what was said before, as the Hauptausschuss did in 2010:
    rank 1. One that sits earlier took its place among the others: rank 0. One without a day stands as the station did
    that it follows from.
    """
    known = {each.id: each for each in stations}
    hearings = [each.day for each in stations if each.role == Role.HEARING and each.day and _counts(each)]
    last = max(hearings, default=None)
    return tuple(each if each.rank is not None else replace(each, rank=_rank(each, known, last)) for each in stations)


def _rank(station: Station, known: Mapping[int, Station], last_hearing: date | None) -> int:
    before = known.get(station.predecessor) if station.predecessor is not None else None
    on = station.day or (before.day if before else None)
    if station.role != Role.PRELIMINARY or on is None or last_hearing is None:
        return 0
    return int(on > last_hearing)


def _counts(station: Station) -> bool:
    return station.state is not StationState.SKIPPED and not station.awaits_successor


def demands(stations: Sequence[Station]) -> list[Demand]:
    """Every pair of `ranked` stations that has an order. What is closed demands nothing any more of what follows."""
    live = [each for each in stations if _counts(each) and each.state is not StationState.REMOVED]
    waiting = [each for each in live if each.is_open]
    return [*_before_decisions(waiting, live), *_before_conclusions(waiting), *_chains(stations, waiting)]


def _before_decisions(waiting: Sequence[Station], live: Sequence[Station]) -> Iterator[Demand]:
    for later in live:
        if later.role != Role.DECISION:
            continue
        for earlier in waiting:
            if code := code_before_decision(earlier):
                yield Demand(earlier, later, Kind.ORDER, code)
            if earlier.role == Role.HEARING and later.is_open:
                yield Demand(earlier, later, Kind.GAP, "late_hearing")


def code_before_decision(station: Station) -> str | None:
    """The rule by which a station comes before every decision; None where there is none."""
    if station.role == Role.PRELIMINARY:
        return "decision_before_preliminary"
    if station.role == Role.HEARING:
        return "decision_before_district" if station.kind == "district" else "decision_before_advisory"
    return "decision_before_introduction" if station.role == Role.INTRODUCTION else None


def _before_conclusions(waiting: Sequence[Station]) -> Iterator[Demand]:
    for later in waiting:
        if later.role != Role.PRELIMINARY or not later.rank:
            continue
        for earlier in waiting:
            if earlier.role == Role.HEARING:
                yield Demand(earlier, later, Kind.ORDER, "conclusion_too_early")
                yield Demand(earlier, later, Kind.GAP, "late_hearing")
            elif earlier.role == Role.PRELIMINARY and (earlier.rank or 0) < later.rank:
                yield Demand(earlier, later, Kind.ORDER, "conclusion_too_early")


def _chains(stations: Sequence[Station], waiting: Sequence[Station]) -> Iterator[Demand]:
    known = {each.id: each for each in stations}
    for later in waiting:
        earlier = known.get(later.predecessor) if later.predecessor is not None else None
        if earlier is not None and earlier is not later:
            same = earlier.organization == later.organization
            yield Demand(earlier, later, Kind.APART if same else Kind.NOT_BEFORE, "successor_before")
    for organization in {each.organization for each in waiting}:
        own = sorted((each for each in waiting if each.organization == organization), key=_place)
        for earlier, later in pairwise(own):
            if later.predecessor != earlier.id:
                yield Demand(earlier, later, Kind.APART, "same_day")


def _place(station: Station) -> tuple[bool, date, int, int]:
    return (station.day is None, station.day or date.max, station.position, station.id)
