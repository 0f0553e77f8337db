"""Anchor and subject in turn, three rounds, medians; and what was wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench import quiet
from bench.load import Sample

ROUNDS = 3
TRIES = 2  # a round on a busy machine is taken again, so often at most
UNITS = {"rate": "/s", "median": " ms", "p95": " ms"}


@dataclass(frozen=True)
class Wanted:
    """One figure: what of the subject through what of the anchor, and the limit. is_due: whether missing it is a fault."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None
    is_due: bool = True

    def holds(self, ratio: float) -> bool:
        return (self.at_least is None or ratio >= self.at_least) and (self.at_most is None or ratio <= self.at_most)

    def __str__(self) -> str:
        limit = f"≥ {self.at_least:.2f}" if self.at_least is not None else ""
        limit = f"≤ {self.at_most:.2f}" if self.at_most is not None else limit
        return limit if self.is_due or not limit else f"({limit})"


@dataclass(frozen=True)
class Pair:
    """Two things to measure against each other."""

    subject: str
    anchor: str
    measure_subject: Callable[[], Sample]
    measure_anchor: Callable[[], Sample]
    wanted: Sequence[Wanted]


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    subject: str
    anchor: str
    wanted: Wanted
    of_anchor: float
    of_subject: float
    ratio: float
    noisy_rounds: int

    @property
    def verdict(self) -> str:
        held = self.wanted.holds(self.ratio)
        return ("ok" if held else "MISSED" if self.wanted.is_due else "not yet") if str(self.wanted) else ""


def compare(pair: Pair, patience_until: float) -> list[Line]:
    """The pair's lines. patience_until: by time.monotonic(), from when on busy rounds are no longer taken again."""
    rounds, noisy = [], 0
    for _ in range(ROUNDS):
        for attempt in range(1, TRIES + 1):
            was_quiet = quiet.wait_until_quiet(3 if time.monotonic() < patience_until else 0)
            anchor, subject = pair.measure_anchor(), pair.measure_subject()
            is_quiet = was_quiet and quiet.busy_share() <= quiet.BUSY
            if is_quiet or attempt == TRIES or time.monotonic() > patience_until:
                break
        noisy += not is_quiet
        rounds.append((anchor, subject))
    return [_line(pair, wanted, rounds, noisy) for wanted in pair.wanted]


def _line(pair: Pair, wanted: Wanted, rounds: Sequence[tuple[Sample, Sample]], noisy: int) -> Line:
    pairs = [(getattr(anchor, wanted.measure), getattr(subject, wanted.measure)) for anchor, subject in rounds]
    return Line(
        pair.subject,
        pair.anchor,
        wanted,
        median(anchor for anchor, _ in pairs),
        median(subject for _, subject in pairs),
        median(subject / anchor for anchor, subject in pairs),
        noisy,
    )


def table(lines: Sequence[Line]) -> str:
    """The lines under each other, for people."""
    head = ("subject", "anchor", "of", "anchor", "subject", "ratio", "wanted", "")
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cells(line: Line) -> tuple[str, ...]:
    unit = UNITS[line.wanted.measure]
    busy = f" (machine busy in {line.noisy_rounds} of {ROUNDS} rounds)" if line.noisy_rounds else ""
    values = (f"{line.of_anchor:.1f}{unit}", f"{line.of_subject:.1f}{unit}", f"{line.ratio:.2f}", str(line.wanted))
    return (line.subject, line.anchor, line.wanted.measure, *values, line.verdict + busy)
