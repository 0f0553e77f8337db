"""What is blacked out of a text, and what is suggested to be."""

from __future__ import annotations

import pytest

from ikb.core.redaction import (
    BLACKENED,
    Likely,
    Span,
    blackened,
    merged,
    occurrences,
    pieces,
    provisional,
    still_legible,
    suggestions,
)

SAYS = "Frau Öztürk (0521 51-2000) wohnt Herforder Straße 12 und schreibt von e.oeztuerk@verein.example.org."


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "abcdef"),
        ([(0, 6)], BLACKENED),
        ([(0, 1)], f"{BLACKENED}bcdef"),
        ([(5, 6)], f"abcde{BLACKENED}"),
        ([(3, 4), (1, 2)], f"a{BLACKENED}c{BLACKENED}ef"),
        ([(1, 3), (2, 5)], f"a{BLACKENED}f"),
        ([(1, 3), (3, 5)], f"a{BLACKENED}f"),
        ([(1, 5), (2, 3)], f"a{BLACKENED}f"),
    ],
)
def test_what_is_black_is_one_word_that_does_not_tell_how_long_it_was(spans, expected):
    assert blackened("abcdef", [Span(*span) for span in spans]) == expected


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 2), (0, 7)])
def test_a_span_outside_the_text_is_a_mistake(span):
    with pytest.raises(ValueError, match="not within"):
        merged("abcdef", [Span(*span)])


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Frau Kaya und Kayas Mann", "Kaya", ["Kaya"]),
        ("FRAU  KAYA\nsagt", "frau kaya", ["FRAU  KAYA"]),
        ("Tel. 0521/12", "0521/12", ["0521/12"]),
        ("a+b", "a+b", ["a+b"]),
        ("nichts", "", []),
    ],
)
def test_words_are_found_whole_and_whatever_their_case(text, words, expected):
    assert [text[hit.start : hit.end] for hit in occurrences(text, words)] == expected


def test_likely_personal_data_is_suggested_with_what_it_looks_like():
    found = [(SAYS[one.start : one.end], one.likely) for one in suggestions(SAYS, ["Emine Öztürk"])]

    assert found == [
        ("Öztürk", Likely.NAME),
        ("0521 51-2000", Likely.PHONE),
        ("Herforder Straße 12", Likely.STREET),
        ("e.oeztuerk@verein.example.org", Likely.MAIL),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Am 01.02.2030 tagt der Rat.",
        "Drucksache 0815/2009-2014",
        "470 Maßnahmen, 1.000.000 Euro, 2030 bis 2035",
        "Der Weg ist das Ziel 9.",
        "§ 12 Absatz 3",
        "siehe Seite 05",
    ],
)
def test_days_papers_and_amounts_are_not_taken_for_personal_data(text):
    assert suggestions(text) == []


def test_account_numbers_are_found_and_words_blacked_out_elsewhere_too():
    text = "IBAN DE12 3456 7890 1234 5678 90, für Familie Beispiel"

    assert [one.likely for one in suggestions(text, words=["Familie Beispiel"])] == [Likely.ACCOUNT, Likely.NAME]


def test_until_somebody_looked_addresses_and_numbers_are_left_out_but_no_streets_and_names():
    assert [one.likely for one in provisional(SAYS)] == [Likely.PHONE, Likely.MAIL]


def test_pieces_are_the_whole_text_and_black_goes_before_what_is_only_suggested():
    text = "Kaya, post@verein.example.org"

    found = pieces(text, [Span(0, 10)], suggestions(text, ["Kaya"]))

    assert "".join(piece.text for piece in found) == text
    assert [(piece.is_black, piece.likely) for piece in found] == [(True, None), (False, None)]


@pytest.mark.parametrize(
    ("text", "passage", "is_there"),
    [
        ("Frau Kaya\nwohnt hier", "Frau Kaya", True),
        ("F r a u K a y a", "Frau Kaya", True),
        ("Schrift-\nführerin Kaya", "Schriftführerin", True),
        ("die oﬃzielle Stelle", "offizielle", True),
        ("KAYA", "Kaya", True),
        ("Kayaks am Fluss", "Kaya", False),
        ("ganz ohne", "Frau Kaya", False),
        ("egal", " ", False),
    ],
)
def test_what_is_black_is_found_again_however_a_file_breaks_it(text, passage, is_there):
    assert still_legible(text, [passage, passage]) == ([passage] if is_there else [])
