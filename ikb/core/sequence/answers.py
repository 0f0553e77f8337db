"""What if a body postpones: what breaks, and what each of the five known answers makes of the sequence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ikb.core.german import day, listed
from ikb.core.results import Outcome
from ikb.core.sequence.look import named
from ikb.core.sequence.order import code_before_decision, ranked
from ikb.core.sequence.places import without_day
from ikb.core.sequence.question import Answer, Question, WhatIf, not_possible
from ikb.core.sequence.shift import Move, Stuck, decision_on
from ikb.core.sequence.silence import deemed_heard_on
from ikb.core.sequence.values import Override, Role, Station, Town
from ikb.core.workflow import StationState

NEXT_SITTING = "Die nächste Sitzung, zu der noch eingeladen werden kann."


def what_if(
    stations: Sequence[Station],
    town: Town,
    postponed: Collection[int],
    today: date,
    *,
    to: Mapping[int, int] | None = None,
    keep: Collection[int] = (),
    until: date | None = None,
    overrides: Iterable[Override] = (),
    published_on: date | None = None,
    reason: str = "",
) -> WhatIf:
    """Postpone stations on a copy: what breaks, and the five known answers, each worked out in full.

    postponed:    ids, at least one.
    published_on: the day from which a period of silence runs; today unless given.
    reason:       why, for a station that is skipped.
    The other arguments, and the errors, are those of `shift.shift`. Nothing is changed: the caller confirms an answer.
    """
    if not postponed:
        raise ValueError("Name at least one station that is postponed.")
    asked = Question(
        stations=ranked(stations),
        town=town,
        postponed=frozenset(postponed),
        today=today,
        to=dict(to or {}),
        keep=frozenset(keep),
        until=until,
        overrides=tuple(overrides),
        published_on=published_on or today,
        reason=" ".join(reason.split()),
    )
    asked.problem.check()
    found = asked.check(asked.alone)
    answers = tuple(answer(asked) for answer in (_shift, _pass_on, _take_off, _skip, _silence))
    return WhatIf(asked.stations, asked.before, asked.alone, found, asked.new(found), answers)


def _shift(asked: Question) -> Answer:
    result = asked.shifted(asked.stations, asked.postponed, asked.to)
    if isinstance(result, Stuck):
        return not_possible("shift", result.sentence)
    own = [f"{move.name} am {day(move.to_on)}" for move in result.moves if move.station in asked.postponed]
    sentence = f"{listed(own)}: {_along(len(result.moves) - len(own))}{_end(result.stations)}."
    return asked.answer("shift", sentence, result.stations, result.moves)


def _along(others: int) -> str:
    if not others:
        return "sonst verschiebt sich nichts"
    return "1 weitere Beratung verschiebt sich" if others == 1 else f"{others} weitere Beratungen verschieben sich"


def _end(stations: Iterable[Station]) -> str:
    on = decision_on(stations)
    return f"; entschieden wird am {day(on)}" if on else ""


def _pass_on(asked: Question) -> Answer:
    code = "pass_on"
    if any(each.role == Role.DECISION for each in asked.moving):
        return not_possible(code, "Wer entscheidet, kann die Vorlage nicht an ein Folgegremium weitergeben.")
    if any(each.on is None or each.cancelled for each in asked.moving):
        return not_possible(code, "Ohne Sitzung kann niemand die Vertagung in das Folgegremium beschließen.")
    following = [each for each in asked.stations if _follows(each, asked)]
    if not following:
        return not_possible(code, "Danach berät kein Gremium mehr, an das die Vorlage weitergehen könnte.")
    next_up = min(following, key=lambda each: (each.on or date.max, each.position, each.id))
    intended = tuple(
        replace(each, outcome=Outcome.POSTPONED_TO_NEXT) if each.id in asked.postponed else each
        for each in asked.stations
    )
    sentence = f"{_who(asked)}: weiter ohne Votum; als Nächstes berät {named(next_up)}. Alle Termine bleiben."
    return asked.answer(code, sentence, intended)


def _follows(station: Station, asked: Question) -> bool:
    last = max(each.on for each in asked.moving if each.on)
    votes = station.role in (Role.PRELIMINARY, Role.DECISION)
    return votes and station.is_open and station.on is not None and station.on > last


def _take_off(asked: Question) -> Answer:
    code, off = "take_off", _decisions_off(asked)
    if not off:
        return not_possible(code, "Nicht nötig: Die Entscheidung liegt auch dann nach allen Beratungen.")
    gone = {each.id: replace(each, state=StationState.REMOVED, outcome=Outcome.REMOVED) for each in off}
    added = [replace(without_day(each), id=-each.id, predecessor=each.id, moved_from=None) for each in off]
    stations = (*(gone.get(each.id, each) for each in asked.alone), *added)
    moves = [
        _move(asked, each) for each in asked.alone if each.id in asked.postponed and each.id not in gone and each.on
    ]
    sentence = (
        f"{listed([named(each) for each in off])}: Die Vorlage kommt von der Tagesordnung. "
        "Eine neue Beratung ist vorgesehen, ihr Tag ist offen."
    )
    return asked.answer(code, sentence, stations, moves)


def _decisions_off(asked: Question) -> list[Station]:
    """The decisions that cannot stay where they are, as they were."""
    broken = {
        each.stations[0] for each in asked.new(asked.check(asked.alone)) if each.code.startswith("decision_before")
    }
    nowhere = any(each.day is None and code_before_decision(each) for each in asked.alone if each.id in asked.postponed)
    return [
        each
        for each in asked.stations
        if each.role == Role.DECISION
        and each.is_open
        and each.on is not None
        and (nowhere or each.id in broken or each.id in asked.postponed)
    ]


def _move(asked: Question, station: Station) -> Move:
    old = asked.problem.known[station.id]
    on = station.on or date.max
    return Move(station.id, station.name, station.is_own, station.sitting, old.day, on, NEXT_SITTING)


def _skip(asked: Question) -> Answer:
    code = "skip"
    remaining = [each for each in asked.stations if each.role == Role.DECISION and each.id not in asked.postponed]
    if not remaining and any(each.role == Role.DECISION for each in asked.moving):
        return not_possible(code, "Die Entscheidung selbst lässt sich nicht auslassen.")
    why = asked.reason or "einvernehmlich ausgelassen"
    stations = tuple(
        replace(each, state=StationState.SKIPPED, skip_reason=why) if each.id in asked.postponed else each
        for each in asked.stations
    )
    return asked.answer(
        code, f"{_who(asked)}: keine Beratung, mit Einverständnis aller. Alle Termine bleiben.", stations
    )


def _silence(asked: Question) -> Answer:
    code = "silence"
    if any(each.role != Role.HEARING for each in asked.moving):
        why = "Schweigen kann nur eine Anhörung ersetzen, keine Vorberatung und keine Entscheidung."
        return not_possible(code, why)
    ends = {each.id: deemed_heard_on(each, asked.town, asked.published_on) for each in asked.moving}
    silent = [
        replace(without_day(each), consent_on=ends[each.id]) if each.id in ends else each for each in asked.stations
    ]
    result = asked.shifted(silent, (), {})
    if isinstance(result, Stuck):
        return not_possible(code, result.sentence)
    own = [_silent(each, ends[each.id]) for each in asked.moving]
    until = listed([f"{each.name} bis {day(ends[each.id])}" for each in asked.moving])
    sentence = (
        f"{until}: Wer bis dahin schweigt, gilt als angehört (nur mit einer Regel der Stadt); "
        f"{_along(len(result.moves))}{_end(result.stations)}."
    )
    return asked.answer(code, sentence, result.stations, (*own, *result.moves))


def _silent(station: Station, ends_on: date) -> Move:
    why = "Die Frist läuft ab der Bekanntgabe; danach gilt Schweigen als Zustimmung."
    return Move(station.id, station.name, station.is_own, None, station.day, ends_on, why)


def _who(asked: Question) -> str:
    return listed([each.name for each in asked.moving])
