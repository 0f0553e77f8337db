"""Sections put right before they become a draft: no text is lost, and every parent stands before its children."""

import pytest

from ikb.drafts import corrections
from ikb.drafts.importers.parsed import ParsedSection
from ikb.errors import Implausible

SECTIONS = [
    ParsedSection("bg", "heading", None, None, "Begründung"),
    ParsedSection("bg-1", "paragraph", None, "bg", "Eins.\r\n\r\nZwei."),
    ParsedSection("bg-1.a", "bullet", None, "bg-1", "A"),
    ParsedSection("bg-1.b", "bullet", None, "bg-1", "B"),
    ParsedSection("bg-2", "paragraph", "2", "bg", "Drei."),
]


def shape(sections):
    return [(section.anchor, section.parent, section.text) for section in sections]


def test_what_stood_below_a_split_section_stands_below_its_last_part():
    assert shape(corrections.split(SECTIONS, 1))[1:4] == [
        ("bg-1", "bg", "Eins."),
        ("bg-1~2", "bg", "Zwei."),
        ("bg-1.a", "bg-1~2", "A"),
    ]


@pytest.mark.parametrize(
    ("act", "place", "order"),
    [
        ("up", 4, ["bg", "bg-2", "bg-1", "bg-1.a", "bg-1.b"]),
        ("down", 1, ["bg", "bg-2", "bg-1", "bg-1.a", "bg-1.b"]),
        ("up", 3, ["bg", "bg-1", "bg-1.b", "bg-1.a", "bg-2"]),
        ("delete", 1, ["bg", "bg-1.a", "bg-1.b", "bg-2"]),
        ("join", 2, ["bg", "bg-1", "bg-1.b", "bg-2"]),
    ],
)
def test_a_section_moves_with_what_is_below_it_and_leaves_its_children_a_place(act, place, order):
    changed = corrections.ACTS[act](SECTIONS, place)

    assert [section.anchor for section in changed] == order
    assert corrections.checked(changed) == changed


@pytest.mark.parametrize(("act", "place"), [("split", 4), ("join", 0), ("up", 1), ("down", 4), ("up", 0)])
def test_what_cannot_be_done_is_refused(act, place):
    with pytest.raises(Implausible):
        corrections.ACTS[act](SECTIONS, place)


def test_the_last_section_stays():
    with pytest.raises(Implausible):
        corrections.delete(SECTIONS[:1], 0)


def test_depth_counts_what_stands_above():
    assert corrections.depths(SECTIONS) == [0, 1, 2, 2, 1]
