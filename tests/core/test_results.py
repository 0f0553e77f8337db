"""Outcomes, votes, the words that minutes use, and lines pasted from minutes."""

import pytest

from ikb.core.result_line import ReadLine, read_result_line
from ikb.core.results import (
    OTHERS,
    OUTCOMES,
    USUAL,
    Manner,
    Outcome,
    Successor,
    Tally,
    contradictions,
    manner_of,
    needs_successor,
    phrase,
    tally_in_words,
)
from ikb.web.labels import LABELS

O, M = Outcome, Manner  # noqa: E741


def test_there_are_seventeen_outcomes_and_a_form_shows_each_once():
    assert len(OUTCOMES) == len(Outcome) == 17
    assert sorted(USUAL + OTHERS) == sorted(Outcome)
    assert len(USUAL) == 7


def test_pages_and_minutes_use_the_same_words():
    assert {outcome.value: kind.words for outcome, kind in OUTCOMES.items()} == LABELS["outcome"]


@pytest.mark.parametrize(
    ("outcome", "ends", "successor"),
    [
        (O.ADOPTED, True, Successor.NONE),
        (O.ADOPTED_AMENDED, True, Successor.NONE),
        (O.RECOMMENDED, True, Successor.NONE),
        (O.RECOMMENDED_AMENDED, True, Successor.NONE),
        (O.REJECTED, True, Successor.NONE),
        (O.NOTED, True, Successor.NONE),
        (O.NO_RECOMMENDATION, True, Successor.NONE),
        (O.FIRST_READING, False, Successor.SAME),
        (O.POSTPONED, False, Successor.SAME),
        (O.POSTPONED_TO_NEXT, True, Successor.NONE),
        (O.DEFERRED, False, Successor.SAME),
        (O.REMOVED, False, Successor.ASKED),
        (O.REFERRED, False, Successor.ANY),
        (O.REFERRED_BACK, False, Successor.ANY),
        (O.WITHDRAWN, True, Successor.NONE),
        (O.NOT_DEALT_WITH, True, Successor.NONE),
        (O.SPLIT_VOTE, True, Successor.ASKED),
    ],
)
def test_what_an_outcome_means_for_the_station(outcome, ends, successor):
    assert (OUTCOMES[outcome].ends, OUTCOMES[outcome].successor) == (ends, successor)
    assert needs_successor(outcome) is (successor in (Successor.SAME, Successor.ANY))


@pytest.mark.parametrize(
    ("outcome", "tally", "manner"),
    [
        (O.ADOPTED, Tally(), None),
        (O.ADOPTED, Tally(), M.UNANIMOUS),  # without numbers, as often
        (O.ADOPTED, Tally(yes=6), None),
        (O.ADOPTED, Tally(yes=44, no=22), M.MAJORITY),
        (O.ADOPTED, Tally(44, 22, 0, 66), None),
        (O.RECOMMENDED_AMENDED, Tally(12, 0, 2, 14), M.UNANIMOUS_WITH_ABSTENTIONS),
        (O.RECOMMENDED, Tally(1, 0, 13, 14), None),  # abstentions count for nothing
        (O.REJECTED, Tally(7, 7), None),  # a tie
        (O.REJECTED, Tally(0, 14), M.UNANIMOUS),
        (O.NOTED, Tally(present=15), None),
        (O.NOTED, Tally(3, 9), None),
        (O.POSTPONED, Tally(8, 4), M.MAJORITY),
        (O.ADOPTED, Tally(9, 3, 1, 14), None),  # somebody was excluded
        (O.SPLIT_VOTE, Tally(), None),
        # Whether excluded members count as present differs from town to town: both ways are taken.
        (O.ADOPTED, Tally(12, 0, 2, 14, 1), None),
        (O.ADOPTED, Tally(12, 0, 1, 14, 1), None),
    ],
)
def test_what_fits_together_is_taken(outcome, tally, manner):
    assert contradictions(outcome, tally, manner) == []


@pytest.mark.parametrize(
    ("outcome", "tally", "manner", "field", "words"),
    [
        (O.ADOPTED, Tally(10, 4, 2, 15), None, "present", "ergeben zusammen 16, anwesend waren aber nur 15"),
        (O.NOTED, Tally(yes=16, present=15), None, "present", "16 Ja ergeben zusammen 16"),
        (O.ADOPTED, Tally(present=0), None, "present", "Ohne Anwesende"),
        (O.ADOPTED, Tally(yes=-1), None, "votes_yes", "Weniger als null"),
        (O.ADOPTED, Tally(excluded=-1), None, "excluded", "Weniger als null"),
        (O.ADOPTED, Tally(7, 7), None, "outcome", "Stimmengleichheit"),
        (O.ADOPTED, Tally(0, 0, 14, 14), None, "outcome", "Stimmengleichheit"),
        (O.RECOMMENDED, Tally(5, 9), None, "outcome", "keine Mehrheit"),
        (O.RECOMMENDED, Tally(yes=0), None, "votes_yes", "Ohne eine Ja-Stimme"),
        (O.ADOPTED_AMENDED, Tally(6, 7, 3), None, "outcome", "geändert beschlossen"),
        (O.POSTPONED, Tally(4, 8), None, "outcome", "der Antrag"),
        (O.REFERRED, Tally(7, 7), None, "outcome", "Stimmengleichheit"),
        (O.REJECTED, Tally(9, 3), None, "outcome", "abgelehnt passt nicht"),
        (O.ADOPTED, Tally(12, 1), M.UNANIMOUS, "manner", "Einstimmig und 1 Gegenstimme:"),
        (O.ADOPTED, Tally(no=2), M.UNANIMOUS, "manner", "2 Gegenstimmen"),
        (O.ADOPTED, Tally(12, 1, 1), M.UNANIMOUS_WITH_ABSTENTIONS, "manner", "beides zugleich geht nicht"),
        (O.ADOPTED, Tally(12, 0, 0), M.UNANIMOUS_WITH_ABSTENTIONS, "abstentions", "0 Enthaltungen"),
        (O.REJECTED, Tally(1, 12), M.UNANIMOUS, "manner", "1 Ja-Stimme"),
    ],
)
def test_what_cannot_be_is_named_with_its_field(outcome, tally, manner, field, words):
    found = contradictions(outcome, tally, manner)

    assert [contradiction.field for contradiction in found] == [field]
    assert words in found[0].sentence


def test_several_contradictions_are_named_together():
    found = contradictions(O.ADOPTED, Tally(4, 9, 4, 15), M.UNANIMOUS)

    assert [contradiction.field for contradiction in found] == ["present", "outcome", "manner"]


@pytest.mark.parametrize(
    ("outcome", "tally", "stated", "manner"),
    [
        (O.ADOPTED, Tally(12, 0, 0), None, M.UNANIMOUS),
        (O.ADOPTED, Tally(12, 0), None, M.UNANIMOUS),
        (O.ADOPTED, Tally(12, 0, 2), None, M.UNANIMOUS_WITH_ABSTENTIONS),
        (O.ADOPTED, Tally(60, 1), None, M.MAJORITY),  # never "large" by computing
        (O.ADOPTED, Tally(60, 1), M.LARGE_MAJORITY, M.LARGE_MAJORITY),
        (O.ADOPTED, Tally(yes=12), None, None),  # missing is not zero
        (O.ADOPTED, Tally(no=0), None, None),
        (O.ADOPTED, Tally(), M.UNANIMOUS, M.UNANIMOUS),
        (O.ADOPTED, Tally(abstentions=2), M.UNANIMOUS, M.UNANIMOUS_WITH_ABSTENTIONS),
        (O.REJECTED, Tally(0, 14), None, M.UNANIMOUS),
        (O.REJECTED, Tally(7, 7), None, None),
        (O.REJECTED, Tally(3, 9), None, M.MAJORITY),
        (O.REJECTED, Tally(0, 0, 14), None, None),
    ],
)
def test_the_manner_is_as_stated_or_as_the_votes_show(outcome, tally, stated, manner):
    assert manner_of(outcome, tally, stated) == manner


@pytest.mark.parametrize(
    ("outcome", "tally", "manner", "words"),
    [
        (O.RECOMMENDED_AMENDED, Tally(12, 0, 2, 14), None, "mit Änderungen empfohlen, einstimmig bei 2 Enthaltungen"),
        (O.RECOMMENDED, Tally(12, 0, 1), None, "empfohlen, einstimmig bei 1 Enthaltung"),
        (O.ADOPTED, Tally(), None, "beschlossen"),
        (O.ADOPTED, Tally(), M.UNANIMOUS, "beschlossen, einstimmig"),
        (O.ADOPTED, Tally(44, 22), M.MAJORITY, "beschlossen, mit Mehrheit (44 Ja, 22 Nein)"),
        (O.ADOPTED, Tally(44, 22, 1, 67), None, "beschlossen, mit Mehrheit (44 Ja, 22 Nein, 1 Enthaltung)"),
        (O.ADOPTED, Tally(), M.LARGE_MAJORITY, "beschlossen, mit großer Mehrheit"),
        (O.ADOPTED, Tally(yes=6), None, "beschlossen, 6 Ja"),
        (O.REJECTED, Tally(7, 7), None, "abgelehnt, bei Stimmengleichheit (7 Ja, 7 Nein)"),
        (O.POSTPONED, Tally(8, 4), None, "vertagt (über den Antrag: mit Mehrheit (8 Ja, 4 Nein))"),
        (O.POSTPONED, Tally(), None, "vertagt"),
        (O.NOTED, Tally(present=15), None, "zur Kenntnis genommen"),
        (O.ADOPTED, Tally(), M.UNANIMOUS_WITH_ABSTENTIONS, "beschlossen, einstimmig bei Enthaltungen"),
    ],
)
def test_the_german_phrase_is_built_from_outcome_and_votes(outcome, tally, manner, words):
    assert phrase(outcome, tally, manner) == words


def test_a_referral_names_its_committee_and_other_outcomes_do_not():
    assert phrase(O.REFERRED, target="Kulturausschuss") == "verwiesen an Kulturausschuss"
    assert phrase(O.ADOPTED, target="Kulturausschuss") == "beschlossen"


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(), ""),
        (Tally(0, 0, 0, 0), "0 Ja, 0 Nein, 0 Enthaltungen, 0 anwesend"),
        (Tally(yes=6), "6 Ja"),
        (Tally(44, 22, 1, 67), "44 Ja, 22 Nein, 1 Enthaltung, 67 anwesend"),
        (Tally(44, 22, 1, 67, 2), "44 Ja, 22 Nein, 1 Enthaltung, 67 anwesend, 2 befangen"),
        (Tally(excluded=0), "0 befangen"),
    ],
)
def test_votes_in_words_leave_out_what_is_not_known(tally, words):
    assert tally_in_words(tally) == words


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("- mit Mehrheit beschlossen -, Ja: 44, Nein: 22", ReadLine(O.ADOPTED, M.MAJORITY, Tally(44, 22))),
        (
            "einstimmig bei 2 Enthaltungen empfohlen",
            ReadLine(O.RECOMMENDED, M.UNANIMOUS_WITH_ABSTENTIONS, Tally(abstentions=2)),
        ),
        ("- einstimmig beschlossen -", ReadLine(O.ADOPTED, M.UNANIMOUS)),
        ("Ja: 6", ReadLine(tally=Tally(yes=6))),
        ("Ja 44 Nein 22", ReadLine(tally=Tally(44, 22))),
        ("44 Ja 22 Nein", ReadLine(tally=Tally(44, 22))),
        ("Ja: 44, 3 Enthaltungen", ReadLine(tally=Tally(yes=44, abstentions=3))),
        ("12 Ja-Stimmen, keine Gegenstimme, 2 Enthaltungen", ReadLine(tally=Tally(12, 0, 2))),
        ("dafür 12, dagegen 3, anwesend 16", ReadLine(tally=Tally(12, 3, None, 16))),
        ("ohne Gegenstimmen bei drei Enthaltungen beschlossen", ReadLine(O.ADOPTED, None, Tally(no=0, abstentions=3))),
        ("abweichend vom Beschlussvorschlag beschlossen", ReadLine(O.ADOPTED_AMENDED)),
        ("abweichend vom Beschlussvorschlag mit Mehrheit beschlossen", ReadLine(O.ADOPTED_AMENDED, M.MAJORITY)),
        ("in geänderter Fassung einstimmig beschlossen", ReadLine(O.ADOPTED_AMENDED, M.UNANIMOUS)),
        ("ungeändert beschlossen", ReadLine(O.ADOPTED)),
        ("unverändert empfohlen", ReadLine(O.RECOMMENDED)),
        ("mit Änderungen empfohlen", ReadLine(O.RECOMMENDED_AMENDED)),
        ("Empfehlung mit Änderungen", ReadLine(O.RECOMMENDED_AMENDED)),
        ("ohne Beschlussempfehlung", ReadLine(O.NO_RECOMMENDATION)),
        ("mit großer Mehrheit abgelehnt", ReadLine(O.REJECTED, M.LARGE_MAJORITY)),
        ("mehrheitlich abgelehnt", ReadLine(O.REJECTED, M.MAJORITY)),
        ("zur Kenntnis genommen", ReadLine(O.NOTED)),
        ("Kenntnisnahme", ReadLine(O.NOTED)),
        ("1. Lesung", ReadLine(O.FIRST_READING)),
        ("vertagt", ReadLine(O.POSTPONED)),
        ("vertagt in das Folgegremium", ReadLine(O.POSTPONED_TO_NEXT)),
        ("zurückgestellt", ReadLine(O.DEFERRED)),
        ("von der Tagesordnung abgesetzt", ReadLine(O.REMOVED)),
        ("verwiesen an den Hauptausschuss, einstimmig", ReadLine(O.REFERRED, M.UNANIMOUS, target="den Hauptausschuss")),
        ("zurückverwiesen", ReadLine(O.REFERRED_BACK)),
        ("zurückgezogen", ReadLine(O.WITHDRAWN)),
        ("Nichtbefassung", ReadLine(O.NOT_DEALT_WITH)),
        ("getrennte Abstimmung einzelner Punkte", ReadLine(O.SPLIT_VOTE)),
        # As council systems and minutes of many towns put it.
        ("Abstimmungsergebnis: Ja: 12, Nein: 0, Enthaltungen: 2, Befangen: 1", ReadLine(tally=Tally(12, 0, 2, None, 1))),
        (
            "einstimmig beschlossen (Ja 12 Nein 0 Enthaltung 0 Befangen 1)",
            ReadLine(O.ADOPTED, M.UNANIMOUS, Tally(12, 0, 0, None, 1)),
        ),
        ("12 Ja, 3 Nein, 1 Enth.", ReadLine(tally=Tally(12, 3, 1))),
        ("Ja-Stimmen: 12 / Nein-Stimmen: 3 / Enthaltungen: 1", ReadLine(tally=Tally(12, 3, 1))),
        ("mit 12 zu 3 Stimmen bei 1 Enthaltung beschlossen", ReadLine(O.ADOPTED, None, Tally(12, 3, 1))),
        ("mit 12 zu 3 Stimmen abgelehnt", ReadLine(O.REJECTED, None, Tally(3, 12))),  # whichever comes first
        ("mit 3 zu 12 Stimmen abgelehnt", ReadLine(O.REJECTED, None, Tally(3, 12))),
        ("mit 12 Ja- gegen 3 Nein-Stimmen beschlossen", ReadLine(O.ADOPTED, None, Tally(12, 3))),
        (
            "bei 2 Enthaltungen und einer Gegenstimme mehrheitlich empfohlen",
            ReadLine(O.RECOMMENDED, M.MAJORITY, Tally(no=1, abstentions=2)),
        ),
        ("mit 14 Ja-Stimmen einstimmig beschlossen", ReadLine(O.ADOPTED, M.UNANIMOUS, Tally(yes=14))),
        ("einstimmige Empfehlung", ReadLine(O.RECOMMENDED, M.UNANIMOUS)),
        ("einstimmig zur Beschlussfassung empfohlen", ReadLine(O.RECOMMENDED, M.UNANIMOUS)),
        ("Der Beschlussvorschlag wird einstimmig angenommen.", ReadLine(O.ADOPTED, M.UNANIMOUS)),
        ("Dem Beschlussvorschlag wird mit Mehrheit zugestimmt", ReadLine(O.ADOPTED, M.MAJORITY)),
        ("geändert empfohlen", ReadLine(O.RECOMMENDED_AMENDED)),
        ("empfohlen mit Änderungen", ReadLine(O.RECOMMENDED_AMENDED)),
        ("mit Änderung beschlossen", ReadLine(O.ADOPTED_AMENDED)),
        ("abgeändert beschlossen", ReadLine(O.ADOPTED_AMENDED)),
        ("mit Ergänzungen einstimmig empfohlen", ReadLine(O.RECOMMENDED_AMENDED, M.UNANIMOUS)),
        ("in geänderter Form beschlossen", ReadLine(O.ADOPTED_AMENDED)),
        ("wie vorgeschlagen beschlossen", ReadLine(O.ADOPTED)),
        ("Beschlussart: ungeändert beschlossen", ReadLine(O.ADOPTED)),
        ("abgelehnt bei Stimmengleichheit (7 Ja, 7 Nein)", ReadLine(O.REJECTED, None, Tally(7, 7))),
        ("in den Rat vertagt", ReadLine(O.POSTPONED_TO_NEXT)),
        ("ohne Votum", ReadLine(O.NO_RECOMMENDATION)),
        ("an den Kulturausschuss verwiesen", ReadLine(O.REFERRED, target="den Kulturausschuss")),
        ("überwiesen an den Kulturausschuss, einstimmig", ReadLine(O.REFERRED, M.UNANIMOUS, target="den Kulturausschuss")),
        (
            "verwiesen an den Kulturausschuss bei 3 Gegenstimmen",
            ReadLine(O.REFERRED, None, Tally(no=3), "den Kulturausschuss"),
        ),
        ("nimmt die Vorlage zur Kenntnis", ReadLine(O.NOTED)),
        ("Absetzung von der Tagesordnung", ReadLine(O.REMOVED)),
        ("Zustimmung: 12, Ablehnung: 3, Enthaltung: 1", ReadLine(tally=Tally(12, 3, 1))),
        ("Anwesend: 14, Ja: 12, Nein: 1, Enthaltungen: 0, befangen: 1", ReadLine(tally=Tally(12, 1, 0, 14, 1))),
        (
            "bei einer Stimmenthaltung einstimmig beschlossen",
            ReadLine(O.ADOPTED, M.UNANIMOUS_WITH_ABSTENTIONS, Tally(abstentions=1)),
        ),
        ("ohne Enthaltungen einstimmig beschlossen", ReadLine(O.ADOPTED, M.UNANIMOUS, Tally(abstentions=0))),
        ("einmütig beschlossen", ReadLine(O.ADOPTED, M.UNANIMOUS)),
        ("einzeln abgestimmt", ReadLine(O.SPLIT_VOTE)),
        ("mehrheitliche Ablehnung", ReadLine(O.REJECTED, M.MAJORITY)),
        (
            "Beschlossen mit 30 Ja-Stimmen, 12 Nein-Stimmen und 2 Enthaltungen",
            ReadLine(O.ADOPTED, None, Tally(30, 12, 2)),
        ),
        ("", ReadLine()),
    ],
)  # fmt: skip
def test_lines_from_minutes_are_read_whole(line, read):
    assert read_result_line(line) == read


@pytest.mark.parametrize(
    ("line", "outcome", "unread"),
    [
        ("nicht beschlossen", None, "nicht beschlossen"),  # never the opposite of what it says
        ("Antrag abgelehnt, Vorlage beschlossen", None, "Antrag abgelehnt, Vorlage beschlossen"),
        ("einstimmig beschlossen bei Enthaltung der Fraktion Grün", O.ADOPTED, "bei Enthaltung der Fraktion Grün"),
        ("mit Mehrheit beschlossen (TOP 5.1)", O.ADOPTED, "TOP 5.1"),
        ("abgelehnt 5 : 7 : 1", O.REJECTED, "5 : 7 : 1"),
        ("Ja: 5, Ja: 6", None, "Ja: 6"),
        ("siehe Anlage", None, "siehe Anlage"),
        ("nicht zugestimmt", None, "nicht zugestimmt"),
        ("keine Zustimmung", None, "keine Zustimmung"),
        ("kein Beschluss", None, "kein Beschluss"),
        ("nicht zur Kenntnis genommen", None, "nicht zur Kenntnis genommen"),
        ("mit 3 zu 12 Stimmen beschlossen", O.ADOPTED, "mit 3 zu 12 Stimmen"),  # which is which, a person says
        ("zurückgestellt bis zur nächsten Sitzung", O.DEFERRED, "bis zur nächsten Sitzung"),
        ("einstimmig, bei 1 Nichtteilnahme, beschlossen", O.ADOPTED, "bei 1 Nichtteilnahme"),
        (
            "mit den Stimmen der Gruppe Morgen gegen die Stimmen der Gruppe Abend beschlossen",
            O.ADOPTED,
            "mit den Stimmen der Gruppe Morgen gegen die Stimmen der Gruppe Abend",
        ),
    ],
)
def test_what_is_not_understood_is_handed_back(line, outcome, unread):
    read = read_result_line(line)

    assert (read.outcome, read.unread) == (outcome, unread)


def test_the_towns_own_words_are_found_in_a_line_and_the_longest_is_meant():
    names = {"zugestimmt": O.RECOMMENDED, "mit Maßgaben zugestimmt": O.RECOMMENDED_AMENDED}

    assert read_result_line("mit Maßgaben zugestimmt, einstimmig", names) == ReadLine(
        O.RECOMMENDED_AMENDED, M.UNANIMOUS, name="mit Maßgaben zugestimmt"
    )
    assert read_result_line("Zugestimmt, Ja: 9", names) == ReadLine(O.RECOMMENDED, None, Tally(9), name="zugestimmt")
    assert read_result_line("abgelehnt", names) == ReadLine(O.REJECTED)


def test_a_line_with_the_towns_words_and_a_contrary_outcome_is_left_to_a_person():
    read = read_result_line("zugestimmt, vertagt", {"zugestimmt": O.RECOMMENDED})

    assert (read.outcome, read.name) == (None, "")


def test_the_phrase_uses_the_towns_words():
    assert phrase(O.ADOPTED, Tally(12, 0), name="ungeändert beschlossen") == "ungeändert beschlossen, einstimmig"
    assert phrase(O.REFERRED, target="Rat", name="abgegeben") == "abgegeben an Rat"
