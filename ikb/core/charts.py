"""Small charts laid out as places and sizes: how many answered day by day, and bars of parts.

Only numbers, in units of the picture; words and colours are the template's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 720.0
CURVE_HEIGHT = 240.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 16.0, 26.0, 30.0
MOST_DAY_NAMES = 8
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000)
MOST_LINES = 5


@dataclass(frozen=True)
class Place:
    """A name at a place of one axis."""

    at: float
    name: str


@dataclass(frozen=True)
class Curve:
    """How a number grew. line: an SVG path in steps, empty where nothing is drawn; area: the same, closed at the ground.

    days: names under the picture; counts: names of the horizontal lines; marks: days that are pointed out.
    end:  where the curve stops, None where it has not begun.
    """

    line: str
    area: str
    days: Sequence[Place]
    counts: Sequence[Place]
    marks: Sequence[Place]
    end: tuple[float, float] | None
    width: float = WIDTH
    height: float = CURVE_HEIGHT
    left: float = LEFT
    ground: float = CURVE_HEIGHT - BOTTOM
    top: float = TOP
    right: float = WIDTH - RIGHT


@dataclass(frozen=True)
class Part:
    """One piece of a bar. share: from 0 to 1 of the longest possible bar."""

    kind: str
    value: int
    x: float
    width: float


def cumulated(days: Iterable[date]) -> dict[date, int]:
    """How many there were up to and including each day on which something came, in order."""
    return {day: count for count, day in enumerate(sorted(days), 1)}


def curve(
    grown: Mapping[date, int], total: int, first: date, last: date, until: date, marks: Iterable[tuple[date, str]] = ()
) -> Curve:
    """A growing number from `first` to `last`, as far as it is known.

    grown: as `cumulated` gives it; what came before `first` counts from the beginning, what came after `last` is left out.
    total: the whole, at the upper edge; 0 is drawn as 1.
    until: the last day that is known; the line ends there.
    """
    last = max(last, first + timedelta(days=1))
    whole = max(total, *grown.values(), 1) if grown else max(total, 1)

    def x(day: date) -> float:
        share = (day - first).days / (last - first).days
        return round(LEFT + share * (WIDTH - RIGHT - LEFT), 1)

    def y(count: int) -> float:
        return round(TOP + (1 - count / whole) * (CURVE_HEIGHT - BOTTOM - TOP), 1)

    steps = [(x(day), y(count)) for day, count in _within(grown, first, min(until, last))]
    line, end = _steps(steps, x(min(until, last)), y(0)) if until >= first else ("", None)
    area = f"{line}V{y(0)}H{x(first)}Z" if line else ""
    names = [Place(x(day), name) for day, name in marks if first <= day <= last]
    return Curve(
        line, area, _days(first, last, x), [Place(y(count), str(count)) for count in _lines(whole)], names, end
    )


def _within(grown: Mapping[date, int], first: date, until: date) -> list[tuple[date, int]]:
    early = max((count for day, count in grown.items() if day < first), default=0)
    found = [(first, early)] if early else []
    return found + [(day, count) for day, count in sorted(grown.items()) if first <= day <= until]


def _steps(steps: Sequence[tuple[float, float]], end: float, ground: float) -> tuple[str, tuple[float, float]]:
    path, height = f"M{LEFT} {ground}", ground
    for across, up in steps:
        path += f"H{across}V{up}"
        height = up
    return f"{path}H{end}", (end, height)


def _days(first: date, last: date, x: Callable[[date], float]) -> list[Place]:
    days = (last - first).days
    every = max(1, -(-days // MOST_DAY_NAMES))
    return [Place(x(day), f"{day:%d.%m.}") for day in (first + timedelta(days=n) for n in range(0, days + 1, every))]


def _lines(whole: int) -> list[int]:
    step = next((step for step in STEPS if whole / step <= MOST_LINES), STEPS[-1])
    counts = list(range(0, whole + 1, step))
    # The whole has its own line; one right beneath it would be written over it.
    return [count for count in counts if count == 0 or whole - count >= step / 2] + [whole]


def bar(parts: Iterable[tuple[str, int]], most: int, width: float = WIDTH) -> list[Part]:
    """The parts of one bar, one behind the other, none for zero. most: what a full bar stands for."""
    at, found = 0.0, []
    for kind, value in parts:
        long = round(width * value / most, 1) if most else 0.0
        if value:
            found.append(Part(kind, value, round(at, 1), long))
        at += long
    return found
