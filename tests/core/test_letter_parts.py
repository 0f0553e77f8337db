"""A letter in parts: nothing of it is lost, nothing is in two places, whatever is done to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ikb.core import letter_parts
from ikb.core.letter_parts import Part

LETTER = """Sehr geehrte Damen und Herren,

der Chor probt seit Jahren im Bürgerhaus. Dort fehlt eine Rampe, z. B. für Rollstühle. Bitte bauen Sie eine.

Zu Leitziel 3: Die Kurse sollen abends liegen.

Mit freundlichen Grüßen
Karla Muster, Chor am Bach
"""


def pieces(text, parts=None):
    return [(part.use, part.of(text)) for part in (letter_parts.first_parts(text) if parts is None else parts)]


def covers(parts, text):
    return "".join(text[part.start : part.end] for part in parts) == text


def test_a_letter_comes_in_paragraphs_with_its_courtesies_set_aside():
    assert pieces(LETTER) == [
        ("courtesy", "Sehr geehrte Damen und Herren,"),
        (
            "open",
            "der Chor probt seit Jahren im Bürgerhaus. Dort fehlt eine Rampe, z. B. für Rollstühle. Bitte bauen Sie eine.",
        ),
        ("open", "Zu Leitziel 3: Die Kurse sollen abends liegen."),
        ("courtesy", "Mit freundlichen Grüßen\nKarla Muster, Chor am Bach"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("Ja.", [("open", "Ja.")]),
        ("\n\n  Ja.", [("open", "Ja.")]),
        ("Erstens.\nZweitens.", [("open", "Erstens."), ("open", "Zweitens.")]),
        (
            "Ein Satz, der\nvon einem Programm\numbrochen wurde.",
            [("open", "Ein Satz, der\nvon einem Programm\numbrochen wurde.")],
        ),
        ("Hallo,", [("courtesy", "Hallo,")]),
    ],
)
def test_short_ones_and_broken_lines(text, expected):
    assert pieces(text) == expected


def test_a_stretch_in_the_middle_leaves_both_sides_as_they_were():
    parts = letter_parts.first_parts(LETTER)
    start = LETTER.index("Dort fehlt")
    end = LETTER.index(" Bitte bauen")

    marked = letter_parts.mark(parts, start, end, "remark", LETTER, remark=7)

    assert pieces(LETTER, marked)[1:4] == [
        ("open", "der Chor probt seit Jahren im Bürgerhaus."),
        ("remark", "Dort fehlt eine Rampe, z. B. für Rollstühle."),
        ("open", "Bitte bauen Sie eine."),
    ]
    assert letter_parts.words_on(marked, LETTER) == {7: "Dort fehlt eine Rampe, z. B. für Rollstühle."}


def test_two_stretches_of_one_remark_are_read_in_their_order():
    parts = letter_parts.first_parts("Anfang.\n\nMitte.\n\nEnde.")
    text = "Anfang.\n\nMitte.\n\nEnde."
    parts = letter_parts.mark(parts, parts[2].start, parts[2].end, "remark", text, remark=1)
    parts = letter_parts.mark(parts, 0, 9, "remark", text, remark=1)

    assert letter_parts.words_on(parts, text) == {1: "Anfang.\n\nEnde."}
    assert [part.of(text) for part in letter_parts.open_parts(parts)] == ["Mitte."]


def test_a_remark_taken_back_is_open_again():
    text = "Anfang.\n\nEnde."
    parts = letter_parts.mark(letter_parts.first_parts(text), 0, 9, "remark", text, remark=1)

    assert {part.use for part in letter_parts.released(parts, 1)} == {"open"}


def test_a_part_can_be_cut_behind_its_sentences_and_never_behind_an_abbreviation():
    part = letter_parts.first_parts(LETTER)[1]

    cuts = letter_parts.cuts_in(part, LETTER)

    assert [LETTER[part.start : cut][-12:] for cut in cuts] == [" Bürgerhaus.", " Rollstühle."]


def test_a_cut_is_undone_by_joining():
    parts = letter_parts.first_parts(LETTER)
    at = letter_parts.cuts_in(parts[1], LETTER)[0]

    cut = letter_parts.split(parts, at, LETTER)

    assert len(cut) == len(parts) + 1
    assert letter_parts.join(cut, at) == parts


@pytest.mark.parametrize("at", [0, 1, len(LETTER)])
def test_nothing_is_cut_where_one_side_would_be_empty_or_outside(at):
    text = " Ja. "

    with pytest.raises(ValueError, match="cut"):
        letter_parts.split([Part(0, len(text))], at, text)


@pytest.mark.parametrize(
    ("start", "end", "use", "remark"),
    [
        (-1, 3, "courtesy", None),
        (3, 3, "courtesy", None),
        (0, 99, "courtesy", None),
        (2, 4, "courtesy", None),
        (0, 2, "remark", None),
        (0, 2, "courtesy", 1),
    ],
)
def test_a_stretch_has_words_and_a_remark_a_number(start, end, use, remark):
    with pytest.raises(ValueError, match=r"stretch|named"):
        letter_parts.mark([Part(0, 6)], start, end, use, "ab  cd", remark)


def test_the_first_part_has_none_to_join():
    with pytest.raises(ValueError, match="before"):
        letter_parts.join([Part(0, 3)], 0)


def test_sections_are_found_by_the_names_they_bear():
    names = {"z3": "Leitziel 3", "z30": "Leitziel 30", "p2": "Beschlusspunkt 2"}

    assert letter_parts.named_sections("Zu leitziel  3 und Beschlusspunkt 2.", names) == ["z3", "p2"]
    assert letter_parts.named_sections("Leitziel 30", names) == ["z30"]
    assert letter_parts.named_sections("Ziele im Allgemeinen", names) == []


words = st.text(alphabet="aB.!? \n,", min_size=1, max_size=80)


@given(
    text=words,
    strokes=st.lists(
        st.tuples(st.integers(0, 80), st.integers(1, 40), st.sampled_from(["open", "courtesy", "remark"])), max_size=8
    ),
)
def test_whatever_is_marked_every_sign_is_in_exactly_one_part(text, strokes):
    parts = letter_parts.first_parts(text)
    assert covers(parts, text) or not text.strip()

    for number, (start, length, use) in enumerate(strokes):
        end = min(start + length, len(text))
        if start < end and text[start:end].strip():
            parts = letter_parts.mark(parts, start, end, use, text, number if use == "remark" else None)
            assert covers(parts, text)
            assert all(part.of(text) for part in parts)
