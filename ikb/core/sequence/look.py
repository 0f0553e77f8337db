"""One look at a sequence: its stations with ranks, the town, the day, and what the checks ask again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from ikb.core.german import day
from ikb.core.notice import Notice, days_before
from ikb.core.sequence.order import Demand, When, demands, ranked
from ikb.core.sequence.rules import CONTRADICTIONS, RULES, WEIGHTS
from ikb.core.sequence.values import Finding, Severity, Station, Town
from ikb.core.workflow import StationState


class Look:
    """What the checks work on; everything in it is worked out once."""

    def __init__(self, stations: Sequence[Station], town: Town, today: date) -> None:
        self.stations = sorted(ranked(stations), key=lambda each: (each.day or date.max, each.position, each.id))
        self.town = town
        self.today = today

    @cached_property
    def known(self) -> dict[int, Station]:
        """The stations by id."""
        return {each.id: each for each in self.stations}

    @cached_property
    def demands(self) -> list[Demand]:
        """Every pair that has an order."""
        return demands(self.stations)

    @cached_property
    def waiting(self) -> list[Station]:
        """The open stations."""
        return [each for each in self.stations if each.is_open]

    @cached_property
    def ahead(self) -> list[Station]:
        """The open stations whose sitting takes place today or later."""
        return [each for each in self.waiting if each.on and each.on >= self.today and not each.cancelled]

    @cached_property
    def decisions(self) -> list[Station]:
        """Stations that decide, without those that were left out, taken off or have to come again."""
        gone = (StationState.SKIPPED, StationState.REMOVED)
        return [
            each
            for each in self.stations
            if each.role == "decision" and each.state not in gone and not each.awaits_successor
        ]

    def notice(self, station: Station) -> Notice:
        """The notice period of a station that has a day."""
        return notice_of(station, self.town)

    def when(self, station: Station) -> When | None:
        """Its date as far as order goes, None while it has none."""
        if station.day is None:
            return None
        return When(station.day, station.starts, self.notice(station).send_on)


def notice_of(station: Station, town: Town) -> Notice:
    """The notice period of a station. Raises ValueError for a station without a day."""
    if station.day is None:
        raise ValueError("A station without a day has no notice period.")
    return town.notice(station.organization, station.day)


def papers_due(organization: int, on: date, town: Town) -> date | None:
    """The day by which papers for a sitting have to be in; None where the body has no such rule."""
    days = town.body(organization).papers_days
    return None if days is None else days_before(on, days, local_exceptions=town.local_exceptions)


def finding(code: str, sentence: str, stations: Iterable[Station], severity: Severity | None = None) -> Finding:
    """A finding of a known code; severity only where it is not the usual one."""
    ids = tuple(each.id for each in stations)
    weight = WEIGHTS[code] if severity is None else severity
    return Finding(code, weight, sentence, RULES[code], ids, code not in CONTRADICTIONS)


def named(station: Station) -> str:
    """`Rat der Stadt Bielefeld (Do., 23.09.2010)`."""
    return f"{station.name} ({day(station.day)})" if station.day else station.name
