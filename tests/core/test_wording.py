"""Letters with placeholders: what may be written, and what comes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ikb.core.wording import faults, fill, placeholders_in

KNOWN = {"link": "persönlicher Link", "frist": "letzter Tag", "institution": "Name"}
NEEDED = {"link", "frist"}


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Bis {frist}", "{link} {frist}", []),
        ("Bitte", "Bis {frist}.", ["Im Text fehlt der Platzhalter {link}"]),
        ("Bitte", "Hallo", ["Im Text fehlt der Platzhalter {frist}", "Im Text fehlt der Platzhalter {link}"]),
        ("Bitte {frist} {link}", "Hallo {link}, {frist}", ["Der Betreff enthält {link}"]),
        ("{frist}", "{link}", ["Im Text fehlt der Platzhalter {frist}"]),
        ("Bitte", "{link} {frist} {fristende}", ["Den Platzhalter {fristende} gibt es hier nicht"]),
        ("Bitte {name}", "{link} {frist}", ["Den Platzhalter {name} gibt es hier nicht"]),
        ("Bitte", "{link} {frist} {Frist}", ["Geschweifte Klammern"]),
        ("Bitte", "{link} {frist} { link }", ["Geschweifte Klammern"]),
        ("Bitte", "{{ link }} {link} {frist}", ["Geschweifte Klammern"]),
        ("Bitte", "{% if link %}{link}{frist}", ["Geschweifte Klammern"]),
        ("Bitte\nBcc: x@y.example", "{link} {frist}", ["Der Betreff hat mehr als eine Zeile"]),
    ],
)
def test_each_fault_is_one_sentence_that_names_the_placeholder(subject: str, body: str, expected: list[str]) -> None:
    found = faults(subject, body, KNOWN, NEEDED)

    assert len(found) == len(expected), found
    assert all(sentence.startswith(wanted) for sentence, wanted in zip(found, expected, strict=True)), found


def test_what_stands_in_a_value_is_not_looked_at_again() -> None:
    assert fill("{institution}: {link}", {"institution": "Verein {link}", "link": "L"}) == "Verein {link}: L"


def test_a_paragraph_that_was_only_an_empty_placeholder_vanishes() -> None:
    assert fill("Eins\n\n{leer}\n\nZwei {leer}\nDrei", {"leer": ""}) == "Eins\n\nZwei\nDrei"


def test_a_placeholder_without_a_value_stops_the_letter() -> None:
    with pytest.raises(KeyError):
        fill("{frist}", {})


@given(some.text(max_size=200))
def test_whatever_is_refused_or_not_filling_what_passed_never_fails(body: str) -> None:
    if faults("Betreff", body, KNOWN, set()):
        return

    assert fill(body, dict.fromkeys(KNOWN, "X")) is not None
    assert set(placeholders_in(body)) <= set(KNOWN)


def test_nothing_that_python_or_jinja_would_run_is_run() -> None:
    body = "{link.__class__} {0} {link!r} {{7*7}} {% import os %}"

    assert fill(body, {"link": "L"}) == body
