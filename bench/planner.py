"""How fast the planner is: checks on one and on 500 sequences, and what-if on 60 stations with two years of sittings.

Each figure stands beside its limit; below 1.00 it holds. Exit code 1 if one does not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

from bench import sequences
from ikb.core.sequence.answers import what_if
from ikb.core.sequence.checks import check
from ikb.core.sequence.choices import choices
from ikb.core.sequence.values import Station, Town

ROUNDS = 5


def main() -> int:
    """Measure, print, and say whether every limit holds."""
    ratios = [_line(name, limit, work) for name, limit, work in _figures()]
    return int(any(ratio >= 1 for ratio in ratios))


def _figures() -> list[tuple[str, float, Callable[[], object]]]:
    small, large = sequences.town(22), sequences.town(60)
    one, sixty = sequences.stations(small, 22), sequences.stations(large, 60)
    many = [sequences.stations(small, 22, sequences.FIRST + timedelta(weeks=each % 50)) for each in range(500)]
    return [
        ("checks, 22 stations", 0.020, lambda: check(one, small, sequences.TODAY)),
        ("checks, 500 x 22 stations", 5.0, lambda: [check(each, small, sequences.TODAY) for each in many]),
        ("what if, 60 stations, 2 years", 1.0, lambda: _postpone(sixty, large)),
        ("next sittings, 60 stations", 1.0, lambda: choices(sixty, large, 1, sequences.TODAY)),
    ]


def _postpone(stations: list[Station], town: Town) -> object:
    fresh = Town(town.bodies, town.sittings)  # with the work on the calendar, which a request does once
    return what_if(stations, fresh, [1, 2, 3], sequences.TODAY)


def _line(name: str, limit: float, work: Callable[[], object]) -> float:
    seconds = median(_timed(work) for _ in range(ROUNDS))
    print(f"{name:32} {seconds * 1000:9.1f} ms   limit {limit * 1000:7.0f} ms   ratio {seconds / limit:.2f}")
    return seconds / limit


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
