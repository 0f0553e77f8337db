"""Where remarks stand on the next version: whatever was edited, each is in exactly one place or gone, and doubts are said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.core.texts import normalise
from ikb.core.travel import Doubt, Said, State, Step, Stop, chosen_stop, next_stop

OLD = "Jede Schule bietet zwei Kurse an. Das Amt berichtet jedes Jahr darüber."
FIRST, SECOND = "Jede Schule bietet zwei Kurse an.", "Das Amt berichtet jedes Jahr darüber."
SPLIT = Step({"a": OLD}, {"a": FIRST, "hand-1": SECOND}, {"a": ("a", "hand-1")})
JOINED = Step({"a": FIRST, "b": SECOND}, {"a": OLD}, {"a": ("a",), "b": ("a",)})


def wants(wording: str) -> Said:
    return Said("replace", wording)


@pytest.mark.parametrize(
    ("said", "anchor", "step", "expected"),
    [
        (Said(), None, SPLIT, Stop(State.KEPT, None)),
        (Said(), "a", Step({"a": OLD}, {"a": OLD}), Stop(State.KEPT, "a")),
        (Said(), "a", Step({"a": OLD}, {"a": OLD}, moved=frozenset("a")), Stop(State.MOVED, "a")),
        (Said(), "a", Step({"a": OLD}, {"a": f"Neu. {OLD}"}), Stop(State.CHANGED, "a")),
        (Said(), "a", Step({"a": OLD}, {"b": "Etwas anderes."}), Stop(State.GONE, None, None)),
        (Said(), "a", Step({"b": OLD}, {"b": OLD}), Stop(State.GONE, None, None)),
        (
            Said(),
            "a",
            Step({"a": OLD}, {"b": OLD}),
            Stop(State.GONE, None, None, Doubt.SIMILAR, ("b",)),
        ),
        (
            Said(),
            "a",
            Step({"a": OLD}, {"a": "Ganz und gar neu."}),
            Stop(State.CHANGED, "a", "", Doubt.REWRITTEN, ("a",)),
        ),
        (
            wants(OLD.replace("zwei", "drei")),
            "a",
            Step({"a": OLD}, {"a": OLD.replace("zwei", "vier")}),
            Stop(State.CHANGED, "a", None, Doubt.OVERTAKEN, ("a",)),
        ),
        (
            wants(OLD.replace("zwei", "drei")),
            "a",
            Step({"a": OLD}, {"a": OLD.replace("jedes Jahr", "monatlich")}),
            Stop(State.CHANGED, "a", OLD.replace("jedes Jahr", "monatlich").replace("zwei", "drei")),
        ),
    ],
    ids=["whole", "kept", "moved", "changed", "gone", "never there", "similar", "rewritten", "overtaken", "carried"],
)
def test_a_remark_has_one_place_on_the_next_version(said, anchor, step, expected) -> None:
    assert next_stop(said, anchor, step) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (wants(OLD.replace("zwei", "drei")), Stop(State.CHANGED, "a", FIRST.replace("zwei", "drei"))),
        (wants(OLD.replace("jedes Jahr", "oft")), Stop(State.MOVED, "hand-1", SECOND.replace("jedes Jahr", "oft"))),
        (wants(FIRST), Stop(State.CHANGED, "a", None, Doubt.SEVERAL, ("a", "hand-1"))),
        (Said("insert_after", "Neu."), Stop(State.MOVED, "hand-1", "Neu.")),
        (Said("insert_before", "Neu."), Stop(State.CHANGED, "a", "Neu.")),
        (Said("delete"), Stop(State.CHANGED, "a", None, Doubt.SEVERAL, ("a", "hand-1"))),
        (Said(comment="Das Amt berichtet zu selten."), Stop(State.MOVED, "hand-1", "", Doubt.SEVERAL, ("a", "hand-1"))),
        (Said(comment="Gut."), Stop(State.CHANGED, "a", "", Doubt.SEVERAL, ("a", "hand-1"))),
    ],
    ids=[
        "first part",
        "second part",
        "strikes the second",
        "after",
        "before",
        "strikes all",
        "about the second",
        "either",
    ],
)
def test_of_a_split_passage_a_wish_goes_with_its_words_and_a_person_is_asked_where_that_is_not_sure(said, expected):
    assert next_stop(said, "a", SPLIT) == expected


@pytest.mark.parametrize(
    ("said", "anchor", "expected"),
    [
        (Said(comment="Gut."), "b", Stop(State.MOVED, "a")),
        (Said(comment="Gut."), "a", Stop(State.CHANGED, "a")),
        (wants(SECOND.replace("jedes Jahr", "oft")), "b", Stop(State.MOVED, "a", OLD.replace("jedes Jahr", "oft"))),
        (Said("insert_after", "Neu."), "b", Stop(State.MOVED, "a", "Neu.")),
        (Said("insert_after", "Neu."), "a", Stop(State.CHANGED, "a", None, Doubt.OVERTAKEN, ("a",))),
        (Said("delete"), "b", Stop(State.MOVED, "a", None, Doubt.OVERTAKEN, ("a",))),
    ],
)
def test_of_joined_passages_every_remark_is_at_the_one_that_is_left(said, anchor, expected) -> None:
    assert next_stop(said, anchor, JOINED) == expected


def test_what_a_person_chooses_holds_and_takes_a_wish_along_where_it_fits() -> None:
    there = chosen_stop(wants(OLD.replace("zwei", "drei")), OLD, "b", FIRST)

    assert there == Stop(State.MOVED, "b", FIRST.replace("zwei", "drei"))
    assert chosen_stop(wants(OLD), OLD, "b", "Anderes.").wording is None
    assert chosen_stop(Said("insert_after", "Neu."), OLD, "b", "Anderes.").wording == "Neu."
    assert chosen_stop(Said(), OLD, None, "") == Stop(State.GONE, None, None)


WORDS = st.lists(st.sampled_from(["Amt", "Bus", "Rat", "Tor", "."]), max_size=8).map(" ".join)
TEXTS = st.dictionaries(st.sampled_from("abcde"), WORDS, max_size=5)
SAID = st.builds(
    Said,
    st.sampled_from(["", "replace", "delete", "insert_after", "insert_before"]),
    st.one_of(st.none(), WORDS),
    WORDS,
)


TIES = st.dictionaries(st.sampled_from("abcde"), st.lists(st.sampled_from("abcde"), unique=True))


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS, SAID, st.sampled_from([*"abcde", None]), TIES, st.frozensets(st.sampled_from("abcde")))
def test_nothing_is_lost_whatever_was_edited(old, new, said, anchor, ties, moved) -> None:
    step = Step(old, new, ties, moved)

    stop = next_stop(said, anchor, step)

    assert stop == next_stop(said, anchor, step)
    assert (stop.anchor is None) == (anchor is None or stop.state == State.GONE)
    assert stop.anchor is None or stop.anchor in new
    assert set(stop.offered) <= set(new)
    assert bool(stop.offered) == (stop.doubt is not None)
    if stop.state == State.KEPT and anchor is not None:
        assert normalise(new[anchor]) == normalise(old[anchor]) or anchor in ties
    if anchor in old and anchor in new and anchor not in ties:
        assert stop.anchor == anchor
