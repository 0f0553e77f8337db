"""R1 and R2: texts normalised and cut into tokens."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ikb.core.texts import are_whole_sentences, is_sentence_boundary, jaccard, joined, normalise, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("  ein\n\n Wort\t", "ein Wort"),
        ("drei\u00a0Meter\u2009breit", "drei Meter breit"),
        (unicodedata.normalize("NFD", "Großzügige Spielplätze"), "Großzügige Spielplätze"),
    ],
)
def test_r1_white_space_is_one_blank_and_letters_are_composed(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Ja!", ["Ja", "!"]),
        ("Kinder- und Jugendarbeit", ["Kinder", "-", "und", "Jugendarbeit"]),
        ("Eltern-Café", ["Eltern-Café"]),
        ("Schüler*innen, Lehrer:innen", ["Schüler*innen", ",", "Lehrer:innen"]),
        ("und/oder", ["und/oder"]),
        ("Sieker's wie Sieker’s", ["Sieker's", "wie", "Sieker’s"]),
        ("Teilnehmer·innen", ["Teilnehmer·innen"]),
        ("1.500,50 Euro.", ["1.500,50", "Euro", "."]),
        ("am 3.5.2012.", ["am", "3.5.2012", "."]),
        ("Nr.5 und Ende.Anfang", ["Nr", ".", "5", "und", "Ende", ".", "Anfang"]),
        ("30%", ["30", "%"]),
        ("„Ja“ (sagt sie)", ["„", "Ja", "“", "(", "sagt", "sie", ")"]),
        ("a--b", ["a", "-", "-", "b"]),
    ],
)
def test_r2_words_stay_whole_and_signs_stand_alone(text, expected):
    assert list(words(text)) == expected


def test_r2_a_token_keeps_the_white_space_before_it():
    assert [(t.text, t.glue) for t in tokens(" Ja,  (gern) ")] == [
        ("Ja", ""),
        (",", ""),
        ("(", " "),
        ("gern", ""),
        (")", ""),
    ]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_tokens_written_out_are_the_normalised_text(text):
    assert joined(tokens(text)) == normalise(text)
    assert words(text) == tuple(token.text for token in tokens(text))


@pytest.mark.parametrize(("at", "expected"), [(0, True), (1, False), (2, True), (3, False), (4, True)])
def test_sentences_begin_at_the_start_and_after_their_ends(at, expected):
    assert is_sentence_boundary(["Ja", "!", "Gern", "?"], at) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("Ja.", True),
        ("Ja. Gern!", True),
        ("ja.", False),
        ("Ja", False),
        ("Ja,", False),
        ("Österreich?", True),
        ("3 Meter.", False),
        ("„Ja.", False),
    ],
)
def test_whole_sentences_have_a_capital_first_and_an_end_last(text, expected):
    assert are_whole_sentences(words(text)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("", "", 1.0), ("a", "", 0.0), ("a b", "b a", 1.0), ("a b c", "b c d", 0.5)]
)
def test_jaccard_compares_sets(one, other, expected):
    assert jaccard(one.split(), other.split()) == expected
