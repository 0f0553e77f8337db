"""Motions and votes by group: how each ends, in words, and what cannot be."""

import pytest

from ikb.core.motions import (
    AIMS,
    CARRIED,
    MOTION_WORDS,
    POINT_OUTCOMES,
    GroupVotes,
    MotionOutcome,
    aim_in_words,
    group_contradictions,
    motion_contradictions,
    motion_phrase,
)
from ikb.core.results import OUTCOMES, Manner, Outcome, Tally
from ikb.web.labels import LABELS

MO, O, M = MotionOutcome, Outcome, Manner  # noqa: E741
MORNING = GroupVotes("Morgen", Tally(5, 0, 1))
EVENING = GroupVotes("Abend", Tally(2, 4))


def test_pages_and_minutes_use_the_same_words_for_motions():
    assert {outcome.value: words for outcome, words in MOTION_WORDS.items()} == LABELS["motion_outcome"]


def test_every_outcome_that_is_a_motion_can_be_aimed_at():
    assert set(AIMS) == {outcome for outcome, kind in OUTCOMES.items() if kind.on_motion}
    assert aim_in_words(None) == "Änderungsantrag"
    assert aim_in_words(O.POSTPONED) == "Antrag auf Vertagung"


def test_what_is_said_of_the_whole_paper_is_not_said_of_a_point():
    assert not {O.SPLIT_VOTE, O.FIRST_READING, O.REMOVED, O.POSTPONED_TO_NEXT} & set(POINT_OUTCOMES)
    assert {O.ADOPTED, O.REJECTED, O.POSTPONED} <= set(POINT_OUTCOMES)


def test_only_what_carried_or_was_taken_over_changes_the_text():
    assert {MO.ADOPTED, MO.TAKEN_OVER} == CARRIED


@pytest.mark.parametrize(
    ("outcome", "tally", "words"),
    [
        (MO.ADOPTED, Tally(9, 3), "angenommen, mit Mehrheit (9 Ja, 3 Nein)"),
        (MO.ADOPTED, Tally(), "angenommen"),
        (MO.REJECTED, Tally(3, 9, 2), "abgelehnt, mit Mehrheit (3 Ja, 9 Nein, 2 Enthaltungen)"),
        (MO.REJECTED, Tally(6, 6), "abgelehnt, bei Stimmengleichheit (6 Ja, 6 Nein)"),
        (MO.SETTLED, Tally(), "erledigt"),
        (MO.TAKEN_OVER, Tally(), "ohne Abstimmung übernommen"),
    ],
)
def test_how_a_motion_ended_in_words(outcome, tally, words):
    assert motion_phrase(outcome, tally) == words


@pytest.mark.parametrize(
    ("outcome", "tally", "field", "words"),
    [
        (MO.ADOPTED, Tally(3, 9), "outcome", "hat der Antrag keine Mehrheit: „angenommen“"),
        (MO.ADOPTED, Tally(6, 6), "outcome", "Stimmengleichheit"),
        (MO.REJECTED, Tally(9, 3), "outcome", "hat der Antrag eine Mehrheit"),
        (MO.SETTLED, Tally(yes=1), "outcome", "ohne Abstimmung"),
        (MO.TAKEN_OVER, Tally(5, 0), "outcome", "ohne Abstimmung"),
        (MO.REFERRED, Tally(yes=-1), "votes_yes", "Weniger als null"),
    ],
)
def test_votes_on_a_motion_that_cannot_be(outcome, tally, field, words):
    found = motion_contradictions(outcome, tally)

    assert [one.field for one in found] == [field]
    assert words in found[0].sentence


@pytest.mark.parametrize(
    ("groups", "total"),
    [
        ([], Tally(7, 4)),
        ([MORNING, EVENING], Tally(7, 4, 1, 12)),
        ([MORNING], Tally(7, 4, 1, 12)),  # a group may be missing
        ([MORNING, EVENING], Tally()),
        ([GroupVotes("Morgen", Tally(no=0))], Tally(7, 0)),
        ([MORNING, EVENING], Tally(8, 5, 1, 14)),  # single members belong to no group
    ],
)
def test_votes_by_group_that_can_be(groups, total):
    assert group_contradictions(groups, O.ADOPTED, total) == []


@pytest.mark.parametrize(
    ("groups", "total", "manner", "field", "words"),
    [
        ([MORNING, EVENING], Tally(6, 4), None, "votes_yes", "zusammen 7 Ja-Stimmen, insgesamt sind aber nur 6"),
        ([MORNING, EVENING], Tally(7, 3), None, "votes_no", "zusammen 4 Nein-Stimmen"),
        ([MORNING], Tally(7, 3, 0), None, "abstentions", "zusammen 1 Enthaltungen"),
        ([MORNING, EVENING], Tally(present=11), None, "present", "zusammen 12 Stimmen, anwesend waren aber nur 11"),
        ([MORNING, MORNING], Tally(), None, "groups-1-name", "kommt zweimal vor"),
        ([GroupVotes("", Tally(3))], Tally(), None, "groups-0-name", "fehlt der Name"),
        (
            [MORNING, GroupVotes("Abend")],
            Tally(),
            None,
            "groups-1-votes_yes",
            "Es fehlt, wie die Fraktion gestimmt hat",
        ),
        ([GroupVotes("Abend", Tally(-1))], Tally(), None, "groups-0-votes_yes", "Abend: Weniger als null"),
        ([EVENING], Tally(), M.UNANIMOUS, "manner", "Einstimmig, aber Abend hat mit Nein gestimmt"),
    ],
)
def test_votes_by_group_that_cannot_be(groups, total, manner, field, words):
    found = group_contradictions(groups, O.ADOPTED, total, manner)

    assert [one.field for one in found] == [field]
    assert words in found[0].sentence


def test_against_a_unanimous_rejection_speaks_a_yes():
    found = group_contradictions([MORNING], O.REJECTED, Tally(), M.UNANIMOUS)

    assert "mit Ja gestimmt" in found[0].sentence


def test_a_group_in_words_leaves_out_what_is_not_known():
    assert MORNING.in_words() == "Morgen: 5 Ja, 0 Nein, 1 Enthaltung"
    assert GroupVotes("Abend", Tally(no=4)).in_words() == "Abend: 4 Nein"
