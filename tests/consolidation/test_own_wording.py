"""A third wording for rivals: one act decides on them and writes it, and each of its words leads back to them."""

from __future__ import annotations

import pytest

from ikb.consolidation import hand_edits, issuing, queries, redlines
from ikb.consolidation.by_hand import withdraw
from ikb.db import transaction
from ikb.drafts.service import mark_of
from ikb.errors import Implausible, NotYetDecided
from ikb.remarks.model import Remark, Wish
from tests.consolidation.cases import HERE, LINE, Case, make_case
from tests.factories import make_user

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MOST = "Jede Schule bietet vier Kurse am Nachmittag an."
THIRD = "Jede Schule bietet zwei bis vier Kurse am Nachmittag an."
WHY = "Ein Rahmen statt einer Zahl."

Dispute = tuple[Case, Remark, Remark]


@pytest.fixture
def dispute(app, now) -> Dispute:
    """Two institutions want another number each."""
    case = make_case()
    more, most = case.says(MORE), case.says(MOST)
    case.consolidate(now)
    return case, more, most


def page(case: Case, remark: Remark) -> str:
    return f"/verfahren/{case.procedure.id}/auswertung/{HERE}/eigener-wortlaut?vorschlag={remark.id}"


def filled(*remarks: Remark, text: str = THIRD, seen: int = 0, **more: str) -> dict[str, str]:
    fields = {"text": text, "reason": WHY, "seen": mark_of(LINE), "act": "keep"}
    for remark, outcome in zip(remarks, ("partly_followed", "not_followed"), strict=False):
        fields |= {
            f"r{remark.id}-outcome": outcome,
            f"r{remark.id}-reason": "Mit Spielraum.",
            f"r{remark.id}-seen": str(seen),
        }
    return fields | more


def test_the_rivals_are_decided_and_the_wording_stands_in_one_act(dispute, as_user) -> None:
    case, more, most = dispute
    lead = as_user(case.lead)
    section = lead.get(f"/verfahren/{case.procedure.id}/auswertung/{HERE}").text

    shown = lead.get(page(case, more))
    kept = lead.post(page(case, more), data=filled(more, most))

    assert (f"vorschlag={more.id}" in section, shown.status_code, kept.status_code) == (True, 200, 303)
    assert case.text() == THIRD
    outcomes = [queries.considerations([case.seen(one)])[case.seen(one)].outcome for one in (more, most)]
    assert outcomes == ["partly_followed", "not_followed"]
    assert issuing.open_points(case.working()) == []


def test_each_changed_word_leads_to_the_remarks_it_answers_and_their_decisions(dispute, as_user, now) -> None:
    case, more, most = dispute
    as_user(case.lead).post(page(case, more), data=filled(more, most))
    version = case.working()
    with transaction():
        issuing.issue(version, "", by=case.by, now=now)

    findings = redlines.Findings(version)
    [line] = [line for line in redlines.lines(version, findings) if line.change]
    changed = [at for at, part in enumerate(line.change.segments) if part["t"] != "keep"]
    reasons = [redlines.reason(version, findings, line.change.id, at) for at in changed]

    assert reasons
    for reason in reasons:
        assert {voice.remark.id for voice in reason.voices} == {more.id, most.id}
        assert {row.outcome for row in reason.considerations} == {"partly_followed", "not_followed"}
        assert [edit.reason for edit in reason.by_hand] == [WHY]


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"reason": ""}, 422, "Es fehlt die Begründung"),
        ({"outcome": ""}, 422, "teilweise oder nicht gefolgt"),
        ({"text": LINE}, 422, "Der Text ist derselbe"),
        ({"seen": mark_of(MORE)}, 409, "Inzwischen hat sich hier etwas geändert"),
        ({"answer": ""}, 422, "die Institution bekommt ihn zu lesen"),
    ],
)
def test_a_fault_leaves_everything_undecided_and_the_text_on_the_page(dispute, as_user, change, status, word) -> None:
    case, more, most = dispute
    data = filled(more, most)
    names = {"outcome": f"r{most.id}-outcome", "answer": f"r{most.id}-reason"}
    data |= {names.get(name, name): value for name, value in change.items()}

    answer = as_user(case.lead).post(page(case, more), data=data)

    assert (answer.status_code, word in answer.text, data["text"] in answer.text) == (status, True, True)
    assert (hand_edits.standing(case.base), case.seen(more), case.seen(most)) == ([], 0, 0)


def test_whoever_was_slower_sees_what_holds_now_and_loses_nothing(dispute, as_user, now) -> None:
    case, more, most = dispute
    case.decide(most, "not_followed", now)
    lead = as_user(case.lead)

    answer = lead.post(page(case, more), data=filled(more, most))

    assert (answer.status_code, THIRD in answer.text, MORE in answer.text) == (409, True, True)
    assert hand_edits.standing(case.base) == []


def test_it_can_take_the_place_of_new_sections_too(app, now, as_user) -> None:
    case = make_case()
    one = case.says("Der Rat bekommt jedes Jahr einen Bericht über die Kurse.", wish=Wish.INSERT_AFTER)
    other = case.says("Der Rat bekommt jedes Quartal einen Bericht über die Kurse.", wish=Wish.INSERT_AFTER)
    case.consolidate(now)

    as_user(case.lead).post(
        page(case, one), data=filled(one, other, text="Der Rat bekommt jedes Halbjahr einen Bericht.")
    )

    [edit] = hand_edits.standing(case.base)
    assert (case.text(edit.new_anchor), case.text()) == ("Der Rat bekommt jedes Halbjahr einen Bericht.", LINE)


def test_a_wording_is_followed_in_part_only_beside_one_of_the_lead_s_own(dispute, as_user, now) -> None:
    case, more, most = dispute
    with pytest.raises(Implausible, match="eigener Wortlaut"):
        case.decide(more, "partly_followed", now)
    as_user(case.lead).post(page(case, more), data=filled(more, most))

    case.decide(most, "partly_followed", now)

    assert case.text() == THIRD


def test_without_its_wording_no_part_is_followed_and_issuing_waits(dispute, as_user, now) -> None:
    case, more, most = dispute
    as_user(case.lead).post(page(case, more), data=filled(more, most))
    [edit] = hand_edits.standing(case.base)
    with transaction():
        withdraw(case.working(), edit.id, by=case.by, now=now)

    with pytest.raises(NotYetDecided) as refused, transaction():
        issuing.issue(case.working(), "", by=case.by, now=now)

    assert ["zurückgenommen" in point for point in refused.value.open_points] == [True]


def test_it_is_looked_at_first_and_nobody_else_writes_one(dispute, as_user) -> None:
    case, more, most = dispute

    looked = as_user(case.lead).post(page(case, more), data=filled(more, most, act="preview"))
    foreign = as_user(make_user()).post(page(case, more), data=filled(more, most))

    assert (looked.status_code, "<ins>" in looked.text, foreign.status_code) == (200, True, 404)
    assert hand_edits.standing(case.base) == []
