"""The demonstration's smaller case: through to the council's vote, so that its institutions read their answers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from ikb.consolidation import releases, travel_view
from ikb.db import db
from ikb.deliveries.model import Delivery
from ikb.demo import answered
from ikb.demo.story import Story
from ikb.drafts import queries as drafts
from ikb.reports import result
from tests.factories import make_institution, make_user


def test_a_visitor_reads_each_answer_the_passage_before_and_after_and_which_sitting_decided(app):
    lead, colleague, secretary, story = make_user(), make_user(), make_user(), Story.around(date(2030, 1, 9))
    for name in {one.institution for one in answered.ANSWERED}:
        make_institution(name=name, email="post@verein.example.org")

    procedure = answered.begin(lead, colleague, story)
    invitation = answered.carry_through(procedure, lead, colleague, secretary, story)

    found = result.result(invitation, story.today)
    assert found is not None
    assert [answer.outcome for answer in found.answers] == ["followed", "not_followed", "followed", "noted"]
    assert all(answer.is_answered and answer.reason for answer in found.answers)
    later = next(answer for answer in found.answers if answer.redline)
    assert "bis 18 Uhr" in later.before
    assert "bis 21 Uhr" in later.after
    version = drafts.latest_issued(invitation.phase.draft_version.draft_id)
    travelled = travel_view.listing(version, "", 1)
    assert (travelled.total, travelled.counts["zu-klaeren"], travelled.counts["moved"]) == (7, 1, 1)
    assert [answer.stage for answer in found.answers] == ["council"] * 4
    assert [len(act) for act in releases.waiting(invitation.phase.draft_version)] == [1]  # for a visitor to release
    [sentence] = found.sittings
    assert sentence.startswith("Rat der Stadt Bielefeld, ")
    assert sentence.count("58 Ja") == 1
    assert len(db.session.scalars(select(Delivery).where(Delivery.kind == "result_ready")).all()) == 2
