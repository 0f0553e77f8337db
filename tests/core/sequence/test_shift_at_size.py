"""The shift at the size of real sequences, against an integer program that knows nothing of how it works."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import lil_matrix

from bench import sequences
from ikb.core.sequence.order import ranked
from ikb.core.sequence.shift import shift
from tests.core.sequence import naive

HORIZON = timedelta(days=330)  # so that the integer program stays small


@pytest.mark.parametrize(("count", "seed", "late"), [(22, 1, 1), (22, 2, 6), (22, 3, 21), (60, 1, 3), (60, 2, 59)])
def test_an_integer_program_finds_nothing_better(count, seed, late):
    town = sequences.town(count, seed)
    stations = ranked(sequences.stations(town, count))
    to = {late: _far(town, stations[late - 1])}
    until = sequences.FIRST + HORIZON

    found = shift(stations, town, [late], sequences.TODAY, to=to, until=until)
    best = _best(stations, town, to, until)

    assert len(found.moves) > 1  # otherwise the case would show nothing
    assert {each.id: each.on for each in found.stations} == best


def _far(town, station):
    """A sitting of its body at least ten weeks later."""
    return next(each.id for each in town.calendars[station.organization] if each.on > station.on + timedelta(weeks=10))


def _best(stations, town, to, until):
    """Day by station of the feasible sequence with the fewest days in sum, by HiGHS; it is the only one with so few."""
    choices = {each.id: naive.options(each, town, sequences.TODAY, set(to), to, set(), until) for each in stations}
    columns = {(number, place): index for index, (number, place) in enumerate(_all(choices))}
    price = np.array([choices[number][place][0][0].toordinal() for number, place in columns], dtype=float)
    rows = list(_rows(stations, town, choices))
    matrix = lil_matrix((len(choices) + len(rows), len(columns)))
    for row, number in enumerate(choices):
        for place in range(len(choices[number])):
            matrix[row, columns[number, place]] = 1
    for row, (first, allowed) in enumerate(rows, len(choices)):
        matrix[row, columns[first]] = -1
        for each in allowed:
            matrix[row, columns[each]] = 1
    low = np.array([1.0] * len(choices) + [0.0] * len(rows))
    high = np.array([1.0] * len(choices) + [1.0] * len(rows))
    solved = milp(
        price - price.min(), integrality=np.ones(len(columns)), constraints=LinearConstraint(matrix.tocsr(), low, high)
    )
    assert solved.success
    return {
        number: choices[number][place][0][0] for (number, place), column in columns.items() if solved.x[column] > 0.5
    }


def _all(choices):
    return [(number, place) for number in choices for place in range(len(choices[number]))]


def _rows(stations, town, choices):
    """For each place of an earlier station: the places of the later one that may go with it."""
    for earlier, later, kind, least in naive.needs(stations, town):
        for place, (spot, _) in enumerate(choices[earlier]):
            allowed = [
                (later, other)
                for other, (theirs, _) in enumerate(choices[later])
                if naive.margin(kind, spot, theirs) >= least
            ]
            yield (earlier, place), allowed
