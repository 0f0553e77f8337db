"""The next version from what was found: where new sections come, and what happens below one that goes."""

from __future__ import annotations

import pytest

from ikb.consolidation.building import build
from ikb.drafts.service import SectionText

BASE = [
    SectionText("1", "point", "1", None, "Eins."),
    SectionText("1.a", "bullet", None, "1", "Eins  a."),
    SectionText("1.a.x", "bullet", None, "1.a", "Eins a x."),
    SectionText("2", "point", "2", None, "Zwei."),
]


def insert(anchor: str, place: str) -> dict[str, object]:
    segment = {"t": "ins", "text": "Neu.", "remarks": [1], "proposals": ["P-1-0"]}
    return {"kind": "insert", "anchor": anchor, "place": place, "text": "Neu.", "segments": [segment]}


def own(kind: str, anchor: str, text: str | None) -> dict[str, object]:
    return {"kind": kind, "anchor": anchor, "place": None, "text": text, "segments": [{"t": "del", "text": "x"}]}


def order(found: dict[str, list[dict[str, object]]]) -> list[str]:
    return [section.anchor for section in build(BASE, found).sections]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, ["1", "1.a", "1.a.x", "2"]),
        ({"2": [insert("n", "before"), own("keep", "2", "Zwei.")]}, ["1", "1.a", "1.a.x", "n", "2"]),
        ({"2": [own("keep", "2", "Zwei."), insert("n", "after")]}, ["1", "1.a", "1.a.x", "2", "n"]),
        ({"1": [own("keep", "1", "Eins."), insert("n", "after")]}, ["1", "1.a", "1.a.x", "n", "2"]),
        (
            {
                "1": [own("keep", "1", "Eins."), insert("outer", "after")],
                "1.a": [own("keep", "1.a", ""), insert("inner", "after")],
            },
            ["1", "1.a", "1.a.x", "inner", "outer", "2"],
        ),
        ({"1.a": [own("delete", "1.a", None)]}, ["1", "1.a.x", "2"]),
        ({"1.a": [insert("n", "before"), own("delete", "1.a", None)]}, ["1", "n", "1.a.x", "2"]),
    ],
)
def test_sections_stand_in_the_order_of_the_text(found, expected):
    assert order(found) == expected


def test_what_stood_below_a_section_that_goes_stands_below_the_next_one_above():
    built = build(BASE, {"1.a": [own("delete", "1.a", None)]})

    assert [(section.anchor, section.parent) for section in built.sections] == [
        ("1", None),
        ("1.a.x", "1"),
        ("2", None),
    ]
    assert [(change.anchor, change.kind) for change in built.changes] == [("1.a", "delete")]


def test_a_section_that_stays_keeps_its_own_white_space():
    assert build(BASE, {"1.a": [own("keep", "1.a", "Eins a.")]}).sections[1].text == "Eins  a."


def test_a_new_section_is_of_its_neighbours_kind_and_stands_where_that_one_stands():
    built = build(BASE, {"1.a": [own("keep", "1.a", ""), insert("n", "after")]})

    assert built.sections[3] == SectionText("n", "bullet", None, "1", "Neu.")
    assert built.changes[0].segments[0]["remarks"] == [1]
