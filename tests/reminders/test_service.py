"""Who is reminded of what and when, and when no longer; from the act that makes it necessary to the message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.core.clock import at_local, berlin_day
from ikb.db import db, transaction
from ikb.deliveries import refusals
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.events import announce
from ikb.institutions import service as institutions
from ikb.institutions.model import Contact, Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import PhaseState
from ikb.reminders import service
from ikb.statements import service as statements
from ikb.statements import taking_back
from ikb.statements.model import Answer
from tests import factories
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire

LAST_DAY = date(2030, 6, 28)


def invited(**values: Any) -> Invitation:
    """An institution with a working link into the phase that ends on Friday, 28 June 2030."""
    invitation = factories.make_invitation(**values)
    with transaction():
        invitation.token_hash = institutions.token_of(invitation)[::-1] + str(invitation.id)
    return invitation


def plan() -> int:
    """What the tick does on Monday, 3 June; how many messages that planned."""
    with transaction():
        return service.plan_missing(now=at_local(date(2030, 6, 3), 10))


def tell(fact: str, clock: SteppingClock, **values: int) -> None:
    with transaction():
        announce(fact, **values, now=clock())


def rows(kind: str = "reminder", state: str = DeliveryState.PLANNED) -> list[Delivery]:
    db.session.expire_all()
    chosen = select(Delivery).where(Delivery.kind == kind, Delivery.state == state)
    return list(db.session.scalars(chosen.order_by(Delivery.due_at, Delivery.id)))


def run_until(clock: SteppingClock, last: date) -> Wire:
    """Let the days go by, as far as due messages make a difference; what was sent."""
    wire = Wire()
    end = at_local(last, 23, 59)
    while (due := _next_due()) is not None and due <= end:
        clock.moment = max(due, clock())
        deliveries.send_due(clock, wire)
    return wire


def _next_due() -> Any:
    db.session.expire_all()
    waiting = select(Delivery.next_at).where(Delivery.state == DeliveryState.PLANNED)
    return db.session.scalar(waiting.order_by(Delivery.next_at).limit(1))


def test_opening_a_phase_plans_three_reminders_for_each_institution(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()

    tell("phase_opened", clock, phase_id=invitation.phase_id)

    assert [(row.step, row.due_at) for row in rows()] == [
        ("14", at_local(date(2030, 6, 14), 9)),
        ("7", at_local(date(2030, 6, 21), 9)),
        ("1", at_local(date(2030, 6, 27), 9)),
    ]


def test_whoever_is_reached_by_letter_gets_none(app: Flask, clock: SteppingClock) -> None:
    invited(institution=factories.make_institution(email=""))

    plan()

    assert rows() == []


@pytest.mark.parametrize("count", [9, 93])
def test_planning_for_all_costs_the_same_few_queries(
    app: Flask, clock: SteppingClock, count: int, count_queries: Callable[[], Any]
) -> None:
    phase = factories.make_phase()
    for _ in range(count):
        invited(phase=phase)

    with transaction(), count_queries() as seen:
        service.plan_for_phase(phase.id, clock())

    assert len(rows()) == 3 * count
    assert len(seen) <= 6


def test_a_reminder_tells_the_day_it_was_written_the_last_day_and_the_link(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()

    sent = run_until(clock, date(2030, 6, 14)).sent

    text = sent[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Noch 14 Tage" in str(sent[0]["Subject"])
    assert "bis Freitag, 28. Juni 2030, 24 Uhr" in text
    assert "am Freitag, 14. Juni 2030 ausgestellt" in text
    assert institutions.link_of(invitation) in text
    assert institutions.token_of(invitation) not in rows(state=DeliveryState.HANDED_OVER)[0].body_text


def test_a_draft_that_was_begun_is_called_so(app: Flask, clock: SteppingClock) -> None:
    invited(state=InvitationState.DRAFTED)
    plan()

    (first, *_) = run_until(clock, date(2030, 6, 14)).sent

    assert "begonnen, aber noch nicht abgeschickt" in first.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "state",
    [InvitationState.SUBMITTED, InvitationState.AGREES, InvitationState.NO_REMARKS, InvitationState.NOT_CONCERNED],
)
def test_whoever_has_answered_by_any_channel_is_not_reminded(
    app: Flask, clock: SteppingClock, state: InvitationState
) -> None:
    invitation = invited()
    plan()
    assert len(run_until(clock, date(2030, 6, 14)).sent) == 1

    with transaction():
        institutions.advance(invitation, state, now=clock())

    assert run_until(clock, LAST_DAY).sent == []
    assert len(rows(state=DeliveryState.CANCELLED)) == 2


def test_an_answer_between_planning_and_sending_stops_the_reminder_at_the_last_moment(
    app: Flask, clock: SteppingClock
) -> None:
    invitation = invited()
    plan()
    clock.moment = at_local(date(2030, 6, 14), 9)
    with transaction():
        institutions.advance(invitation, InvitationState.AGREES, now=clock())

    wire = Wire()
    deliveries.send_due(clock, wire)

    assert wire.sent == []


@pytest.mark.parametrize("change", ["revoked", "closed"])
def test_what_has_lost_its_ground_is_not_sent(app: Flask, clock: SteppingClock, change: str) -> None:
    invitation = invited()
    plan()

    with transaction():
        if change == "revoked":
            invitation.revoked_at = clock()
        if change == "closed":
            invitation.phase.state = PhaseState.CLOSED

    assert run_until(clock, LAST_DAY).sent == []


def test_a_corrected_address_gets_what_was_planned_for_the_old_one(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()
    with transaction():
        invitation.institution.email = "new@verein.example.org"

    assert run_until(clock, LAST_DAY).recipients == ["new@verein.example.org"] * 3
    assert plan() == 0  # the rows tell of the address to which they went


def test_whoever_declines_reminders_gets_none_but_is_still_invited(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()
    with transaction():
        refusals.decline(
            institutions.recipient_of(invitation.institution, berlin_day(clock())), "reminders", by=SYSTEM, now=clock()
        )
        planned = institutions.planned_mail("new_link", invitation, now=clock())
        deliveries.plan_many([planned], now=clock())

    assert len(run_until(clock, LAST_DAY).sent) == 1
    assert len(rows("new_link", DeliveryState.HANDED_OVER)) == 1
    assert len(rows("reminder", DeliveryState.CANCELLED)) == 3


def test_a_new_address_is_reminded_from_then_on(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()
    with transaction():
        db.session.add(Contact(institution=invitation.institution, name="Kim", email="kim@verein.example.org"))

    plan()

    assert run_until(clock, LAST_DAY).recipients == ["kim@verein.example.org"] * 3


def test_a_moved_deadline_brings_new_reminders_and_silences_the_old(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()
    assert len(run_until(clock, date(2030, 6, 14)).sent) == 1
    phase = invitation.phase

    with transaction():
        phase.closes_on, phase.deadline_version = date(2030, 7, 12), 2
        db.session.flush()
        announce("deadline_moved", phase_id=phase.id, now=clock())

    assert [row.due_at for row in rows()] == [at_local(date(2030, *day), 9) for day in ((6, 28), (7, 5), (7, 11))]
    texts = [message.get_body(("plain",)).get_content() for message in run_until(clock, date(2030, 7, 12)).sent]  # type: ignore[union-attr]
    assert len(texts) == 3
    assert all("12. Juli 2030" in text for text in texts)


def test_an_extension_moves_the_reminders_of_that_institution_only(app: Flask, clock: SteppingClock) -> None:
    phase = factories.make_phase()
    longer, other = invited(phase=phase), invited(phase=phase)
    plan()

    with transaction():
        institutions.extend(longer, date(2030, 7, 12), "Ferien", row_version=longer.row_version, by=SYSTEM, now=clock())

    by_subject = {row.subject_id: row.due_at for row in rows()}
    assert by_subject[longer.id] == at_local(date(2030, 7, 11), 9)
    assert by_subject[other.id] == at_local(date(2030, 6, 27), 9)
    assert len(rows()) == 6
    run_until(clock, date(2030, 7, 12))
    texts = [row.body_text for row in rows(state=DeliveryState.HANDED_OVER) if row.subject_id == longer.id]
    assert len(texts) == 3
    assert all("12. Juli 2030" in text and "verlängerte Frist" in text for text in texts)


def test_an_extension_to_another_day_and_back_reminds_of_the_first_day_again(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()

    for day in (8, 15, 8):
        with transaction():
            until = date(2030, 7, day)
            institutions.extend(invitation, until, "Ferien", row_version=invitation.row_version, by=SYSTEM, now=clock())

    assert [row.due_at for row in rows()] == [at_local(date(2030, *day), 9) for day in ((6, 24), (7, 1), (7, 5))]
    texts = [message.get_body(("plain",)).get_content() for message in run_until(clock, date(2030, 7, 15)).sent]  # type: ignore[union-attr]
    assert len(texts) == 3
    assert all("8. Juli 2030" in text for text in texts)


def test_what_was_sent_before_the_deadline_moved_there_and_back_is_not_sent_again(
    app: Flask, clock: SteppingClock
) -> None:
    invitation = invited()
    extend = lambda day: institutions.extend(  # noqa: E731
        invitation, date(2030, 7, day), "Ferien", row_version=invitation.row_version, by=SYSTEM, now=clock()
    )
    with transaction():
        extend(8)
    first = run_until(clock, date(2030, 6, 24))

    for day in (15, 8):
        with transaction():
            extend(day)

    second = run_until(clock, date(2030, 7, 15))
    assert (len(first.sent), len(second.sent)) == (1, 2)


def test_a_phase_that_is_open_again_reminds_again(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()
    tell("phase_closed", clock, phase_id=invitation.phase_id)

    assert plan() == 3  # its phase counts as open, whoever opened it
    assert plan() == 0
    assert len(run_until(clock, LAST_DAY).sent) == 3


@pytest.mark.parametrize("change", ["answered", "revoked", "no link"])
@pytest.mark.parametrize("last_day", [LAST_DAY, date(2030, 7, 1)])  # the second reminds on a Friday, for Sunday
def test_what_is_still_unwanted_is_not_planned_over_and_over(
    app: Flask, clock: SteppingClock, change: str, last_day: date
) -> None:
    invitation = invited(phase=factories.make_phase(closes_on=last_day))
    plan()
    with transaction():
        if change == "answered":
            institutions.advance(invitation, InvitationState.AGREES, now=clock())
        if change == "revoked":
            invitation.revoked_at = clock()
        if change == "no link":
            invitation.token_hash = None

    wire, planned_anew = Wire(), 0
    for day in ((6, 14), (6, 17), (6, 21), (6, 24), (6, 27), (6, 28), (7, 1)):
        clock.moment = at_local(date(2030, *day), 9)
        for _ in range(3):
            deliveries.send_due(clock, wire)
            with transaction():
                planned_anew += service.plan_missing(now=clock())
            clock.advance(minutes=1)

    assert wire.sent == []
    # Without a link, Sunday's reminder is tried once more on Monday, and then no more.
    assert planned_anew == (1 if change == "no link" and last_day != LAST_DAY else 0)
    assert rows() == []


def test_an_answer_that_is_withdrawn_before_the_working_day_after_a_sunday_is_reminded_then(
    app: Flask, clock: SteppingClock
) -> None:
    invitation = invited(phase=factories.make_phase(closes_on=date(2030, 7, 1)))
    plan()
    with transaction():
        institutions.advance(invitation, InvitationState.AGREES, now=clock())
    assert run_until(clock, date(2030, 6, 29)).sent == []
    with transaction():
        invitation.state = InvitationState.OPENED
        service.plan_missing(now=clock())

    assert len(run_until(clock, date(2030, 7, 1)).sent) == 1


def test_a_withdrawn_answer_is_reminded_by_the_deadline_that_was_set_while_it_counted(
    app: Flask, clock: SteppingClock, wakeups: object
) -> None:
    invitation = invited()
    plan()
    with transaction():
        statement = statements.submit(invitation, uuid4(), Answer.AGREES, now=clock())
    with transaction():
        invitation.phase.closes_on, invitation.phase.deadline_version = date(2030, 7, 5), 2
    tell("deadline_moved", clock, phase_id=invitation.phase_id)
    with transaction():
        taking_back.withdraw(invitation, statement.number or "", now=clock())

    assert {row.edition for row in rows()} == {"2/2030-07-05"}
    assert [berlin_day(row.due_at) for row in rows()] == [date(2030, 6, 21), date(2030, 6, 28), date(2030, 7, 4)]


def test_a_withdrawn_answer_is_reminded_again_of_what_was_taken_back_while_it_counted(
    app: Flask, clock: SteppingClock, wakeups: object
) -> None:
    invitation = invited()
    plan()
    with transaction():
        statement = statements.submit(invitation, uuid4(), Answer.AGREES, now=clock())
    with transaction():
        service.replan_for_procedure(invitation.phase.procedure_id, clock())
    assert rows() == []

    with transaction():
        taking_back.withdraw(invitation, statement.number or "", now=clock())

    assert len(rows()) == 3


def test_closing_a_phase_takes_its_reminders_back(app: Flask, clock: SteppingClock) -> None:
    invitation = invited()
    plan()

    tell("phase_closed", clock, phase_id=invitation.phase_id)

    assert rows() == []


def test_planning_again_plans_nothing_twice_and_brings_back_nothing_that_is_over(
    app: Flask, clock: SteppingClock
) -> None:
    invited()
    assert plan() == 3
    assert plan() == 0
    run_until(clock, date(2030, 6, 21))

    with transaction():
        assert service.plan_missing(now=clock()) == 0
    assert len(rows(state=DeliveryState.HANDED_OVER)) == 2


def test_after_a_long_silence_only_the_newest_reminder_goes_out(app: Flask, clock: SteppingClock) -> None:
    invited()
    plan()
    clock.moment = at_local(date(2030, 6, 27), 12)
    wire = Wire()

    deliveries.send_due(clock, wire)

    assert len(wire.sent) == 1
    assert "Noch 1 Tag " in str(wire.sent[0]["Subject"])
    assert [row.step for row in rows(state=DeliveryState.EXPIRED)] == ["14", "7"]


def test_nothing_is_sent_once_the_deadline_is_over(app: Flask, clock: SteppingClock) -> None:
    invited()
    plan()
    clock.moment = at_local(date(2030, 6, 29), 0)
    wire = Wire()

    deliveries.send_due(clock, wire)

    assert wire.sent == []


# Missing results.


def sitting(clerks: int = 1, **values: Any) -> Any:
    people = [factories.make_user() for _ in range(clerks)]
    organization = factories.make_organization("Integrationsrat", clerks=people)
    return factories.make_consultation(organization=organization, held_on=date(2030, 6, 7), **values)


def asked(clock: SteppingClock) -> list[str]:
    """Who is asked for results until the end of June."""
    return run_until(clock, date(2030, 6, 30)).recipients


def test_each_clerk_is_asked_once_on_the_working_day_after_the_sitting(app: Flask, clock: SteppingClock) -> None:
    consultation = sitting(clerks=2)

    tell("meeting_scheduled", clock, meeting_id=consultation.agenda_item.meeting_id)
    plan()

    assert [row.due_at for row in rows("result_missing")] == [at_local(date(2030, 6, 11), 9)] * 2  # after Whit Monday
    assert len({row.recipient for row in rows("result_missing")}) == 2
    wire = run_until(clock, date(2030, 6, 30))
    assert len(wire.sent) == 2
    assert "Ergebnis fehlt: Integrationsrat" in str(wire.sent[0]["Subject"])
    assert f"/beratungen/{consultation.id}/ergebnis" in wire.sent[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize("change", ["cancelled", "skipped", "recorded", "moved", "no clerk", "inactive"])
def test_nobody_is_asked_for_what_is_not_missing(app: Flask, clock: SteppingClock, change: str) -> None:
    consultation = sitting()
    plan()
    meeting, clerk = consultation.agenda_item.meeting, consultation.organization.clerks[0]

    with transaction():
        if change == "cancelled":
            meeting.cancelled = True
        if change == "skipped":
            consultation.state = "skipped"
        if change == "recorded":
            consultation.state = "recorded"
        if change == "moved":
            meeting.held_on = date(2030, 7, 5)
        if change == "no clerk":
            db.session.delete(clerk)
        if change == "inactive":
            clerk.user.is_active = False

    assert asked(clock) == []


def test_a_sitting_on_another_day_is_asked_about_after_that_day(app: Flask, clock: SteppingClock) -> None:
    consultation = sitting()
    plan()
    meeting = consultation.agenda_item.meeting

    with transaction():
        meeting.held_on = date(2030, 6, 12)
        db.session.flush()
        announce("meeting_scheduled", meeting_id=meeting.id, now=clock())

    assert [row.due_at for row in rows("result_missing")] == [at_local(date(2030, 6, 13), 9)]
    assert len(asked(clock)) == 1


def test_a_sitting_moved_to_another_day_and_back_is_asked_about_after_the_first(
    app: Flask, clock: SteppingClock
) -> None:
    consultation = sitting()
    plan()
    meeting = consultation.agenda_item.meeting

    for day in (12, 7):
        with transaction():
            meeting.held_on = date(2030, 6, day)
            db.session.flush()
            announce("meeting_scheduled", meeting_id=meeting.id, now=clock())

    assert [row.due_at for row in rows("result_missing")] == [at_local(date(2030, 6, 11), 9)]
    assert len(asked(clock)) == 1


def test_a_clerk_who_came_later_is_asked_too(app: Flask, clock: SteppingClock) -> None:
    consultation = sitting(clerks=0)
    assert plan() == 0
    late = factories.make_user()
    with transaction():
        consultation.organization.clerks.append(factories.Clerk(user=late))

    assert plan() == 1


def test_sittings_of_long_ago_are_left_alone(app: Flask, clock: SteppingClock) -> None:
    organization = factories.make_organization(clerks=[factories.make_user()])
    factories.make_consultation(organization=organization, held_on=clock().date() - timedelta(days=3))

    plan()

    assert rows("result_missing") == []
