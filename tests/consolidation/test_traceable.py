"""100 % of the changed words of an issued version lead to somebody who wished or wrote them, and to the decision."""

from __future__ import annotations

import pytest

from ikb.consolidation import by_hand, issuing, redlines
from ikb.consolidation.by_hand import Edit
from ikb.db import transaction
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.remarks.model import Wish
from tests.consolidation.cases import HERE, Case, make_case

WIDE = [
    (
        HERE,
        "measure",
        "1",
        None,
        "Jede Schule bietet zwei Kurse am Nachmittag an und lädt dazu alle Eltern schriftlich ein.",
    ),
    ("s-2", "paragraph", "2", None, "Der Sportausschuss erhält einmal im Jahr einen Bericht."),
    ("s-3", "paragraph", "3", None, "Das Amt sammelt Anregungen in einer Liste."),
    ("s-4", "paragraph", "4", None, "Dieser Satz ist überflüssig."),
]


@pytest.fixture
def case(app, now) -> Case:
    """Two wishes merged into one passage, a body's wording, a new and a struck section, and an edit by hand; all issued."""
    case = make_case(WIDE)
    first = WIDE[0][4]
    asked = [
        case.says(first.replace("zwei Kurse", "drei Kurse")),
        case.says(first.replace("schriftlich", "mündlich")),
        case.says("Das Amt antwortet auf jede Anregung.", anchor="s-3", wish=Wish.INSERT_AFTER),
        case.says("", anchor="s-4", wish=Wish.DELETE),
        case.body_says("Der Sportausschuss erhält zweimal im Jahr einen Bericht.", anchor="s-2"),
    ]
    case.consolidate(now)
    for remark in asked:
        case.decide(remark, "followed", now, "Das ist machbar.")
    kept = Edit("s-3", "edit", "Das Amt sammelt alle Anregungen in einer Liste.", "Klarer.", mark_of(WIDE[2][4]))
    with transaction():
        by_hand.edit_after(case.base, [kept], by=case.by, now=now)
        issuing.issue(case.working(), "2010/2", by=case.by, now=now)
    return case


def issued(case: Case) -> DraftVersion:
    return redlines.drafts.latest_issued(case.base.draft_id)


def test_every_changed_word_leads_to_who_asked_for_it_or_wrote_it_and_to_the_decision(case):
    version = issued(case)
    findings = redlines.Findings(version)
    changes = [line.change for line in redlines.lines(version, findings) if line.change]
    places = [
        (change.id, number)
        for change in changes
        for number, segment in enumerate(change.segments)
        if segment["t"] != "keep"
    ]

    reasons = [redlines.reason(version, findings, *place) for place in places]

    assert {change.kind for change in changes} == {"edit", "insert", "delete"}
    assert len(reasons) >= 8
    for found in reasons:
        assert found is not None
        wished = bool(found.voices) and bool(found.considerations)
        assert (wished or bool(found.by_hand), found.is_confirmed) == (True, True), found.segment


def test_what_the_changes_say_is_all_that_is_different_between_the_two_texts(case):
    version = issued(case)
    told = {line.anchor for line in redlines.lines(version, redlines.Findings(version)) if line.change}

    different = {passage.anchor for passage in redlines.compare(case.base, version) if passage.status != "same"}

    assert (told, len(different)) == (different, 5)
    for passage in redlines.compare(case.base, version):
        change = next((line.change for line in redlines.lines(version, redlines.Findings(version))
                       if line.change and line.anchor == passage.anchor), None)  # fmt: skip
        if change is not None:
            new = "".join(segment["text"] for segment in change.segments if segment["t"] != "del")
            assert new.split() == "".join(segment.text for segment in passage.newer).split()
