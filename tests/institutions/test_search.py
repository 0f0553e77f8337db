"""Search in the register forgives typing and umlauts, and suggests what may be the same."""

from __future__ import annotations

import pytest

from ikb.core.names import sort_key
from ikb.institutions import search

NAMES = {
    number: sort_key(name)
    for number, name in enumerate(
        (
            "Amt für Jugend",
            "Kulturverein Morgenstern e. V.",
            "Sportverein Öst",
            "Straßensozialarbeit Süd",
            "Verein Brücke e. V.",
            "Verein Bruecken e.V.",
        )
    )
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Morgenstern", [1]),
        ("morgenstern kulturverein", [1]),
        ("BRÜCKE", [4, 5]),
        ("bruecke", [4, 5]),
        ("strassen", [3]),
        ("oest", [2]),
        ("Kulturferein Morgenstren", [1]),
        ("Stassensozialarbeit", [3]),
        ("Jungend", [0]),
        ("Amt Jungend", [0]),
        ("Verien Bruecke", [4, 5]),
        ("xyz", []),
        ("Quantenphysik", []),
    ],
)
def test_what_was_meant_is_found(typed: str, found: list[int]) -> None:
    assert sorted(search.find(typed, NAMES).ids) == found


@pytest.mark.parametrize(("typed", "alike"), [("Brücke", False), ("Kulturferein", True)])
def test_it_says_when_nothing_is_spelled_like_that(typed: str, alike: bool) -> None:
    assert search.find(typed, NAMES).is_alike is alike


def test_addresses_are_found_literally() -> None:
    assert search.find("post@oest", NAMES, {2: "post@oest.example.org"}).ids == [2]


def test_likely_duplicates_are_pairs_with_the_likeliest_first() -> None:
    pairs = search.alike_pairs({**NAMES, 9: sort_key("Kulturverein Morgenstern")}, 80, 10)

    assert [(one, other) for one, other, _ in pairs] == [(4, 5), (1, 9)]
