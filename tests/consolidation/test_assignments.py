"""Who sees to what until when: given to many at once, shown as overdue, taken back with one click, never over somebody."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import User
from ikb.consolidation import assignments
from ikb.consolidation.assignment_model import Assignment
from ikb.consolidation.assignments import Change, Target
from ikb.db import db, transaction
from ikb.errors import Implausible, NotFound
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


def give(case: Case, chosen, change, now, key=None):
    with transaction():
        return assignments.assign(case.base.draft, chosen, change, key=key or uuid4(), by=case.by, now=now)


def acts(case: Case) -> list[str]:
    rows = select(JournalEntry.action).where(JournalEntry.procedure_id == case.procedure.id).order_by(JournalEntry.id)
    return list(db.session.scalars(rows))


def test_several_are_given_at_once_by_one_act_and_whoever_changed_one_meanwhile_is_not_written_over(app, now):
    case, key = make_case(), uuid4()
    ayla, remark = second_lead(case), case.says(wish=Wish.NONE)
    sections = {Target(HERE): 0, Target(ELSEWHERE): 0}

    first = give(case, sections, Change(ayla.id, DUE, keeps_due=False), now, key)
    again = give(case, sections, Change(ayla.id, DUE, keeps_due=False), now, key)
    row = assignments.on_section(case.base.draft_id, HERE)
    mine = give(case, {Target(HERE): row.id, Target(HERE, remark.id): 0}, Change(case.lead.id), now)
    late = give(case, {Target(HERE): row.id, Target(ELSEWHERE): 0}, Change(0), now)

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
    give(case, {Target(HERE): 0}, Change(case.lead.id, DUE, keeps_due=False), now)
    row = assignments.on_section(case.base.draft_id, HERE)

    give(case, {Target(HERE): row.id}, Change(0, None, keeps_due=False), now)

    assert assignments.on_section(case.base.draft_id, HERE) is None
    assert db.session.scalar(select(func.count(Assignment.id))) == 1
    assert row.ended_at == now


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_cannot_be_is_refused_at_its_field(app, now):
    case, stranger = make_case(), make_user()
    elsewhere = make_case().says(wish=Wish.NONE)
    yesterday = Change(None, date(2030, 6, 2), keeps_due=False)
    cases = [
        ({}, Change(case.lead.id), Implausible, "what"),
        ({Target(HERE): 0}, Change(), Implausible, "person"),
        ({Target(HERE): 0}, Change(stranger.id), Implausible, "person"),
        ({Target(HERE): 0}, yesterday, Implausible, "due_on"),
        ({Target("gibt-es-nicht"): 0}, Change(case.lead.id), NotFound, None),
        ({Target(HERE, elsewhere.id): 0}, Change(case.lead.id), NotFound, None),
    ]
    for chosen, change, refusal, field in cases:
        with pytest.raises(refusal) as raised:
            give(case, chosen, change, now)
        assert getattr(raised.value, "field", None) == field
    assert assignments.standing(case.base.draft_id) == {}


def test_a_sections_page_says_who_sees_to_it_and_that_its_day_is_over(app, now, clock, as_user):
    case = make_case()
    give(case, {Target(HERE): 0}, Change(case.lead.id, DUE, keeps_due=False), now)
    clock.advance(days=20)

    page = as_user(case.lead).get(f"/verfahren/{case.procedure.id}/auswertung/{HERE}").text

    assert f"Zugewiesen an {case.lead.name}, bis Fr., 14.06.2030" in page
    assert "überfällig" in page
