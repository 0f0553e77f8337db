"""One more statement touches its own elements only, and what the pool holds depends on the set alone."""

import random

import pytest

from ikb.core.consolidation.base import read_base
from ikb.core.consolidation.faults import Reading
from ikb.core.consolidation.pool import Pool
from ikb.core.consolidation.result import result
from ikb.core.consolidation.statements import read_statements
from tests.core.consolidation_cases import OWN


@pytest.fixture
def base():
    return read_base(OWN / "base.json", Reading("base.json"))


@pytest.fixture
def statements(base):
    return read_statements(OWN / "statements.json", Reading("statements.json"), base.known_ids(), set())


def filled(base, *portions):
    pool = Pool(base)
    for portion in portions:
        pool.take_in(portion)
    return pool


def test_an_empty_pool_holds_the_base_unchanged(base):
    found = result(Pool(base))

    assert [e["text"] for e in found["elements"]] == [e.text for e in base.elements]
    assert {e["status"] for e in found["elements"]} == {"unchanged"}
    assert found["proposals"] == found["clusters"] == found["duplicate_groups"] == []


@pytest.mark.parametrize("seed", range(5))
def test_portions_and_order_never_matter(base, statements, seed):
    expected = result(filled(base, statements))
    random.Random(seed).shuffle(statements)
    cut = random.Random(seed).randrange(len(statements))

    assert result(filled(base, statements[:cut], [], statements[cut:])) == expected


def test_one_more_statement_leaves_other_elements_alone(base, statements):
    last = next(s for s in statements if s.id == "T20")
    pool = filled(base, [s for s in statements if s is not last])
    before = dict(pool.merged)

    pool.take_in([last])

    assert {element for element in pool.merged if pool.merged[element] is not before.get(element)} == {"p1"}


def test_an_id_that_is_in_the_pool_already_is_refused_and_the_others_stay(base, statements):
    pool = filled(base, statements[:1])

    with pytest.raises(ValueError):
        pool.take_in([statements[1], statements[0]])

    assert result(pool) == result(filled(base, statements[:2]))
