"""Two people for each decision, where a procedure wants it: never the same, and until then nothing of it counts anywhere."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import User
from ikb.consolidation import (
    arguments,
    bulk_answers,
    confirming,
    effects,
    history,
    issuing,
    list_rows,
    own_wording,
    queries,
    redlines,
    releases,
    runs,
    sections,
    undoing,
)
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.effects import Became
from ikb.consolidation.model import Consideration, Run, RunState
from ikb.consolidation.own_work import own_work
from ikb.consolidation.release_model import ConsiderationRelease
from ikb.consolidation.stages import At
from ikb.consolidation.weighing import weigh
from ikb.core.results import Outcome
from ikb.db import db, transaction
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, Implausible, NotYetDecided
from ikb.journal.service import Actor
from ikb.procedures import weighing
from ikb.procedures.model import ProcedureLead
from ikb.procedures.weighing import Rules
from ikb.remarks.model import Remark, Wish
from ikb.reports import weighing_rows
from ikb.reports.council import overview
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.consolidation.test_board import EXACT, step, wants
from tests.factories import make_user, save

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MOST = "Jede Schule bietet vier Kurse am Nachmittag an."
WAITS = "auf die Freigabe durch eine zweite Person."


@pytest.fixture
def case(app, now) -> Case:
    """Two proposals that cannot both stand; the second person leads the procedure too."""
    case = make_case()
    case.second = make_user()
    save(ProcedureLead(procedure_id=case.procedure.id, user_id=case.second.id))
    case.more, case.most = case.says(MORE), case.says(MOST)
    wish_for_two(case, now)
    case.consolidate(now)
    return case


def wish_for_two(case: Case, now, stages=("administration",), two_person: bool = True) -> None:
    with transaction():
        rules = Rules(stages, "administration", two_person=two_person)
        weighing.change(case.procedure, rules, seen=case.procedure.row_version, by=case.by, now=now)


def release(case: Case, now, *decisions: Consideration, by: User | None = None, base=None) -> int:
    ids = [one.id for one in decisions]
    with transaction():
        return releases.release(base or case.base, ids, by=Actor.user((by or case.second).id), now=now)


def waiting(case: Case, base=None) -> list[list[int]]:
    return [[one.consideration.id for one in act] for act in releases.waiting(base or case.base)]


def told(case: Case, remark: Remark) -> tuple[str, Became, bool]:
    """What everything that says what was decided says of a remark: all agree."""
    [answered] = [
        one.is_answered for row in list_rows.listed(case.base, None).rows for one in row.said if one.remark_id == remark.id
    ] or [True]  # fmt: skip
    effect = effects.of_remarks(case.base.draft_id, [remark])[remark.id]
    [outcome] = [row.outcome for row in weighing_rows.rows_of(case.base) if row.remark_id == remark.id]
    held = sections.decided_in(case.base.draft_id, [remark]).get(remark.id)
    assert outcome == (held.outcome if held else "") == (effect.decision.outcome if effect.decision else "")
    return outcome, effect.became, answered


def points(case: Case) -> list[str]:
    return [one.text for one in issuing.open_points_on(case.base)]


def test_a_decision_counts_nowhere_until_another_person_released_it(case, now) -> None:
    followed = case.decide(case.more, "followed", now)
    refused = case.decide(case.most, "not_followed", now)

    assert told(case, case.more) == ("", Became.WAITING, False)
    assert case.status_of(case.more) == "held"
    assert points(case) == [f"{queries.names(case.base.id)[HERE]}: 2 Entscheidungen warten {WAITS}"]
    assert waiting(case) == [[followed.id], [refused.id]]
    told_each = [own_work(case.procedure.id, one.id, now.date()).sentence for one in (case.lead, case.second)]
    assert told_each == ["", f"2 Entscheidungen warten {WAITS}"]
    with pytest.raises(Conflict):  # whoever decides anew must have seen what is entered, released or not
        case.decide(case.more, "not_followed", now, seen=0)
    with pytest.raises(Implausible, match="selbst eingetragen"):
        release(case, now, followed, by=case.lead)

    assert (release(case, now, followed, refused), release(case, now, followed)) == (2, 0)

    assert case.text() == MORE
    assert told(case, case.more) == ("followed", Became.PLANNED, True)
    findings = redlines.Findings(case.working())
    assert [line.confirmed for line in redlines.lines(case.working(), findings) if line.change] == [True]
    assert history.of(case.more)[0].release.released_by_id == case.second.id

    again = case.decide(case.more, "not_followed", now)
    assert (case.text(), told(case, case.more)[0], waiting(case)) == (MORE, "followed", [[again.id]])
    with pytest.raises(Conflict):
        release(case, now, followed)
    with pytest.raises(NotYetDecided), transaction():
        issuing.issue(case.working(), "17/1", by=case.by, now=now)


def test_answers_given_at_once_wait_and_are_released_and_taken_back_at_once(case, now) -> None:
    remarks = [case.says(wish=Wish.NONE, comment=f"Anmerkung {number}.") for number in range(3)]

    def answer(outcome: str):
        seen, reason = bulk_answers.newest(case.base.id), "Dafür fehlt das Geld."
        ids = [one.id for one in remarks]
        with transaction():
            return bulk_answers.answer(case.base, ids, outcome, reason, seen=seen, key=uuid4(), by=case.by, now=now).act

    def take_back(act) -> None:
        with transaction():
            undoing.undo(case.base.draft, act.id, confirmed=False, key=uuid4(), by=case.by, now=now)

    first = answer("noted")
    [act] = waiting(case)
    assert (len(act), [told(case, one)[0] for one in remarks]) == (3, [""] * 3)
    assert release(case, now, db.session.get_one(Consideration, act[0])) == 3
    assert [told(case, one) for one in remarks] == [("noted", Became.ANSWERED, True)] * 3

    second = answer("not_followed")
    [act] = waiting(case)
    assert [told(case, one)[0] for one in remarks] == ["noted"] * 3  # what was released goes on to hold
    take_back(second)
    with pytest.raises(Conflict):
        release(case, now, db.session.get_one(Consideration, act[0]))
    assert (waiting(case), [told(case, one)[0] for one in remarks]) == ([], ["noted"] * 3)

    take_back(first)  # a release does not outlive its decision
    assert [told(case, one)[0] for one in remarks] == [""] * 3


def test_what_the_deciding_body_adopted_binds_without_a_release_and_a_committees_wording_does_not(case, now) -> None:
    council = wants(case, step(case, "Rat", 28, Outcome.ADOPTED_AMENDED, authoritative=True), EXACT)
    committee = case.body_says("Nach Bedarf.", anchor="bp-2")
    case.consolidate(now)

    case.decide(council, "followed", now)
    other = case.decide(committee, "followed", now)

    assert (case.text(), told(case, council)[0]) == (EXACT, "followed")
    assert (waiting(case), told(case, committee)[0]) == ([[other.id]], "")
    became = {asked.became for line in overview(case.procedure.id, now.date()).lines for asked in line.asked}
    assert became == {"wird übernommen, die Fassung ist noch nicht herausgegeben", "noch nicht entschieden"}
    assert [text.partition(": ")[2] for text in points(case) if WAITS in text] == [f"Eine Entscheidung wartet {WAITS}"]


def test_a_wording_of_ones_own_waits_with_its_decisions_and_is_released_with_them(case, now) -> None:
    third = "Jede Schule bietet Kurse nach Bedarf an."
    answers = [
        own_wording.Answer(one, outcome, "Mit Spielraum.", 0)
        for one, outcome in ((case.more, "partly_followed"), (case.most, "not_followed"))
    ]
    with transaction():
        edit = Edit(HERE, "edit", third, "Beides zugleich geht nicht.", mark_of(LINE))
        own_wording.write(case.base, edit, answers, by=case.by, now=now)

    assert case.status_of(case.more) == "held"
    assert told(case, case.more) == ("", Became.WAITING, False)
    [act] = waiting(case)
    assert release(case, now, db.session.get_one(Consideration, act[0])) == 2
    assert (case.text(), told(case, case.more)[:2]) == (third, ("partly_followed", Became.PLANNED))
    assert points(case) == []


def test_what_is_issued_holds_and_what_a_sitting_confirms_later_waits_again(case, now, clock) -> None:
    comment = case.says(wish=Wish.NONE, comment="Gut so.")
    wish_for_two(case, now, ("administration", "council"), two_person=False)
    for one, outcome in ((case.more, "followed"), (case.most, "not_followed"), (comment, "noted")):
        case.decide(one, outcome, now)
    with transaction():
        issuing.issue(case.working(), "17/1", by=case.by, now=clock.advance(hours=1))

    wish_for_two(case, clock(), ("administration", "council"))  # a rule of tomorrow takes nothing out of what is issued
    assert (told(case, case.more)[0], waiting(case)) == ("followed", [])

    with transaction():
        held = [one.consideration.id for one in confirming.held(case.base)]
        rows = confirming.confirm(case.base, held, At("council"), by=case.by, now=clock.advance(hours=1))
    stage = lambda: {sections.decided_in(case.base.draft_id, [one])[one.id].stage for one in (case.more, comment)}  # noqa: E731
    assert (stage(), len(waiting(case))) == ({"administration"}, 3)
    release(case, clock(), *rows)
    assert (stage(), waiting(case)) == ({"council"}, [])


def test_a_release_under_a_run_is_put_in_and_the_rule_itself_asks_for_another(case, now) -> None:
    followed, refused = case.decide(case.more, "followed", now), case.decide(case.most, "not_followed", now)
    with transaction():
        run = runs.enqueue(case.base, now=now)
        runs.claim("worker", now=now, run_id=run.id)
        sight = runs.look(case.base)
        todo = runs.begin(run.id, "worker", sight)
    release(case, now, followed, refused)
    with transaction():
        for passage in todo:
            runs.finish_sections(run.id, "worker", [(passage, weigh(passage))], now=now)
        done = runs.finish(run.id, "worker", now=now)

    assert (done.state, case.text()) == (RunState.DONE, MORE)
    wish_for_two(case, now, two_person=False)
    queued = select(func.count(Run.id)).where(Run.state == RunState.QUEUED)
    assert db.session.scalar(queued) == 1


def test_the_page_offers_what_others_entered_and_what_belongs_together_once(case, now, as_user) -> None:
    case.decide(case.more, "followed", now)
    alike = [case.says(wish=Wish.NONE, comment="Gut so.") for _ in range(2)]
    several = [case.says(wish=Wish.NONE, comment=f"Anmerkung {number}.").id for number in range(3)]
    with transaction():
        argument = arguments.make(case.base, HERE, "Gut", [one.id for one in alike], key=uuid4(), by=case.by, now=now)
        arguments.answer(case.base, argument, "noted", "", seen=0, by=case.by, now=now)
        seen = bulk_answers.newest(case.base.id)
        bulk_answers.answer(case.base, several, "noted", "", seen=seen, key=uuid4(), by=case.by, now=now)
    address = f"/verfahren/{case.procedure.id}/auswertung/freigeben"
    own, other = as_user(case.lead), as_user(case.second)

    page = other.get(address).text
    boxes = re.findall(r'name="chosen" value="(\d+)"', page)
    assert (len(boxes), "6 Entscheidungen warten" in page) == (3, True)
    assert ("und 1 weitere in einer Gruppe" in page, "und 2 weitere, gemeinsam entschieden" in page) == (True, True)
    section = own.get(f"/verfahren/{case.procedure.id}/auswertung/{HERE}").text
    assert section.count("wartet auf Freigabe") == 5  # the proposal, the group, and three by themselves
    assert 'name="chosen"' not in own.get(address).text
    assert own.post(address, data={"chosen": boxes}).status_code == 422
    assert other.post(address, data={"chosen": boxes}).status_code == 303
    assert db.session.scalar(select(func.count(ConsiderationRelease.id))) == 6
    assert "Alles ist freigegeben" in other.get(address).text
    assert as_user(make_user()).get(address).status_code == 404
