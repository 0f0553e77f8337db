"""R4 to R10 on one section: a table of cases for every rule, edges first."""

from datetime import UTC, datetime, timedelta

import pytest

from ikb.core.diff import Hunk
from ikb.core.merge import ContradictingDecisions, merge_section
from ikb.core.proposals import Section
from ikb.core.redline import base_text, new_text
from ikb.core.relation import Relation, relation
from ikb.core.texts import joined, tokens
from ikb.core.wishes import Amendment, Member, Wish, wished_tokens

START = datetime(2031, 3, 1, 8, tzinfo=UTC)
BASE = "Die Stadt baut Wege. Das Amt berichtet jährlich."


def replace(new, version=2, **quote):
    return Wish("replace", version, new, **quote)


def beside(new, place="after", version=2):
    return Wish("insert", version, new, place=place)


def gone(version=2):
    return Wish("delete", version)


def asked(*wishes, by=None):
    """One amendment per wish, statement after statement; `by` names the submitters."""
    return [
        Amendment(f"S{n}", 0, by[n - 1] if by else f"I{n}", START + timedelta(hours=n), wish)
        for n, wish in enumerate(wishes, 1)
    ]


def merged(*wishes, base=BASE, older=None, decisions=None, by=None, added_since=None):
    section = Section(2, base, older or {}, added_since or {})
    decided = {Member(f"S{n}", 0): decision for n, decision in (decisions or {}).items()}
    return merge_section(section, asked(*wishes, by=by), decided)


def statuses(result):
    return [str(proposal.status) for proposal in result.proposals]


def members(result):
    return [[member.statement for member in proposal.members] for proposal in result.proposals]


# Quoted forms


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (replace("Neu."), "Neu."),
        (replace(""), ""),
        (replace("halbjährlich", find="jährlich"), "Die Stadt baut Wege. Das Amt berichtet halbjährlich."),
        (replace("", find="jährlich"), "Die Stadt baut Wege. Das Amt berichtet."),
        (replace("x", find="jähr"), None),
        (replace("x", find=""), None),
        (replace("x", find="Radwege"), None),
        (replace("x", find="Wege .  Das"), "Die Stadt baut x Amt berichtet jährlich."),
        (Wish("delete", 2, find="Die Stadt"), "baut Wege. Das Amt berichtet jährlich."),
        (Wish("delete", 2, find="."), None),
        (Wish("delete", 2, find=".", occurrence=2), "Die Stadt baut Wege. Das Amt berichtet jährlich"),
        (Wish("delete", 2, find=".", occurrence=3), None),
        (Wish("delete", 2, find=".", occurrence=0), None),
        (Wish("insert", 2, "neue", before="Wege"), "Die Stadt baut neue Wege. Das Amt berichtet jährlich."),
        (Wish("insert", 2, "Gern:", before="Die"), "Gern: Die Stadt baut Wege. Das Amt berichtet jährlich."),
        (Wish("insert", 2, "selbst", after="Stadt"), "Die Stadt selbst baut Wege. Das Amt berichtet jährlich."),
        (Wish("insert", 2, ", und zwar bald", after="Wege"), "Die Stadt baut Wege, und zwar bald. Das Amt "),
        (Wish("insert", 2, "Bald.", after="Wege."), "Die Stadt baut Wege. Bald. Das Amt berichtet jährlich."),
        (
            Wish("insert", 2, "oft", after="jährlich", occurrence=1),
            "Die Stadt baut Wege. Das Amt berichtet jährlich oft.",
        ),
    ],
)
def test_a_quotation_stands_for_the_whole_text(wish, expected):
    text = wished_tokens(tokens(BASE), wish)

    assert text is None if expected is None else joined(text).startswith(expected)


@pytest.mark.parametrize(
    ("base", "wish", "expected"),
    [
        ("Kinder und Eltern, die", Wish("delete", 2, find="und Eltern"), "Kinder, die"),
        ("die (alte) Regel", Wish("delete", 2, find="alte"), "die () Regel"),
        ("(alte Regel)", Wish("delete", 2, find="alte"), "(Regel)"),
        ("ein (Amt)", replace("und", find="("), "ein und Amt)"),
        ("bis 30 Prozent", replace(", also viel", find="30"), "bis, also viel Prozent"),
        ("(alte Regel)", Wish("insert", 2, "sehr", before="alte"), "(sehr alte Regel)"),
        ("Ja, gern", Wish("insert", 2, "doch", before=","), "Ja doch, gern"),
        ("ein ein ein", Wish("delete", 2, find="ein ein"), None),
        ("ein ein ein", Wish("delete", 2, find="ein ein", occurrence=2), "ein"),
    ],
)
def test_white_space_beside_a_quotation_stays_tidy(base, wish, expected):
    text = wished_tokens(tokens(base), wish)

    assert (joined(text) if text is not None else None) == expected


@pytest.mark.parametrize("wish", [gone(), beside("x")])
def test_only_edits_ask_for_a_text_of_the_section(wish):
    with pytest.raises(ValueError):
        wished_tokens(tokens(BASE), wish)


# R4


@pytest.mark.parametrize(
    ("wishes", "groups"),
    [
        ([], []),
        (
            [replace("halbjährlich", find="jährlich"), replace(BASE.replace("jährlich", "halbjährlich"))],
            [["S1", "S2"]],
        ),
        ([replace("x", find="Wege"), replace("y", find="Wege")], [["S1"], ["S2"]]),
        ([gone(), Wish("delete", 2, find=BASE)], [["S1"], ["S2"]]),
        ([gone(), gone()], [["S1", "S2"]]),
        ([beside("Neu."), beside(" Neu ."), beside("Neu.", "before")], [["S1", "S2"], ["S3"]]),
        ([replace("x", find="fehlt"), replace("x", find="fehlt"), replace("y", find="fehlt")], [["S1", "S2"], ["S3"]]),
        ([replace(BASE), replace(f" {BASE} ")], [["S1", "S2"]]),
    ],
)
def test_r4_the_same_wish_is_one_proposal_however_it_is_written(wishes, groups):
    assert members(merged(*wishes)) == groups


def test_r4_support_counts_submitters_not_statements():
    (proposal,) = merged(gone(), gone(), gone(), by=["I1", "I1", "I2"]).proposals

    assert (proposal.support, proposal.statements) == (2, ("S1", "S2", "S3"))


def test_r4_the_key_comes_from_the_first_by_time_then_by_id():
    section = Section(2, BASE)
    late = Amendment("S1", 0, "I1", START + timedelta(hours=1), gone())
    early = [Amendment(name, 3, name, START, gone()) for name in ("S9", "S10")]

    (proposal,) = merge_section(section, [late, *early]).proposals

    assert proposal.key == "P-S10-3"
    assert [m.statement for m in proposal.members] == ["S10", "S9", "S1"]


def test_r4_the_same_wish_on_two_versions_is_one_proposal():
    older = {1: BASE.replace("Die Stadt", "Die Gemeinde")}

    result = merged(
        replace("halbjährlich", find="jährlich"), replace("halbjährlich", version=1, find="jährlich"), older=older
    )

    assert members(result) == [["S1", "S2"]]


def test_r4_stale_wishes_are_one_if_version_and_hunks_are_equal():
    older = {0: BASE.replace("jährlich", "täglich"), 1: BASE.replace("jährlich", "monatlich")}
    wishes = [
        replace("nie", version=1, find="monatlich"),
        replace(BASE.replace("jährlich", "nie"), version=1),
        replace("nie", version=0, find="täglich"),
    ]

    result = merged(*wishes, older=older)

    assert members(result) == [["S1", "S2"], ["S3"]]
    assert statuses(result) == ["stale_conflict"] * 2


# R5


def hunk(i, j, text=""):
    return Hunk(i, j, tuple(text.split()), (" ",) * len(text.split()), " ")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (hunk(2, 3, "x"), hunk(2, 3, "x"), Relation.IDENTICAL),
        (hunk(2, 3, "x"), hunk(2, 3, "y"), Relation.CONFLICT),
        (hunk(2, 3, "x"), hunk(3, 4, "y"), Relation.CONFLICT),
        (hunk(2, 3, "x"), hunk(4, 5, "y"), Relation.SEPARATE),
        (hunk(2, 2, "x"), hunk(2, 3, "y"), Relation.CONFLICT),
        (hunk(2, 2, "x"), hunk(1, 2, "y"), Relation.CONFLICT),
        (hunk(2, 2, "x"), hunk(3, 3, "y"), Relation.SEPARATE),
        (hunk(2, 2, "x"), hunk(2, 2, "y"), Relation.CONFLICT),
        (hunk(0, 5), hunk(2, 3, "x"), Relation.CONFLICT),
        (hunk(5, 5, "Neu ."), hunk(5, 5, "Ganz anders !"), Relation.CO_INSERTION),
        (hunk(0, 0, "Neu ."), hunk(0, 0, "Ganz anders !"), Relation.CO_INSERTION),
        (hunk(4, 4, "Neu ."), hunk(4, 4, "Ganz anders !"), Relation.CONFLICT),
        (hunk(5, 5, "neu ."), hunk(5, 5, "Ganz anders !"), Relation.CONFLICT),
        (hunk(5, 5, "Neu"), hunk(5, 5, "Ganz anders !"), Relation.CONFLICT),
        (hunk(5, 5, "Ja a b ."), hunk(5, 5, "Ja a c ."), Relation.CONFLICT),
        (hunk(5, 5, "Ja a ."), hunk(5, 5, "Nein c ."), Relation.CO_INSERTION),
        (hunk(5, 5, "A b ."), hunk(5, 5, "A c ."), Relation.CONFLICT),
        (hunk(5, 6, "Neu ."), hunk(5, 5, "Ganz anders !"), Relation.CONFLICT),
    ],
)
def test_r5_relations_of_two_hunks_hold_both_ways(one, other, expected):
    base = ["Die", "Stadt", "baut", "Wege", ".", "Das", "Amt", "berichtet", "."]

    assert relation(one, other, base) is expected
    assert relation(other, one, base) is expected


# R6 and R7


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ([replace("a", find="Stadt"), replace("b", find="Wege")], ["merged", "merged"]),
        ([replace("a", find="Stadt"), replace("b", find="baut")], ["held", "held"]),
        (
            [replace("a", find="Stadt"), replace("a", find="Stadt"), replace("b", find="Stadt")],
            ["merged", "superseded"],
        ),
        ([gone(), replace("a", find="Stadt")], ["held", "held"]),
        ([gone(), gone(), replace("a", find="Stadt")], ["merged", "superseded"]),
        ([gone(), beside("Neu.")], ["merged", "merged"]),
        ([beside("Ein Weg ."), beside("Der Weg .")], ["held", "held"]),
        ([beside("Ein Weg ."), beside("Der Weg .", "before")], ["merged", "merged"]),
        ([beside("Ein Weg ."), beside("Kein Geld !")], ["merged", "merged"]),
        ([replace("x", find="fehlt"), replace("a", find="Stadt"), gone(7)], ["unplaceable", "merged", "unplaceable"]),
    ],
)
def test_r6_what_stands_in_each_others_way(wishes, expected):
    assert statuses(merged(*wishes)) == expected


def chain(*supports):
    """Wishes on neighbouring words, so that each is in conflict with the next only, with these supports."""
    words = ["Stadt", "baut", "Wege"]
    return [replace("x", find=word) for word, support in zip(words, supports, strict=True) for _ in range(support)]


@pytest.mark.parametrize(
    ("supports", "expected"),
    [
        ((3, 2, 1), ["merged", "superseded", "merged"]),
        ((1, 2, 1), ["superseded", "merged", "superseded"]),
        ((2, 2, 1), ["held", "held", "held"]),
        ((2, 1, 2), ["merged", "superseded", "merged"]),
        ((1, 1, 1), ["held", "held", "held"]),
        ((3, 2, 2), ["merged", "superseded", "merged"]),
    ],
)
def test_r7_tiers_judge_from_the_top_and_equal_support_decides_nothing(supports, expected):
    assert statuses(merged(*chain(*supports))) == expected


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ({}, ["merged", "superseded"]),
        ({3: "accept"}, ["superseded", "merged"]),
        ({1: "reject"}, ["rejected", "merged"]),
        ({2: "reject", 3: "reject"}, ["rejected", "rejected"]),
        ({2: "accept", 3: "accept"}, ["held", "held"]),
        ({1: "accept", 2: "accept"}, ["merged", "superseded"]),
    ],
)
def test_r7_decisions_come_before_numbers_and_hold_for_the_whole_proposal(decisions, expected):
    wishes = [replace("a", find="Stadt"), replace("a", find="Stadt"), replace("b", find="Stadt")]

    assert statuses(merged(*wishes, decisions=decisions)) == expected


def test_r7_below_a_held_pair_everything_in_their_way_is_held():
    wishes = [*chain(2, 2, 1), replace("y", find="berichtet")]

    result = merged(*wishes)

    assert statuses(result) == ["held", "held", "held", "merged"]
    assert result.text == BASE.replace("berichtet", "y")


def test_r7_a_rejected_proposal_is_in_nobodys_way():
    result = merged(replace("a", find="Stadt"), replace("b", find="Stadt"), decisions={1: "reject"})

    assert [p.conflicts_with for p in result.proposals] == [(), ()]


def test_accept_and_reject_for_one_proposal_is_refused():
    with pytest.raises(ContradictingDecisions) as refused:
        merged(gone(), gone(), decisions={1: "accept", 2: "reject"})

    assert (refused.value.accepted, refused.value.rejected) == (Member("S1", 0), Member("S2", 0))


def test_contradicting_decisions_on_what_does_not_compete_have_no_effect():
    result = merged(replace("x", find="fehlt"), replace("x", find="fehlt"), decisions={1: "accept", 2: "reject"})

    assert statuses(result) == ["unplaceable"]


# R8

OLD = "Die Gemeinde baut Wege. Das Amt berichtet jährlich."


@pytest.mark.parametrize(
    ("wish", "status", "text"),
    [
        (replace("Stadt", version=1, find="Gemeinde"), "already_adopted", BASE),
        (replace("Kommune", version=1, find="Gemeinde"), "stale_conflict", BASE),
        (replace("plant", version=1, find="baut"), "stale_conflict", BASE),
        (replace("Straßen", version=1, find="Wege"), "merged", BASE.replace("Wege", "Straßen")),
        (
            replace("Die Stadt baut Straßen. Das Amt berichtet jährlich.", version=1),
            "merged",
            BASE.replace("Wege", "Straßen"),
        ),
        (replace(OLD, version=1), "no_change", BASE),
        (replace(BASE), "no_change", BASE),
        (replace("x", version=1, find="Stadt"), "unplaceable", BASE),
        (replace("x", version=5), "unplaceable", BASE),
        (replace("x", version=0), "unplaceable", BASE),
        (gone(1), "merged", None),
        (beside("Neu.", version=1), "merged", BASE),
        (beside(" ", version=2), "no_change", BASE),
    ],
)
def test_r8_a_wish_on_an_older_version_is_carried_over_what_changed_since(wish, status, text):
    result = merged(wish, older={1: OLD})

    assert statuses(result) == [status]
    assert result.text == text


def test_r8_a_sentence_comes_after_what_was_put_in_there_since():
    result = merged(
        replace("Eins. Spät kommt dies. Zwei.", version=1), base="Eins. Früh war das! Zwei.", older={1: "Eins. Zwei."}
    )

    assert (statuses(result), result.text) == (["merged"], "Eins. Früh war das! Spät kommt dies. Zwei.")


def test_r8_what_is_left_of_a_half_adopted_wish_is_the_same_as_a_new_one():
    half = replace(OLD.replace("Gemeinde", "Stadt").replace("jährlich", "oft"), version=1)

    assert members(merged(half, replace("oft", find="jährlich"), older={1: OLD})) == [["S1", "S2"]]


def test_r8_different_adopted_wishes_stay_different_proposals():
    older = {1: "Die Gemeinde baut Wege. Das Amt berichtet selten."}

    result = merged(
        replace("Stadt", version=1, find="Gemeinde"), replace("jährlich", version=1, find="selten"), older=older
    )

    assert (members(result), statuses(result)) == ([["S1"], ["S2"]], ["already_adopted"] * 2)


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        (replace("Neu.", version=1), "stale_conflict"),
        (gone(1), "already_adopted"),
        (beside("Neu.", version=1), "stale_conflict"),
        (replace("Neu.", version=2), "unplaceable"),
        (gone(2), "unplaceable"),
    ],
)
def test_r8_when_the_section_is_gone_only_the_wish_to_delete_it_came_true(wish, status):
    result = merged(wish, base=None, older={1: OLD})

    assert statuses(result) == [status]
    assert (result.status, result.text, result.segments) == (None, None, ())


def test_r8_a_new_section_that_came_since_is_adopted():
    since = {(1, "after"): ["Neu.", "Auch neu."]}
    wishes = [beside("Auch neu .", version=1), beside("Neu.", "before", 1), beside("Neu.", version=2)]

    result = merged(*wishes, older={1: BASE}, added_since=since)

    assert statuses(result) == ["already_adopted", "merged", "merged"]


# R9


@pytest.mark.parametrize(
    ("wishes", "base", "expected"),
    [
        ([], "  Ein \n Text ", "Ein Text"),
        ([replace("Neu.")], "", "Neu."),
        ([replace("A. Eins."), replace("B! Eins.")], "Eins.", "A. B! Eins."),
        ([replace("Eins. B ist da."), replace("Eins. A kam.")], "Eins.", "Eins. A kam. B ist da."),
        (
            [replace("Eins. B ist da."), replace("Eins. B ist da."), replace("Eins. A kam.")],
            "Eins.",
            "Eins. B ist da. A kam.",
        ),
        ([replace("a(b) c")], "a b c", "a(b) c"),
        ([Wish("delete", 2, find="Alte")], "Alte Wege", "Wege"),
        ([Wish("delete", 2, find="a"), Wish("delete", 2, find="c")], "a b c", "b"),
        ([replace("20% mehr", find="20 % oft")], "um 20 % oft", "um 20 % mehr"),
        ([replace("um 30% oft")], "um 20 % oft", "um 30% oft"),
    ],
)
def test_r9_merged_hunks_are_written_with_their_own_white_space(wishes, base, expected):
    result = merged(*wishes, base=base)

    assert result.text == expected
    assert base_text(result.segments) == " ".join(base.split())
    assert new_text(result.segments) == expected


def test_r9_words_of_different_wishes_never_flow_together():
    result = merged(replace("X- B"), replace("A -C"), base="A - B")

    assert statuses(result) == ["merged", "merged"]
    assert result.text == "X - C"


def test_r9_new_sections_come_by_falling_support_then_by_text():
    wishes = [
        beside("C kommt."),
        beside("B ist da!"),
        beside("Zuletzt oft?"),
        beside("Zuletzt oft?"),
        beside("V", "before"),
    ]

    result = merged(*wishes)

    assert [(n.place, n.text) for n in result.new] == [
        ("before", "V"),
        ("after", "Zuletzt oft?"),
        ("after", "B ist da!"),
        ("after", "C kommt."),
    ]


def test_r9_a_deleted_section_is_one_segment_and_has_no_text():
    result = merged(gone(), gone())

    (segment,) = result.segments
    assert (result.status, result.text) == ("deleted", None)
    assert (segment.kind, segment.text, segment.statements) == ("del", BASE, ("S1", "S2"))


# R10


def test_r10_a_shared_hunk_names_the_statements_of_all_proposals_that_contain_it():
    both = BASE.replace("Stadt", "Gemeinde").replace("jährlich", "oft")

    result = merged(replace("Gemeinde", find="Stadt"), replace(both))

    traced = [(s.kind, s.text, s.statements, s.proposals) for s in result.segments if s.kind != "keep"]
    assert traced == [
        ("del", " Stadt", ("S1", "S2"), ("P-S1-0", "P-S2-0")),
        ("ins", " Gemeinde", ("S1", "S2"), ("P-S1-0", "P-S2-0")),
        ("del", " jährlich", ("S2",), ("P-S2-0",)),
        ("ins", " oft", ("S2",), ("P-S2-0",)),
    ]


def test_r10_held_and_superseded_wishes_leave_no_trace_in_the_text():
    result = merged(replace("a", find="Stadt"), replace("b", find="Stadt"))

    assert (result.status, result.text) == ("unchanged", BASE)
    assert [(s.kind, s.text) for s in result.segments] == [("keep", BASE)]
