"""One answer to several remarks: a person's own, one act, taken back with one click, never over somebody else's."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.capture.queries import is_decided
from ikb.consolidation import arguments, bulk_answers, history, queries, undoing
from ikb.consolidation.assignment_model import BulkAct
from ikb.consolidation.model import Consideration
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible
from ikb.remarks.model import Remark, Wish
from ikb.reports import weighing_rows
from tests.consolidation.cases import Case, make_case
from tests.consolidation.test_assignments import acts
from tests.factories import make_user

NO = "Dafür fehlt das Geld."


@pytest.fixture
def case(app, now) -> Case:
    case = make_case()
    case.consolidate(now)
    return case


def comments(case: Case, count: int = 3) -> list[Remark]:
    return [case.says(wish=Wish.NONE, comment=f"Anmerkung {number}.") for number in range(count)]


def answer(case: Case, remarks, now, outcome="noted", reason="", seen=None, key=None):
    seen = bulk_answers.newest(case.base.id) if seen is None else seen
    ids = [one.id for one in remarks]
    with transaction():
        return bulk_answers.answer(case.base, ids, outcome, reason, seen=seen, key=key or uuid4(), by=case.by, now=now)


def take_back(case: Case, act: BulkAct, now, confirmed=False):
    with transaction():
        return undoing.undo(case.base.draft, act.id, confirmed=confirmed, key=uuid4(), by=case.by, now=now)


def answers(case: Case, remarks) -> list[str | None]:
    """What holds for each remark, as the reads of the room and the weighing table tell it."""
    held = queries.newest_considerations([one.id for one in remarks])
    told = {row.remark_id: row.outcome for row in weighing_rows.rows_of(case.base)}
    found = [held[one.id].outcome if one.id in held else None for one in remarks]
    assert [told[one.id] or None for one in remarks] == found
    return found


def test_each_gets_the_answer_as_its_own_and_all_of_them_are_taken_back_at_once(case, now):
    remarks, key = comments(case), uuid4()
    case.decide(remarks[0], "followed", now)

    given = answer(case, remarks, now, "not_followed", NO, key=key)
    again = answer(case, remarks, now, "not_followed", NO, key=key)
    assert (again.act, len(given.done), given.left) == (given.act, 3, [])
    assert answers(case, remarks) == ["not_followed"] * 3

    undone = take_back(case, given.act, now)
    assert (len(undone.restored), undone.changed) == (3, [])
    assert answers(case, remarks) == ["followed", None, None]  # what held before holds again
    assert [is_decided(one.id) for one in remarks] == [True, False, False]
    assert queries.considered_remarks(case.base.id) == [remarks[0].id]
    assert "Zurückgenommen: Diese Entscheidung gilt nicht mehr." in history.of(remarks[1])[0].changed
    assert db.session.scalar(select(func.count(Consideration.id))) == 4  # nothing is deleted
    assert acts(case)[-2:] == ["remarks answered", "answers taken back"]
    for act in (given.act, undone.act):
        with pytest.raises(Conflict):
            take_back(case, act, now)


def test_what_somebody_decided_or_grouped_meanwhile_is_named_and_left_alone(case, now):
    remarks = comments(case, 4)
    seen = bulk_answers.newest(case.base.id)
    case.decide(remarks[0], "followed", now)
    with transaction():
        ids = [remarks[1].id, remarks[2].id]
        arguments.make(case.base, "a3-z1-m1", "Alle", ids, key=uuid4(), by=case.by, now=now)

    given = answer(case, remarks, now, seen=seen)

    assert ([one.remark_id for one in given.done], len(given.left)) == ([remarks[3].id], 3)
    assert answers(case, remarks) == ["followed", None, None, "noted"]


def test_taking_back_asks_first_where_one_was_answered_anew(case, now):
    remarks = comments(case, 2)
    given = answer(case, remarks, now)
    case.decide(remarks[0], "followed", now)

    asked = take_back(case, given.act, now)
    assert (asked.act, [one.remark_id for one in asked.changed]) == (None, [remarks[0].id])
    assert answers(case, remarks) == ["followed", "noted"]

    take_back(case, given.act, now, confirmed=True)
    assert answers(case, remarks) == ["followed", None]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_answer_needs_remarks_an_outcome_and_its_reason(case, now):
    remarks, wording = comments(case, 1), case.says("Jede Schule bietet drei Kurse an.")
    for chosen, outcome, reason, field in [
        ([], "noted", "", "what"),
        (remarks, "", "", "outcome"),
        (remarks, "not_followed", " ", "reason"),
        ([wording], "noted", "", "what"),  # a wording is decided on its section's page
    ]:
        with pytest.raises(Implausible) as raised:
            answer(case, chosen, now, outcome, reason)
        assert raised.value.field == field
    assert answers(case, remarks) == [None]


def test_on_the_page_the_ticked_ones_are_assigned_or_answered(case, as_user):
    remarks, lead = comments(case), as_user(case.lead)
    address = f"/verfahren/{case.procedure.id}/auswertung/anmerkungen"
    form = {"was": [str(remarks[0].id), str(remarks[1].id)], "seen": "0", "answers_seen": "0", "whom": "ticked"}
    form |= {"person": "-", "due": "keep", "due_on": "", "outcome": "noted", "reason": ""}

    assert "3 Anmerkungen" in lead.get(address).text
    refused = lead.post(address, data=form | {"key": str(uuid4()), "tun": "answer", "outcome": "not_followed"})
    assert (refused.status_code, "Es fehlt die Begründung" in refused.text) == (422, True)
    answered = lead.post(address, data=form | {"key": str(uuid4()), "tun": "answer"})
    given = lead.post(
        f"{address}?zeigen=offen",
        data=form | {"key": str(uuid4()), "tun": "assign", "whom": "all", "person": str(case.lead.id)},
    )

    assert (answered.status_code, given.status_code) == (303, 303)
    assert answers(case, remarks) == ["noted", "noted", None]
    mine = lead.get(f"{address}?zustaendig=ich").text
    assert "1 von 3 Anmerkungen" in mine
    assert "Anmerkung 2." in mine
    assert ">Letzte Änderung rückgängig machen</button>" in lead.get(given.location).text
    foreign = as_user(make_user())
    assert (foreign.get(address).status_code, foreign.post(address, data=form).status_code) == (404, 404)
