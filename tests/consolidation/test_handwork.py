"""Edits by hand on a text that was built from remarks: done where they fit, left out where they do not, always with a trace."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.consolidation.bench import Work
from ikb.consolidation.building import Built
from ikb.consolidation.handwork import composed, done
from ikb.drafts.service import SectionChange, SectionText

TEXT = "Jede Schule bietet zwei Kurse an."


def keep(text: str) -> dict:
    return {"t": "keep", "text": text, "remarks": [], "proposals": []}


def ins(text: str, remark: int = 7) -> dict:
    return {"t": "ins", "text": text, "remarks": [remark], "proposals": ["p"]}


def gone(text: str, remark: int = 7) -> dict:
    return {"t": "del", "text": text, "remarks": [remark], "proposals": ["p"]}


def row(anchor: str, text: str = TEXT, parent: str | None = None, kind: str = "paragraph") -> SectionText:
    return SectionText(anchor, kind, None, parent, text)


def work(kind: str, before: str, after: str, anchor: str = "a", number: int = 1) -> Work:
    return Work(number, anchor, kind, before, after, f"hand-{number}")


def old_of(segments) -> str:
    return "".join(part["text"] for part in segments if part["t"] != "ins")


def new_of(segments) -> str:
    return "".join(part["text"] for part in segments if part["t"] != "del")


WORDS = st.text(st.sampled_from("ab ,"), max_size=12)
PARTS = st.tuples(st.sampled_from([keep, ins, gone]), WORDS.filter(bool)).map(lambda given: given[0](given[1]))
FIRST = st.lists(PARTS, max_size=6)


@settings(max_examples=200, deadline=None)
@given(FIRST, WORDS)
def test_one_change_after_another_keeps_the_oldest_and_gives_the_newest_text(first, new) -> None:
    found = composed(first, new, 1)

    assert (old_of(found), new_of(found)) == (old_of(first), new)


def test_each_word_keeps_its_own_reason() -> None:
    first = [keep("Jede Schule bietet "), gone("zwei"), ins("drei"), keep(" Kurse an.")]

    found = composed(first, "Jede Grundschule bietet drei Kurse an.", 5)

    by_hand = [(part["t"], part["text"]) for part in found if part.get("hand") == [5]]
    assert by_hand == [("del", "Schule"), ("ins", "Grundschule")]
    assert [(part["t"], part["text"]) for part in found if part["remarks"]] == [("del", "zwei"), ("ins", "drei")]


def test_what_remarks_put_in_and_a_hand_takes_out_is_in_neither() -> None:
    found = composed([keep("Ja"), ins(" und wie")], "Ja", 5)

    assert found == [keep("Ja")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (TEXT, "Jede Schule bietet drei Kurse an."),
        ("Jede gute Schule bietet zwei Kurse an.", "Jede gute Schule bietet drei Kurse an."),
        ("Jede Schule bietet vier Kurse an.", None),
        ("Jede Schule bietet drei Kurse an.", "Jede Schule bietet drei Kurse an."),
    ],
    ids=["as it was", "changed elsewhere", "the same words changed", "done since"],
)
def test_an_edit_follows_its_text_until_both_change_the_same_words(now: str, expected: str | None) -> None:
    worked = done(Built([row("a", now)], []), [work("edit", TEXT, "Jede Schule bietet drei Kurse an.")])

    assert (worked.built.sections[0].text, list(worked.misfits)) == ((expected or now), [] if expected else [1])


def test_an_edit_that_undoes_a_change_leaves_none() -> None:
    changed = Built([row("a", "Ja.")], [SectionChange("a", "edit", [gone("Nein."), ins("Ja.")])])

    worked = done(changed, [work("edit", "Ja.", "Nein.")])

    assert (worked.built.sections[0].text, list(worked.built.changes)) == ("Nein.", [])
    assert not done(Built([row("a")], []), [work("edit", TEXT, TEXT)]).built.changes


def test_a_section_out_leaves_what_was_under_it_to_the_one_above() -> None:
    sections = [row("top"), row("a", parent="top"), row("b", parent="a")]

    built = done(Built(sections, []), [work("delete", TEXT, "")]).built

    assert [(one.anchor, one.parent) for one in built.sections] == [("top", None), ("b", "top")]
    assert [(one.kind, one.segments[0]["hand"]) for one in built.changes] == [("delete", [1])]


def test_a_new_section_that_remarks_brought_and_a_hand_takes_out_is_no_change() -> None:
    brought = Built([row("neu-1", "Neu.")], [SectionChange("neu-1", "insert", [ins("Neu.")])])

    built = done(brought, [work("delete", "Neu.", "", "neu-1")]).built

    assert (list(built.sections), list(built.changes)) == ([], [])


@pytest.mark.parametrize(
    ("kind", "anchor", "order"),
    [
        ("insert_before", "a", ["hand-1", "a", "b", "c"]),
        ("insert_after", "a", ["a", "b", "hand-1", "c"]),
        ("insert_after", "c", ["a", "b", "c", "hand-1"]),
    ],
)
def test_a_new_section_stands_where_it_was_asked_for(kind, anchor, order) -> None:
    sections = [row("a", kind="heading"), row("b", parent="a"), row("c")]

    built = done(Built(sections, []), [work(kind, "", "Neu.", anchor)]).built

    assert [one.anchor for one in built.sections] == order
    assert [(one.anchor, one.kind) for one in built.changes] == [("hand-1", "insert")]


@pytest.mark.parametrize("kind", ["edit", "delete", "insert_after"])
def test_an_edit_of_what_is_gone_does_not_fit(kind) -> None:
    assert done(Built([row("b")], []), [work(kind, TEXT, "Neu.")]).misfits == [1]


def test_edits_are_done_one_after_the_other() -> None:
    works = [work("edit", TEXT, "Jede Schule bietet drei Kurse an."), work("insert_after", "", "Neu.", "a", 2)]
    works.append(work("edit", "Neu.", "Ganz neu.", "hand-2", 3))

    built = done(Built([row("a")], []), works).built

    assert [one.text for one in built.sections] == ["Jede Schule bietet drei Kurse an.", "Ganz neu."]
    assert {one.anchor: one.kind for one in built.changes} == {"a": "edit", "hand-2": "insert"}
