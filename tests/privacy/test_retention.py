"""Keeping no longer than allowed: due, offered, released, erased; each in the journal, whose chain stays whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import LoginSession, Role
from ikb.core.retention import Keeping, Unit
from ikb.db import db, transaction
from ikb.deliberations.model import Result
from ikb.deliveries.model import Delivery
from ikb.errors import Implausible, NotReady
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.privacy import rules, service
from ikb.privacy.model import RetentionBatch
from ikb.procedures.model import PhaseState
from ikb.remarks.model import Remark
from ikb.remarks.translation_model import RemarkTranslation
from ikb.statements import service as statements
from ikb.statements.model import Receipt, Statement
from tests.factories import (
    make_consultation,
    make_draft,
    make_invitation,
    make_phase,
    make_procedure,
    make_statement,
    make_user,
    make_version,
    save,
)


@pytest.fixture
def lead(app, wakeups):
    return make_user([Role.LEAD])


@pytest.fixture
def procedure(lead):
    return make_procedure([lead])


@pytest.fixture
def version(procedure):
    return make_version(make_draft(procedure))


def sweep(kind, now):
    with transaction():
        return service.sweep(kind, now=now)


def decide(kind, now, keeping, **changes):
    given = {"basis": "§ 1 der Aktenordnung", "offers_archive": False, "is_held": False, "hold_reason": ""}
    seen = rules.rule_for(kind).version
    with transaction():
        rules.change(kind, keeping, **(given | changes), seen=seen, by=SYSTEM, now=now)


def make_delivery(finished_at: datetime | None, state="handed_over", number=1):
    moment = finished_at or datetime(2030, 1, 1, tzinfo=rules_now().tzinfo)
    return save(
        Delivery(
            kind="invitation",
            subject_id=1,
            recipient="post@verein.example.org",
            dedup_key=f"k{number}",
            message_id=f"<{number}@x>",
            state=state,
            created_at=moment,
            due_at=moment,
            next_at=moment,
            stale_at=moment,
            finished_at=finished_at,
        )
    )


def rules_now() -> datetime:
    from tests.conftest import MONDAY_MORNING

    return MONDAY_MORNING


def count(model) -> int:
    return db.session.scalar(select(func.count(model.id))) or 0


def acts() -> list[str]:
    return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


# --- each kind -----------------------------------------------------------------------------------------------------------


def test_messages_go_two_years_after_they_were_sent_and_not_a_day_before(app, now):
    make_delivery(now - timedelta(days=732), number=1)
    make_delivery(now - timedelta(days=720), number=2)
    make_delivery(None, state="planned", number=3)

    assert sweep("deliveries", now) == 1
    assert sorted(db.session.scalars(select(Delivery.dedup_key))) == ["k2", "k3"]


def test_sign_ins_go_after_thirty_days(app, lead, now):
    for days in (29, 31):
        moment = now - timedelta(days=days)
        save(LoginSession(token_hash=f"h{days}", user_id=lead.id, created_at=moment, last_seen_at=moment))

    assert sweep("traces", now) == 1
    assert count(LoginSession) == 1


@pytest.mark.parametrize(
    ("days", "phase", "gone"), [(200, PhaseState.CLOSED, 1), (170, PhaseState.CLOSED, 0), (200, PhaseState.OPEN, 0)]
)
def test_drafts_that_were_never_handed_in_go_half_a_year_later(app, version, now, days, phase, gone):
    invitation = make_invitation(make_phase(version, state=phase))
    make_statement(invitation, [{}], submitted=False, changed_at=now - timedelta(days=days))

    assert sweep("drafts", now) == gone
    assert (count(Statement), count(Remark)) == (1 - gone, 1 - gone)


@pytest.mark.parametrize(
    ("state", "becomes"), [("opened", "invited"), ("drafted", "invited"), ("agrees", "agrees"), ("invited", "invited")]
)
def test_after_the_round_nobody_knows_any_more_who_used_a_link(app, version, now, state, becomes):
    phase = make_phase(version, state=PhaseState.CLOSED, closed_at=now - timedelta(days=1))
    invitation = make_invitation(phase, state=state, opened_at=now - timedelta(days=9))

    sweep("link_use", now)

    kept = db.session.get_one(Invitation, invitation.id)
    assert (kept.state, kept.opened_at) == (becomes, None)


def test_during_the_round_and_within_an_extension_it_is_known(app, version, now):
    running = make_invitation(make_phase(version), state="opened", opened_at=now)
    closed = make_phase(version, state=PhaseState.CLOSED, closed_at=now - timedelta(days=1))
    extended = make_invitation(closed, state="drafted", opened_at=now, extended_until=date(2030, 7, 1))

    assert sweep("link_use", now) == 0
    assert (running.state, extended.state) == ("opened", "drafted")


# --- a procedure's file --------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(procedure, version, lead, now):
    """A procedure whose council decided eleven years ago, with a statement and its receipt."""
    invitation = make_invitation(make_phase(version))
    make_statement(invitation, [{"comment": "Frau Kaya sagt es."}], submitted=False)
    with transaction():
        statements.submit(invitation, uuid4(), author_name="Herr Beispiel", now=now)
    step = make_consultation(procedure, held_on=date(2019, 5, 6), authoritative=True, role="decision")
    given = {"outcome": "adopted", "recorded_by_id": lead.id, "recorded_at": now}
    save(Result(consultation_id=step.id, key=uuid4(), **given))
    return procedure


def test_without_a_period_nothing_of_a_file_is_ever_due(decided, now):
    assert sweep("procedure_file", now) == 0
    assert count(RetentionBatch) == 0


def test_a_file_is_restricted_offered_released_and_erased_and_the_chain_stays_whole(decided, as_user, lead, now):
    decide("procedure_file", now, Keeping(10, Unit.YEARS), offers_archive=True)
    page = f"/verfahren/{decided.id}/stellungnahmen"
    with transaction():
        [remark] = db.session.scalars(select(Remark))
        remark.language, remark.translation = "tr", "Frau Kaya sagt es auf Türkisch."
        given = {"remark_id": remark.id, "number": 1, "translated_at": now, "translated_by_id": lead.id}
        db.session.add(RemarkTranslation(text=remark.translation, **given))
    assert as_user(lead).get(page).status_code == 200

    assert sweep("procedure_file", now) == 0
    [batch] = service.batches()
    assert (batch.state, batch.count) == ("due", 1)
    assert as_user(lead).get(page).status_code == 404, "restricted"

    with transaction():
        service.offer(batch.id, by=SYSTEM, now=now)
        service.release(batch.id, "Stadtarchiv: nicht archivwürdig", by=SYSTEM, now=now)
    assert sweep("procedure_file", now) == 1

    [statement] = db.session.scalars(select(Statement)).unique()
    assert (statement.author_name, statement.key, [remark.comment for remark in statement.remarks]) == ("", None, [""])
    assert [remark.translation for remark in statement.remarks] == [""]
    assert (count(Receipt), count(RemarkTranslation)) == (0, 0)
    assert acts()[-4:] == ["retention due", "retention offered", "retention released", "retention erased"]
    assert journal.verify() == []
    assert sweep("procedure_file", now) == 0, "what is done is not found again"


def test_nothing_is_released_before_the_archive_was_asked(decided, now):
    decide("procedure_file", now, Keeping(10, Unit.YEARS), offers_archive=True)
    sweep("procedure_file", now)
    [batch] = service.batches()

    with pytest.raises(NotReady, match="zuerst dem Archiv"), transaction():
        service.release(batch.id, "ja", by=SYSTEM, now=now)


def test_while_it_is_held_nothing_is_erased(app, now):
    make_delivery(now - timedelta(days=900))
    usual = rules.rule_for("deliveries").keeping
    decide("deliveries", now, usual, is_held=True, hold_reason="Klage, Aktenzeichen 1 K 2/30")

    assert sweep("deliveries", now) == 0
    assert count(Delivery) == 1


# --- rules and pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"is_held": True}, "warum das Löschen ausgesetzt"), ({"basis": ""}, "Nennen Sie die Rechtsgrundlage")],
)
def test_a_rule_needs_its_reasons(app, now, changes, says):
    with pytest.raises(Implausible, match=says):
        decide("drafts", now, Keeping(1, Unit.YEARS), **changes)


def test_the_page_counts_what_is_due_and_changes_nothing(as_user, app, now):
    make_delivery(now - timedelta(days=900))
    browser = as_user(make_user([Role.ADMINISTRATOR]))

    page = browser.get("/verwaltung/einstellungen/aufbewahrung").text

    assert '<td data-label="Heute fällig" class="num">1</td>' in page
    assert (count(Delivery), count(RetentionBatch)) == (1, 0)


def test_a_rule_is_decided_and_an_archive_answered_on_pages(as_user, decided, now):
    browser = as_user(make_user([Role.ADMINISTRATOR]))
    here = "/verwaltung/einstellungen/aufbewahrung"
    given = {"row_version": 0, "period": "10", "unit": "years", "basis": "§ 1", "offers_archive": "y"}

    assert browser.post(f"{here}/procedure_file", data=given).status_code == 303
    sweep("procedure_file", now)
    [batch] = service.batches()
    browser.post(f"{here}/{batch.id}/anbieten")
    assert browser.post(f"{here}/{batch.id}/antwort", data={"answer": ""}).status_code == 422
    browser.post(f"{here}/{batch.id}/antwort", data={"answer": "Stadtarchiv: nein"})

    assert db.session.get_one(RetentionBatch, batch.id).state == "released"
    assert browser.post(f"{here}/procedure_file", data=given).status_code == 409, "somebody saved since"


def test_the_task_erases_what_is_due_and_twice_does_no_harm(app, now):
    make_delivery(now - timedelta(days=900))

    for _ in range(2):
        app.extensions["celery"].tasks["privacy.sweep"].run()

    assert count(Delivery) == 0
    assert acts() == ["retention due", "retention released", "retention erased"]
