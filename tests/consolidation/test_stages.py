"""Stages: a later one takes the place of those before it, overwrites nothing, and issuing waits for the one it is told to."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ikb.consolidation import confirming, history, issuing, queries, redlines
from ikb.consolidation.model import Consideration
from ikb.consolidation.stages import At
from ikb.core.clock import berlin_day
from ikb.db import db, transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotYetDecided
from ikb.procedures import weighing
from ikb.procedures.weighing import Rules
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.factories import make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
ALL = ("administration", "steering_group", "council")
STEERING = At("steering_group", date(2030, 5, 2), "Steuerungsgruppe, 3. Sitzung")


def set_rules(case: Case, now, stages=ALL, issuing_stage="steering_group") -> None:
    with transaction():
        rules = Rules(stages, issuing_stage)
        weighing.change(case.procedure, rules, seen=case.procedure.row_version, by=case.by, now=now)


def confirm(case: Case, now, at: At = STEERING, base: DraftVersion | None = None, ids=None) -> list[Consideration]:
    base = base or case.base
    with transaction():
        chosen = [one.consideration.id for one in confirming.held(base)] if ids is None else ids
        return confirming.confirm(base, chosen, at, by=case.by, now=now)


def issue(case: Case, now) -> DraftVersion:
    with transaction():
        return issuing.issue(case.working(), "17/2030-2035/1", by=case.by, now=now)


@pytest.fixture
def case(app, now) -> Case:
    """Two stages beyond the administration; a proposal, a comment and a body's wording are decided by the administration."""
    case = make_case()
    case.remark, case.comment = case.says(MORE), case.says(wish=Wish.NONE, comment="Gut so.")
    case.body = case.body_says("Nach Bedarf.", anchor="bp-2")
    case.consolidate(now)
    for one, outcome in ((case.remark, "followed"), (case.comment, "noted"), (case.body, "not_followed")):
        case.decide(one, outcome, now)
    set_rules(case, now)
    return case


def test_issuing_waits_for_the_stage_on_every_decision_and_nothing_is_overwritten(case, now) -> None:
    with pytest.raises(NotYetDecided) as refused:
        issue(case, now)
    assert [re.search(r"\w+ Entscheidung.*", text)[0] for text in refused.value.open_points] == [
        "Eine Entscheidung wartet auf diese Stufe: Steuerungsgruppe.",
        "2 Entscheidungen warten auf diese Stufe: Steuerungsgruppe.",
    ]
    before = {row.id: (row.stage, row.outcome) for row in db.session.scalars(select(Consideration))}
    assert case.text() == MORE

    rows = confirm(case, now)

    assert [(row.stage, row.on, row.whose) for row in rows] == [(STEERING.stage, STEERING.on, STEERING.who)] * 3
    assert case.text() == MORE
    assert {
        row.id: (row.stage, row.outcome) for row in db.session.scalars(select(Consideration))
    }.items() > before.items()
    version = issue(case, now)
    [line] = [one for one in redlines.lines(version, redlines.Findings(version)) if one.anchor == HERE]
    reason = redlines.reason(version, redlines.Findings(version), line.change.id, _changed(line.change))
    assert [row.stage for row in reason.considerations] == ["steering_group"]


def _changed(change) -> int:
    return next(place for place, segment in enumerate(change.segments) if segment["t"] != "keep")


def test_once_it_is_issued_the_council_confirms_what_the_version_was_issued_with(case, now) -> None:
    confirm(case, now)
    issue(case, now)
    council = At("council", date(2030, 5, 6), "Rat")

    rows = confirm(case, now, council)

    assert len(rows) == 3
    assert {row.stage for row in queries.newest_considerations([case.remark.id, case.comment.id]).values()} == {
        "council"
    }
    assert confirm(case, now, council, ids=[row.id for row in rows]) == []
    with pytest.raises(Conflict):
        confirm(case, now, council, ids=[rows[0].id, 1])


def test_a_later_stage_may_decide_otherwise_and_an_earlier_one_no_more(case, now, as_user) -> None:
    address = f"/verfahren/{case.procedure.id}/auswertung/{HERE}/{case.remark.id}/verlauf"
    sent = {"stage": "steering_group", "on": f"{berlin_day(now):%d.%m.%Y}", "who": "Steuerungsgruppe",
            "outcome": "not_followed", "reason": "Dafür fehlen Räume.", "seen": str(case.seen(case.remark))}  # fmt: skip
    lead = as_user(case.lead)

    assert lead.post(address, data=sent | {"reason": ""}).status_code == 422
    tomorrow = berlin_day(now) + timedelta(days=400)
    assert "liegt in der Zukunft" in lead.post(address, data=sent | {"on": f"{tomorrow:%d.%m.%Y}"}).text
    assert lead.post(address, data=sent).status_code == 303

    assert (case.text(), case.status_of(case.remark)) == (LINE, "rejected")
    with pytest.raises(Implausible, match="spätere Stufe"):
        case.decide(case.remark, "followed", now)
    newest, first = history.of(case.remark)
    assert (newest.consideration.stage, newest.consideration.whose) == ("steering_group", "Steuerungsgruppe")
    assert newest.changed == [
        "Ergebnis geändert: vorher „wird gefolgt“, jetzt „nicht gefolgt“.",
        "Begründung ergänzt.",
    ]
    assert first.changed == ["Die erste Entscheidung."]
    page = lead.get(address).text
    assert page.index("Steuerungsgruppe, ") < page.index("Verwaltung, ")
    assert "Verlauf und andere Entscheidung" in lead.get(f"/verfahren/{case.procedure.id}/auswertung/{HERE}").text
    assert as_user(make_user()).get(address).status_code == 404


def test_what_issuing_waits_for_is_one_of_the_stages_and_both_editors_are_heard(case, now) -> None:
    seen = case.procedure.row_version
    with pytest.raises(Implausible) as refused, transaction():
        weighing.change(case.procedure, Rules(("steering_group",), "council"), seen=seen, by=case.by, now=now)
    assert refused.value.field == "issuing_stage"

    set_rules(case, now, (), "administration")

    assert case.procedure.stages == ["administration"]
    with pytest.raises(Conflict), transaction():
        weighing.change(case.procedure, Rules(ALL, "council"), seen=seen, by=case.by, now=now)
    with pytest.raises(Implausible, match="gibt es in diesem Verfahren nicht"):
        confirm(case, now)


def test_a_stage_confirms_what_is_chosen_on_its_page(case, now, as_user) -> None:
    lead, address = as_user(case.lead), f"/verfahren/{case.procedure.id}/auswertung/bestaetigen"
    page = lead.get(address).text
    ids = re.findall(r'name="chosen" value="(\d+)"', page)
    assert len(ids) == 3
    sent = {"stage": "steering_group", "on": f"{berlin_day(now):%d.%m.%Y}", "who": "Runde im Mai"}

    assert "mindestens eine" in lead.post(address, data=sent).text
    assert lead.post(address, data=sent | {"chosen": ids[:2]}).status_code == 303

    rows = select(func.count(Consideration.id)).where(Consideration.resolved_by == "Runde im Mai")
    assert db.session.scalar(rows) == 2
    assert re.findall(r'name="chosen" value="(\d+)"', lead.get(address).text) == ids[2:]
    rules = lead.get(f"/verfahren/{case.procedure.id}/auswertung/regeln").text
    assert [word in rules for word in ("Steuerungsgruppe", "Rat", "Worauf wartet das Herausgeben?")] == [True] * 3
    assert as_user(make_user()).get(address).status_code == 404
