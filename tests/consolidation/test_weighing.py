"""One section weighed: statements compete, bodies do not, and the order of arrival decides nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.consolidation import rivalries
from ikb.consolidation.weighing import Decided, Passage, Said, weigh
from ikb.core.diff import edit_script
from ikb.core.proposals import Section
from ikb.core.relation import Relation, relation
from ikb.core.texts import normalise, tokens

LINE = "Jede Schule bietet zwei Kurse am Nachmittag an."
MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MOST = "Jede Schule bietet vier Kurse am Nachmittag an."
FREE = "Jede Schule bietet zwei kostenlose Kurse am Nachmittag an."
START = datetime(2030, 6, 1, tzinfo=UTC)


def said(remark_id: int, text: str = "", *, wish: str = "replace", of: str = "", body: bool = False) -> Said:
    source = f"organization:{remark_id}" if body else of or f"institution:{remark_id}"
    return Said(remark_id, "m1", 1, wish, text, source, body, START + timedelta(minutes=remark_id))


def decided(outcome: str, about: Said, number: int = 1) -> Decided:
    return Decided(number, outcome, about)


def weighed(*said: Said, by: tuple[Decided, ...] = (), line: str | None = LINE) -> dict[str, object]:
    found = weigh(Passage("m1", 0, Section(1, line), said, by))
    own = next((element for element in found.elements if element["anchor"] == "m1"), None)
    return {
        "text": own["text"] if own else None,
        "status": {one["members"][0]: str(one["status"]) for one in found.proposals},
        "support": {one["members"][0]: one["support"] for one in found.proposals},
        "open": found.counts["open"],
        "bodies": {one["remark"]: one["status"] for one in found.bodies},
        "new": [element["text"] for element in found.elements if element["kind"] == "insert"],
        "found": found,
    }


def test_a_wish_alone_is_suggested_and_waits_for_a_decision():
    found = weighed(said(1, MORE))

    assert (found["text"], found["status"], found["open"]) == (MORE, {1: "merged"}, 1)


def test_wishes_for_words_apart_stand_together_and_for_neighbouring_words_they_do_not():
    apart = weighed(said(1, MORE), said(2, LINE.replace("Nachmittag", "Abend")))
    touching = weighed(said(1, MORE), said(2, FREE))

    assert apart["text"] == "Jede Schule bietet drei Kurse am Abend an."
    assert (touching["text"], touching["status"]) == (LINE, {1: "held", 2: "held"})


def test_the_same_wish_of_two_institutions_is_one_proposal_with_two_behind_it():
    assert weighed(said(1, MORE), said(2, MORE + " "))["support"] == {1: 2}


def test_one_institution_that_says_it_twice_counts_once():
    assert weighed(said(1, MORE, of="institution:9"), said(2, MORE, of="institution:9"))["support"] == {1: 1}


def test_more_support_comes_first_and_equal_support_decides_nothing():
    assert weighed(said(1, MORE), said(2, MORE), said(3, MOST))["status"] == {1: "merged", 3: "superseded"}
    assert weighed(said(1, MORE), said(2, MOST)) | {"found": 0} == {
        "text": LINE,
        "status": {1: "held", 2: "held"},
        "support": {1: 1, 2: 1},
        "open": 2,
        "bodies": {},
        "new": [],
        "found": 0,
    }


def test_a_rejected_wish_leaves_the_text_and_an_accepted_one_beats_any_number():
    one, other, third = said(1, MORE), said(2, MORE), said(3, MOST)

    found = weighed(one, other, third, by=(decided("followed", third),))
    assert (found["text"], found["status"]) == (MOST, {1: "superseded", 3: "merged"})
    found = weighed(one, other, third, by=(decided("not_followed", one), decided("followed", third, 2)))
    assert (found["text"], found["status"], found["open"]) == (MOST, {1: "rejected", 3: "merged"}, 0)


def test_two_accepted_wishes_that_exclude_each_other_stay_open():
    one, other = said(1, MORE), said(2, MOST)

    found = weighed(one, other, by=(decided("followed", one), decided("followed", other, 2)))

    assert (found["text"], found["status"], found["open"]) == (LINE, {1: "held", 2: "held"}, 2)


def test_the_newest_decision_on_a_wish_holds_whoever_of_its_members_it_was_taken_on():
    one, other = said(1, MORE), said(2, MORE)

    by = (decided("followed", one, 1), decided("not_followed", other, 2))

    assert weighed(one, other, by=by)["status"] == {1: "rejected"}
    assert weighed(one, other, by=by[::-1])["status"] == {1: "rejected"}


def test_a_decision_holds_for_whoever_asks_for_the_same_later_and_when_the_first_statement_was_replaced():
    replaced = said(1, MORE)

    found = weighed(said(7, MORE), by=(decided("not_followed", replaced),))

    assert (found["status"], found["open"]) == ({7: "rejected"}, 0)


@pytest.mark.parametrize("supporters", [1, 5])
def test_a_bodys_wording_is_never_counted_and_never_superseded(supporters):
    statements = [said(number, MORE) for number in range(1, supporters + 1)]
    body = said(99, MOST, body=True)

    found = weighed(*statements, body)

    assert found["support"] == {1: supporters}
    assert found["status"] == {1: "merged"}  # what a body resolved stands apart until somebody decides
    assert (found["bodies"], found["open"]) == ({99: "open"}, 2)


def test_a_bodys_wording_that_is_followed_goes_in_word_for_word():
    body = said(99, "Schulen bieten Kurse an.", body=True)

    found = weighed(said(1, MORE), said(2, MORE), body, by=(decided("followed", body),))

    assert (found["text"], found["bodies"]) == ("Schulen bieten Kurse an.", {99: "adopted"})
    assert (found["status"], found["open"]) == ({1: "superseded"}, 1)
    assert next(iter(found["found"].proposals[0]["reasons"].values())) == "verbatim"


def test_even_a_wish_for_other_words_does_not_touch_a_bodys_wording():
    body = said(99, "Jede Schule bietet mindestens zwei Kurse am Nachmittag an.", body=True)
    elsewhere = said(1, "Jede Schule bietet zwei Kurse am Abend an.")

    found = weighed(elsewhere, body, by=(decided("followed", body), decided("followed", elsewhere, 2)))

    assert found["text"] == "Jede Schule bietet mindestens zwei Kurse am Nachmittag an."
    assert (found["status"], found["open"]) == ({1: "held"}, 1)


def test_who_asked_for_a_bodys_very_words_stands_behind_them_without_counting_the_body():
    body = said(99, MORE, body=True)

    found = weighed(said(1, MORE), body, by=(decided("followed", body),))

    changed = [segment for segment in found["found"].elements[0]["segments"] if segment["t"] != "keep"]
    assert (found["text"], found["support"], found["open"]) == (MORE, {1: 1}, 0)
    assert all(segment["remarks"] == [1, 99] for segment in changed)


def test_a_bodys_wording_that_is_not_followed_is_kept_apart():
    body = said(99, MOST, body=True)

    found = weighed(body, by=(decided("not_followed", body),))

    assert (found["text"], found["bodies"], found["open"]) == (LINE, {99: "apart"}, 0)


def test_sections_go_and_come():
    assert weighed(said(1, wish="delete"))["text"] is None
    assert weighed(said(1, "Neu.", wish="insert_after"))["new"] == ["Neu."]
    assert weighed(said(1, "Neu.", wish="insert_before"))["new"] == ["Neu."]


def test_what_is_said_about_a_section_that_is_gone_changes_nothing_and_waits_for_nobody():
    found = weighed(said(1, MORE), line=None)

    assert (found["status"], found["open"], found["new"]) == ({1: "unplaceable"}, 0, [])


WORDS = ["Jede", "Schule", "bietet", "zwei", "drei", "Kurse", "am", "Abend", "an", ".", "Neu", "!"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)
WISHES = st.lists(
    st.tuples(TEXTS.map(" ".join), st.sampled_from(["replace", "replace", "delete", "insert_after"]), st.booleans()),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(wishes=WISHES, decisions=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=4), seed=st.integers())
def test_every_changed_word_names_its_remarks_both_texts_can_be_rebuilt_and_order_never_matters(
    wishes, decisions, seed
):
    everything = [
        said(number, "" if wish == "delete" else text, wish=wish, body=body)
        for number, (text, wish, body) in enumerate(wishes, 1)
    ]
    bodies = {one.remark_id for one in everything if one.is_of_a_body}
    by = [
        decided("followed" if yes else "not_followed", everything[which], number)
        for number, (which, yes) in enumerate(decisions, 1)
        if which < len(everything)
    ]
    passage = Passage("m1", 0, Section(1, LINE), everything, by)

    found = weigh(passage)

    own = next(element for element in found.elements if element["anchor"] == "m1")
    segments = own["segments"] or [{"t": "keep", "text": own["text"], "remarks": []}]
    assert "".join(segment["text"] for segment in segments if segment["t"] != "ins") == normalise(LINE)
    assert "".join(segment["text"] for segment in segments if segment["t"] != "del") == (own["text"] or "")
    for element in found.elements:
        assert all(segment["remarks"] for segment in element["segments"] if segment["t"] != "keep")
    for one in found.proposals:
        assert not bodies & set(one["members"])
        assert one["support"] == len(one["members"])
    assert {one["remark"] for one in found.bodies} == bodies
    shuffled = list(everything)
    random.Random(seed).shuffle(shuffled)
    assert weigh(replace(passage, said=shuffled, section=Section(1, LINE), decided=by[::-1])) == found


def wordings(count: int) -> list[str]:
    return [LINE.replace("zwei", f"{number}") for number in range(1, count + 1)]


@pytest.mark.parametrize(("rivals", "named", "further"), [(1, 1, 0), (50, 50, 0), (51, 50, 1), (60, 50, 10)])
def test_of_many_rivals_fifty_are_named_and_the_others_counted(rivals, named, further):
    found = weighed(*(said(number, text) for number, text in enumerate(wordings(rivals + 1), 1)))["found"]

    assert {(len(one["conflicts_with"]), one["further_rivals"]) for one in found.proposals} == {(named, further)}
    assert all(set(one["reasons"]) == set(one["conflicts_with"]) for one in found.proposals)
    assert found.counts["conflicts"] == (rivals + 1) * rivals // 2


def test_the_best_supported_rivals_are_named_and_a_bodys_wording_that_holds_before_them():
    texts = wordings(60)
    everything = [said(number, text) for number, text in enumerate([*texts, texts[-1]], 1)]
    body = said(99, "Schulen bieten Kurse an.", body=True)

    free = weighed(*everything)["found"].proposals
    bound = weighed(*everything, body, by=(decided("followed", body),))["found"].proposals

    assert free[0]["members"] == [60, 61]
    assert {one["conflicts_with"][0] for one in free[1:]} == {free[0]["key"]}
    assert {one["reasons"][one["conflicts_with"][0]] for one in bound} == {"verbatim"}


def test_why_two_cannot_both_stand_is_looked_up_once_for_both(monkeypatch):
    looked: list[object] = []
    plain = rivalries.change_same_words
    monkeypatch.setattr(rivalries, "change_same_words", lambda a, b: looked.append((a, b)) or plain(a, b))

    weighed(*(said(number, text) for number, text in enumerate(wordings(10), 1)))

    assert len(looked) == 45


@given(TEXTS.map(" ".join), TEXTS.map(" ".join))
def test_two_change_the_same_words_if_any_of_their_changes_do(one, other):
    base = tokens(LINE)
    left, right = edit_script(base, tokens(one)), edit_script(base, tokens(other))
    texts = [token.text for token in base]

    pairs = [(a, b) for a in left for b in right if relation(a, b, texts) is Relation.CONFLICT]

    assert rivalries.change_same_words(left, right) == any(max(a.i, b.i) < min(a.j, b.j) for a, b in pairs)
