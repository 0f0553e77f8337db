"""Passages that say the same warn together, and one click takes the same change over."""

from __future__ import annotations

import pytest

from ikb.consolidation import by_hand, hand_edits, linked
from ikb.consolidation.by_hand import Edit
from ikb.db import transaction
from ikb.drafts import service as drafts_service
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, NotFound
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.factories import make_draft, make_user, make_version

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
ROW = "Ziel 4: Jede Schule bietet zwei Kurse am Nachmittag an. Zuständig ist das Amt für Schule."
ROW_MORE = "Ziel 4: Jede Schule bietet drei Kurse am Nachmittag an. Zuständig ist das Amt für Schule."

Pair = tuple[Case, DraftVersion]


def make_pair(row: str = ROW) -> Pair:
    """A measure in one draft, and the row of another draft's table that says the same."""
    case = make_case()
    other = make_version(
        make_draft(case.procedure, title="Anlage 3"),
        [("kopf", "heading", None, None, "Ziele"), ("z4", "goal", "4", None, row)],
    )
    drafts_service.link_sections([(case.base.draft, HERE, other.draft, "z4")])
    return case, other


@pytest.fixture
def pair(app) -> Pair:
    return make_pair()


def change(case: Case, base: DraftVersion, anchor: str, text: str, now, kind: str = "edit") -> None:
    before = next(row.text for row in by_hand.sections_after(base) if row.anchor == anchor)
    with transaction():
        by_hand.edit_after(base, [Edit(anchor, kind, text, "Zahl erhöht.", mark_of(before))], by=case.by, now=now)


def text_of(base: DraftVersion, anchor: str) -> str:
    return next(row.text for row in by_hand.sections_after(base) if row.anchor == anchor)


def test_while_neither_or_both_changed_there_is_nothing_to_say(pair, now) -> None:
    case, other = pair
    assert linked.lagging(case.base.draft_id) == []
    change(case, case.base, HERE, MORE, now)
    change(case, other, "z4", ROW_MORE, now)

    assert linked.lagging(case.base.draft_id) == linked.lagging(other.draft_id) == []


def test_the_one_that_did_not_follow_is_named_from_both_sides_wherever_the_version_is_worked_on(
    pair, now, as_user
) -> None:
    case, other = pair
    change(case, case.base, HERE, MORE, now)
    lead, start = as_user(case.lead), f"/verfahren/{case.procedure.id}/auswertung"
    pages = [
        start,
        f"{start}/{HERE}",
        f"{start}/z4?entwurf={other.draft_id}",
        f"/fassungen/{case.working().id}",
        f"/fassungen/{case.working().id}/herausgeben",
    ]

    told = {page: "1 Stelle mit gleichem Inhalt ist nicht mitgeändert" in lead.get(page).text for page in pages}

    assert told == dict.fromkeys(pages, True)
    assert linked.lagging(case.base.draft_id) == linked.lagging(other.draft_id)
    assert linked.lagging(case.base.draft_id, "bp-2") == []


def test_one_click_does_the_same_change_with_the_reason_where_it_comes_from(pair, now, as_user) -> None:
    case, other = pair
    change(case, case.base, HERE, MORE, now)
    [one] = linked.lagging(case.base.draft_id)
    form = {"von_entwurf": case.base.draft_id, "von": HERE, "gesehen": one.mark}

    as_user(case.lead).post(
        f"/verfahren/{case.procedure.id}/auswertung/z4/gleichziehen?entwurf={other.draft_id}", data=form
    )

    assert text_of(other, "z4") == ROW_MORE
    [edit] = hand_edits.standing(other)
    assert edit.reason == f"Wie in {case.base.draft.title}, {one.changed_name}"
    assert linked.lagging(other.draft_id) == []


def test_the_other_way_round_too(pair, now) -> None:
    case, other = pair
    change(case, other, "z4", ROW_MORE, now)
    [one] = linked.lagging(case.base.draft_id)

    with transaction():
        linked.take_over(case.base, HERE, (other.draft_id, "z4"), seen=one.mark, by=case.by, now=now)

    assert case.text() == MORE


@pytest.mark.parametrize("row", ["Ziel 4: Jede Schule bietet einige Kurse an.", ROW])
def test_what_does_not_fit_is_left_to_a_hand(app, now, as_user, row) -> None:
    case, other = make_pair(row)
    struck = row == ROW  # struck out here, but the row says more than that
    change(case, case.base, HERE, "" if struck else MORE, now, kind="delete" if struck else "edit")

    [one] = linked.lagging(other.draft_id)
    page = as_user(case.lead).get(f"/verfahren/{case.procedure.id}/auswertung/z4?entwurf={other.draft_id}").text

    assert (one.text, "Beide Texte unterscheiden sich" in page, "gleichziehen" in page) == (None, True, False)
    with pytest.raises(NotFound), transaction():
        linked.take_over(other, "z4", (case.base.draft_id, HERE), seen=one.mark, by=case.by, now=now)


def test_struck_out_here_and_the_same_text_there_is_struck_out_there(app, now) -> None:
    case, other = make_pair(LINE)
    change(case, case.base, HERE, "", now, kind="delete")
    [one] = linked.lagging(other.draft_id)

    with transaction():
        linked.take_over(other, "z4", (case.base.draft_id, HERE), seen=one.mark, by=case.by, now=now)

    assert [row.anchor for row in by_hand.sections_after(other)] == ["kopf"]


def test_a_change_that_nobody_saw_is_not_taken_over(pair, now) -> None:
    case, other = pair
    change(case, case.base, HERE, MORE, now)
    [seen] = linked.lagging(other.draft_id)
    change(case, case.base, HERE, "Jede Schule bietet vier Kurse am Nachmittag an.", now)

    with pytest.raises(Conflict), transaction():
        linked.take_over(other, "z4", (case.base.draft_id, HERE), seen=seen.mark, by=case.by, now=now)

    assert text_of(other, "z4") == ROW


def test_nobody_else_takes_anything_over(pair, now, as_user) -> None:
    case, other = pair
    change(case, case.base, HERE, MORE, now)
    address = f"/verfahren/{case.procedure.id}/auswertung/z4/gleichziehen?entwurf={other.draft_id}"

    assert as_user(make_user()).post(address, data={}).status_code == 404
    assert text_of(other, "z4") == ROW
