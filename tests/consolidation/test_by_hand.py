"""Editing by hand in the browser: looked at first, kept with a reason, taken back, and never in a body's own words."""

from __future__ import annotations

import pytest

from ikb.consolidation import by_hand, hand_edits, issuing, redlines
from ikb.consolidation.by_hand import Edit, EditRefused
from ikb.db import transaction
from ikb.drafts.service import mark_of
from ikb.errors import NotYetDecided
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.factories import make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MINE = "Jede Schule bietet zwei Kurse am Nachmittag und am Abend an."
WHY = "Sprachlich geglättet."


@pytest.fixture
def case(app) -> Case:
    return make_case()


def page(case: Case, way: str = "wortlaut", anchor: str = HERE) -> str:
    return f"/verfahren/{case.procedure.id}/auswertung/{anchor}/von-hand?art={way}"


def written(text: str = MINE, reason: str = WHY, seen: str = LINE, act: str = "keep") -> dict[str, str]:
    return {"text": text, "reason": reason, "seen": mark_of(seen), "act": act}


def keep(case: Case, text: str, now, *, seen: str = LINE, kind: str = "edit", anchor: str = HERE) -> None:
    with transaction():
        by_hand.edit_after(case.base, [Edit(anchor, kind, text, WHY, mark_of(seen))], by=case.by, now=now)


def test_a_lead_edits_a_section_that_nobody_wanted_changed_and_takes_it_back(case, as_user) -> None:
    lead = as_user(case.lead)

    shown = lead.get(page(case)).text
    kept = lead.post(page(case), data=written())

    assert LINE in shown
    assert kept.headers["Location"] == f"/verfahren/{case.procedure.id}/auswertung/{HERE}#von-hand"
    assert case.text() == MINE
    section = lead.get(kept.headers["Location"]).text
    assert (WHY in section, case.lead.name in section, "und am Abend" in section) == (True, True, True)

    [edit] = hand_edits.standing(case.base)
    back = lead.post(f"/fassungen/{case.working().id}/von-hand/{edit.id}/zuruecknehmen", data={"abschnitt": HERE})

    assert (back.headers["Location"], case.text()) == (kept.headers["Location"], LINE)


def test_it_is_shown_as_the_council_would_read_it_and_nothing_is_stored(case, as_user) -> None:
    lead = as_user(case.lead)

    whole = lead.post(page(case), data=written(act="preview"))
    part = lead.post(page(case).replace("?", "/aenderung?"), data=written())

    assert (whole.status_code, part.status_code) == (200, 200)
    assert all("und am Abend" in text and "<ins>" in text for text in (whole.text, part.text))
    assert "<html" not in part.text
    assert hand_edits.standing(case.base) == []


@pytest.mark.parametrize(
    ("sent", "status", "word"),
    [
        (written(reason=" "), 422, "Es fehlt die Begründung"),
        (written(text=LINE), 422, "Der Text ist derselbe"),
        (written(seen=MORE), 409, "Jemand hat diesen Abschnitt inzwischen geändert"),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_text_stays_on_the_page(case, as_user, sent, status, word) -> None:
    answer = as_user(case.lead).post(page(case), data=sent)

    assert (answer.status_code, word in answer.text, sent["text"] in answer.text) == (status, True, True)
    assert hand_edits.standing(case.base) == []


def test_a_new_section_and_a_struck_one_are_edits_with_a_reason_too(case, as_user) -> None:
    lead = as_user(case.lead)

    lead.post(page(case, "danach", "bp-2"), data=written("Jedes Amt nennt eine Ansprechperson."))
    lead.post(page(case, "streichen"), data=written(""))

    added, struck = hand_edits.standing(case.base)
    assert (case.text(added.new_anchor), case.text()) == ("Jedes Amt nennt eine Ansprechperson.", None)
    kinds = {line.anchor: line.change.kind for line in changed(case)}
    assert kinds == {added.new_anchor: "insert", HERE: "delete"}
    new = lead.get(page(case, anchor=added.new_anchor))
    assert (new.status_code, lead.get(page(case)).status_code) == (200, 404)
    assert struck.reason == WHY


def changed(case: Case) -> list[redlines.Line]:
    version = case.working()
    return [line for line in redlines.lines(version, redlines.Findings(version)) if line.change]


def test_no_hand_changes_a_body_s_own_words(case, now) -> None:
    body = case.body_says(MORE)
    case.consolidate(now)
    case.decide(body, "followed", now)

    with pytest.raises(EditRefused) as refused:
        keep(case, MINE, now, seen=MORE)

    assert "Wortlaut eines Gremiums" in refused.value.message
    assert case.text() == MORE


def test_a_body_s_new_section_is_its_own_words_too(case, now) -> None:
    body = case.body_says("Der Seniorenrat wird gehört.", wish=Wish.INSERT_AFTER)
    case.consolidate(now)
    case.decide(body, "followed", now)

    with pytest.raises(EditRefused):
        keep(case, MINE, now, seen="Der Seniorenrat wird gehört.", anchor=f"neu-{body.id}")
    keep(case, MINE, now)  # beside it the section itself is free


def test_a_body_adopted_later_holds_the_version_until_the_edit_is_taken_back(case, now) -> None:
    keep(case, MINE, now)
    body = case.body_says("Jede Schule bietet zwei Kurse am Vormittag an.")
    case.consolidate(now)
    case.decide(body, "followed", now)

    with pytest.raises(NotYetDecided) as refused, transaction():
        issuing.issue(case.working(), "", by=case.by, now=now)

    assert ["Änderung von Hand" in point for point in refused.value.open_points] == [True]


def test_nobody_else_edits(case, as_user) -> None:
    foreign = as_user(make_user())

    assert foreign.get(page(case)).status_code == 404
    assert foreign.post(page(case), data=written()).status_code == 404
    assert foreign.post(page(case).replace("?", "/aenderung?"), data=written()).status_code == 404
    assert hand_edits.standing(case.base) == []
