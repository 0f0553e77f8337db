"""The Synopse of two versions: what changed and why, the same in each file, with what the page shows."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from openpyxl.cell.rich_text import TextBlock
from pypdf import PdfReader

from ikb.consolidation import by_hand, issuing
from ikb.consolidation.by_hand import Edit
from ikb.core.redline import base_text, new_text
from ikb.core.texts import normalise
from ikb.db import db, transaction
from ikb.deliberations.model import AgendaItem
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.reports import synopsis_document
from ikb.reports.synopsis_rows import NOT_NOTED, Row, rows_of
from tests.consolidation.cases import HERE, Case, make_case, sections_of
from tests.factories import make_institution, make_user, make_version

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
BODY_TEXT = "Die Ziele nach Anlage 2 gelten für alle Ämter und Betriebe."
CLUB = "Sportverein Süd"


@pytest.fixture
def case(app, now) -> Case:
    """An issued second version: a wish of two clubs, a body's wording, and one edit by hand."""
    case = make_case()
    first = case.says(MORE, institution=make_institution(CLUB, kind="club"))
    case.says(MORE, institution=make_institution("Turnclub", kind="club"))
    body = case.body_says(BODY_TEXT, anchor="bp-2", name="Schulausschuss")
    case.consolidate(now)
    case.decide(first, "followed", now, f"Das ist machbar, sagt der {CLUB}.")
    case.decide(body, "followed", now, "Der Ausschuss hat recht.")
    seen = mark_of(case.text("bp-1.a") or "")
    with transaction():
        by_hand.edit(
            case.working(),
            [Edit("bp-1.a", "edit", "=Die Verwaltung #let x = read(1) berichtet.", f"Wie {CLUB} schrieb.", seen)],
            by=case.by,
            now=now,
        )
        issuing.issue(case.working(), "2010/2", by=case.by, now=now)
    return case


def both(case: Case) -> tuple[DraftVersion, DraftVersion]:
    issued = drafts.latest_issued(case.base.draft_id)
    assert issued is not None
    return case.base, issued


def rows(case: Case, **wanted: bool) -> dict[str, Row]:
    return {row.anchor: row for row in rows_of(*both(case), **wanted)}


def address(case: Case, ending: str, **chosen: str) -> str:
    old, new = both(case)
    query = "".join(f"&{name}={value}" for name, value in chosen.items())
    return f"/verfahren/{case.procedure.id}/fassungen/synopse.{ending}?alt={old.id}&neu={new.id}{query}"


def test_each_passage_holds_both_texts_and_a_changed_one_says_who_asked_and_what_was_decided(case) -> None:
    found = rows(case)

    old, new = (dict(sections_of(version)) for version in both(case))
    for anchor, row in found.items():
        assert normalise(base_text(row.older)) == normalise(old[anchor]), anchor
        assert normalise(new_text(row.newer)) == normalise(new[anchor]), anchor
    asked, decided = found[HERE].why
    assert asked.startswith(f"2 Anmerkungen: {CLUB} (")
    assert "Turnclub (" in asked
    assert decided.startswith("Wird gefolgt (")
    assert decided.endswith("Das ist machbar, sagt der Sportverein Süd.")
    body, followed = found["bp-2"].why
    assert body.startswith("Schulausschuss, ")
    assert followed.endswith("Der Ausschuss hat recht.")
    [by_hand_said] = found["bp-1.a"].why
    assert by_hand_said.startswith("Von Hand geändert, ")
    assert not any(row.why for row in found.values() if not row.is_changed)


def test_anonymised_no_name_of_an_institution_is_left_in_any_reason(case) -> None:
    found = rows(case, is_anonymised=True)

    asked, decided = found[HERE].why
    kind = asked.removeprefix("2 Anmerkungen: ").partition(" 1;")[0]
    assert asked == f"2 Anmerkungen: {kind} 1; {kind} 2"
    assert decided.endswith(f"sagt der {kind} 1.")
    assert found["bp-1.a"].why[0].endswith(f"Wie {kind} 1 schrieb.")
    assert not any(CLUB in line for row in found.values() for line in row.why)
    assert found["bp-2"].why[0].startswith("Schulausschuss, ")


def test_of_what_was_resolved_behind_closed_doors_nothing_is_told_but_that_it_was(case) -> None:
    for item in db.session.query(AgendaItem):
        item.public = False
    db.session.commit()

    assert rows(case)["bp-2"].why[0].endswith(": nichtöffentlich beraten")
    assert "Der Ausschuss hat recht." not in str(rows(case)["bp-2"].why)


def test_where_no_origin_was_noted_it_says_so(case) -> None:
    _, new = both(case)
    third = make_version(new.draft, [("bp-9", "point", "9", None, "Neu.")], number=3)

    assert {row.status: row.why for row in rows_of(new, third)} == {"insert": [NOT_NOTED], "delete": [NOT_NOTED]}


def test_every_file_marks_the_changed_words_and_runs_nothing(case, as_user) -> None:
    lead = as_user(case.lead)
    docx, xlsx, pdf = (lead.get(address(case, ending)).data for ending in ("docx", "xlsx", "pdf"))

    [table] = Document(io.BytesIO(docx)).tables
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    struck = {
        run.text for row in table.rows for cell in row.cells for run in cell.paragraphs[0].runs if run.font.strike
    }
    lined = {
        run.text for row in table.rows for cell in row.cells for run in cell.paragraphs[0].runs if run.font.underline
    }
    assert (len(cells), cells[0]) == (4, ["Abschnitt", "Fassung 1", "Fassung 2", "Warum"])
    assert ({"zwei"} <= {one.strip() for one in struck}, {"drei"} <= {one.strip() for one in lined}) == (True, True)

    sheet = list(load_workbook(io.BytesIO(xlsx), rich_text=True).active.values)
    marked = {row[1]: row[4] for row in sheet[1:]}
    [block] = [one for one in marked[HERE] if isinstance(one, TextBlock)]
    assert (block.text.strip(), block.font.u, block.font.b) == ("drei", "single", True)
    assert str(marked["bp-1.a"]).startswith("'=")

    reader = PdfReader(io.BytesIO(pdf))
    text = "".join(page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    for words in ("#let x = read(1)", CLUB, "Fassung 2, Drucksache 2010/2", "Seite 1 von"):
        assert words in text.replace("\n", " ")


def test_the_files_have_what_the_page_shows_and_belong_to_the_leads(case, as_user) -> None:
    lead, (old, new) = as_user(case.lead), both(case)
    page = f"/verfahren/{case.procedure.id}/fassungen/vergleich?alt={old.id}&neu={new.id}&zeigen=alles&anonym=1"

    assert (
        "&amp;".join(address(case, "xlsx", zeigen="alles", anonym="1").partition("?")[2].split("&"))
        in lead.get(page).text
    )
    whole = list(load_workbook(io.BytesIO(lead.get(address(case, "xlsx", zeigen="alles")).data)).active.values)
    assert len(whole) == 1 + len(sections_of(new))
    assert as_user(make_user()).get(address(case, "pdf")).status_code == 404
    assert lead.get(address(case, "pdf").replace(f"neu={new.id}", "neu=0")).status_code == 404


def test_the_same_text_twice_is_told_in_one_line(case, now) -> None:
    old, _ = both(case)
    found = synopsis_document.synopsis_of(old, old, is_whole=False)

    assert not found.rows
    assert "0 Abschnitte sind anders." in synopsis_document.lead_of(found, now)[0]
    assert synopsis_document.pdf_of(found, now).startswith(b"%PDF")
