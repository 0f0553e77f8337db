"""The weighing table: every remark with what became of it, the same on the page and in each file."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from ikb.accounts.model import Role
from ikb.consolidation import issuing
from ikb.core.redaction import Span
from ikb.db import db, transaction
from ikb.deliberations.model import AgendaItem
from ikb.drafts import queries as drafts
from ikb.journal.service import SYSTEM
from ikb.remarks import redactions
from ikb.remarks.redaction_model import Part, Reason
from ikb.reports.weighing_rows import BODY, OPEN, Filter, anonymised, rows_of
from tests.consolidation.cases import HERE, Case, make_case
from tests.factories import make_institution, make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
FEWER = "Jede Schule bietet einen Kurs am Nachmittag an."


@pytest.fixture
def case(app) -> Case:
    return make_case()


def club(name: str):
    return make_institution(name, kind="club")


def row_of(case: Case, remark):
    base = drafts.latest_issued(case.base.draft_id)
    return next(row for row in rows_of(base) if row.remark_id == remark.id)


def address(case: Case, ending: str = "", **chosen: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    return f"/verfahren/{case.procedure.id}/auswertungstabelle{ending}?{query}"


def cells_of_docx(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in Document(io.BytesIO(data)).tables for row in table.rows]


def test_a_decision_on_a_group_stands_at_each_remark_of_it_and_after_issuing_its_version_too(case, now):
    first, second, other = case.says(MORE), case.says(MORE), case.says("", wish="", comment="Gut so.")
    case.consolidate(now)
    case.decide(first, "followed", now, "Das ist machbar.")

    rows = [row_of(case, remark) for remark in (first, second, other)]
    assert [row.outcome for row in rows] == ["followed", "followed", ""]
    assert {row.reason for row in rows[:2]} == {"Das ist machbar."}

    with transaction():
        issuing.issue(case.working(), "2010/2", by=case.by, now=now)

    rows = [row_of(case, remark) for remark in (first, second, other)]
    assert [row.effect for row in rows] == ["Fassung 2, Drucksache 2010/2"] * 2 + [""]
    assert [row.outcome for row in rows] == ["followed", "followed", ""]


def test_rows_follow_the_text_and_on_a_section_bodies_come_first(case, now):
    whole = case.says("", anchor=None, wish="", comment="Alles in allem gut.")
    late, early = case.says(MORE), case.says("Neu.", anchor="bp-2")
    body = case.body_says(FEWER)
    case.consolidate(now)

    assert [row.remark_id for row in rows_of(case.base)] == [early.id, body.id, late.id, whole.id]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), {"a", "b", "c"}),
        (Filter(anchor=HERE), {"a", "c"}),
        (Filter(kind="club"), {"a"}),
        (Filter(kind=BODY), {"c"}),
        (Filter(outcome=OPEN), {"b", "c"}),
        (Filter(outcome="followed"), {"a"}),
        (Filter(HERE, "club", OPEN), set()),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_each_filter_keeps_what_it_names(case, now, wanted, expected):
    said = {
        "a": case.says(MORE, institution=club("Sportverein")),
        "b": case.says("Neu.", anchor="bp-2", institution=make_institution("Amt", kind="authority")),
        "c": case.body_says(FEWER),
    }
    case.consolidate(now)
    case.decide(said["a"], "followed", now)

    kept = {row.remark_id for row in rows_of(case.base) if wanted.wants(row)}

    assert kept == {said[name].id for name in expected}


def test_anonymised_each_institution_is_its_kind_and_a_number_wherever_its_name_stands(case, now):
    one, two = club("Sportverein Süd"), club("Turnclub")
    case.says(MORE, institution=one, comment="Wir, der SPORTVEREIN SÜD, und der Turnclub wollen das.")
    case.says(FEWER, institution=two, comment="Sportverein Südwest ist ein anderer.")
    body = case.body_says(FEWER)
    case.consolidate(now)

    rows = {row.who: row for row in anonymised(rows_of(case.base))}

    kind = rows_of(case.base)[-1].kind_in_words
    assert {f"{kind} 1", f"{kind} 2"} < set(rows)
    assert rows[f"{kind} 1"].said == f"Wir, der {kind} 1, und der {kind} 2 wollen das."
    assert rows[f"{kind} 2"].said == "Sportverein Südwest ist ein anderer."
    assert (rows[f"{kind} 1"].source, next(row.remark_id for row in rows.values() if row.is_of_a_body)) == ("", body.id)


def test_what_was_resolved_behind_closed_doors_is_told_of_and_not_told(case, now):
    body = case.body_says(FEWER)
    db.session.get(AgendaItem, body.agenda_item_id).public = False
    db.session.commit()

    row = row_of(case, body)

    assert (row.source, row.wording, row.said) == ("nichtöffentlich beraten", "", "")


def test_every_file_holds_the_rows_of_the_page_and_nothing_blacked_out(case, now, as_user):
    lead = as_user(case.lead)
    remark = case.says(MORE, comment="=1+1 sagt Frau Muster, #let x = read(1)", institution=club("Sportverein"))
    case.says("Neu.", anchor="bp-2", institution=club("Turnclub"))
    with transaction():
        at = remark.comment.index("Frau Muster")
        redactions.mark(remark, Part.COMMENT, [Span(at, at + 11)], Reason.PERSON, by=SYSTEM, now=now)
    case.consolidate(now)

    page = lead.get(address(case, abschnitt=HERE)).text
    docx, xlsx, pdf = (lead.get(address(case, f".{end}", abschnitt=HERE)).data for end in ("docx", "xlsx", "pdf"))

    sheet = list(load_workbook(io.BytesIO(xlsx)).active.values)
    reader = PdfReader(io.BytesIO(pdf))
    texts = {
        "page": page[page.index("<section") :],
        "docx": str(cells_of_docx(docx)),
        "xlsx": str(sheet),
        "pdf": "".join(part.extract_text() for part in reader.pages),
    }
    for name, text in texts.items():
        assert ("Sportverein" in text, "Turnclub" in text, "Frau Muster" in text) == (True, False, False), name
        assert "#let x = read(1)" in text.replace("\n", " "), name
    assert (len(sheet), sheet[1][5][:5]) == (2, "'=1+1")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()


def test_the_table_is_the_leads_own_and_with_nothing_said_it_says_so(case, as_user):
    pages = [address(case, ending) for ending in ("", ".docx", ".xlsx", ".pdf")]

    assert [as_user(case.lead).get(page).status_code for page in pages] == [200] * 4
    assert [as_user(make_user()).get(page).status_code for page in pages] == [404] * 4
    assert as_user(make_user([Role.SECRETARY])).get(pages[0]).status_code == 403
    page = as_user(case.lead).get(pages[0]).text
    assert "Noch keine Anmerkungen" in page
    assert 'aria-current="true">Auswertung</a>' in page  # it belongs to the workbench
