"""Leads and Word: versions and comparisons as files, and a colleague's edited file as edits by hand, each with its reason."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document
from sqlalchemy import select

from ikb.consolidation import by_hand, issuing, redlines
from ikb.consolidation.by_hand import Edit, EditRefused
from ikb.consolidation.hand_model import HandEdit
from ikb.core.word.reading import read
from ikb.core.word.views import accepted, rejected
from ikb.db import db, transaction
from ikb.drafts import queries as drafts
from ikb.drafts.service import mark_of
from ikb.errors import Immutable, NotFound, NotReady, NotYetDecided
from ikb.journal.model import JournalEntry
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, LINE, Case, make_case, sections_of
from tests.core.word.editing import behind, edited, paragraphs_after, part, removed, run, texted, with_comments
from tests.factories import make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
BP2 = "Die Ziele nach Anlage 2 gelten für alle Ämter."
BP2_NEW = "Die Ziele nach Anlage 2 gelten für alle Ämter und Schulen."
FRESH = "Jedes Amt nennt eine Ansprechperson."


@pytest.fixture
def case(app, now) -> Case:
    """One institution's wording is followed; there is a working version."""
    case = make_case()
    remark = case.says(MORE)
    case.consolidate(now)
    case.decide(remark, "followed", now)
    return case


def by(case: Case, *edits: Edit, now) -> list[HandEdit]:
    with transaction():
        return by_hand.edit(case.working(), edits, by=case.by, now=now)


def edit(
    case: Case, text: str, reason: str = "Sprachlich berichtigt.", anchor: str = "bp-2", kind: str = "edit"
) -> Edit:
    return Edit(anchor, kind, text, reason, mark_of(case.text(anchor) or ""))


def body_of(file: bytes) -> tuple[list[str], list[str]]:
    """The sections' texts after accepting and rejecting everything, without cover and labels; two readers agree."""
    told = read(file)
    both = []
    for lines, accept in ((accepted(told.paragraphs), True), (rejected(told.paragraphs), False)):
        texts = [line.text for line in lines]
        assert texts == paragraphs_after(file, accept=accept)
        start = next(at for at, text in enumerate(texts) if text.startswith("Fassung\t"))
        both.append([text.rpartition("\t")[2] for text in texts[start + 1 : -1]])
    return both[0], both[1]


# Files to fetch


def test_a_comparison_is_both_versions_exactly_and_tells_who_is_behind_each_change(case, now, as_user) -> None:
    case.body_says("Die Verwaltung berichtet zweimal im Jahr.", anchor="bp-1.a", name="Seniorenrat")
    case.consolidate(now)
    by(case, edit(case, BP2_NEW), edit(case, FRESH, anchor="bp-2", kind="insert_after"), now=now)
    version = case.working()
    address = f"/verfahren/{case.procedure.id}/fassungen/vergleich.docx?alt={case.base.id}&neu={version.id}"

    answer = as_user(case.lead).get(address)

    new, old = body_of(answer.data)
    assert (new, old) == ([text for _, text in sections_of(version)], [text for _, text in sections_of(case.base)])
    xml = part(answer.data).decode()
    assert 'w:author="1 Institution"' in xml
    assert 'w:author="Verwaltung, von Hand"' in xml
    comments = [one.text for one in Document(io.BytesIO(answer.data)).comments]
    assert any(re.fullmatch(r"Anmerkungen: TEST-\d+ Nr\. 1 \(.*\)", text) for text in comments)
    assert "Von Hand geändert: Sprachlich berichtigt." in comments


def test_a_version_comes_as_it_is(case, as_user) -> None:
    answer = as_user(case.lead).get(f"/fassungen/{case.base.id}/fassung.docx")

    assert body_of(answer.data)[0] == [text for _, text in sections_of(case.base)]
    assert "fassung-1.docx" in answer.headers["Content-Disposition"]


def test_nobody_else_gets_any_of_it(case, now, as_user) -> None:
    kept = by(case, edit(case, BP2_NEW), now=now)[0]
    other, version = as_user(make_user()), case.working()

    pair = f"alt={case.base.id}&neu={version.id}"
    for page in ("fassung.docx", "word"):
        assert other.get(f"/fassungen/{version.id}/{page}").status_code == 404
    assert other.get(f"/verfahren/{case.procedure.id}/fassungen/vergleich.docx?{pair}").status_code == 404
    assert other.post(f"/fassungen/{version.id}/word/uebernehmen", data={}).status_code == 404
    assert other.post(f"/fassungen/{version.id}/von-hand/{kept.id}/zuruecknehmen").status_code == 404


# Edits by hand


def test_an_edit_by_hand_stands_in_the_working_version_with_its_reason_and_its_trace(case, now, as_user) -> None:
    kept = by(case, edit(case, BP2_NEW), now=now)[0]

    assert case.text("bp-2") == BP2_NEW
    change = next(change for change in case.working().changes if change.anchor == "bp-2")
    place = next(number for number, one in enumerate(change.segments) if one.get("hand") == [kept.id])
    reason = redlines.reason(case.working(), redlines.Findings(case.working()), change.id, place)
    assert (reason.is_confirmed, [one.reason for one in reason.by_hand]) == (True, ["Sprachlich berichtigt."])
    page = as_user(case.lead).get(f"/fassungen/{case.working().id}?grund={change.id}-{place}").text
    assert "Von Hand geändert" in page
    assert "Sprachlich berichtigt." in page
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.action, BP2_NEW in str(entry.facts)) == ("version edited by hand", False)


def test_it_stays_when_the_text_is_built_anew_and_is_issued_with_it(case, now) -> None:
    by(case, edit(case, BP2_NEW), now=now)
    case.decide(case.says("Die Verwaltung berichtet zweimal im Jahr.", anchor="bp-1.a"), "followed", now)

    with transaction():
        version = issuing.issue(case.working(), "17/1", by=case.by, now=now)

    texts = dict(sections_of(version))
    assert (texts["bp-2"], texts["bp-1.a"], texts[HERE]) == (BP2_NEW, "Die Verwaltung berichtet zweimal im Jahr.", MORE)


def test_without_any_run_it_begins_a_working_version(app, now) -> None:
    case = make_case()
    with pytest.raises(AssertionError):
        case.working()
    remark = case.says(MORE)
    case.consolidate(now)
    assert case.working().number == 2
    by(case, edit(case, BP2_NEW), now=now)
    case.decide(remark, "not_followed", now)

    assert (case.text(HERE), case.text("bp-2")) == (LINE, BP2_NEW)


def test_one_that_does_not_fit_any_more_holds_the_version_until_it_is_taken_back(case, now, as_user) -> None:
    kept = by(case, edit(case, "Jede Schule bietet vier Kurse am Nachmittag an.", anchor=HERE), now=now)[0]
    other = case.says("Jede Schule bietet sechs Kurse am Nachmittag an.")
    case.consolidate(now)
    first = next(one for one in case.outcome().proposals if other.id not in one["members"])
    remark = db.session.get(type(other), first["members"][0])
    case.decide(remark, "not_followed", now, seen=first["decided"])
    case.decide(other, "followed", now)

    assert case.text(HERE) == "Jede Schule bietet sechs Kurse am Nachmittag an."
    assert [one.id for one in by_hand.misfits(case.working())] == [kept.id]
    with pytest.raises(NotYetDecided) as refusal, transaction():
        issuing.issue(case.working(), "17/1", by=case.by, now=now)
    assert "passt nicht mehr zum Text" in refusal.value.open_points[0]
    lead, version = as_user(case.lead), case.working()
    assert "passt nicht mehr" in lead.get(f"/fassungen/{version.id}").text

    lead.post(f"/fassungen/{version.id}/von-hand/{kept.id}/zuruecknehmen")
    lead.post(f"/fassungen/{version.id}/von-hand/{kept.id}/zuruecknehmen")

    assert issuing.open_points(case.working()) == []
    assert by_hand.misfits(case.working()) == []


def test_taken_back_the_text_is_as_if_it_had_not_been_made(case, now) -> None:
    before = sections_of(case.working())
    kept = by(case, edit(case, BP2_NEW), edit(case, "", anchor="bp-1.a", kind="delete"), now=now)

    for one in kept:
        with transaction():
            by_hand.withdraw(case.working(), one.id, by=case.by, now=now)

    assert sections_of(case.working()) == before


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"reason": " "}, "Begründung"),
        ({"reason": "x" * 2_001}, "zu lang"),
        ({"text": "  "}, "leer"),
        ({"text": "ä" * 20_001}, "zu lang"),
        ({"text": BP2}, "derselbe"),
        ({"anchor": "gibt-es-nicht"}, "nicht mehr"),
        ({"kind": "umwerfen"}, "Art"),
        ({"seen": "anders"}, "inzwischen geändert"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_kept(case, now, given, word) -> None:
    good = edit(case, FRESH, kind="insert_after")
    bad = Edit(**({"anchor": "bp-2", "kind": "edit", "text": BP2_NEW, "reason": "Gut.", "seen": mark_of(BP2)} | given))

    with pytest.raises(EditRefused) as refusal:
        by(case, good, bad, now=now)

    assert (refusal.value.place, word in refusal.value.message) == (1, True)
    assert db.session.scalars(select(HandEdit)).all() == []


def test_issued_and_first_versions_are_not_edited_so(case, now) -> None:
    with pytest.raises(Immutable), transaction():
        by_hand.edit(case.base, [], by=case.by, now=now)
    first = make_case()
    with transaction():
        first.base.draft.versions[0].state = first.base.state
    version = drafts.working_version(case.base.draft_id)
    with transaction():
        version.base_id = None
    with pytest.raises(NotReady), transaction():
        by_hand.edit(version, [], by=case.by, now=now)


def test_another_version_s_edit_is_not_there(case, now) -> None:
    with pytest.raises(NotFound), transaction():
        by_hand.withdraw(case.working(), 4711, by=case.by, now=now)


# A colleague's file


def upload(lead, version, data: bytes):
    send = {"file": (io.BytesIO(data), "fassung.docx")}
    return lead.post(f"/fassungen/{version.id}/word", data=send, follow_redirects=True)


def fields(page: str) -> dict[str, str]:
    form = page[page.index("uebernehmen") :]
    found = dict(re.findall(r'<input[^>]*name="((?:items|aside)-[^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*name="(items-[^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL))
    found |= dict(re.findall(r'<input[^>]*name="(items-[^"]+-reason)"[^>]*value="([^"]*)"', form))
    tags = re.findall(r'<input[^>]*name="(items-[^"]+-is_kept)"[^>]*>', form)
    return found | dict.fromkeys(tags, "y")


@pytest.fixture
def returned(case, as_user) -> bytes:
    data = as_user(case.lead).get(f"/fassungen/{case.working().id}/fassung.docx").data
    around = f'<w:commentRangeStart w:id="3"/>{run(BP2_NEW)}<w:commentRangeEnd w:id="3"/>'
    acts = [texted("bp-2", around), removed("bp-1.a"), behind("bp-2", f"<w:p>{run(FRESH)}</w:p>")]
    told = f'<w:comment w:id="3"><w:p>{run("Schulen fehlten.")}</w:p></w:comment>'
    return with_comments(edited(data, *acts), told)


def test_a_colleague_s_file_is_a_list_to_confirm_each_with_its_reason(case, as_user, returned) -> None:
    lead, version = as_user(case.lead), case.working()
    before = sections_of(version)
    page = upload(lead, version, returned).text
    assert "3 Änderungen an Fassung 2" in page
    assert "Schulen fehlten." in page
    sent_back = fields(page)

    refused = lead.post(f"/fassungen/{version.id}/word/uebernehmen", data=sent_back)
    assert refused.status_code == 422
    assert "Es fehlt die Begründung" in refused.text
    assert sections_of(case.working()) == before

    lead.post(f"/fassungen/{version.id}/word/uebernehmen", data=sent_back | {"reason": "Wie besprochen."})

    texts = dict(sections_of(case.working()))
    assert (texts["bp-2"], "bp-1.a" in texts, FRESH in texts.values()) == (BP2_NEW, False, True)
    rows = db.session.scalars(select(HandEdit).order_by(HandEdit.id)).all()
    assert sorted((row.kind, row.reason) for row in rows) == [
        ("delete", "Wie besprochen."),
        ("edit", "Schulen fehlten."),
        ("insert_after", "Wie besprochen."),
    ]
    again = lead.get(f"/fassungen/{version.id}/fassung.docx").data
    assert "ist nichts anders als in der Arbeitsfassung" in upload(lead, version, again).text


def test_what_changed_since_the_file_was_fetched_is_marked_and_not_ticked(case, now, as_user, returned) -> None:
    by(case, edit(case, "Die Ziele gelten."), now=now)

    page = upload(as_user(case.lead), case.working(), returned).text

    assert "hat sich geändert, seit die Datei heruntergeladen wurde" in page
    stale = re.search(r'name="items-(\d)-is_stale"[^>]*value="1"', page)[1]
    assert "checked" not in re.search(rf'<input[^>]*name="items-{stale}-is_kept"[^>]*>', page)[0]


def test_comments_without_a_change_are_told_and_change_nothing(case, as_user) -> None:
    lead, version = as_user(case.lead), case.working()
    data = lead.get(f"/fassungen/{version.id}/fassung.docx").data
    around = f'<w:commentRangeStart w:id="3"/>{run(BP2)}<w:commentRangeEnd w:id="3"/>'
    told = f'<w:comment w:id="3"><w:p>{run("Stimmt das?")}</w:p></w:comment>'

    page = upload(lead, version, with_comments(edited(data, texted("bp-2", around)), told)).text

    assert "0 Änderungen an Fassung 2" in page
    assert "Kommentar, Beschlusspunkt 2: Stimmt das?" in page


def test_a_file_that_is_none_gets_its_sentence(case, as_user) -> None:
    answer = upload(as_user(case.lead), case.working(), b"%PDF-1.7")

    assert answer.status_code == 422
    assert "Das ist keine Word-Datei" in answer.text


def test_an_issued_version_takes_no_file(case, as_user) -> None:
    assert as_user(case.lead).get(f"/fassungen/{case.base.id}/word").status_code == 409


def test_wishes_for_new_passages_and_moves_of_institutions_come_out_in_a_comparison(app, now, as_user) -> None:
    case = make_case()
    remark = case.says(FRESH, anchor="bp-2", wish=Wish.INSERT_AFTER)
    gone = case.says(anchor="bp-1.a", wish=Wish.DELETE)
    case.consolidate(now)
    case.decide(remark, "followed", now)
    case.decide(gone, "followed", now)
    version = case.working()
    pair = f"alt={case.base.id}&neu={version.id}"

    file = as_user(case.lead).get(f"/verfahren/{case.procedure.id}/fassungen/vergleich.docx?{pair}").data

    new, old = body_of(file)
    assert (new, old) == ([text for _, text in sections_of(version)], [text for _, text in sections_of(case.base)])
    assert "Fassung 1 zu 2" not in part(file).decode()
