"""Sequences of any size for measurements and for tests at real size: the shape of 2010, with two years of sittings."""

from __future__ import annotations

import random
from datetime import date, time, timedelta

from ikb.core.notice import NoticeRule
from ikb.core.sequence.values import Body, Sitting, Station, Town
from ikb.core.workflow import StationState

FIRST = date(2030, 1, 7)  # a Monday
TODAY = FIRST + timedelta(days=1)
YEARS = 2


def town(count: int, seed: int = 1) -> Town:
    """Bodies 1 to `count`, each sitting every two to six weeks on its weekday for two years."""
    chance = random.Random(seed)
    sittings: list[Sitting] = []
    for organization in range(1, count + 1):
        on = FIRST + timedelta(days=chance.randrange(5))
        weeks, starts = chance.randint(2, 6), time(chance.choice((15, 16, 17, 18)))
        while on < FIRST + timedelta(days=365 * YEARS):
            sittings.append(Sitting(len(sittings) + 1, organization, on, starts))
            on += timedelta(weeks=weeks)
    bodies = {
        each: Body(each, NoticeRule(chance.randint(5, 10)), chance.choice((None, 14))) for each in range(1, count + 1)
    }
    return Town(bodies, tuple(sittings))


def stations(town: Town, count: int, start: date = FIRST) -> list[Station]:
    """`count` stations in the shape of 2010: hearings, then expert committees, a Hauptausschuss, and the council last.

    Each at a sitting of its own body, in blocks of two weeks, so that the sequence holds or nearly does.
    """
    found = []
    for number in range(1, count + 1):
        role, kind = _role(number, count)
        after = start + timedelta(
            days=30 + {"hearing": 0, "preliminary": 0, "decision": 90}[role] + 60 * (number == count - 1)
        )
        sitting = next(each for each in town.calendars[number] if each.on >= after + timedelta(days=number % 4 * 7))
        found.append(
            Station(
                number,
                number,
                f"Gremium {number}",
                kind,
                role,
                StationState.SCHEDULED,
                sitting=sitting.id,
                on=sitting.on,
                starts=sitting.starts,
                position=number,
            )
        )
    return found


def _role(number: int, count: int) -> tuple[str, str]:
    if number == count:
        return "decision", "council"
    if number == count - 1 or number % 4 == 0:
        return "preliminary", "committee"
    return "hearing", "district" if number % 2 else "advisory"
