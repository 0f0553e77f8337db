"""The shift against trying everything: the same optimum, the same impossibility, in many small sequences."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.core.notice import NoticeRule
from ikb.core.sequence.checks import check
from ikb.core.sequence.order import Kind, When, slack
from ikb.core.sequence.rules import WEIGHTS
from ikb.core.sequence.shift import BINDING, Shifted, Stuck, shift
from ikb.core.sequence.values import Body, Severity, Sitting, Station, Town
from ikb.core.workflow import StationState
from tests.core.sequence import naive

MONDAY = date(2030, 1, 7)  # from here on twelve weeks without a holiday from Monday to Friday
TODAY = MONDAY + timedelta(days=9)
WORKDAYS = [MONDAY + timedelta(days=step) for step in range(80) if step % 7 < 5]
EVENINGS = (None, time(15), time(18))
ROLES = ("hearing", "preliminary", "decision", "introduction", "information")
KINDS = {"hearing": "district", "decision": "council"}


@st.composite
def questions(draw):
    """(stations, town, arguments): two to five stations with up to four further sittings each."""
    count = draw(st.integers(2, 5))
    organizations = [draw(st.sampled_from((number, number, number, 1))) for number in range(1, count + 1)]
    sittings, stations = [], []
    for number, organization in enumerate(organizations, 1):
        stations.append(draw(_station(number, organization)))
    stations[-1] = replace(stations[-1], role="decision", kind="council", rank=0)
    for organization in set(organizations):
        days = draw(st.lists(st.sampled_from(WORKDAYS[12:]), min_size=draw(st.integers(1, 3)), max_size=4, unique=True))
        sittings += [
            Sitting(100 * organization + place, organization, on, draw(st.sampled_from(EVENINGS)))
            for place, on in enumerate(days)
        ]
    bodies = {each: Body(each, draw(_rules()), draw(st.sampled_from((None, 3)))) for each in set(organizations)}
    open_ids = [each.id for each in stations if each.is_open]
    postponed = set(draw(st.lists(st.sampled_from(open_ids), min_size=1, max_size=2))) if open_ids else set()
    keep = {each for each in draw(st.lists(st.sampled_from(range(1, 6)), max_size=1)) if each not in postponed}
    until = draw(st.sampled_from((None, None, WORKDAYS[-10])))
    return stations, Town(bodies, tuple(sittings)), {"postponed": postponed, "to": {}, "keep": keep, "until": until}


@st.composite
def _station(draw, number, organization):
    role = draw(st.sampled_from(ROLES))
    on = draw(st.sampled_from((None, *WORKDAYS[4:30])))
    state = StationState.SCHEDULED if on else StationState.PLANNED
    if on and draw(st.integers(0, 7)) == 7:
        state = draw(st.sampled_from((StationState.RECORDED, StationState.SKIPPED)))
    return Station(
        number,
        organization,
        f"Gremium {number}",
        KINDS.get(role, "committee"),
        role,
        state,
        on=on,
        starts=draw(st.sampled_from(EVENINGS)) if on else None,
        position=number,
        rank=draw(st.integers(0, 1)) if role == "preliminary" else 0,
        predecessor=draw(st.sampled_from((None, *range(1, number)))) if number > 1 else None,
    )


def _rules():
    return st.builds(NoticeRule, st.integers(0, 8), count_meeting_day=st.booleans(), count_delivery_day=st.booleans())


@settings(max_examples=250, deadline=None)
@given(questions())
def test_nothing_that_can_be_tried_is_better_or_as_good_or_has_any_station_earlier(question):
    stations, town, asked = question
    found = shift(stations, town, asked["postponed"], TODAY, keep=asked["keep"], until=asked["until"])
    tried = naive.everything(stations, town, TODAY, **asked)

    if isinstance(found, Stuck):
        assert tried == []
        assert found.sentence
        return
    mine = _as_tried(found, stations, town, asked)
    assert mine in tried
    prices = [naive.price(at, stations, TODAY) for at in tried]
    assert naive.price(mine, stations, TODAY) == min(prices)
    assert prices.count(min(prices)) == 1
    for part in range(3):  # each part of the objective by itself too, not only in its turn
        assert naive.price(mine, stations, TODAY)[part] == min(price[part] for price in prices)
    assert all(mine[number][0][0] <= at[number][0][0] for at in tried for number in mine)


@settings(max_examples=200, deadline=None)
@given(questions())
def test_a_sequence_that_held_holds_again(question):
    stations, town, asked = question
    before = {each.code for each in check(stations, town, TODAY) if each.severity in BINDING}
    found = shift(stations, town, asked["postponed"], TODAY, keep=asked["keep"], until=asked["until"])

    if isinstance(found, Shifted) and not before & ORDER:
        after = check(found.stations, town, TODAY)
        assert not {each.code for each in after if each.severity in BINDING} & ORDER


ORDER = {
    "decision_before_preliminary",
    "decision_before_district",
    "decision_before_advisory",
    "decision_before_introduction",
    "conclusion_too_early",
    "late_hearing",
    "same_day",
    "successor_before",
}


def test_the_codes_of_order_are_all_binding():
    assert {WEIGHTS[code] for code in ORDER} <= set(BINDING)
    assert Severity.NOTE not in BINDING


def _as_tried(found, stations, town, asked):
    """The shift's answer in the form of `naive`."""
    moves = {move.station: move for move in found.moves}
    there = [
        each for each in found.stations if each.on is not None and (each.id in moves or _had_day(stations, each.id))
    ]
    return {
        each.id: (
            naive.spot(town, each.organization, each.on, each.starts),
            moves[each.id].sitting if each.id in moves else None,
        )
        for each in there
    }


def _had_day(stations, number):
    return any(each.id == number and each.on is not None for each in stations)


whens = st.builds(When, st.sampled_from(WORKDAYS), st.sampled_from(EVENINGS), st.sampled_from(WORKDAYS))


@pytest.mark.parametrize("kind", list(Kind))
@settings(deadline=None)
@given(earlier=whens, later=whens, other=whens)
def test_a_rule_is_kept_no_worse_if_the_later_one_moves_on_or_the_earlier_one_back(kind, earlier, later, other):
    # what the proof rests on; the day of the invitation never falls when a sitting moves on, tested with the periods
    if other.on > later.on and other.sends_on >= later.sends_on:
        assert slack(kind, earlier, other) >= slack(kind, earlier, later)
    if other.on < earlier.on:
        assert slack(kind, other, later) >= slack(kind, earlier, later)
