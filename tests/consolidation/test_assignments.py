"""Who sees to what until when: given to many at once, shown as overdue, taken back with one click, never over somebody."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import User
from ikb.consolidation import assignments, undoing
from ikb.consolidation.assignment_model import Assignment
from ikb.consolidation.assignments import Change, Target
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal.model import JournalEntry
from ikb.procedures.model import ProcedureLead
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, Case, make_case
from tests.factories import make_user, save

DUE = date(2030, 6, 14)
ELSEWHERE = "bp-1"


def second_lead(case: Case) -> User:
    user = make_user(name="Ayla Teil")
    save(ProcedureLead(procedure_id=case.procedure.id, user_id=user.id))
    return user


def give(case: Case, chosen, change, now, key=None, seen=None):
    """Give, with all that was done before in view unless `seen` says otherwise."""
    seen = assignments.newest_act(case.base.draft_id) if seen is None else seen
    with transaction():
        return assignments.assign(case.base.draft, chosen, change, seen=seen, key=key or uuid4(), by=case.by, now=now)


def take_back(case: Case, given, now, confirmed=False, key=None):
    with transaction():
        return undoing.undo(case.base.draft, given.act.id, confirmed=confirmed, key=key or uuid4(), by=case.by, now=now)


def who(case: Case, anchor: str = HERE) -> int | None:
    row = assignments.on_section(case.base.draft_id, anchor)
    return row.user_id if row else None


def acts(case: Case) -> list[str]:
    rows = select(JournalEntry.action).where(JournalEntry.procedure_id == case.procedure.id).order_by(JournalEntry.id)
    return list(db.session.scalars(rows))


def test_several_are_given_at_once_by_one_act_and_whoever_changed_one_meanwhile_is_not_written_over(app, now):
    case, key = make_case(), uuid4()
    ayla, remark = second_lead(case), case.says(wish=Wish.NONE)
    sections = [Target(HERE), Target(ELSEWHERE)]

    first = give(case, sections, Change(ayla.id, DUE, keeps_due=False), now, key)
    again = give(case, sections, Change(ayla.id, DUE, keeps_due=False), now, key)
    row = assignments.on_section(case.base.draft_id, HERE)
    mine = give(case, [Target(HERE), Target(HERE, remark.id)], Change(case.lead.id), now)
    late = give(case, sections, Change(0), now, seen=0)

    assert (again.act, again.done) == (first.act, first.done)
    assert first.done == [Target(HERE), Target(ELSEWHERE)]
    assert (row.user_id, row.due_on) == (ayla.id, DUE)
    assert (row.is_overdue(DUE), row.is_overdue(date(2030, 6, 15))) == (False, True)
    assert mine.done == [Target(HERE), Target(HERE, remark.id)]
    assert (late.act, late.done, late.left) == (None, (), [Target(HERE), Target(ELSEWHERE)])
    now_there = assignments.on_section(case.base.draft_id, HERE)
    assert (now_there.user_id, now_there.due_on) == (case.lead.id, DUE)  # the day stayed
    assert assignments.on_remarks(case.base.draft_id, [remark.id])[remark.id].user_id == case.lead.id
    assert acts(case) == ["work assigned", "work assigned"]


def test_nobody_and_no_day_leave_nothing_standing_and_what_was_stays_readable(app, now):
    case = make_case()
    give(case, [Target(HERE)], Change(case.lead.id, DUE, keeps_due=False), now)
    row = assignments.on_section(case.base.draft_id, HERE)

    give(case, [Target(HERE)], Change(0, None, keeps_due=False), now)

    assert assignments.on_section(case.base.draft_id, HERE) is None
    assert db.session.scalar(select(func.count(Assignment.id))) == 1
    assert row.ended_at == now


def test_an_act_is_taken_back_with_one_click_unless_somebody_changed_some_of_it_since(app, now):
    case, key = make_case(), uuid4()
    ayla = second_lead(case)
    both = [Target(HERE), Target(ELSEWHERE)]
    give(case, [Target(HERE)], Change(case.lead.id), now)
    first = give(case, both, Change(ayla.id), now)

    undone = take_back(case, first, now, key=key)
    again = take_back(case, first, now, key=key)
    assert (undone.restored, undone.changed, again.act) == (both, [], undone.act)
    assert (who(case), who(case, ELSEWHERE)) == (case.lead.id, None)
    with pytest.raises(Conflict):
        take_back(case, first, now)

    take_back(case, undone, now)  # and so is taking back
    assert (who(case), who(case, ELSEWHERE)) == (ayla.id, ayla.id)
    second = give(case, both, Change(0), now)
    give(case, [Target(ELSEWHERE)], Change(case.lead.id), now)
    asked = take_back(case, second, now)
    assert (asked.act, asked.restored, asked.changed) == (None, [Target(HERE)], [Target(ELSEWHERE)])
    assert who(case) is None

    partly = take_back(case, second, now, confirmed=True)
    assert partly.act is not None
    assert (who(case), who(case, ELSEWHERE)) == (ayla.id, case.lead.id)
    assert acts(case).count("assignment taken back") == 3
    assert [step.undone for step in undoing.steps_of(case.base.draft_id)] == [
        False,
        False,
        True,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_cannot_be_is_refused_at_its_field(app, now):
    case, stranger = make_case(), make_user()
    elsewhere = make_case().says(wish=Wish.NONE)
    yesterday = Change(None, date(2030, 6, 2), keeps_due=False)
    cases = [
        ([], Change(case.lead.id), Implausible, "what"),
        ([Target(HERE)], Change(), Implausible, "person"),
        ([Target(HERE)], Change(stranger.id), Implausible, "person"),
        ([Target(HERE)], yesterday, Implausible, "due_on"),
        ([Target("gibt-es-nicht")], Change(case.lead.id), NotFound, None),
        ([Target(HERE, elsewhere.id)], Change(case.lead.id), NotFound, None),
    ]
    for chosen, change, refusal, field in cases:
        with pytest.raises(refusal) as raised:
            give(case, chosen, change, now)
        assert getattr(raised.value, "field", None) == field
    assert assignments.standing(case.base.draft_id) == {}


def test_a_sections_page_says_who_sees_to_it_and_that_its_day_is_over(app, now, clock, as_user):
    case = make_case()
    give(case, [Target(HERE)], Change(case.lead.id, DUE, keeps_due=False), now)
    clock.advance(days=20)

    page = as_user(case.lead).get(f"/verfahren/{case.procedure.id}/auswertung/{HERE}").text

    assert f"Zugewiesen an {case.lead.name}, bis Fr., 14.06.2030" in page
    assert "überfällig" in page


def test_a_remark_that_stands_elsewhere_by_now_is_still_the_same_one(app, now):
    case = make_case()
    remark = case.says(wish=Wish.NONE)
    give(case, [Target(HERE, remark.id)], Change(second_lead(case).id), now)
    moved = Target(ELSEWHERE, remark.id)

    assert assignments.standing(case.base.draft_id)[moved].remark_id == remark.id
    assert give(case, [Target(HERE, remark.id)], Change(0), now, seen=0).left == [moved]
