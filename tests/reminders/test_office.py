"""What the administration's own people are told: changes of the sequence, due dates, the morning's digest, lost addresses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ikb import mail
from ikb.accounts.model import Role, User
from ikb.consolidation import assignments
from ikb.core.clock import at_local
from ikb.db import db, transaction
from ikb.deliberations import falling_out, stations
from ikb.deliberations.model import Consultation, StationState
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions import service as institutions
from ikb.institutions.model import InvitationState
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures.model import Procedure
from ikb.reminders import service
from ikb.reminders.rules import Rules
from tests import factories
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def clerk(app: Flask) -> User:
    return factories.make_user(roles=[Role.SECRETARY])


@pytest.fixture
def procedure(lead: User) -> Procedure:
    return factories.make_procedure(leads=[lead], title="Konzept für alle")


@pytest.fixture
def station(procedure: Procedure, clerk: User) -> Consultation:
    """In the Jugendausschuss on Friday, 12 July 2030."""
    return of(procedure, "Jugendausschuss", clerk, date(2030, 7, 12))


def of(procedure: Procedure, name: str, clerk: User, held_on: date | None, **values: Any) -> Consultation:
    organization = factories.make_organization(name, clerks=[clerk], **values)
    return factories.make_consultation(procedure, organization, held_on)


def move(station: Consultation, held_on: date | None, clock: SteppingClock, by: Actor = SYSTEM) -> None:
    told = stations.Station(role=station.role, held_on=held_on, public=True)
    with transaction():
        stations.change_station(station, told, seen=station.row_version, by=by, now=clock())


def plan(clock: SteppingClock) -> None:
    with transaction():
        service.plan_missing(now=clock())


def rows(kind: str, state: str = DeliveryState.PLANNED) -> list[Delivery]:
    db.session.expire_all()
    chosen = select(Delivery).where(Delivery.kind == kind, Delivery.state == state)
    return list(db.session.scalars(chosen.order_by(Delivery.due_at, Delivery.id)))


def send(clock: SteppingClock, kind: str, at: Any = None) -> Wire:
    """Send what is due when the first message of a kind is; only those of that kind are kept."""
    clock.moment = at or rows(kind)[0].due_at
    for row in db.session.scalars(select(Delivery).where(Delivery.kind != kind)):
        with transaction():
            deliveries.cancel(row.kind, [row.subject_id], now=clock())
    wire = Wire()
    deliveries.send_due(clock, wire)
    return wire


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


# Changes of the sequence.


def test_several_changes_are_one_mail_for_each_person_after_an_hour(
    procedure: Procedure, station: Consultation, lead: User, clerk: User, clock: SteppingClock
) -> None:
    other = of(procedure, "Kulturausschuss", clerk, date(2030, 7, 3))
    move(station, date(2030, 7, 19), clock)
    clock.advance(minutes=20)
    move(other, date(2030, 7, 4), clock)
    move(station, date(2030, 7, 20), clock)

    assert [row.due_at for row in rows("sequence_changed")] == [at_local(date(2030, 6, 3), 11)] * 2
    wire = send(clock, "sequence_changed")
    assert sorted(wire.recipients) == sorted([lead.email, clerk.email])
    text = text_of(wire.sent[0])
    assert "- Kulturausschuss berät am Do., 04.07.2030 statt am Mi., 03.07.2030." in text
    assert "- Jugendausschuss berät am Sa., 20.07.2030 statt am Fr., 12.07.2030." in text


@pytest.mark.parametrize(
    ("is_moved", "sentence"),
    [
        (False, "- Jugendausschuss hat keinen Sitzungstag mehr; bisher war es Fr., 12.07.2030."),
        (True, "- Jugendausschuss berät am Mo., 15.07.2030 statt am Fr., 12.07.2030."),
    ],
    ids=["cancelled", "moved"],
)
def test_a_whole_sitting_that_falls_out_or_moves_is_one_mail_too(
    station: Consultation, lead: User, clerk: User, clock: SteppingClock, is_moved: bool, sentence: str
) -> None:
    meeting = station.agenda_item.meeting  # type: ignore[union-attr]
    act: dict[str, Any] = {"seen": meeting.row_version, "by": SYSTEM, "now": clock()}
    with transaction():
        if is_moved:
            falling_out.move(meeting, date(2030, 7, 15), None, None, "Der Saal ist belegt.", **act)
        else:
            falling_out.cancel(meeting, "Der Vorsitz ist erkrankt.", **act)

    wire = send(clock, "sequence_changed")

    assert sorted(wire.recipients) == sorted([lead.email, clerk.email])
    assert sentence in text_of(wire.sent[0])


def test_moved_there_and_back_is_nothing_to_tell(station: Consultation, clock: SteppingClock) -> None:
    move(station, date(2030, 7, 19), clock)
    move(station, date(2030, 7, 12), clock)

    assert send(clock, "sequence_changed").sent == []


def test_what_changes_after_the_mail_went_out_comes_with_the_next_one_only(
    station: Consultation, lead: User, clock: SteppingClock
) -> None:
    move(station, date(2030, 7, 19), clock)
    first = send(clock, "sequence_changed")
    move(station, None, clock)
    second = send(clock, "sequence_changed")

    assert "19.07.2030 statt am Fr., 12.07.2030" in text_of(first.sent[0])
    assert "hat keinen Sitzungstag mehr; bisher war es Fr., 19.07.2030." in text_of(second.sent[0])
    assert "12.07.2030" not in text_of(second.sent[0])


def test_nobody_is_told_of_what_only_they_did(
    station: Consultation, lead: User, clerk: User, clock: SteppingClock
) -> None:
    move(station, date(2030, 7, 19), clock, by=Actor.user(lead.id))

    assert [row.recipient for row in rows("sequence_changed")] == [clerk.email]


def test_a_station_that_is_left_out_and_taken_up_again_reads_so(
    station: Consultation, lead: User, clock: SteppingClock
) -> None:
    with transaction():
        stations.skip(station, "mit Zustimmung der Vorsitzenden", seen=station.row_version, by=SYSTEM, now=clock())
    first = send(clock, "sequence_changed")
    with transaction():
        stations.resume(station, seen=station.row_version, by=SYSTEM, now=clock())
    second = send(clock, "sequence_changed")

    assert "Die Beratung entfällt: mit Zustimmung der Vorsitzenden" in text_of(first.sent[0])
    assert "Jugendausschuss berät doch, am Fr., 12.07.2030." in text_of(second.sent[0])


def test_the_window_is_the_procedures_rule_and_quiet_hours_hold_for_offices_too(
    procedure: Procedure, station: Consultation, clock: SteppingClock
) -> None:
    with transaction():
        service.change_rules(procedure, Rules(gather_minutes=5), seen=0, by=SYSTEM, now=clock())
    move(station, date(2030, 7, 19), clock)
    assert rows("sequence_changed")[0].due_at == clock() + timedelta(minutes=5)
    send(clock, "sequence_changed")

    clock.moment = at_local(date(2030, 6, 8), 21)  # before Whit Sunday
    move(station, date(2030, 7, 26), clock)
    assert rows("sequence_changed")[0].due_at == at_local(date(2030, 6, 11), 7)


# What is due around a sitting.


def test_a_clerk_is_told_one_working_day_before_each_step_is_due(
    procedure: Procedure, clerk: User, clock: SteppingClock
) -> None:
    of(procedure, "Rat", clerk, date(2030, 7, 12), papers_days=21, minutes_days=14)
    plan(clock)

    # Papers are due on 21 June, members invited by 4 July (neither end counts), minutes on 26 July.
    assert [row.due_at for row in rows("sitting_task")] == [
        at_local(date(2030, *day), 9) for day in ((6, 19), (7, 3), (7, 25))
    ]


def test_a_hint_names_day_rule_and_procedures_and_is_one_for_all_of_them(
    procedure: Procedure, clerk: User, lead: User, clock: SteppingClock
) -> None:
    station = of(procedure, "Rat", clerk, date(2030, 7, 12))
    other = factories.make_consultation(
        factories.make_procedure(leads=[lead], title="Zweites Konzept"), station.organization, held_on=None
    )
    with transaction():
        other.agenda_item = type(station.agenda_item)(meeting=station.agenda_item.meeting, title="Zweites", public=True)
        other.state = StationState.SCHEDULED
    plan(clock)

    wire = send(clock, "sitting_task")

    invitations = [message for message in wire.sent if "Einladung" in str(message["Subject"])]
    assert len(invitations) == 1
    text = text_of(invitations[0])
    assert "Bis Donnerstag, 4. Juli 2030 steht an:" in text
    assert "- Vorlage versenden." in text
    assert "- Einladung versenden." in text
    assert "- Konzept für alle" in text
    assert "- Zweites Konzept" in text


@pytest.mark.parametrize("change", ["invited", "moved", "other clerk", "cancelled"])
def test_a_hint_that_lost_its_ground_is_not_sent(station: Consultation, clock: SteppingClock, change: str) -> None:
    plan(clock)
    before = [row.id for row in rows("sitting_task")]
    assert before
    with transaction():
        if change == "invited":
            station.state = StationState.INVITED
            station.laid_paper_id = None
        if change == "moved":
            station.agenda_item.meeting.held_on = date(2030, 7, 19)
        if change == "other clerk":
            station.organization.clerks.clear()
        if change == "cancelled":
            station.agenda_item.meeting.cancelled = True

    wire = send(clock, "sitting_task", at_local(date(2030, 7, 3), 9))

    assert [str(message["Subject"]) for message in wire.sent if "Einladung" in str(message["Subject"])] == []


def test_hints_are_planned_once_however_often_the_tick_comes(station: Consultation, clock: SteppingClock) -> None:
    plan(clock)
    first = [row.dedup_key for row in rows("sitting_task")]
    for _ in range(3):
        clock.advance(minutes=1)
        plan(clock)

    assert [row.dedup_key for row in rows("sitting_task")] == first


# The digest.


def test_the_digest_comes_each_working_morning_with_what_blocks_and_what_came_in(
    procedure: Procedure, station: Consultation, lead: User, clock: SteppingClock
) -> None:
    with transaction():
        station.agenda_item.meeting.held_on = date(2030, 5, 31)
    version = factories.make_version(factories.make_draft(procedure))
    invitation = factories.make_invitation(factories.make_phase(version), factories.make_institution("Kulturverein"))
    factories.make_statement(invitation, submitted_at=at_local(date(2030, 6, 3), 15))
    with transaction():
        mine = assignments.Change(lead.id, date(2030, 6, 14), keeps_due=False)
        to_me = [assignments.Target("bp-1")]
        assignments.assign(version.draft, to_me, mine, seen=0, key=uuid4(), by=Actor.user(lead.id), now=clock())
    plan(clock)

    (row,) = rows("digest")
    assert (row.due_at, row.recipient) == (at_local(date(2030, 6, 4), 7, 30), lead.email)
    text = text_of(send(clock, "digest").sent[0])
    assert "Jugendausschuss: Das Ergebnis fehlt." in text
    assert "Antworten von 1 Institution: Kulturverein." in text
    assert "Ihnen zugewiesen und noch offen: 1 Abschnitt." in text


def test_where_there_is_nothing_no_digest_comes_and_the_next_day_is_asked_again(
    lead: User, clock: SteppingClock
) -> None:
    procedure = factories.make_procedure(leads=[lead])
    phase = factories.make_phase(factories.make_version(factories.make_draft(procedure)))
    factories.make_invitation(phase, state=InvitationState.DELIVERED)
    plan(clock)

    assert send(clock, "digest").sent == []
    plan(clock)
    assert [row.due_at for row in rows("digest")] == [at_local(date(2030, 6, 5), 7, 30)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at_local(date(2030, 6, 7), 7, 29), at_local(date(2030, 6, 7), 7, 30)),
        (at_local(date(2030, 6, 7), 7, 30), at_local(date(2030, 6, 11), 7, 30)),  # Whitsun lies between
        (at_local(date(2030, 6, 19), 12), at_local(date(2030, 6, 21), 7, 30)),
    ],
)
def test_no_digest_on_weekends_and_holidays(lead: User, clock: SteppingClock, now: Any, expected: Any) -> None:
    factories.make_procedure(leads=[lead])
    clock.moment = now
    plan(clock)

    assert [row.due_at for row in rows("digest")] == [expected]


def test_who_leads_two_procedures_gets_one_digest_and_none_of_those_that_want_none(
    lead: User, clock: SteppingClock
) -> None:
    first, second = (factories.make_procedure(leads=[lead], title=title) for title in ("Eins", "Zwei"))
    with transaction():
        service.change_rules(second, Rules(has_digest=False), seen=0, by=SYSTEM, now=clock())
    plan(clock)

    assert len(rows("digest")) == 1
    text = text_of(send(clock, "digest").sent[0])
    assert first.title in text
    assert second.title not in text


# Days full of sittings.


def busy(procedure: Procedure, first: date, count: int = 15) -> None:
    for place in range(count):
        factories.make_consultation(procedure, None, first + timedelta(days=place % 10))


def test_of_fifteen_sittings_in_ten_days_the_lead_hears_once_two_weeks_before(
    procedure: Procedure, lead: User, clock: SteppingClock
) -> None:
    busy(procedure, date(2030, 7, 1))
    for _ in range(3):
        plan(clock)
        clock.advance(minutes=1)

    (row,) = rows("busy_days")
    assert row.due_at == at_local(date(2030, 6, 17), 9)
    text = text_of(send(clock, "busy_days").sent[0])
    assert "vom Montag, 1. Juli 2030 bis zum Mittwoch, 10. Juli 2030 beraten 15 Sitzungen" in text


def test_days_that_are_closer_than_two_weeks_are_told_of_at_once_and_only_once(
    procedure: Procedure, clock: SteppingClock
) -> None:
    busy(procedure, date(2030, 6, 12))
    plan(clock)
    assert len(send(clock, "busy_days").sent) == 1
    for _ in range(3):
        clock.advance(minutes=1)
        plan(clock)

    assert rows("busy_days") == []


@pytest.mark.parametrize("change", ["fewer", "switched off", "skipped"])
def test_without_full_days_nobody_is_warned(procedure: Procedure, clock: SteppingClock, change: str) -> None:
    if change == "switched off":
        with transaction():
            service.change_rules(procedure, Rules(warns_of_busy_days=False), seen=0, by=SYSTEM, now=clock())
    busy(procedure, date(2030, 7, 1), 14 if change == "fewer" else 15)
    if change == "skipped":
        with transaction():
            for station in db.session.scalars(select(Consultation)):
                station.state = StationState.SKIPPED
    plan(clock)

    assert rows("busy_days") == []


# Lost addresses.


def test_bounces_of_some_minutes_are_one_mail_and_what_was_corrected_is_not_in_it(
    procedure: Procedure, lead: User, clock: SteppingClock
) -> None:
    phase = factories.make_phase(factories.make_version(factories.make_draft(procedure)))
    gone = [factories.make_invitation(phase, factories.make_institution(name)) for name in ("Alpha", "Beta", "Gamma")]
    refused = {one.institution.email: [mail.RecipientRefused(550, "5.1.1 unknown")] for one in gone}
    with transaction():
        deliveries.plan_many([institutions.planned_mail("invitation", one, now=clock()) for one in gone], now=clock())
    deliveries.send_due(clock, Wire(faults=refused))
    with transaction():
        gone[1].state = InvitationState.DELIVERED

    (row,) = rows("undeliverable")
    assert (row.recipient, row.due_at) == (lead.email, clock() + timedelta(minutes=15))
    message = send(clock, "undeliverable").sent[0]
    assert "2 Institutionen sind nicht erreichbar" in str(message["Subject"])
    assert "- Alpha\n- Gamma" in text_of(message).replace("\r", "")
    assert "Beta" not in text_of(message)


def test_a_lost_address_of_the_administration_itself_makes_no_further_mail(
    procedure: Procedure, station: Consultation, lead: User, clerk: User, clock: SteppingClock
) -> None:
    move(station, date(2030, 7, 19), clock)
    clock.moment = rows("sequence_changed")[0].due_at
    deliveries.send_due(clock, Wire(faults={clerk.email: [mail.RecipientRefused(550, "gone")]}))

    assert rows("undeliverable") == []
