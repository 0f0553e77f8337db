"""Which days a station may have: the one it has, and the later sittings of its body to which one can still invite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations

from ikb.core.german import day
from ikb.core.periods import nrw_holidays
from ikb.core.sequence.checks_entries import overlap
from ikb.core.sequence.look import notice_of, papers_due
from ikb.core.sequence.order import When
from ikb.core.sequence.values import Sitting, Station, Town
from ikb.core.workflow import StationState


@dataclass(frozen=True)
class Place:
    """One day that a station may have. sitting: None for the day that it has already."""

    when: When
    sitting: Sitting | None = None


@dataclass(frozen=True)
class Problem:
    """What is to be shifted: see the arguments of `shift.shift`. stations: with their ranks."""

    stations: tuple[Station, ...]
    town: Town
    today: date
    postponed: frozenset[int]
    to: Mapping[int, int]
    keep: frozenset[int]
    until: date | None = None

    @cached_property
    def known(self) -> dict[int, Station]:
        """The stations by id."""
        return {each.id: each for each in self.stations}

    def check(self) -> None:
        """Raises ValueError where the question itself is wrong."""
        for station_id in self.postponed:
            if station_id not in self.known or not self.known[station_id].is_open:
                raise ValueError(f"Station {station_id} is unknown or closed and cannot be postponed.")
        if both := self.postponed & self.keep:
            raise ValueError(f"Stations both postponed and kept: {sorted(both)}")
        for station_id, sitting_id in self.to.items():
            if station_id not in self.postponed:
                raise ValueError(f"Station {station_id} is not postponed and gets no other sitting.")
            if self.chosen(self.known[station_id], sitting_id) is None:
                raise ValueError(f"Sitting {sitting_id} is not one of station {station_id}'s body.")

    def chosen(self, station: Station, sitting_id: int) -> Sitting | None:
        """The sitting of the station's body with this id, if it takes place."""
        own = self.town.calendars.get(station.organization, ())
        return next((each for each in own if each.id == sitting_id), None)

    def takes_part(self, station: Station) -> bool:
        """Whether the station has a day or is to get one."""
        return station.day is not None or station.id in self.postponed

    def can_move(self, station: Station) -> bool:
        """Whether the station may get another day: open, not kept, its sitting not past."""
        past = station.on is not None and station.on < self.today
        return station.is_open and station.id not in self.keep and station.consent_on is None and not past


def places(problem: Problem, station: Station) -> tuple[Place, ...]:
    """The days that a station may have, in order of time; empty if it was postponed and its body sits no more."""
    if station.id in problem.postponed:
        return tuple(_of_postponed(problem, station))
    return (_present(problem, station), *(_later(problem, station) if problem.can_move(station) else ()))


def _present(problem: Problem, station: Station) -> Place:
    return Place(When(station.day or date.max, station.starts, notice_of(station, problem.town).send_on))


def _of_postponed(problem: Problem, station: Station) -> Iterator[Place]:
    if station.id not in problem.to:
        yield from _later(problem, station)
    elif sitting := problem.chosen(station, problem.to[station.id]):
        yield place_of(sitting, problem.town)


def _later(problem: Problem, station: Station) -> Iterator[Place]:
    for sitting in problem.town.calendars.get(station.organization, ()):
        after = station.on is None or sitting.on > station.on
        if after and is_possible(sitting, problem.town, problem.today, problem.until):
            yield place_of(sitting, problem.town)


def place_of(sitting: Sitting, town: Town) -> Place:
    """A sitting as a place."""
    return Place(When(sitting.on, sitting.starts, town.notice(sitting.organization, sitting.on).send_on), sitting)


def is_possible(sitting: Sitting, town: Town, today: date, until: date | None = None) -> bool:
    """Whether a paper can still get to a sitting: invitation and papers in time, not in the recess or on a holiday."""
    if sitting.on < today or (until is not None and sitting.on > until):
        return False
    if town.recess_on(sitting.on) or sitting.on.weekday() == 6 or sitting.on in nrw_holidays(sitting.on.year):
        return False
    return not _too_late(sitting, town, today) and not _is_doubtful(sitting, town)


def _too_late(sitting: Sitting, town: Town, today: date) -> bool:
    closes_on = papers_due(sitting.organization, sitting.on, town)
    return today > town.notice(sitting.organization, sitting.on).latest_on or (
        closes_on is not None and today > closes_on
    )


def _is_doubtful(sitting: Sitting, town: Town) -> bool:
    """Whether the calendar has another sitting of the body at the same time."""
    there = town.same_day(sitting.organization, sitting.on)
    return len(there) > 1 and any(overlap(first, second) for first, second in combinations(there, 2))


def moved_to(station: Station, sitting: Sitting) -> Station:
    """The station at another sitting: its agenda and its invitation begin anew."""
    return replace(
        station,
        state=StationState.SCHEDULED,
        sitting=sitting.id,
        on=sitting.on,
        starts=sitting.starts,
        ends=sitting.ends,
        place=sitting.place,
        consent_on=None,
        moved_from=station.on,
        cancelled=False,
    )


def without_day(station: Station) -> Station:
    """The station without its sitting."""
    return replace(
        station,
        state=StationState.PLANNED,
        sitting=None,
        on=None,
        starts=None,
        ends=None,
        place="",
        cancelled=False,
        moved_from=station.on,
    )


def without_place(problem: Problem, station: Station) -> str:
    """Why a postponed station has nowhere to go, as a German sentence."""
    limit = f", der vor dem {day(problem.until)} oder an diesem Tag liegt" if problem.until else ""
    return (
        f"Für {station.name} gibt es im Sitzungskalender keinen Termin mehr{limit}, zu dem noch eingeladen werden kann."
    )
