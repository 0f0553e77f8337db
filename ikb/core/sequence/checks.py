"""Everything about a Beratungsfolge that does not hold, or is worth a word, hardest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from itertools import pairwise

from ikb.core.german import day
from ikb.core.sequence import checks_days, checks_entries, checks_order, checks_people
from ikb.core.sequence.checks_entries import overlap
from ikb.core.sequence.look import Look
from ikb.core.sequence.rules import CODES as CODES
from ikb.core.sequence.values import Finding, Override, Severity, Sitting, Station, Town

_WEIGHT = {Severity.HARD: 0, Severity.SERIOUS: 1, Severity.SOFT: 2, Severity.NOTE: 3}


def check(stations: Sequence[Station], town: Town, today: date, overrides: Iterable[Override] = ()) -> list[Finding]:
    """The findings on one sequence, the hardest first; those that somebody accepted come last and keep their reason.

    today: the day in Berlin; sittings before it are past.
    The order is the same for the same stations, in whatever order they are given.
    """
    return check_look(Look(stations, town, today), overrides)


def check_look(look: Look, overrides: Iterable[Override] = ()) -> list[Finding]:
    """The same for a look that is there already."""
    given = tuple(overrides)
    parts = (checks_order, checks_entries, checks_days, checks_people)
    found = [accepted(each, given) for part in parts for each in part.findings(look)]
    first = {station.id: place for place, station in enumerate(look.stations)}
    found.sort(
        key=lambda each: (each.is_overridden, _WEIGHT[each.severity], [first[at] for at in each.stations], each.code)
    )
    return found


def accepted(finding: Finding, overrides: Iterable[Override]) -> Finding:
    """The finding with the reason with which somebody accepted it, if somebody did and it can be."""
    if not finding.can_be_overridden:
        return finding
    for override in overrides:
        if override.code == finding.code and override.stations.issuperset(finding.stations):
            return replace(finding, override=override.reason)
    return finding


def calendar_faults(sittings: Iterable[Sitting], names: Mapping[int, str]) -> list[str]:
    """A sentence for each two sittings of one body that overlap; without times, two on one day do.

    names: of the bodies by id. Cancelled sittings overlap with nothing.
    """
    held = sorted(
        (each for each in sittings if not each.cancelled),
        key=lambda each: (each.organization, each.on, each.starts or time.min, each.id),
    )
    return [
        f"{names.get(first.organization, 'Gremium')}: Am {day(first.on)} überschneiden sich zwei Sitzungen "
        f"({_hours(first)} und {_hours(second)})."
        for first, second in pairwise(held)
        if overlap(first, second)
    ]


def _hours(sitting: Sitting) -> str:
    if sitting.starts is None:
        return "ohne Uhrzeit"
    return f"{sitting.starts:%H:%M}" + (f" bis {sitting.ends:%H:%M} Uhr" if sitting.ends else " Uhr")
