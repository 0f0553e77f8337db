"""Moving, splitting and joining in the browser, and where the redline, the comparison and the Word file tell of it."""

from __future__ import annotations

import io

import docx
import pytest
from sqlalchemy import select

from ikb.consolidation import hand_edits, issuing, redlines, structure, traces, word_files
from ikb.consolidation.origins import Origins
from ikb.consolidation.structure import Wanted
from ikb.core.word.spans import new_text, old_text
from ikb.db import db, transaction
from ikb.drafts import queries as drafts
from ikb.drafts.service import mark_of
from ikb.errors import Implausible
from ikb.journal.model import JournalEntry
from tests.consolidation.cases import Case, make_case
from tests.factories import make_user

TWO = "Das Amt sammelt Anregungen. Es antwortet binnen vier Wochen."
CUT = "Das Amt sammelt Anregungen.\n\nEs antwortet binnen vier Wochen."
ROWS = [
    ("s-1", "paragraph", "1", None, "Jede Schule bietet Kurse an."),
    ("s-2", "paragraph", "2", None, TWO),
    ("s-3", "paragraph", "3", None, "Der Rat erhält einen Bericht."),
    ("s-4", "paragraph", "4", None, "Er berät ihn öffentlich."),
]
WHY = "So ist der Ablauf klarer."


@pytest.fixture
def case(app) -> Case:
    return make_case(ROWS)


def page(case: Case, anchor: str, way: str) -> str:
    return f"/verfahren/{case.procedure.id}/auswertung/{anchor}/umstellen?art={way}"


def sent(**given: str) -> dict[str, str]:
    return {"seen": mark_of(TWO), "text": CUT, "reason": WHY, "act": "keep"} | given


def order(case: Case) -> list[str]:
    return [row.anchor for row in drafts.sections_of(case.working().id)]


def wanted(kind: str, anchor: str, text: str, other: str = "", after: str = "") -> Wanted:
    return Wanted(anchor, kind, other, after, WHY, mark_of(text))


def test_a_lead_splits_moves_and_joins_and_takes_one_back(case, as_user) -> None:
    lead = as_user(case.lead)

    seen = lead.post(page(case, "s-2", "teilen"), data=sent(act="preview"))
    assert (seen.status_code, "neuer Abschnitt" in seen.text, hand_edits.standing(case.base)) == (200, True, [])

    split = lead.post(page(case, "s-2", "teilen"), data=sent())
    lead.post(page(case, "s-1", "verschieben"), data=sent(other="s-3", where="move_after"))
    lead.post(page(case, "s-4", "verbinden"), data=sent(seen=mark_of(ROWS[3][4])))

    first = hand_edits.standing(case.base)[0]
    assert split.headers["Location"] == f"/verfahren/{case.procedure.id}/auswertung/s-2#von-hand"
    assert order(case) == ["s-2", first.new_anchor, "s-3", "s-1"]
    assert case.text("s-1") == f"{ROWS[0][4]} {ROWS[3][4]}"
    redline = lead.get(f"/fassungen/{case.working().id}").text
    for told in (
        "Geteilt: der letzte Teil",
        "Verschoben: stand vorher am Anfang",
        "Zusammengelegt: enthält jetzt auch",
    ):
        assert told in redline
    assert WHY in redline

    assert "Von Hand geteilt" in lead.get(split.headers["Location"]).text
    lead.post(f"/fassungen/{case.working().id}/von-hand/{first.id}/zuruecknehmen", data={"abschnitt": "s-2"})

    assert (order(case), case.text("s-2")) == (["s-2", "s-3", "s-1"], TWO)
    names = {"section split", "section moved", "sections joined", "hand edit withdrawn"}
    assert names <= set(db.session.scalars(select(JournalEntry.action)))


@pytest.mark.parametrize(
    ("way", "anchor", "change", "status", "word"),
    [
        ("teilen", "s-2", {"reason": ""}, 422, "Es fehlt die Begründung"),
        ("teilen", "s-2", {"text": TWO}, 422, "genau eine Leerzeile"),
        ("teilen", "s-2", {"text": CUT + " Sofort."}, 422, "bleiben alle Wörter"),
        ("teilen", "s-2", {"seen": "anders"}, 409, "inzwischen geändert"),
        ("verbinden", "s-1", {"seen": mark_of(ROWS[0][4])}, 422, "Vor dem ersten Abschnitt"),
        ("verschieben", "s-2", {"other": "s-2", "where": "move_after"}, 422, "Wählen Sie aus der Liste"),
        ("verschieben", "s-2", {"other": "s-1", "where": "move_after"}, 422, "Dort steht der Abschnitt schon"),
        ("verschieben", "s-2", {"other": "s-1"}, 422, "wohin der Abschnitt kommt"),
    ],
)
def test_what_cannot_be_done_is_said_where_it_was_asked_for(case, as_user, way, anchor, change, status, word) -> None:
    answer = as_user(case.lead).post(page(case, anchor, way), data=sent(**change))

    assert (answer.status_code, word in answer.text) == (status, True)
    assert hand_edits.standing(case.base) == []


def test_nobody_else_rearranges_and_no_body_s_words_are_split(case, as_user, now) -> None:
    foreign = as_user(make_user())
    body = case.body_says(TWO + " Sofort.", anchor="s-2")
    case.consolidate(now)
    case.decide(body, "followed", now)

    assert foreign.get(page(case, "s-2", "teilen")).status_code == 404
    with pytest.raises(Implausible, match="Wortlaut eines Gremiums"):
        structure.rearrange(
            case.base, wanted("split", "s-2", TWO + " Sofort.", after=CUT + " Sofort."), by=case.by, now=now
        )


def test_an_issued_version_tells_of_each_and_every_word_has_its_reason(case, now, as_user) -> None:
    with transaction():
        structure.rearrange(case.base, wanted("split", "s-2", TWO, after=CUT), by=case.by, now=now)
        structure.rearrange(case.base, wanted("move_after", "s-1", "", "s-3"), by=case.by, now=now)
        structure.rearrange(case.base, wanted("join", "s-4", ROWS[3][4]), by=case.by, now=now)
        issuing.issue(case.working(), "2010/2", by=case.by, now=now)
    version = drafts.latest_issued(case.base.draft_id)
    findings = redlines.Findings(version)

    changes = [line.change for line in redlines.lines(version, findings) if line.change]
    for change in changes:
        for number, segment in enumerate(change.segments):
            if segment["t"] != "keep":
                found = redlines.reason(version, findings, change.id, number)
                assert (bool(found.by_hand), found.is_confirmed, found.by_hand[0].reason) == (True, True, WHY)
    compared = {one.anchor: one.status for one in redlines.compare(case.base, version)}
    told = traces.between(case.base, version)
    assert compared == {"s-1": "edit", "s-2": "edit", "s-3": "same", "s-4": "delete"} | {
        change.anchor: "insert" for change in changes if change.kind == "insert"
    }
    assert {step.text.partition(":")[0] for steps in told.values() for step in steps} == {
        "Geteilt",
        "Abgeteilt",
        "Verschoben",
        "Zusammengelegt",
    }
    shown = as_user(case.lead).get(
        f"/verfahren/{case.procedure.id}/fassungen/vergleich?alt={case.base.id}&neu={version.id}&ansicht=synopse"
    )
    assert "Verschoben: stand vorher am Anfang" in shown.text


def test_a_moved_section_is_a_change_of_its_own_in_every_comparison_and_the_word_file_says_why(case, now) -> None:
    with transaction():
        structure.rearrange(case.base, wanted("move_after", "s-1", "", "s-3"), by=case.by, now=now)
    version = case.working()
    spans = Origins(case.base, version)("s-1", "", ROWS[0][4])

    assert {one.anchor: one.status for one in redlines.compare(case.base, version)}["s-1"] == "move"
    assert (old_text(spans), new_text(spans), spans[0].origin.note) == ("", ROWS[0][4], f"Von Hand verschoben: {WHY}")
    file = docx.Document(io.BytesIO(word_files.comparison_file(case.base, version, case.procedure, now)))
    assert (
        "Von Hand verschoben"
        in file.part.package.main_document_part.part_related_by(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
        ).blob.decode()
    )
