"""R3: the edit script is minimal, has a fixed place for every hunk, and can be applied and shown."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ikb.core import diff
from ikb.core.diff import Hunk, apply, edit_script, joined_for_display
from ikb.core.redline import base_text, new_text, word_diff
from ikb.core.texts import joined, normalise, tokens, words

TEXTS = st.lists(st.sampled_from(["a", "b", "C", ".", ",", "!"]), max_size=12).map(" ".join)


def script(base, new):
    return [(h.i, h.j, " ".join(h.words)) for h in edit_script(tokens(base), tokens(new))]


@pytest.mark.parametrize(
    ("base", "new", "expected"),
    [
        ("", "", []),
        ("", "Neu.", [(0, 0, "Neu .")]),
        ("Alt.", "", [(0, 2, "")]),
        ("a  b", "a b", []),
        ("20 %", "20%", []),
        ("a b c", "a x c", [(1, 2, "x")]),
        ("a b c d e", "a x c y e", [(1, 2, "x"), (3, 4, "y")]),
        ("a b c d", "x b c y", [(0, 1, "x"), (3, 4, "y")]),
    ],
)
def test_r3_hunks_are_half_open_ranges_with_their_new_tokens(base, new, expected):
    assert script(base, new) == expected


@pytest.mark.parametrize(
    ("base", "new", "expected"),
    [
        # the inserted sentence could also begin with the stop of the sentence before it
        ("Eins. Zwei.", "Eins. Neu. Zwei.", [(2, 2, "Neu .")]),
        ("Eins.", "Eins. Neu.", [(2, 2, "Neu .")]),
        ("Eins.", "Neu. Eins.", [(0, 0, "Neu .")]),
        ("Eins! Zwei!", "Eins! Neu! Zwei!", [(2, 2, "Neu !")]),
        ("Eins? Zwei?", "Eins? Neu? Zwei?", [(2, 2, "Neu ?")]),
        ("Eins. Zwei. Drei.", "Eins. Drei.", [(2, 4, "")]),
        ("Eins. Zwei.", "Eins.", [(2, 4, "")]),
        # no boundary in reach: as far right as possible
        ("der Ort, der Weg", "der Ort, der neue Ort, der Weg", [(4, 4, "neue Ort , der")]),
        ("ganz ganz viel", "ganz ganz ganz viel", [(0, 0, "ganz")]),
        ("sehr sehr sehr gut", "sehr gut", [(0, 2, "")]),
        ("so sehr sehr gut", "so sehr gut", [(2, 3, "")]),
        # several boundaries in reach: the nearest, here the last one
        ("Ja. Ja. Nein.", "Ja. Ja. Ja. Nein.", [(4, 4, "Ja .")]),
    ],
)
def test_r3_a_movable_hunk_starts_a_sentence_or_stands_far_right(base, new, expected):
    assert script(base, new) == expected


@pytest.mark.parametrize(
    ("gap", "hunks"), [("b", 1), ("b c", 1), ("b c d", 2)], ids=["one token", "two tokens", "three tokens"]
)
def test_r3_hunks_less_than_three_tokens_apart_are_shown_as_one(gap, hunks):
    base = tokens(f"1 {gap} 2")
    exact = edit_script(base, tokens(f"x {gap} y"))

    shown = joined_for_display(base, exact)

    assert len(exact) == 2
    assert len(shown) == hunks
    assert joined(apply(base, shown)) == f"x {gap} y"


def joined_two_at_a_time(base, hunks):
    """The same rule as plainly as it can be said: each hunk joins what stands before it, if that is near."""
    shown = []
    for hunk in hunks:
        if not shown or hunk.i - shown[-1].j >= 3:
            shown.append(hunk)
            continue
        last = shown.pop()
        kept = base[last.j : hunk.i]
        glue = [token.glue for token in kept]
        glue[:1] = [last.after] if kept else []
        new_words = (*last.words, *(token.text for token in kept), *hunk.words)
        shown.append(Hunk(last.i, hunk.j, new_words, (*last.glue, *glue, *hunk.glue), hunk.after))
    return shown


@given(TEXTS, TEXTS)
def test_r3_joining_all_hunks_in_one_go_shows_what_joining_them_two_at_a_time_does(base, new):
    exact = edit_script(tokens(base), tokens(new))

    shown = joined_for_display(tokens(base), exact)

    everything = [(hunk, hunk.glue, hunk.after) for hunk in joined_two_at_a_time(tokens(base), exact)]
    assert [(hunk, hunk.glue, hunk.after) for hunk in shown] == everything


def test_r3_however_many_hunks_are_joined_each_word_is_written_down_once(monkeypatch):
    base, new = tokens(" ".join("alt und" for _ in range(200))), tokens(" ".join("neu und" for _ in range(200)))
    exact = edit_script(base, new)
    built: list[Hunk] = []
    monkeypatch.setattr(diff, "Hunk", lambda *parts: built.append(Hunk(*parts)) or built[-1])

    shown = joined_for_display(base, exact)

    assert (len(exact), len(shown)) == (200, 1)
    assert sum(len(hunk.words) for hunk in built) == len(shown[0].words)


@given(TEXTS, TEXTS)
def test_a_script_turns_one_text_into_the_other(base, new):
    assert joined(apply(tokens(base), edit_script(tokens(base), tokens(new)))) == " ".join(words(new))


@given(TEXTS, TEXTS)
def test_no_script_is_shorter_and_moving_makes_none_longer(base, new):
    old, target = words(base), words(new)

    cost = sum(h.j - h.i + len(h.words) for h in edit_script(tokens(base), tokens(new)))

    assert cost == len(old) + len(target) - 2 * longest_common(old, target)


@given(TEXTS, TEXTS)
def test_hunks_never_touch_each_other(base, new):
    hunks = edit_script(tokens(base), tokens(new))

    assert all(left.j < right.i for left, right in pairwise(hunks))


@given(TEXTS, st.integers(0, 12), st.lists(st.sampled_from(["a", "C", "."]), min_size=1, max_size=4))
def test_a_lone_insertion_stands_where_no_shift_would_do_better(base, at, inserted):
    """Of all places that give the same text, a boundary if there is one, else the last."""
    old = list(words(base))
    at = min(at, len(old))
    new = [*old[:at], *inserted, *old[at:]]

    (hunk,) = edit_script(tokens(" ".join(old)), tokens(" ".join(new)))

    size = len(inserted)
    places = [p for p in range(len(old) + 1) if [*old[:p], *new[p : p + size], *old[p:]] == new]
    boundaries = [p for p in places if p == 0 or old[p - 1] in ".!?"]
    assert (hunk.i in boundaries) if boundaries else hunk.i == max(places)


@given(st.text(alphabet="aB .,!-5()\n", max_size=40), st.text(alphabet="aB .,!-5()\n", max_size=40))
def test_a_word_diff_holds_both_texts_whole(base, new):
    for join in (True, False):
        segments = word_diff(base, new, join)

        assert base_text(segments) == normalise(base)
        assert words(new_text(segments)) == words(new)


@pytest.mark.parametrize(
    ("base", "new", "expected"),
    [
        ("", "", []),
        ("Ja.", "Ja.", [("keep", "Ja.")]),
        ("", "Ja.", [("ins", "Ja.")]),
        ("Ja.", "", [("del", "Ja.")]),
        ("Der Weg.", "Der neue Weg.", [("keep", "Der"), ("ins", " neue"), ("keep", " Weg.")]),
        ("Der alte Weg.", "Der Weg.", [("keep", "Der"), ("del", " alte"), ("keep", " Weg.")]),
        ("Alte Wege", "Wege", [("del", "Alte "), ("keep", "Wege")]),
        ("Wege", "Alte Wege", [("ins", "Alte "), ("keep", "Wege")]),
        ("a 1 b 2 c", "a x b y c", [("keep", "a"), ("del", " 1 b 2"), ("ins", " x b y"), ("keep", " c")]),
    ],
)
def test_a_word_diff_shows_white_space_with_the_words_it_belongs_to(base, new, expected):
    assert [(s.kind, s.text) for s in word_diff(base, new)] == expected


@pytest.mark.parametrize("span", [(2, 4), (-1, 0), (2, 1)])
def test_a_hunk_outside_the_text_is_refused(span):
    with pytest.raises(ValueError):
        apply(tokens("a b c"), [Hunk(*span, ("x",), (" ",), " ")])


def test_overlapping_hunks_are_refused():
    with pytest.raises(ValueError):
        apply(tokens("a b c"), [Hunk(0, 2, (), (), ""), Hunk(1, 3, (), (), "")])


def longest_common(left, right):
    """Length of the longest common subsequence, the slow and certain way."""
    row = [0] * (len(right) + 1)
    for one in left:
        before = 0
        for at, other in enumerate(right, 1):
            before, row[at] = row[at], before + 1 if one == other else max(row[at], row[at - 1])
    return row[-1]
