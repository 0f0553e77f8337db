"""Can people be there: one presenter at one place at a time, and not too many sittings at once?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from ikb.core.german import day, listed
from ikb.core.sequence.look import Look, finding
from ikb.core.sequence.values import Finding, Station
from ikb.core.workflow import StationState

CROWD = 3  # from so many sittings at once it is worth asking who presents where


def findings(look: Look) -> Iterator[Finding]:
    """Presenters and crowded weeks."""
    by_day: dict[date, list[Station]] = {}
    for station in look.ahead:
        if station.on is not None:
            by_day.setdefault(station.on, []).append(station)
    for on, stations in by_day.items():
        yield from _twice(look, on, stations)
        yield from _open(look, on, [each for each in stations if not each.presenter])
    yield from _busy(look)


def _twice(look: Look, on: date, stations: list[Station]) -> Iterator[Finding]:
    for presenter in sorted({each.presenter for each in stations if each.presenter}):
        theirs = _clashing(look, [each for each in stations if each.presenter == presenter])
        if theirs:
            places = listed([each.name for each in theirs])
            sentence = f"{presenter} soll am {day(on)} an {len(theirs)} Orten zugleich vortragen: {places}."
            yield finding("presenter_twice", sentence, theirs)


def _open(look: Look, on: date, stations: list[Station]) -> Iterator[Finding]:
    crowd = _clashing(look, stations)
    if len(crowd) >= CROWD:
        together = "am selben Tag" if any(each.starts is None for each in crowd) else "fast zur gleichen Zeit"
        names = listed([each.name for each in crowd])
        sentence = f"Am {day(on)} beraten {len(crowd)} Gremien {together}: {names}. Klären Sie, wer wo vorträgt."
        yield finding("presenter_open", sentence, crowd)


def _clashing(look: Look, stations: list[Station]) -> list[Station]:
    """Those of one day that cannot be visited by one person."""
    clashing = {
        each.id
        for first, second in combinations(stations, 2)
        if _clash(first, second, look.town.presenter_minutes)
        for each in (first, second)
    }
    return [each for each in stations if each.id in clashing]


def _clash(first: Station, second: Station, minutes: int) -> bool:
    if first.sitting is not None and first.sitting == second.sitting:
        return False  # a joint sitting
    if first.starts is None or second.starts is None:
        return True
    apart = abs(_minute(first) - _minute(second))
    return apart < minutes


def _minute(station: Station) -> int:
    return 0 if station.starts is None else station.starts.hour * 60 + station.starts.minute


def _busy(look: Look) -> Iterator[Finding]:
    """The fullest span, if it reaches the town's limit and is not over yet."""
    limit, days = look.town.busy
    held = [each for each in look.stations if each.on and not each.cancelled and each.state is not StationState.SKIPPED]
    inside: list[Station] = []
    for place, first in enumerate(held):
        end = _day(first) + timedelta(days=days)
        span = [each for each in held[place:] if _day(each) < end]
        if end > look.today and len(span) > len(inside):
            inside = span
    if len(inside) >= limit:
        first_on, last_on = _day(inside[0]), _day(inside[-1])
        sentence = (
            f"{len(inside)} Sitzungen in {(last_on - first_on).days + 1} Tagen: von {day(first_on)} bis {day(last_on)}."
        )
        yield finding("busy", sentence, inside)


def _day(station: Station) -> date:
    return station.on or date.max
