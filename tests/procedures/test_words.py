"""What weighing is called: one setting, and pages, files, the archive and the institution's own page follow it."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ikb.casefile import deliberated
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible
from ikb.institutions.links import hash_of, token_of
from ikb.institutions.model import Invitation
from ikb.journal.model import JournalEntry
from ikb.procedures import weighing, words
from ikb.procedures.weighing import Rules
from ikb.remarks.model import Wish
from ikb.statements.model import Statement
from tests.consolidation.cases import HERE, Case, make_case


@pytest.fixture
def case(app, now) -> Case:
    case = make_case()
    case.remark = case.says(wish=Wish.NONE, comment="Zu wenig Bäume.")
    return case


def set_word(case: Case, now, word: str, seen: int | None = None) -> None:
    rules = Rules(("administration",), "administration", word=word)
    with transaction():
        version = case.procedure.row_version if seen is None else seen
        weighing.change(case.procedure, rules, seen=version, by=case.by, now=now)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_procedure_of_planning_law_says_abwaegung_everywhere(case, as_user, client, now):
    lead, here = as_user(case.lead), f"/verfahren/{case.procedure.id}"
    assert "<h1>Auswertung</h1>" in lead.get(f"{here}/auswertung").text
    form = {"stages": [], "issuing_stage": "administration", "word": "balancing"}
    saved = lead.post(f"{here}/auswertung/regeln", data=form | {"row_version": str(case.procedure.row_version)})
    invitation = db.session.get_one(Invitation, db.session.get_one(Statement, case.remark.statement_id).invitation_id)
    with transaction():
        invitation.token_hash = hash_of(token_of(invitation))

    assert saved.status_code == 303
    pages = (
        "",
        "/stellungnahmen",
        "/beteiligung",
        "/auswertung",
        f"/auswertung/{HERE}",
        "/auswertung/regeln",
        "/auswertungstabelle",
        "/auswertung/einschaetzungen",
    )
    for path in pages:
        page = lead.get(here + path).text
        assert ("Abwägung" in page, page.replace("Auswertung</label>", "").count("Auswertung")) == (True, 0), path
    result = client.get(f"/beteiligung/{token_of(invitation)}/ergebnis").text
    assert "Die Abwägung läuft noch." in result
    sheet = lead.get(f"{here}/auswertungstabelle.xlsx")
    assert f"abwaegungstabelle-{case.procedure.id}.xlsx" in sheet.headers["Content-Disposition"]
    [table] = load_workbook(io.BytesIO(sheet.data)).worksheets
    assert (table.title, "Abwägung" in [cell.value for cell in table[1]]) == ("Abwägungstabelle", True)
    [stem, *_] = [one.name for one in deliberated.weighed(case.procedure, now, is_veiled=False)]
    assert stem.startswith("04-abwaegung/abwaegungstabelle-")


def test_the_word_is_journalled_and_not_written_over(case, now):
    assert words.of(case.procedure).noun == "Auswertung"
    before = case.procedure.row_version
    set_word(case, now, "balancing")
    assert words.of(case.procedure).done_first == "Abgewogen"
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "weighing rules changed")).one()
    assert entry.facts["word"] == "balancing"
    with pytest.raises(Conflict, match="inzwischen") as overtaken:
        set_word(case, now, "evaluation", seen=before)
    assert "Abwägung" in overtaken.value.theirs
    with pytest.raises(Implausible):
        set_word(case, now, "zählen")
