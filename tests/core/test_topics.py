"""Which passages and institutions concern a committee, by words that can be read."""

from __future__ import annotations

import pytest

from ikb.core.topics import MOST, SUBJECTS, Topic, concerns, matches, read_topic, topic_of, weight
from ikb.demo.story import SITTINGS


@pytest.mark.parametrize(
    ("name", "district", "words"),
    [
        ("Bezirksvertretung Heepen", "Heepen", ()),
        ("Bezirksvertretung Jöllenbeck", "Jöllenbeck", ()),
        ("Ortsbeirat Bad Musterau-Süd", "Bad Musterau-Süd", ()),
        (
            "Schul- u. Sportausschuss",
            "",
            ("Schul", "Unterricht", "Lehrkräft", "Bildung", "Sport", "Bewegung", "Verein"),
        ),
        ("Seniorenrat", "", ("Senior", "älter", "Pflege")),
        ("Beirat für Behindertenfragen", "", ("Behinder", "barriere", "Inklusion")),
        ("Psychiatriebeirat", "", ("psych", "seelisch", "Selbsthilfe")),
        ("Rat der Stadt Bielefeld", "", ()),
        ("Haupt- und Beteiligungsausschuss", "", ()),
        ("Integrationsrat", "", ()),
    ],
)
def test_a_name_suggests_a_topic(name, district, words):
    assert topic_of(name) == Topic(words, district)


def test_the_registers_district_goes_before_the_name():
    assert topic_of("Bezirksvertretung West", "Gadderbaum").district == "Gadderbaum"


def test_a_district_body_is_not_read_by_subjects():
    assert topic_of("Bezirksvertretung Wohnstadt").words == ()


def test_most_committees_of_2010_have_a_topic():
    without = [name for name, _ in SITTINGS if not topic_of(name)]

    assert without == ["Integrationsrat", "Haupt- und Beteiligungsausschuss", "Rat der Stadt Bielefeld"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jede Grundschule bietet Kurse an.", ["Schul"]),
        ("Schulsozialarbeit und Sport im Verein", ["Schul", "Sport"]),
        ("Die Verwaltung berichtet.", []),
        ("", []),
    ],
)
def test_words_match_also_inside_of_compounds(text, found):
    assert matches(Topic(("Schul", "Sport")), text) == found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Ein Haus in Mitte.", True),
        ("Ein Haus in der Bielefelder Mitte, am Markt", True),
        ("Bis mitte des Jahres", False),
        ("Vermittlung und Mittel", False),
        ("Stadtmitte", False),
    ],
)
def test_a_district_matches_only_as_a_name(text, is_found):
    assert bool(matches(Topic(district="Mitte"), text)) is is_found


def test_a_district_weighs_more_than_words_and_a_word_more_than_a_part():
    topic = Topic(("Schul",), "Heepen")

    assert weight(topic, "In Heepen.") > weight(topic, "Schule und Grundschule") > weight(topic, "Grundschule") > 0
    assert weight(topic, "Nichts davon") == 0


@pytest.mark.parametrize(
    ("topic", "fields", "district", "is_concerned"),
    [
        (Topic(district="Heepen"), ["Schule"], "Heepen", True),
        (Topic(district="Heepen"), ["Schule"], "Mitte", False),
        (Topic(("Schul",)), ["Schule", "Gesundheit"], "Mitte", True),
        (Topic(("Schul",)), ["Gesundheit"], "Heepen", False),
        (Topic(("Schul",)), [], "", False),
        (Topic(), ["Schule"], "", False),
    ],
)
def test_an_institution_is_concerned_by_district_or_field(topic, fields, district, is_concerned):
    assert concerns(topic, fields, district) is is_concerned


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", ()),
        ("Schul, Sport;Verein", ("Schul", "Sport", "Verein")),
        ("Schul schul SCHUL", ("Schul",)),
        (" , ; a ", ()),
        ("(.* [x", ("(.*", "[x")),
        (" ".join(f"Wort{number}" for number in range(30)), tuple(f"Wort{number}" for number in range(MOST))),
        ("x" * 500, ("x" * 40,)),
    ],
)
def test_words_are_read_as_people_type_them(written, words):
    assert read_topic(written).words == words


def test_signs_in_a_word_are_only_signs():
    assert matches(read_topic("(.*"), "alles (.*) hier") == ["(.*"]
    assert weight(read_topic("(.*"), "etwas anderes") == 0


def test_every_subject_is_written_as_names_are_compared():
    assert all(subject == subject.casefold() and about for subject, about in SUBJECTS.items())
