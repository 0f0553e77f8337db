"""Can what was entered be so: sittings, results, successors, roles, reasons?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

from ikb.core.german import day
from ikb.core.results import OUTCOMES
from ikb.core.sequence.look import Look, finding, named
from ikb.core.sequence.order import code_before_decision
from ikb.core.sequence.rules import WEIGHTS
from ikb.core.sequence.values import Finding, Severity, Sitting, Station
from ikb.core.workflow import StationState


def findings(look: Look) -> Iterator[Finding]:
    """What contradicts itself or is missing."""
    for station in look.stations:
        yield from _sitting(look, station)
        yield from _result(look, station)
        yield from _entries(station)
    yield from _decision(look)


def _sitting(look: Look, station: Station) -> Iterator[Finding]:
    if not station.is_open:
        return
    if station.cancelled and station.on:
        sentence = f"Die Sitzung von {station.name} am {day(station.on)} findet nicht statt."
        yield finding("sitting_cancelled", sentence, [station])
    elif station.day is None:
        sentence = f"Für {station.name} ist noch keine Sitzung eingetragen."
        yield finding("no_sitting", sentence, [station], _weight(look, station))
    elif station.on and station.on < look.today:
        sentence = f"{named(station)}: Die Sitzung ist vorbei, das Ergebnis fehlt."
        yield finding("result_missing", sentence, [station])
    else:
        yield from _overlaps(look, station)


def _weight(look: Look, station: Station) -> Severity:
    """As much as the order weighs that cannot be kept without a sitting, once a decision has its day."""
    code = code_before_decision(station)
    dated = any(each.day is not None for each in look.decisions if each is not station)
    return WEIGHTS[code] if code and dated else Severity.NOTE


def _overlaps(look: Look, station: Station) -> Iterator[Finding]:
    if station.sitting is None or station.on is None:
        return
    own = Sitting(station.sitting, station.organization, station.on, station.starts, station.ends)
    for other in look.town.same_day(station.organization, station.on):
        if other.id != own.id and overlap(*sorted((own, other), key=lambda each: each.starts or time.min)):
            sentence = (
                f"Am {day(station.on)} sind für {station.name} zwei Sitzungen eingetragen, die sich überschneiden."
            )
            yield finding("overlap", sentence, [station])
            return


def overlap(first: Sitting, second: Sitting) -> bool:
    """Whether two sittings of one body cannot both take place as entered, the first beginning no later.

    Where a time is missing they do. Two entries of one sitting, or two days, never do.
    """
    if first.organization != second.organization or first.on != second.on or first.id == second.id:
        return False
    if first.starts is None or second.starts is None:
        return True
    return first.starts == second.starts or first.ends is None or second.starts < first.ends


def _result(look: Look, station: Station) -> Iterator[Finding]:
    if station.state not in (StationState.RECORDED, StationState.CONFIRMED) or station.on is None:
        return
    if station.on > look.today:
        yield finding(
            "result_too_early", f"{named(station)}: Es steht schon ein Ergebnis, die Sitzung kommt erst.", [station]
        )
    elif station.recorded_on is not None and station.recorded_on < station.on:
        sentence = f"{named(station)}: Das Ergebnis ist vom {day(station.recorded_on)}, also von vor der Sitzung."
        yield finding("result_too_early", sentence, [station])
    if station.awaits_successor and not any(each.predecessor == station.id for each in look.stations):
        words = OUTCOMES[station.outcome].words if station.outcome else ""
        yield finding("successor_missing", f"{named(station)}: {words}, aber eine neue Beratung fehlt.", [station])


def _entries(station: Station) -> Iterator[Finding]:
    if station.state is StationState.SKIPPED and not station.skip_reason.strip():
        yield finding(
            "skip_without_reason", f"{named(station)} wurde ausgelassen, ein Grund steht nicht dabei.", [station]
        )
    if station.role is None and station.is_open:
        sentence = f"{named(station)} hat noch keine Rolle; ob die Reihenfolge stimmt, lässt sich nicht sagen."
        yield finding("role_missing", sentence, [station])


def _decision(look: Look) -> Iterator[Finding]:
    wants = [each for each in look.stations if each.role not in (None, "information")]
    if wants and not look.decisions:
        last = max(wants, key=lambda each: (each.day or date.min, each.position, each.id))
        yield finding("decision_missing", "In dieser Beratungsfolge entscheidet niemand.", [last])
