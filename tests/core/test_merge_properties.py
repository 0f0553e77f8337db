"""What holds for any wishes: order never matters, nothing is overwritten silently, every word has its reason."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.core.diff import apply, edit_script
from ikb.core.merge import merge_section
from ikb.core.proposals import Section, Status
from ikb.core.redline import base_text, new_text
from ikb.core.relation import Relation, relation
from ikb.core.texts import joined, normalise, tokens, words
from ikb.core.wishes import Amendment, Member, Wish

START = datetime(2031, 3, 1, tzinfo=UTC)
TEXT = st.lists(st.sampled_from(["Ein", "Weg", "ist", "gut", ".", "!", ",", "5", "-"]), max_size=9).map(" ".join)
QUOTE = st.sampled_from(["Ein", "Weg", "gut .", "ist", "."])
VERSION = st.sampled_from([1, 2, 2, 2, 7])

WISH = st.one_of(
    st.builds(lambda v, new: Wish("replace", v, new), VERSION, TEXT),
    st.builds(
        lambda v, new, find, n: Wish("replace", v, new, find=find, occurrence=n), VERSION, TEXT, QUOTE, st.just(1)
    ),
    st.builds(lambda v, new, after: Wish("insert", v, new, after=after, occurrence=1), VERSION, TEXT, QUOTE),
    st.builds(
        lambda v, new, place: Wish("insert", v, new, place=place), VERSION, TEXT, st.sampled_from(["after", "before"])
    ),
    st.builds(lambda v: Wish("delete", v), VERSION),
)


@st.composite
def pools(draw):
    """A section with one older text, some wishes of a few submitters, and decisions that do not contradict."""
    section = Section(2, draw(TEXT), {1: draw(TEXT)})
    wishes = draw(st.lists(st.tuples(WISH, st.integers(1, 4), st.integers(0, 2)), max_size=8))
    amendments = [
        Amendment(f"S{n}", 0, f"I{who}", START + timedelta(days=day), wish) for n, (wish, who, day) in enumerate(wishes)
    ]
    decision = draw(st.sampled_from(["accept", "reject"]))
    decided = draw(st.sets(st.integers(0, 7), max_size=2))
    return section, amendments, {Member(f"S{n}", 0): decision for n in decided}


def merged_edits(result):
    return [p for p in result.proposals if p.status is Status.MERGED and p.wish.kind == "edit"]


@given(pools(), st.randoms())
def test_order_never_matters(pool, random):
    section, amendments, decisions = pool
    expected = merge_section(section, amendments, decisions)

    random.shuffle(amendments)

    fresh = Section(section.version, section.current, section.older)
    assert merge_section(fresh, amendments, decisions) == expected


@given(pools())
def test_every_amendment_is_a_member_of_exactly_one_proposal(pool):
    section, amendments, decisions = pool

    result = merge_section(section, amendments, decisions)

    assert Counter(m for p in result.proposals for m in p.members) == Counter(a.member for a in amendments)
    assert len({p.key for p in result.proposals}) == len(result.proposals)


@given(pools())
def test_keep_and_del_are_the_base_text_keep_and_ins_the_new_one(pool):
    result = merge_section(*pool)

    assert base_text(result.segments) == normalise(pool[0].current)
    assert new_text(result.segments) == (result.text or "")
    assert normalise(new_text(result.segments)) == new_text(result.segments)


@given(pools())
def test_merged_proposals_never_conflict_and_each_is_in_the_text_whole(pool):
    section, amendments, decisions = pool
    result = merge_section(section, amendments, decisions)
    base = words(section.current)
    edits = merged_edits(result)

    for one, other in combinations(edits, 2):
        assert all(relation(a, b, base) is not Relation.CONFLICT for a in one.wish.hunks for b in other.wish.hunks)
    if result.status != "deleted":
        gone, come = Counter(), Counter()
        for hunk in {hunk for p in edits for hunk in p.wish.hunks}:
            gone.update(base[hunk.i : hunk.j])
            come.update(hunk.words)
        assert Counter(words(result.text)) == Counter(base) - gone + come


@given(pools())
def test_every_changed_word_names_exactly_the_statements_of_its_merged_proposals(pool):
    section, amendments, decisions = pool
    result = merge_section(section, amendments, decisions)
    proposals = {p.key: p for p in result.proposals}

    for segment in result.segments:
        assert bool(segment.statements) == bool(segment.proposals) == (segment.kind != "keep")
        named = [proposals[key] for key in segment.proposals]
        assert all(p.status is Status.MERGED for p in named)
        assert segment.statements == tuple(sorted({s for p in named for s in p.statements}))
    if result.status != "deleted":
        traced = {key for segment in result.segments for key in segment.proposals}
        assert traced == {p.key for p in merged_edits(result)}


@given(pools())
def test_no_statement_loses_without_a_reason(pool):
    """Held and superseded proposals name those they cannot stand beside; the others are settled or merged."""
    section, amendments, decisions = pool
    result = merge_section(section, amendments, decisions)
    status = {p.key: p.status for p in result.proposals}

    for proposal in result.proposals:
        rivals = {status[key] for key in proposal.conflicts_with}
        if proposal.status is Status.SUPERSEDED:
            assert Status.MERGED in rivals
        if proposal.status is Status.HELD:
            assert Status.HELD in rivals
        if proposal.status is Status.MERGED:
            assert rivals <= {Status.SUPERSEDED}
        assert all(proposal.key in p.conflicts_with for p in result.proposals if p.key in proposal.conflicts_with)


@given(TEXT, TEXT)
@settings(max_examples=50)
def test_a_lone_wish_becomes_the_text_word_for_word(base, new):
    result = merge_section(Section(2, base), [Amendment("S", 0, "I", START, Wish("replace", 2, new))])

    assert words(result.text) == words(new)
    assert joined(apply(tokens(base), edit_script(tokens(base), tokens(new)))) == result.text


@given(TEXT, TEXT)
@settings(max_examples=50)
def test_asking_on_the_old_version_for_what_was_done_is_adopted(old, current):
    section = Section(2, current, {1: old})

    (proposal,) = merge_section(section, [Amendment("S", 0, "I", START, Wish("replace", 1, current))]).proposals

    assert proposal.status is (Status.NO_CHANGE if words(old) == words(current) else Status.ADOPTED)
