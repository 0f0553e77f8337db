"""„Ich bearbeite das“: others see it and may take over; it ends by itself. And the workbench by keyboard."""

from __future__ import annotations

from datetime import timedelta

from ikb.consolidation import claims
from ikb.consolidation.gathering import WHOLE_DRAFT
from ikb.db import transaction
from ikb.journal.service import Actor
from ikb.procedures.model import ProcedureLead
from tests.consolidation.cases import HERE, make_case
from tests.consolidation.test_pages import section, sent
from tests.factories import make_user, save

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."
MINUTE = timedelta(minutes=1)


def test_a_section_is_in_hand_until_it_is_given_back_left_taken_over_or_the_minutes_are_over(app, now):
    case, other = make_case(), Actor.user(make_user().id)
    draft, later = case.base.draft, now + 14 * MINUTE

    def holder(moment):
        row = claims.on_section(draft.id, HERE, moment)
        return (row.user_id, row.since) if row else None

    with transaction():
        claims.take(draft, HERE, by=case.by, now=now)
        claims.take(draft, WHOLE_DRAFT, by=other, now=now)
        claims.take(draft, HERE, by=case.by, now=later)
    assert holder(now + 15 * MINUTE) == (case.by.id, now)
    assert holder(later + 15 * MINUTE) is None
    with transaction():
        assert not claims.keep(draft, HERE, by=other, now=later)
        claims.release(draft, HERE, by=other)
        assert claims.leave(draft, HERE, by=case.by, now=later)
    assert (holder(later), holder(later + MINUTE)) == ((case.by.id, now), None)
    with transaction():
        claims.take(draft, HERE, by=other, now=later)
        assert not claims.keep(draft, HERE, by=case.by, now=later)
    assert holder(later) == (other.id, later)
    assert set(claims.on_draft(draft.id, now)) == {HERE, WHOLE_DRAFT}
    with transaction():
        claims.release(draft, HERE, by=other)
    assert holder(later) is None


def test_others_see_who_works_on_it_take_over_with_a_click_and_the_last_decision_frees_it(app, as_user, now):
    case, second = make_case(), make_user(name="Zoe Zweit")
    save(ProcedureLead(procedure_id=case.procedure.id, user_id=second.id))
    one, two = case.says(MORE), case.says("Jede Schule bietet vier Kurse an.")
    case.consolidate(now)
    first, other, address = as_user(case.lead), as_user(second), f"{section(case)}/bearbeitung"

    assert "Ich bearbeite das" in first.get(section(case)).text
    assert first.post(address, data={"akt": "nehmen"}).status_code == 303
    assert "Sie bearbeiten diesen Abschnitt seit" in first.get(section(case)).text
    assert f"<strong>{case.lead.name}</strong> bearbeitet" in other.get(section(case)).text
    assert [other.post(address, data={"akt": act}).status_code for act in ("behalten", "nehmen", "behalten")] == [
        409,
        303,
        204,
    ]
    assert "<strong>Zoe Zweit</strong> bearbeitet" in first.get(section(case)).text
    other.post(f"{section(case)}/{one.id}", data=sent(one, "followed"))
    assert "Sie bearbeiten" in other.get(section(case)).text
    other.post(f"{section(case)}/{two.id}", data=sent(two, "not_followed", "Zu teuer."))
    assert "Ich bearbeite das" in other.get(section(case)).text
    assert as_user(make_user()).post(address, data={"akt": "nehmen"}).status_code == 404
