"""Remarks on an older version: each has one place on every later one, a person says the doubtful ones, and the pages follow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ikb.consolidation import by_hand, gathering, issuing, journeys, placing, queries, redlines, structure, travel_view
from ikb.consolidation.building import Built
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.handwork import done
from ikb.consolidation.journeys import ties_of
from ikb.consolidation.model import Run, RunState
from ikb.consolidation.structure import Wanted
from ikb.consolidation.travel_model import RemarkPlace
from ikb.core.topics import read_topic
from ikb.core.travel import Said, State, Step, next_stop
from ikb.db import db, transaction
from ikb.deliberations.model import Consultation
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, Implausible
from ikb.remarks.model import Wish
from ikb.reports import brief, council, returns
from ikb.reports.result import result
from ikb.statements.model import Statement
from tests.consolidation.cases import Case, make_case
from tests.consolidation.test_rearranging import WORDS, rearranged
from tests.factories import make_user

FIRST, SECOND = "Das Amt sammelt Anregungen.", "Es antwortet binnen vier Wochen."
TWO = f"{FIRST} {SECOND}"
ROWS = [
    ("s-1", "paragraph", "1", None, "Jede Schule bietet Kurse an."),
    ("s-2", "paragraph", "2", None, TWO),
    ("s-3", "paragraph", "3", None, "Der Rat erhält einen Bericht."),
    ("s-4", "paragraph", "4", None, "Er berät ihn öffentlich."),
    ("s-5", "paragraph", "5", None, "Dieser Satz ist überflüssig."),
]
WHY = "So ist der Ablauf klarer."


@pytest.fixture
def case(app) -> Case:
    return make_case(ROWS)


def rearrange(case: Case, now, *wanted: tuple[str, str, str, str]) -> None:
    for kind, anchor, other, text in wanted:
        seen = mark_of(next(row.text for row in structure.texts_after(case.base) if row.anchor == anchor))
        structure.rearrange(case.base, Wanted(anchor, kind, other, text, WHY, seen), by=case.by, now=now)


def next_version(case: Case, now) -> DraftVersion:
    """s-2 split, s-4 joined to s-3, s-1 moved to the end, s-5 struck out; issued."""
    with transaction():
        rearrange(case, now, ("split", "s-2", "", f"{FIRST}\n\n{SECOND}"), ("join", "s-4", "", ""))
        rearrange(case, now, ("move_after", "s-1", "s-5", ""))
        gone = Edit("s-5", "delete", "", WHY, mark_of(ROWS[4][4]))
        by_hand.edit_after(case.base, [gone], by=case.by, now=now)
        return issuing.issue(case.working(), "2010/2", by=case.by, now=now)


def new_part(version: DraftVersion) -> str:
    return next(row.anchor for row in drafts.sections_of(version.id) if row.text == SECOND)


def test_remarks_are_found_at_their_new_place_in_the_workbench_and_the_listing(case, now, as_user, count_queries):
    joined = case.says("", anchor="s-4", wish=Wish.NONE, comment="Bitte auch digital.")
    unsure = case.says("", anchor="s-2", wish=Wish.NONE, comment="Gut.")
    moved = case.says("", anchor="s-1", wish=Wish.NONE, comment="Mehr Kurse.")
    gone = case.says("", anchor="s-5", wish=Wish.NONE, comment="Schade darum.")
    whole = case.says("", anchor=None, wish=Wish.NONE, comment="Insgesamt gelungen.")
    version = next_version(case, now)
    part = new_part(version)
    late = case.says("", anchor="s-4", wish=Wish.NONE, comment="Kam nach der Frist.")
    split = case.says(TWO.replace("vier", "zwei"), anchor="s-2")

    at = {
        said.remark_id: (passage.anchor, said.proposed_text)
        for passage in gathering.passages(version)
        for said in passage.said
    }
    found = travel_view.listing(version, "", 1)

    assert at[split.id] == (part, SECOND.replace("vier", "zwei"))
    assert {one.id: at[one.id][0] for one in (joined, late, moved, whole)} == {
        joined.id: "s-3",
        late.id: "s-3",
        moved.id: "s-1",
        whole.id: gathering.WHOLE_DRAFT,
    }
    assert joined.id in queries.comments_on(version, "s-3")
    states = {line.voice.remark.id: str(line.halt.stop.state) for line in found.lines.items}
    assert states == {
        split.id: "moved",
        joined.id: "moved",
        late.id: "moved",
        unsure.id: "changed",
        moved.id: "moved",
        gone.id: "gone",
        whole.id: "kept",
    }
    assert (found.counts["zu-klaeren"], found.lines.items[0].voice.remark.id) == (1, unsure.id)
    lead = as_user(case.lead)
    address = f"/fassungen/{version.id}/anmerkungen"
    lead.get(f"{address}?stand=moved")
    with count_queries() as seen:
        page = lead.get(address)
    assert (page.status_code, "zu klären" in page.text, "Bitte auch digital." in page.text) == (200, True, True)
    assert len(seen) <= 8, "\n".join(
        one[:60] + " FROM " + one.partition("FROM")[2][:90].replace("\n", " ") for one in seen
    )
    told = lead.get(f"/verfahren/{case.procedure.id}/auswertung/stellungnahmen/{joined.statement_id}").text
    assert ("Gesagt zu:" in told, "/auswertung/s-3" in told) == (True, True)


def test_whatever_counts_remarks_counts_each_where_its_passage_is_now(case, now) -> None:
    case.says("", anchor="s-4", wish=Wish.NONE, comment="Bitte auch digital.", stance="oppose")
    case.says("", anchor="s-5", wish=Wish.NONE, comment="Schade darum.")
    before = {hot.anchor: hot.remarks for hot in returns.hottest(case.phase)}
    version = next_version(case, now)
    part = new_part(version)
    case.says("Der Rat erhält zwei Berichte.", anchor="s-3")
    case.says(TWO.replace("vier", "zwei"), anchor="s-2")
    body = case.body_says("Er berät ihn in öffentlicher Sitzung.", anchor="s-4")

    hot = {hot.anchor: hot for hot in returns.hottest(case.phase)}
    step = db.session.scalars(select(Consultation)).one()
    told = brief.brief(step, redlines.papers_of([version.id])[version.id], read_topic(""), now.date())
    [line] = [line for line in council.overview(case.procedure.id, now.date()).lines if line.asked]

    assert before == {"s-4": 1, "s-5": 1}
    assert {anchor: (one.remarks, one.wishes, one.objections) for anchor, one in hot.items()} == {
        "s-3": (2, 1, 1),
        part: (1, 1, 0),
        "s-5": (1, 0, 0),
    }
    spoken = {passage.name: passage.remarks for passage in told.passages.shown}
    assert {"Absatz 3", "Absatz"} <= {one.passage for one in told.said.shown}
    assert gathering.anchor_of(version, body) == "s-3"
    assert (spoken["Absatz 3"], spoken["Absatz"]) == (3, 1)
    assert line.asked[0].passage == "Absatz 3"


def test_a_person_says_where_a_doubtful_one_belongs_and_the_workbench_follows(case, now, as_user) -> None:
    unsure = case.says("", anchor="s-2", wish=Wish.NONE, comment="Gut.")
    version = next_version(case, now)
    part = new_part(version)
    lead, address = as_user(case.lead), f"/anmerkungen/{unsure.id}/verlauf?fassung={version.id}"
    db.session.add(Run(base_version_id=version.id, state=RunState.DONE, requested_at=now))
    db.session.flush()

    asked = lead.get(address).text
    nothing = lead.post(address, data={"seen": "0", "place": "anderer"})
    strange = lead.post(address, data={"seen": "0", "place": "anderer", "other": "s-4"})
    answer = lead.post(address, data={"seen": "0", "place": part})
    stale = lead.post(address, data={"seen": "0", "place": "entfallen"})

    assert ("Bitte bestätigen Sie den Platz" in asked, nothing.status_code, strange.status_code) == (True, 422, 422)
    assert (answer.status_code, stale.status_code) == (303, 409)
    [row] = db.session.scalars(select(RemarkPlace))
    assert (row.anchor, row.placed_by_id, gathering.anchor_of(version, unsure)) == (part, case.lead.id, part)
    assert case.lead.name in lead.get(address).text
    assert queries.newest_run(version.draft_id).state == RunState.QUEUED
    assert travel_view.listing(version, "zu-klaeren", 1).lines.total == 0
    assert as_user(make_user()).get(address).status_code == 404


def test_what_was_said_first_stays_and_a_second_word_needs_the_first_in_view(case, now) -> None:
    remark = case.says("", anchor="s-5", wish=Wish.NONE, comment="Schade.")
    version = next_version(case, now)
    with transaction():
        first = placing.place(remark, version, "s-3", seen=0, by=case.by, now=now)
        again = placing.place(remark, version, "s-3", seen=0, by=case.by, now=now)
        with pytest.raises(Conflict):
            placing.place(remark, version, "s-1", seen=0, by=case.by, now=now)
        with pytest.raises(Implausible):
            placing.place(remark, version, "s-5", seen=first.id, by=case.by, now=now)
        placing.place(remark, version, "", seen=first.id, by=case.by, now=now)

    assert again.id == first.id
    assert [row.anchor for row in db.session.scalars(select(RemarkPlace).order_by(RemarkPlace.id))] == ["s-3", ""]
    assert gathering.anchor_of(version, remark) == gathering.WHOLE_DRAFT
    assert [halt.stop.state for _, halt, _ in travel_view.way(remark, None).halts] == [State.GONE]


def test_a_wish_that_came_along_is_decided_and_written_at_its_new_place(case, now) -> None:
    again = Case(case.lead, case.procedure, next_version(case, now), case.phase)
    wish = case.says(TWO.replace("vier", "zwei"), anchor="s-2")
    again.consolidate(now)
    part = new_part(again.base)
    [proposal] = again.outcome(part).proposals

    again.decide(wish, "followed", now, seen=0)

    assert proposal["members"] == [wish.id]
    assert again.text(part) == "Es antwortet binnen zwei Wochen."
    assert journeys.elsewhere(again.base)[wish.id].anchor == part


def test_the_result_page_shows_a_remark_that_was_answered_where_its_passage_stands_now(case, now) -> None:
    joined = case.says("", anchor="s-4", wish=Wish.NONE, comment="Bitte auch digital.")
    case.consolidate(now)
    case.decide(joined, "noted", now, "Das wird geprüft.")
    next_version(case, now)

    found = result(db.session.get_one(Statement, joined.statement_id).invitation, now.date())

    [answer] = found.answers
    assert (answer.now_in, answer.before, answer.after) == (
        "Absatz 3",
        ROWS[3][4],
        f"{ROWS[2][4]} {ROWS[3][4]}",
    )


KINDS = ["split", "join", "move_after", "move_under", "edit", "delete", "insert_after"]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.integers(1, 4)), max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=5), STEPS, st.lists(WORDS, min_size=1, max_size=3))
def test_after_whatever_edits_every_remark_has_exactly_one_state_and_is_nowhere_lost(texts, steps, wishes) -> None:
    base, works = rearranged(texts, steps)
    built = done(Built(base, []), works).built
    old, new = ({row.anchor: row.text for row in rows} for rows in (base, built.sections))
    traces = {change.anchor: change.trace for change in built.changes if change.trace and change.anchor in new}
    moved = frozenset(anchor for anchor, trace in traces.items() if any(one["kind"] == "moved" for one in trace))
    step = Step(old, new, ties_of(old, new, traces), moved)

    for anchor in old:
        for said in [Said("replace", wishes[0]), *(Said(comment=one) for one in wishes), Said("insert_after", "Neu.")]:
            stop = next_stop(said, anchor, step)

            assert (stop.anchor in new) != (stop.state == State.GONE)
            assert stop.state != State.GONE or not ({anchor, *step.ties.get(anchor, ())} & set(new))
            if anchor not in step.ties and anchor in new:
                assert stop.anchor == anchor
