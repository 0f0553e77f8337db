"""Finding words in a text."""

from __future__ import annotations

import pytest

from ikb.core.finding import LONGEST_EXCERPT, Piece, excerpt, find, nearest, words_of

TEXT = "Sprachkurse finden auch am Abend statt, für Größere in der Küche der Musikschule."


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", []),
        ("   ,;", []),
        ("Fußball", []),
        ("abend", ["Abend"]),
        ("ABEND", ["Abend"]),
        ("kurs", ["Sprachkurse"]),  # a part of a compound; the whole word is marked
        ("Küche", ["Küche"]),
        ("Kueche", ["Küche"]),
        ("kuche", ["Küche"]),
        ("größere", ["Größere"]),
        ("GROESSERE", ["Größere"]),
        ("schule abend", ["Abend", "Musikschule"]),  # all of them, in the text's order
        ("abend sport", []),
        ("%", []),
    ],
)
def test_words_are_found_however_they_are_typed(search: str, found: list[str]) -> None:
    assert [TEXT[start:end] for start, end in find(TEXT, words_of(search))] == found


def test_a_search_has_at_most_eight_words() -> None:
    assert len(words_of(" ".join(f"wort{n}" for n in range(50)))) == 8


def test_an_excerpt_marks_what_was_found() -> None:
    pieces = excerpt(TEXT, find(TEXT, words_of("abend")))

    assert pieces == [
        Piece("Sprachkurse finden auch am "),
        Piece("Abend", found=True),
        Piece(" statt, für Größere in der Küche der Musikschule."),
    ]


@pytest.mark.parametrize("before", [0, 1, 30, 200])
def test_an_excerpt_of_a_long_text_is_short_and_holds_what_was_found(before: int) -> None:
    text = "Wort " * before + "Ziel" + " Wort" * 200

    pieces = excerpt(text, find(text, words_of("ziel")))

    shown = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.found] == ["Ziel"]
    assert len(shown) <= LONGEST_EXCERPT + len("…  …")
    assert shown.endswith(" Wort …")
    assert shown.startswith("… Wort") == (before > 18)


def test_an_excerpt_of_one_endless_word_holds_it_whole() -> None:
    assert excerpt("x" * 900, [(0, 900)]) == [Piece("x" * 900, found=True)]


@pytest.mark.parametrize(
    ("search", "meant"),
    [
        ("Sprachkurze", "Sprachkurse"),
        ("abent schule", "Abend schule"),
        ("Kücke", "Küche"),
        ("xyzxyz", ""),
        ("abend xyzxyz", ""),
        ("", ""),
    ],
)
def test_a_slip_of_the_keyboard_is_guessed(search: str, meant: str) -> None:
    assert nearest(search, [TEXT]) == meant
