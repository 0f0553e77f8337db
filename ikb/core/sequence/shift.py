"""Sittings stay, papers move: the earliest sittings at which a sequence holds again after some stations were postponed.

The problem. Every open station has the day it has and the later sittings of its body to which one can still invite. A
postponed station loses its day. A new sequence is feasible if every demand of `order.demands` is kept, or at least
kept no worse than before; what somebody accepted with a reason demands nothing. No day but a chosen one is earlier.

The objective, in this order: the day of the last decision; the number of stations that move; the sum of the days by
which they move (from today for one that had no day). The least sequence is best in each of the three, and the only best.

Why. Each demand compares two stations and is kept the better the later the one and the earlier the other sits
(`order.slack`). So of two feasible sequences the station-wise earlier one is feasible too, and there is a least one,
in which every station sits as early as in any feasible sequence. It is found by starting with the first day of each
station and moving a later station on only when a demand forces it: no feasible sequence can have it earlier. If a
station runs out of sittings, there is none. The proof is in docs/decisions/0010.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ikb.core.german import day
from ikb.core.sequence.look import named, notice_of
from ikb.core.sequence.order import Demand, Kind, When, demands, ranked, slack
from ikb.core.sequence.places import Place, Problem, moved_to, places, without_place
from ikb.core.sequence.rules import CODES, WEIGHTS
from ikb.core.sequence.values import Override, Severity, Station, Town
from ikb.core.workflow import StationState

BINDING = frozenset({Severity.HARD, Severity.SERIOUS, Severity.SOFT})
Chances = Mapping[int, tuple[Place, ...]]


@dataclass(frozen=True)
class Move:
    """One station that gets another day. from_on: None where it had none; sitting: id of the new one, None for silence."""

    station: int
    name: str
    is_own: bool
    sitting: int | None
    from_on: date | None
    to_on: date
    why: str


@dataclass(frozen=True)
class Shifted:
    """A sequence that holds: all stations in the order given, those that moved with their new sitting."""

    stations: tuple[Station, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Stuck:
    """There is no such sequence. station: the one without a sitting; because: ids of those it would have to follow."""

    station: int
    because: tuple[int, ...]
    sentence: str


def decision_on(stations: Iterable[Station]) -> date | None:
    """The day of the last decision of a sequence, None while none has a day."""
    gone = (StationState.SKIPPED, StationState.REMOVED)
    decisions = (each for each in stations if each.role == "decision" and each.state not in gone)
    return max((each.on for each in decisions if each.on), default=None)


def shift(
    stations: Sequence[Station],
    town: Town,
    postponed: Collection[int],
    today: date,
    *,
    to: Mapping[int, int] | None = None,
    keep: Collection[int] = (),
    until: date | None = None,
    overrides: Iterable[Override] = (),
    binding: Collection[Severity] = BINDING,
    before: Sequence[Station] | None = None,
) -> Shifted | Stuck:
    """The least sequence (see the module) after some stations lost their day, or why there is none.

    postponed: ids of open stations that have to move; one without a day gets one.
    to:        the sitting that was chosen for some of them, by station; else the body's next possible one.
    keep:      ids that must not move; stations whose sitting is past never do.
    until:     the last day for every new sitting.
    binding:   severities whose rules are kept; the weight of each code is in `rules.WEIGHTS`.
    before:    the sequence that "no worse than before" means; the given one unless another is named.
    Raises ValueError for a station that is unknown, closed or both postponed and kept, or a sitting that is not its body's.
    """
    problem = Problem(ranked(stations), town, today, frozenset(postponed), dict(to or {}), frozenset(keep), until)
    problem.check()
    chances = {each.id: places(problem, each) for each in problem.stations if problem.takes_part(each)}
    for station in problem.stations:
        if chances.get(station.id) == ():
            return Stuck(station.id, (), without_place(problem, station))
    needs = _needs(problem, chances, tuple(overrides), binding, before or stations)
    at = dict.fromkeys(chances, 0)
    failed = _settle(needs, chances, at)
    if failed is not None:
        earliest = chances[failed.demand.earlier.id][at[failed.demand.earlier.id]]
        return Stuck(
            failed.demand.later.id, (failed.demand.earlier.id,), _stuck(problem, failed.demand, earliest.when.on)
        )
    return _result(stations, chances, at, needs)


@dataclass(frozen=True)
class _Need:
    """A demand and the slack it asks for: that the rule is kept, or kept no worse than before."""

    demand: Demand
    least: int

    def is_kept(self, earlier: Place, later: Place) -> bool:
        return slack(self.demand.kind, earlier.when, later.when) >= self.least


def _needs(
    problem: Problem,
    chances: Chances,
    overrides: Sequence[Override],
    binding: Collection[Severity],
    before: Iterable[Station],
) -> list[_Need]:
    found, old = [], {each.id: _as_it_was(each, problem.town) for each in before}
    for demand in demands(problem.stations):
        ids = {demand.earlier.id, demand.later.id}
        accepted = any(each.code == demand.code and each.stations >= ids for each in overrides)
        if ids <= chances.keys() and WEIGHTS[demand.code] in binding and not accepted:
            found.append(_Need(demand, _least(demand, old)))
    return found


def _least(demand: Demand, old: Mapping[int, When | None]) -> int:
    before, after = old.get(demand.earlier.id), old.get(demand.later.id)
    return 1 if before is None or after is None else min(1, slack(demand.kind, before, after))


def _as_it_was(station: Station, town: Town) -> When | None:
    if station.day is None:
        return None
    return When(station.day, station.starts, notice_of(station, town).send_on)


def _settle(needs: Sequence[_Need], chances: Chances, at: dict[int, int]) -> _Need | None:
    """Move later stations on, one sitting at a time and only where a demand forces it, until all hold.

    at: the place of each station, moved to the least feasible one. Returns the demand that cannot be kept, if any.
    Ends because places only rise, and there are finitely many.
    """
    changed = True
    while changed:
        changed = False
        for need in needs:
            earlier, later = need.demand.earlier.id, need.demand.later.id
            while not need.is_kept(chances[earlier][at[earlier]], chances[later][at[later]]):
                at[later] += 1
                changed = True
                if at[later] == len(chances[later]):
                    return need
    return None


def _result(stations: Sequence[Station], chances: Chances, at: Mapping[int, int], needs: Sequence[_Need]) -> Shifted:
    found, moves = [], []
    settled = {number: chances[number][place] for number, place in at.items()}
    for station in stations:
        sitting = settled[station.id].sitting if station.id in settled else None
        if sitting is None:
            found.append(station)
            continue
        found.append(moved_to(station, sitting))
        why = _why(station, chances, at, needs, settled)
        moves.append(Move(station.id, station.name, station.is_own, sitting.id, station.on, sitting.on, why))
    return Shifted(tuple(found), tuple(moves))


def _why(
    station: Station,
    chances: Chances,
    at: Mapping[int, int],
    needs: Sequence[_Need],
    settled: Mapping[int, Place],
) -> str:
    """What forbids the place before: for a station that moved along there is always something, else it was postponed."""
    if at[station.id] == 0:
        return "Die nächste Sitzung, zu der noch eingeladen werden kann."
    before = chances[station.id][at[station.id] - 1]
    for need in needs:
        earlier = need.demand.earlier
        if need.demand.later.id == station.id and not need.is_kept(settled[earlier.id], before):
            return _reason(need.demand, settled[earlier.id].when.on)
    return "Die nächste Sitzung, zu der noch eingeladen werden kann."


def _reason(demand: Demand, earlier_on: date) -> str:
    if demand.kind is Kind.GAP:
        return f"Die Einladung geht erst hinaus, wenn {demand.earlier.name} am {day(earlier_on)} beraten hat."
    return f"Erst nach {demand.earlier.name} am {day(earlier_on)}: {CODES[demand.code]}."


def _stuck(problem: Problem, demand: Demand, earlier_on: date) -> str:
    """Why a station cannot follow another one, as a German sentence."""
    later, after = demand.later, f"{demand.earlier.name} (frühestens {day(earlier_on)})"
    if later.id in problem.to:
        return f"Der gewählte Termin für {later.name} liegt zu früh: Vorher berät {after}."
    if later.id in problem.postponed or problem.can_move(later):
        limit = f" und bis {day(problem.until)}" if problem.until else ""
        return f"Für {later.name} gibt es im Sitzungskalender nach {after}{limit} keinen Termin mehr."
    if later.is_open:
        return f"{named(later)} bleibt, wo es ist, müsste aber nach {after} beraten."
    return f"{named(later)} hat schon beraten und kann nicht mehr nach {after} folgen."
