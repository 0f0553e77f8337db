"""The question "what if" and what its answers are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ikb.core.sequence.checks import check
from ikb.core.sequence.places import Problem, moved_to, places, without_day
from ikb.core.sequence.shift import Move, Shifted, Stuck, decision_on, shift
from ikb.core.sequence.values import Finding, Override, Station, Town

ANSWERS = {
    "shift": "Spätere Beratungen verschieben",
    "pass_on": "In das Folgegremium vertagen",
    "take_off": "Die Entscheidung von der Tagesordnung nehmen",
    "skip": "Die Beratung einvernehmlich auslassen",
    "silence": "Schweigen nach einer Frist als Zustimmung werten",
}


@dataclass(frozen=True)
class Answer:
    """One of the five answers and what it would make of the sequence.

    sentence: what it does, or, where it is not possible, why not.
    stations: the whole new sequence, empty if not possible. A station that it adds has minus its predecessor's id; an
              open station with an outcome is meant to end with it.
    moves:    stations that get another day.
    findings: on the new sequence; new: those among them that were not there before.
    """

    code: str
    name: str
    sentence: str
    is_possible: bool
    stations: tuple[Station, ...] = ()
    moves: tuple[Move, ...] = ()
    findings: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()

    @property
    def decision_on(self) -> date | None:
        """The day of the last decision then, None while it is open."""
        return decision_on(self.stations)


def not_possible(code: str, why: str) -> Answer:
    """An answer that cannot be given here, with the reason."""
    return Answer(code, ANSWERS[code], why, False)


@dataclass(frozen=True)
class WhatIf:
    """A sequence before, with only the postponed stations moved, and with each answer.

    alone:  the postponed stations at their chosen or next sitting, without a day if there is none; all others stay.
    breaks: those of `findings_alone` that were not there before.
    """

    before: tuple[Station, ...]
    findings_before: tuple[Finding, ...]
    alone: tuple[Station, ...]
    findings_alone: tuple[Finding, ...]
    breaks: tuple[Finding, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Question:
    """What `answers.what_if` was asked; everything in it is worked out once."""

    stations: tuple[Station, ...]
    town: Town
    postponed: frozenset[int]
    today: date
    to: Mapping[int, int]
    keep: frozenset[int]
    until: date | None
    overrides: tuple[Override, ...]
    published_on: date
    reason: str

    @cached_property
    def problem(self) -> Problem:
        """The same as something to shift."""
        return Problem(self.stations, self.town, self.today, self.postponed, self.to, self.keep, self.until)

    @cached_property
    def before(self) -> tuple[Finding, ...]:
        """The findings on the sequence as it is."""
        return self.check(self.stations)

    @cached_property
    def moving(self) -> list[Station]:
        """The postponed stations as they are."""
        return [each for each in self.stations if each.id in self.postponed]

    @cached_property
    def alone(self) -> tuple[Station, ...]:
        """Only the postponed stations get another sitting."""
        return tuple(self._at_next(each) if each.id in self.postponed else each for each in self.stations)

    def _at_next(self, station: Station) -> Station:
        first = next(iter(places(self.problem, station)), None)
        return moved_to(station, first.sitting) if first and first.sitting else without_day(station)

    def check(self, stations: Sequence[Station]) -> tuple[Finding, ...]:
        """The findings on a sequence."""
        return tuple(check(stations, self.town, self.today, self.overrides))

    def new(self, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those that were not there before."""
        return tuple(each for each in found if not any(_covers(old, each) for old in self.before))

    def shifted(
        self, stations: Sequence[Station], postponed: Collection[int], to: Mapping[int, int]
    ) -> Shifted | Stuck:
        """A sequence shifted so that it holds no worse than the one asked about."""
        return shift(
            stations,
            self.town,
            postponed,
            self.today,
            to=to,
            keep=self.keep,
            until=self.until,
            overrides=self.overrides,
            before=self.stations,
        )

    def answer(self, code: str, sentence: str, stations: Sequence[Station], moves: Sequence[Move] = ()) -> Answer:
        """An answer with its findings."""
        found = self.check(stations)
        return Answer(code, ANSWERS[code], sentence, True, tuple(stations), tuple(moves), found, self.new(found))


def _covers(old: Finding, new: Finding) -> bool:
    return old.code == new.code and set(old.stations) >= set(new.stations)
