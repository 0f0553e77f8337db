"""The lead's overview, and what machines ask about the house."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from ikb.accounts.model import Role
from ikb.core.clock import berlin_day
from ikb.db import db, transaction
from ikb.deliberations.model import Result
from ikb.deliveries import service as deliveries
from ikb.institutions.model import InvitationState
from ikb.reports import health, queries
from ikb.reports.blocks import blocks
from tests.factories import (
    MADE_AT,
    make_consultation,
    make_draft,
    make_institution,
    make_invitation,
    make_organization,
    make_phase,
    make_procedure,
    make_user,
    make_version,
    save,
)


@pytest.fixture
def procedure(lead):
    return make_procedure([lead])


def with_result(consultation, outcome="recommended"):
    save(
        Result(
            consultation_id=consultation.id,
            key=uuid.uuid4(),
            outcome=outcome,
            recorded_by_id=make_user().id,
            recorded_at=MADE_AT,
        )
    )
    return consultation


def sentences(procedure, today):
    found = blocks(procedure.id, queries.figures(procedure.id), queries.sequence(procedure.id), today)
    return [block.sentence for block in found]


def test_an_empty_procedure_says_what_to_do_first(as_user, lead, procedure):
    page = as_user(lead).get(f"/verfahren/{procedure.id}")

    assert page.status_code == 200
    assert "Es ist noch keine Beteiligung geplant" in page.text
    assert "Noch keine Beratungen" in page.text


def test_somebody_elses_procedure_does_not_exist(as_user, procedure):
    assert as_user(make_user([Role.LEAD])).get(f"/verfahren/{procedure.id}").status_code == 404


def test_what_has_sat_without_a_result_comes_first(app, procedure, now):
    today = berlin_day(now)
    make_consultation(procedure, make_organization("Seniorenrat"), today - timedelta(days=1))
    with_result(make_consultation(procedure, make_organization("Kulturausschuss"), today - timedelta(days=1)))
    make_consultation(procedure, make_organization("Rat"), today)

    assert sentences(procedure, today)[0] == "Seniorenrat: Das Ergebnis fehlt."
    assert not any("Kulturausschuss" in sentence for sentence in sentences(procedure, today))
    assert not any("Rat: Das" in sentence for sentence in sentences(procedure, today))


@pytest.mark.parametrize(
    ("days_ahead", "is_named"),
    [(8, True), (15, True), (16, False)],
    ids=["invitation due today", "due in seven days", "due in eight"],
)
def test_the_next_sitting_is_named_when_its_invitation_is_due_within_a_week(app, procedure, days_ahead, is_named):
    monday = date(2030, 6, 3)
    make_consultation(procedure, make_organization("Rat"), monday + timedelta(days=days_ahead))

    assert any(sentence.startswith("Rat tagt") for sentence in sentences(procedure, monday)) is is_named


def test_invitations_that_did_not_arrive_are_counted(app, procedure, now):
    phase = make_phase(make_version(make_draft(procedure)))
    for state in (InvitationState.BOUNCED, InvitationState.BOUNCED, InvitationState.OPENED, InvitationState.AGREES):
        make_invitation(phase, make_institution(), state=state)

    figures = queries.figures(procedure.id)

    assert (figures.total, figures.answered, figures.by_filter["undelivered"]) == (4, 1, 2)
    assert "2 Einladungen sind nicht zugestellt." in sentences(procedure, berlin_day(now))


def test_the_open_phase_counts_even_if_a_later_one_is_planned(app, procedure):
    version = make_version(make_draft(procedure))
    make_phase(version, closes_on=date(2030, 6, 28))
    make_phase(version, state="planned", name="Zweite Runde")

    found = queries.figures(procedure.id).phase

    assert (found.state, found.closes_on) == ("open", date(2030, 6, 28))


def test_a_corrected_result_shows_the_correction(app, procedure):
    step = with_result(make_consultation(procedure), "rejected")
    with_result(step, "recommended_amended")

    assert [step.outcome for step in queries.sequence(procedure.id)] == ["recommended_amended"]


def test_the_overview_costs_at_most_six_queries_however_much_there_is(as_user, lead, procedure, count_queries):
    phase = make_phase(make_version(make_draft(procedure)))
    browser = as_user(lead)
    counts = []
    for institutions, steps in ((9, 2), (84, 20)):
        for _ in range(institutions):
            make_invitation(phase, make_institution())
        for _ in range(steps):
            with_result(make_consultation(procedure))
        with count_queries() as seen:
            assert browser.get(f"/verfahren/{procedure.id}").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 6, seen


def test_readiness_names_what_is_silent(client, app, now):
    answer = client.get("/bereit")

    assert answer.status_code == 503
    assert answer.json["pruefungen"]["worker"]["ok"] is False
    assert answer.json["pruefungen"]["kette"]["ok"] is True


def test_a_house_whose_parts_have_just_shown_that_they_live_is_ready(client, app, now):
    with transaction():
        deliveries.beat(["worker", "beat"], now=now)

    answer = client.get("/bereit")

    assert answer.json["bereit"] is True, answer.json
    assert answer.status_code == 200


def test_a_message_that_waits_too_long_makes_the_house_unready(app, now):
    with transaction():
        deliveries.plan(
            "invitation",
            subject_id=1,
            recipient="post@verein.example.org",
            due_at=now - health.LATE,
            stale_at=now + timedelta(days=1),
            now=now - health.LATE,
        )

    found = {check.name: check.ok for check in health.checks(now, app.extensions["ikb_config"].data_dir)}

    assert found["sendungen"] is False


def test_metrics_are_counts_and_hold_nothing_about_anybody(client, app):
    make_institution("Verein Morgenstern")
    text = client.get("/metriken").text

    assert "ikb_deliveries_due 0" in text
    assert "Morgenstern" not in text


def test_alive_means_only_that_the_process_answers(client, app, monkeypatch):
    monkeypatch.setattr(db.session, "execute", lambda *_: 1 / 0)

    assert client.get("/gesund").status_code == 200
