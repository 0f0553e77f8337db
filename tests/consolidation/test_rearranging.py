"""Sections moved, split and joined: anchors stay, no word is lost, and each keeps whose it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.consolidation.bench import Work, new_of, old_of
from ikb.consolidation.building import Built
from ikb.consolidation.handwork import Worked, done
from ikb.consolidation.rearranging import KINDS
from ikb.drafts.service import SectionChange, SectionText

TWO = "Jede Schule bietet Kurse an. Das Amt berichtet darüber."
CUT = "Jede Schule bietet Kurse an.\n\nDas Amt berichtet darüber."


def row(anchor: str, text: str = "Ein Satz.", parent: str | None = None, kind: str = "paragraph") -> SectionText:
    return SectionText(anchor, kind, None, parent, text)


TREE = [row("h", "Ziele", kind="heading"), row("a", TWO, "h"), row("a1", "Darunter.", "a"), row("b", "Zum Schluss.")]


def work(kind: str, anchor: str, other: str = "", *, before: str = TWO, after: str = "", number: int = 1) -> Work:
    return Work(number, anchor, kind, before, after, f"hand-{number}", other)


def split(anchor: str = "a", number: int = 1, before: str = TWO, after: str = CUT) -> Work:
    return work("split", anchor, before=before, after=after, number=number)


def texts(worked: Worked) -> list[tuple[str, str | None, str]]:
    return [(one.anchor, one.parent, one.text) for one in worked.built.sections]


@pytest.mark.parametrize(
    ("kind", "anchor", "other", "order"),
    [
        ("move_before", "b", "h", [("b", None), ("h", None), ("a", "h"), ("a1", "a")]),
        ("move_after", "b", "a", [("h", None), ("a", "h"), ("a1", "a"), ("b", "h")]),
        ("move_under", "b", "h", [("h", None), ("b", "h"), ("a", "h"), ("a1", "a")]),
        ("move_after", "a", "b", [("h", None), ("b", None), ("a", None), ("a1", "a")]),
    ],
)
def test_a_section_moves_with_what_is_below_it_and_is_told_of(kind, anchor, other, order) -> None:
    worked = done(Built(TREE, []), [work(kind, anchor, other)])

    [change] = worked.built.changes
    assert [(one.anchor, one.parent) for one in worked.built.sections] == order
    assert (change.anchor, change.kind, change.trace[0]["kind"]) == (anchor, "move", "moved")
    assert {part["t"] for part in change.segments} == {"keep"}


def test_moved_there_and_back_it_never_moved_and_moved_twice_it_is_told_once() -> None:
    there = work("move_before", "b", "h")

    back = done(Built(TREE, []), [there, work("move_after", "b", "h", number=2)])
    twice = done(Built(TREE, []), [there, work("move_after", "b", "a", number=2)])

    assert list(back.built.changes) == []
    assert [(one["behind"], one["hand"]) for one in twice.built.changes[0].trace] == [("a1", 2)]


@pytest.mark.parametrize(
    "one",
    [
        work("move_after", "a", "a1"),
        work("move_after", "a", "a"),
        work("move_after", "a", "gone"),
        work("join", "b", "h"),
    ],
    ids=["below itself", "beside itself", "beside what is gone", "a heading is no paragraph"],
)
def test_what_cannot_be_done_is_left_out(one) -> None:
    worked = done(Built(TREE, []), [one])

    assert (texts(worked), list(worked.misfits)) == ([(r.anchor, r.parent, r.text) for r in TREE], [1])


def test_the_first_part_keeps_the_anchor_and_both_say_where_the_words_went() -> None:
    worked = done(Built(TREE, []), [split()])

    assert texts(worked)[1:4] == [
        ("a", "h", "Jede Schule bietet Kurse an."),
        ("hand-1", "h", "Das Amt berichtet darüber."),
        ("a1", "hand-1", "Darunter."),
    ]
    left, new = sorted(worked.built.changes, key=lambda change: change.anchor)
    assert (left.kind, new.kind) == ("edit", "insert")
    assert (left.trace[0]["anchor"], new.trace[0]["anchor"]) == ("hand-1", "a")
    assert (old_of(left.segments), old_of(new.segments)) == (TWO, "")


def test_words_that_somebody_asked_for_keep_who_that_was_in_the_new_section() -> None:
    changed = TWO.replace("berichtet", "berichtet jährlich")
    asked = {"t": "ins", "text": "jährlich ", "remarks": [7], "proposals": ["p"]}
    keep = {"t": "keep", "remarks": [], "proposals": []}
    first, last = TWO.split("darüber")[0], "darüber."
    segments = [keep | {"text": first}, asked, keep | {"text": last}]

    worked = done(Built([row("a", changed)], [SectionChange("a", "edit", segments)]), [split()])

    new = next(change for change in worked.built.changes if change.anchor == "hand-1")
    assert [(part["text"], part["remarks"]) for part in new.segments] == [
        ("Das Amt berichtet ", []),
        ("jährlich ", [7]),
        ("darüber.", []),
    ]


def test_a_split_follows_its_place_until_that_changes_itself() -> None:
    more = done(Built([row("a", "Ja. " + TWO)], []), [split()])
    across = done(Built([row("a", "Jede Schule bietet Kurse und das Amt berichtet darüber.")], []), [split()])

    assert [one.text for one in more.built.sections] == [
        "Ja. Jede Schule bietet Kurse an.",
        "Das Amt berichtet darüber.",
    ]
    assert list(across.misfits) == [1]


def test_split_and_joined_again_it_is_as_it_was() -> None:
    worked = done(Built([row("a", TWO)], []), [split(), work("join", "hand-1", "a", number=2)])

    assert (texts(worked), list(worked.built.changes)) == ([("a", None, TWO)], [])


def test_the_upper_one_of_two_takes_the_text_and_what_stood_below() -> None:
    sections = [row("a", "Eins."), row("b", "Zwei."), row("c", "Drei.", "b")]

    worked = done(Built(sections, []), [work("join", "b", "a")])

    assert texts(worked) == [("a", None, "Eins. Zwei."), ("c", "a", "Drei.")]
    told = {change.anchor: (change.kind, change.trace[0]["kind"]) for change in worked.built.changes}
    assert told == {"a": ("edit", "joined_from"), "b": ("delete", "joined_to")}


WORDS = st.lists(st.sampled_from(["Amt", "Bus", "Rat", "Tor"]), min_size=2, max_size=5).map(lambda w: " ".join(w) + ".")
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.integers(1, 4)), max_size=8)


def _one(step, sections, number: int) -> Work:
    kind, at, to, border = step
    here = sections[at % len(sections)]
    other = sections[(at % len(sections)) - 1 if kind == "join" else to % len(sections)].anchor
    said = here.text.split()
    if kind == "split" and len(said) <= border:
        kind = "move_after"
    cut = " ".join(said[:border]) + "\n\n" + " ".join(said[border:])
    return work(kind, here.anchor, other, before=here.text, after=cut, number=number)


def rearranged(texts: list[str], steps) -> tuple[list[SectionText], list[Work]]:
    """Sections with these texts, some below others, and edits that fit what stands there each time."""
    base = [row(f"s{at}", text, f"s{at - 1}" if at % 2 else None) for at, text in enumerate(texts)]
    works: list[Work] = []
    for number, step in enumerate(steps, 1):
        if sections := done(Built(base, []), works).built.sections:
            works.append(_one(step, sections, number))
    return base, works


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=5), STEPS)
def test_whatever_is_rearranged_no_word_is_lost_parents_stand_first_and_changes_tell_both_texts(given_texts, steps):
    base, works = rearranged(given_texts, steps)
    built = done(Built(base, []), works).built

    assert sorted(" ".join(one.text for one in built.sections).split()) == sorted(" ".join(given_texts).split())
    seen: set[str | None] = {None}
    for one in built.sections:
        assert one.parent in seen
        seen.add(one.anchor)
    now = {one.anchor: one.text for one in built.sections}
    before = {one.anchor: one.text for one in base}
    told = {change.anchor: change for change in built.changes}
    for anchor in {*now, *before}:
        if anchor in told:
            segments = told[anchor].segments
            assert (old_of(segments), new_of(segments)) == (before.get(anchor, ""), now.get(anchor, ""))
        else:
            assert before.get(anchor) == now.get(anchor)
    for change in built.changes:
        assert all(part["t"] == "keep" or part["hand"] for part in change.segments)
        assert change.kind != "move" or [one["kind"] for one in change.trace] == ["moved"]
