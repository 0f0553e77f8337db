"""Reasons: looked at before they are saved, and read the same way everywhere."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from ikb.consolidation import service
from ikb.consolidation.model import Consideration
from ikb.db import db, transaction
from ikb.institutions.links import token_of
from ikb.statements.model import Statement
from tests.consolidation.cases import HERE, make_case

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
TYPED = "**Gut**, weil:\n\n- es passt\n- [Beschluss](https://rat.example.org/1)\n\n<script>alert(1)</script>"
READ = "<p><strong>Gut</strong>, weil:</p>"
PLAIN = "Gut, weil:\n• es passt\n• Beschluss (https://rat.example.org/1)\n\n<script>alert(1)</script>"


def test_a_reason_is_looked_at_first_and_then_read_formatted_on_every_page(app, now, as_user, client) -> None:
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    lead, root = as_user(case.lead), f"/verfahren/{case.procedure.id}/auswertung"
    sent = {f"r{remark.id}-reason": TYPED, f"r{remark.id}-seen": "0"}

    looked = lead.post(f"{root}/{HERE}/vorschau/r{remark.id}-", data=sent)

    assert (looked.status_code, READ in looked.text, "**Gut**, weil:" in looked.text) == (200, True, True)
    assert db.session.query(Consideration).count() == 0
    assert lead.get(f"{root}/{HERE}/vorschau/r{remark.id}-").location == f"{root}/{HERE}"
    assert lead.post(f"{root}/{HERE}/{remark.id}", data=sent | {f"r{remark.id}-outcome": "followed"}).status_code == 303
    with transaction():
        service.issue(case.working(), "17/2030-2035/1", by=case.by, now=now)
    history = f"{root}/{HERE}/{remark.id}/verlauf"
    link = f"/beteiligung/{token_of(db.session.get_one(Statement, remark.statement_id).invitation)}/ergebnis"
    pages = {page: lead.get(page).text for page in (history, f"{root}stabelle")} | {link: client.get(link).text}
    assert {page: READ in text and "<script>alert" not in text for page, text in pages.items()} == dict.fromkeys(
        pages, True
    )
    [row] = list(
        load_workbook(BytesIO(lead.get(f"{root}stabelle.xlsx").data)).active.iter_rows(min_row=2, values_only=True)
    )
    assert PLAIN in row


def test_a_stage_s_reason_is_looked_at_on_the_history_page(app, now, as_user) -> None:
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    address = f"/verfahren/{case.procedure.id}/auswertung/{HERE}/{remark.id}/verlauf"

    page = as_user(case.lead).post(address, data={"reason": TYPED, "act": "preview", "seen": "0"})

    assert (page.status_code, READ in page.text, db.session.query(Consideration).count()) == (200, True, 0)
