"""Each remark leads to what it changed in the text, or to the reason why it changed nothing."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from ikb.consolidation import effects, issuing, redlines
from ikb.consolidation.by_hand import Edit
from ikb.consolidation.effects import Became
from ikb.consolidation.own_wording import Answer, write
from ikb.db import db, transaction
from ikb.deliberations.wordings import REPLACED
from ikb.drafts.service import mark_of
from ikb.remarks.model import Remark, Wish
from ikb.statements.late_model import LateDecision
from ikb.statements.model import Statement, StatementState
from tests.consolidation.cases import Case, make_case
from tests.consolidation.test_traceable import WIDE
from tests.factories import make_user

Told = dict[str, Remark]
FIRST = WIDE[0][4]


@pytest.fixture
def round_(app, now) -> tuple[Case, Told]:
    """A round with every fate that a remark can have, its version issued."""
    case = make_case(WIDE)
    said = {
        "merged": case.says(FIRST.replace("schriftlich", "mündlich"), comment=""),
        "in part": case.says("Das Amt veröffentlicht alle Anregungen.", anchor="s-3"),
        "rival of it": case.says("Das Amt löscht alle Anregungen.", anchor="s-3"),
        "the rival's twin": case.says("Das Amt löscht alle Anregungen.", anchor="s-3"),
        "new": case.says("Das Amt antwortet auf jede Anregung.", anchor="s-3", wish=Wish.INSERT_AFTER),
        "kept": case.says("", anchor="s-4", wish=Wish.DELETE),
        "as it is": case.says(FIRST),
        "noted": case.says(wish=Wish.NONE, comment="Wir sehen das auch so."),
        "unanswered": case.says(wish=Wish.NONE, anchor=None, comment="Noch eine Frage."),
        "replaced": case.says("Ganz anders.", anchor="s-2"),
        "late": case.says("Viel zu spät.", anchor="s-2"),
        "adopted": case.body_says("Der Sportausschuss erhält zweimal im Jahr einen Bericht.", anchor="s-2"),
        "corrected": case.body_says("", anchor="s-2", wish=Wish.NONE),
    }
    with transaction():
        said["corrected"].comment = REPLACED
        db.session.get_one(Statement, said["replaced"].statement_id).state = StatementState.REPLACED
        db.session.add(_left_out(said["late"], case, now))
    case.consolidate(now)
    for name, outcome in [
        ("merged", "followed"),
        ("new", "followed"),
        ("kept", "not_followed"),
        ("adopted", "followed"),
    ]:
        case.decide(said[name], outcome, now)
    case.decide(said["noted"], "noted", now, "Danke.")
    _own_wording(case, said, now)
    with transaction():
        issuing.issue(case.working(), "2010/2", by=case.by, now=now)
    return case, said


def _left_out(remark: Remark, case: Case, now) -> LateDecision:
    statement = db.session.get_one(Statement, remark.statement_id)
    statement.is_late = True
    return LateDecision(
        statement_id=statement.id, key=uuid4(), counts=False, reason="Alles war gesagt.", decided_at=now
    )


def _own_wording(case: Case, said: Told, now) -> None:
    """One of two rivals is followed in part, in words that neither asked for."""
    edit = Edit("s-3", "edit", "Das Amt zeigt Anregungen in einer Liste.", "Ein Mittelweg.", mark_of(case.text("s-3")))
    answers = [
        Answer(said["in part"], "partly_followed", "Ohne Namen.", case.seen(said["in part"])),
        Answer(said["rival of it"], "not_followed", "Sie bleiben.", case.seen(said["rival of it"])),
    ]
    with transaction():
        write(case.base, edit, answers, by=case.by, now=now)


def test_every_remark_of_an_issued_version_leads_to_an_effect_or_to_a_reason(round_):
    case, said = round_
    version = redlines.drafts.latest_issued(case.base.draft_id)

    found = effects.of_remarks(case.base.draft_id, list(said.values()))
    told = {name: found[remark.id] for name, remark in said.items()}

    assert all(bool(effect.places) or bool(effect.reason) for effect in told.values())
    assert {name: effect.became for name, effect in told.items()} == {
        "merged": Became.CHANGED,
        "in part": Became.CHANGED,
        "rival of it": Became.CHANGED,
        "the rival's twin": Became.CHANGED,
        "new": Became.CHANGED,
        "kept": Became.ANSWERED,
        "as it is": Became.ALREADY_THERE,
        "noted": Became.ANSWERED,
        "unanswered": Became.WAITING,
        "replaced": Became.NOT_COUNTED,
        "late": Became.NOT_COUNTED,
        "adopted": Became.CHANGED,
        "corrected": Became.NOT_COUNTED,
    }
    assert told["kept"].reason == "Dafür fehlt das Geld."
    assert "Alles war gesagt." in told["late"].reason
    places = [(place.change_id, place.number) for effect in told.values() for place in effect.places]
    findings = redlines.Findings(version)
    assert all(redlines.reason(version, findings, *place) for place in places)


def test_the_lists_and_the_remark_s_own_page_lead_there(round_, as_user):
    case, said = round_
    lead, here = as_user(case.lead), f"/verfahren/{case.procedure.id}"
    merged, late = said["merged"], said["late"]
    own_page = f"{here}/anmerkungen/{merged.id}"

    listed = lead.get(f"{here}/stellungnahmen").text
    handed_in = lead.get(f"{here}/stellungnahmen/{merged.statement_id}").text
    statement = lead.get(f"{here}/auswertung/stellungnahmen/{merged.statement_id}").text
    table = lead.get(f"{here}/auswertungstabelle").text
    page = lead.get(own_page).text

    assert f"{here}/auswertung/stellungnahmen/{merged.statement_id}" in listed
    assert all(own_page in text for text in (handed_in, statement, table))
    for text in (statement, page):
        assert "hat den Text geändert" in text
        assert re.search(r'href="/fassungen/\d+\?grund=(\d+-\d+)#stelle-\1"', text)
    assert "Alles war gesagt." in lead.get(f"{here}/anmerkungen/{late.id}").text
    assert as_user(make_user()).get(own_page).status_code == 404


def test_until_it_is_issued_the_words_are_those_of_the_working_version(app, now):
    case = make_case()
    remark = case.says("Jede Schule bietet drei Kurse am Nachmittag an.")
    case.consolidate(now)

    effect = effects.of_remarks(case.base.draft_id, [remark])[remark.id]

    assert (effect.became, [place.text for place in effect.places]) == (Became.PLANNED, ["zwei", "drei"])
