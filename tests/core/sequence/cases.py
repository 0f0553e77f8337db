"""The sequence of 2010 and small builders for others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ikb.core.committees import suggest_kind
from ikb.core.results import Outcome
from ikb.core.sequence.values import Sitting, Station, Town
from ikb.core.workflow import StationState

SPRING = date(2010, 5, 3)  # nothing has taken place yet
LATE_AUGUST = date(2010, 8, 25)

_HEARING, _PRELIMINARY, _DECISION = "hearing", "preliminary", "decision"
# Committees, days and order of 2010; the roles are those of domain notes, section 4.
OF_2010 = (
    ("Integrationsrat", "introduction", date(2010, 5, 26)),
    ("Integrationsrat", _PRELIMINARY, date(2010, 9, 8)),
    ("Fachbeirat für Mädchenarbeit", _HEARING, date(2010, 5, 14)),
    ("Psychiatriebeirat", _HEARING, date(2010, 6, 16)),
    ("Seniorenrat", _HEARING, date(2010, 6, 16)),
    ("Beirat für Behindertenfragen", _HEARING, date(2010, 6, 23)),
    ("Schul- u. Sportausschuss", _PRELIMINARY, date(2010, 8, 31)),
    ("Sozial- und Gesundheitsausschuss", _PRELIMINARY, date(2010, 8, 31)),
    ("Bezirksvertretung Dornberg", _HEARING, date(2010, 9, 2)),
    ("Bezirksvertretung Heepen", _HEARING, date(2010, 9, 2)),
    ("Bezirksvertretung Jöllenbeck", _HEARING, date(2010, 9, 2)),
    ("Bezirksvertretung Mitte", _HEARING, date(2010, 9, 2)),
    ("Bezirksvertretung Sennestadt", _HEARING, date(2010, 9, 2)),
    ("Jugendhilfeausschuss", _PRELIMINARY, date(2010, 9, 8)),
    ("Kulturausschuss", _PRELIMINARY, date(2010, 9, 8)),
    ("Bezirksvertretung Brackwede", _HEARING, date(2010, 9, 9)),
    ("Bezirksvertretung Gadderbaum", _HEARING, date(2010, 9, 9)),
    ("Bezirksvertretung Schildesche", _HEARING, date(2010, 9, 9)),
    ("Bezirksvertretung Senne", _HEARING, date(2010, 9, 9)),
    ("Bezirksvertretung Stieghorst", _HEARING, date(2010, 9, 9)),
    ("Haupt- und Beteiligungsausschuss", _PRELIMINARY, date(2010, 9, 16)),
    ("Rat der Stadt Bielefeld", _DECISION, date(2010, 9, 23)),
)
BODIES = {name: number for number, name in enumerate(dict.fromkeys(row[0] for row in OF_2010), 1)}
HEEPEN, HAUPT, RAT = 10, 21, 22  # stations


def of_2010(today: date = SPRING) -> list[Station]:
    """The 22 stations as they stand on a day: past ones with a result, the next ones invited in time."""
    return [_station(number, name, role, on, today) for number, (name, role, on) in enumerate(OF_2010, 1)]


def _station(number: int, name: str, role: str, on: date, today: date) -> Station:
    state = StationState.SCHEDULED
    if on < today:
        state = StationState.RECORDED
    elif on - timedelta(days=8) <= today:
        state = StationState.INVITED
    return Station(
        number,
        BODIES[name],
        name,
        suggest_kind(name),
        role,
        state=state,
        outcome=Outcome.NOTED if state is StationState.RECORDED else None,
        sitting=1000 + number,
        on=on,
        position=number,
        recorded_on=on if state is StationState.RECORDED else None,
    )


def town_of_2010(last_on: date = date(2010, 12, 31), **more: Any) -> Town:
    """The sittings of 2010, and after them one of each body every four weeks on its weekday."""
    sittings = [Sitting(1000 + number, BODIES[name], on) for number, (name, _, on) in enumerate(OF_2010, 1)]
    number = 2000
    for name, organization in BODIES.items():
        on = max(day for body, _, day in OF_2010 if body == name) + timedelta(weeks=4)
        while on <= last_on:
            number += 1
            sittings.append(Sitting(number, organization, on))
            on += timedelta(weeks=4)
    return Town(sittings=tuple(sittings), **more)


def station(number: int, role: str = "hearing", on: date | None = None, **more: Any) -> Station:
    """One station of a body of its own."""
    given: dict[str, Any] = {
        "organization": number,
        "name": f"Gremium {number}",
        "kind": "district" if role == "hearing" else "council" if role == "decision" else "committee",
        "state": StationState.SCHEDULED if on else StationState.PLANNED,
        "position": number,
    }
    return Station(number, role=role, on=on, **(given | more))
