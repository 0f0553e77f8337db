"""The shift written down once more, as plainly as the words of docs/decisions/0010 allow, to be solved by trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product

from ikb.core.notice import notice_by
from ikb.core.periods import is_working_day
from ikb.core.sequence.values import Sitting, Station, Town
from ikb.core.workflow import StationState

Spot = tuple[date, object, date]  # day, beginning or None, day of the invitation
LIVE = ("planned", "scheduled", "invited")


def spot(town: Town, organization: int, on: date, starts: object) -> Spot:
    return on, starts, notice_by(town.body(organization).notice, on, town.local_exceptions).send_on


def may_go(sitting: Sitting, town: Town, today: date, until: date | None) -> bool:
    body = town.body(sitting.organization)
    last = notice_by(body.notice, sitting.on, town.local_exceptions).latest_on
    closes = sitting.on - timedelta(days=body.papers_days) if body.papers_days is not None else last
    if not is_working_day(sitting.on):
        return False
    # the cases begin so early that a deadline for papers need not move
    return today <= sitting.on and today <= last and today <= closes and (until is None or sitting.on <= until)


def options(station: Station, town: Town, today: date, postponed, to, keep, until) -> list[tuple[Spot, int | None]]:
    """(spot, sitting id or None for staying) for one station."""
    own = [each for each in town.sittings if each.organization == station.organization and not each.cancelled]
    if station.id in to:
        return [
            (spot(town, each.organization, each.on, each.starts), each.id) for each in own if each.id == to[station.id]
        ]
    fixed = station.state not in LIVE or station.id in keep or (station.on is not None and station.on < today)
    found: list[tuple[Spot, int | None]] = []
    if station.id not in postponed:
        found.append((spot(town, station.organization, station.on, station.starts), None))
    if station.id in postponed or not fixed:
        found += [
            (spot(town, each.organization, each.on, each.starts), each.id)
            for each in own
            if (station.on is None or each.on > station.on) and may_go(each, town, today, until)
        ]
    return found


def pairs(stations: Sequence[Station]) -> Iterator[tuple[int, int, str]]:
    """(earlier, later, kind) for every order that has to be kept."""
    known = {each.id: each for each in stations}
    counted = [each for each in stations if each.state not in (StationState.SKIPPED, StationState.REMOVED)]
    waiting = [each for each in counted if each.state in LIVE]
    for later in counted:
        for earlier in waiting:
            concludes = later.role == "preliminary" and later.rank == 1 and later.state in LIVE
            if later.role == "decision" and earlier.role in ("preliminary", "hearing", "introduction"):
                yield earlier.id, later.id, "after"
            if concludes and (earlier.role == "hearing" or (earlier.role == "preliminary" and earlier.rank == 0)):
                yield earlier.id, later.id, "after"
            if earlier.role == "hearing" and (concludes or (later.role == "decision" and later.state in LIVE)):
                yield earlier.id, later.id, "invited after"
    for later in waiting:
        if later.predecessor in known:
            other = known[later.predecessor]
            yield other.id, later.id, "next day" if other.organization == later.organization else "same day or later"
    for organization in {each.organization for each in waiting}:
        own = [each for each in waiting if each.organization == organization]
        own.sort(key=lambda each: (each.on is None, each.on or date.max, each.position))
        for index in range(1, len(own)):
            yield own[index - 1].id, own[index].id, "next day"


def margin(kind: str, earlier: Spot, later: Spot) -> int:
    """How many days to spare; 1 is enough."""
    if kind == "invited after":
        return (later[2] - earlier[0]).days
    days = (later[0] - earlier[0]).days
    if kind == "same day or later":
        return days + 1
    begins_earlier = earlier[1] is not None and later[1] is not None and earlier[1] < later[1]
    return 1 if kind == "after" and days == 0 and begins_earlier else days


def needs(stations: Sequence[Station], town: Town) -> list[tuple[int, int, str, int]]:
    """The pairs with the margin that each needs: 1, or what it had before if that was less."""
    old = {each.id: spot(town, each.organization, each.on, each.starts) for each in stations if each.on}
    found = []
    for earlier, later, kind in pairs(stations):
        known = earlier in old and later in old
        found.append((earlier, later, kind, min(1, margin(kind, old[earlier], old[later])) if known else 1))
    return found


def everything(
    stations: Sequence[Station], town: Town, today: date, postponed, to, keep, until
) -> list[dict[int, tuple]]:
    """Every feasible sequence, as spot and sitting by station."""
    there = [each for each in stations if each.on is not None or each.id in postponed]
    ids = [each.id for each in there]
    required = [need for need in needs(stations, town) if need[0] in ids and need[1] in ids]
    found = []
    for chosen in product(*(options(each, town, today, postponed, to, keep, until) for each in there)):
        at = dict(zip(ids, chosen, strict=True))
        if all(margin(kind, at[a][0], at[b][0]) >= least for a, b, kind, least in required):
            found.append(at)
    return found


def price(at: Mapping[int, tuple], stations: Sequence[Station], today: date) -> tuple[date, int, int]:
    """The objective, part by part: last decision, stations moved, days moved (from today where there was no day)."""
    known = {each.id: each for each in stations}
    moved = [number for number, (_, sitting) in at.items() if sitting is not None]
    decisions = [
        at[each.id][0][0]
        for each in stations
        if each.id in at and each.role == "decision" and each.state not in (StationState.SKIPPED, StationState.REMOVED)
    ]
    days = sum((at[number][0][0] - (known[number].on or today)).days for number in moved)
    return max(decisions, default=date.min), len(moved), days
