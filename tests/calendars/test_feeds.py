"""Calendars by subscription: who sees what, what a change does to a date, and what a program need not fetch again."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta

import icalendar
import pytest
import vobject
from sqlalchemy import select

from ikb.accounts.model import Grant, Role
from ikb.calendars import service
from ikb.calendars.feeds import Scope
from ikb.calendars.links import token_of
from ikb.calendars.model import CalendarEntry, CalendarFeed, FeedKind
from ikb.core.results import Outcome, Tally
from ikb.db import db, transaction
from ikb.deliberations import service as deliberations
from ikb.deliberations import stations
from ikb.deliberations.stations import Station
from ikb.errors import Conflict
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures import service as procedures
from tests.factories import (
    make_consultation,
    make_draft,
    make_organization,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)

MINE = Scope(FeedKind.MINE)


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY])


@pytest.fixture
def board(secretary):
    return make_organization("Seniorenrat", [secretary])


def subscribe(user, now, scope=MINE):
    with transaction():
        feed = service.subscribe(user.id, scope, by=Actor.user(user.id), now=now)
    return f"/kalender/{token_of(feed)}.ics"


def fetch(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}


def only(client, path):
    """The one sitting in a calendar; what is due around it has alarms of its own."""
    [event] = [event for event in fetch(client, path).values() if event["transp"] == "OPAQUE" or _is_off(event)]
    return event


def _is_off(event):
    return event["status"] == "CANCELLED"


def dues(client, path):
    found = fetch(client, path).values()
    return {str(event["summary"]): event for event in found if event["transp"] == "TRANSPARENT" and not _is_off(event)}


def change(consultation, now, **values):
    entered = {"role": consultation.role, "held_on": consultation.held_on, "public": True} | values
    with transaction():
        stations.change_station(consultation, Station(**entered), seen=consultation.row_version, by=SYSTEM, now=now)


def test_a_secretary_sees_the_sittings_of_their_committees_and_no_others(client, now, board, secretary):
    procedure = make_procedure(title="Konzept für alle")
    step = make_consultation(procedure, board, date(2030, 6, 12))
    with transaction():
        step.agenda_item.meeting.starts_at_local, step.agenda_item.meeting.place = time(17), "Rathaus, Saal 1"
    make_consultation(procedure, make_organization("Kulturausschuss"), date(2030, 6, 13))

    event = only(client, subscribe(secretary, now))

    assert str(event["summary"]) == "Seniorenrat: Konzept für alle"
    assert event["dtstart"].dt.isoformat() == "2030-06-12T17:00:00+02:00"
    assert str(event["location"]) == "Rathaus, Saal 1"
    assert f"/beratungen/{step.id}" in str(event["description"])
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)


def test_a_lead_sees_the_steps_and_last_days_of_their_procedures_and_no_others(client, now, lead, board):
    procedure = make_procedure([lead], title="Konzept")
    make_consultation(procedure, board, date(2030, 6, 12))
    make_consultation(make_procedure(title="Fremdes"), make_organization(), date(2030, 6, 13))
    make_phase(make_version(make_draft(procedure)))

    events = fetch(client, subscribe(lead, now))

    assert sorted(str(event["summary"]) for event in events.values()) == [
        "Frist: Beteiligung (Konzept)",
        "Seniorenrat: Konzept",
    ]


def test_deadlines_remind_in_the_morning_before(client, now, lead):
    make_phase(make_version(make_draft(make_procedure([lead]))))
    written = client.get(subscribe(lead, now)).text

    [event] = vobject.readOne(written).vevent_list
    assert event.dtstart.value == date(2030, 6, 28)
    assert timedelta(hours=-15) in [alarm.trigger.value for alarm in event.valarm_list]


def test_a_secretary_is_reminded_of_what_is_due_around_a_sitting(client, now, board, secretary, clock):
    with transaction():
        board.papers_days, board.minutes_days = 14, 21
    step = make_consultation(make_procedure(), board, date(2030, 6, 26))
    path = subscribe(secretary, now)

    found = dues(client, path)

    assert {summary: event["dtstart"].dt for summary, event in found.items()} == {
        "Tagesordnung schließen (Seniorenrat)": date(2030, 6, 12),
        "Einladung versenden (Seniorenrat)": date(2030, 6, 18),
        "Niederschrift freigeben (Seniorenrat)": date(2030, 7, 17),
    }
    assert "Ladungsfrist 7 Tage" in str(found["Einladung versenden (Seniorenrat)"]["description"])
    assert all(len(event.walk("VALARM")) == 1 for event in found.values())

    with transaction():
        stations.mark_invited(step, seen=step.row_version, by=SYSTEM, now=clock.advance(hours=1))
    done = dues(client, path)["Erledigt: Einladung versenden (Seniorenrat)"]
    assert (done["uid"], done["sequence"]) == (found["Einladung versenden (Seniorenrat)"]["uid"], 1)
    assert done.walk("VALARM") == []


def test_what_was_done_before_anybody_looked_is_not_told(client, now, board, secretary):
    make_consultation(make_procedure(), board, date(2030, 6, 26), state="invited")

    assert dues(client, subscribe(secretary, now)) == {}


def test_a_lead_is_not_reminded_of_what_offices_do(client, now, board, lead):
    make_consultation(make_procedure([lead]), board, date(2030, 6, 26))

    assert dues(client, subscribe(lead, now)) == {}


def test_of_a_step_that_is_not_public_not_even_its_procedure_is_told(client, now, board, secretary, lead):
    procedure = make_procedure([lead], title="Verkauf des Grundstücks")
    step = make_consultation(procedure, board, date(2030, 6, 12))
    with transaction():
        step.agenda_item.public = False

    for path in (
        subscribe(secretary, now),
        subscribe(lead, now),
        subscribe(secretary, now, Scope(FeedKind.ORGANIZATION, board.id)),
    ):
        answer = client.get(path).text
        assert "nichtöffentliche Beratung" in answer
        assert "Grundst" not in answer


@pytest.mark.parametrize("scope_of", ["organization", "procedure"])
def test_what_somebody_may_see_is_asked_when_it_is_fetched(client, now, board, secretary, scope_of):
    step = make_consultation(make_procedure(), board, date(2030, 6, 12))
    scope = Scope(FeedKind(scope_of), board.id if scope_of == "organization" else step.procedure_id)
    path = subscribe(secretary, now, scope)
    assert fetch(client, path) != {}

    with transaction():
        board.clerks.clear()

    assert fetch(client, path) == {}


def test_whoever_loses_the_task_loses_the_dates(client, now, board, secretary):
    make_consultation(make_procedure(), board, date(2030, 6, 12))
    path = subscribe(secretary, now)
    with transaction():
        db.session.delete(db.session.scalars(select(Grant).where(Grant.user_id == secretary.id)).one())

    assert fetch(client, path) == {}


def test_a_closed_account_has_no_calendar(client, now, secretary):
    path = subscribe(secretary, now)
    with transaction():
        secretary.is_active = False

    assert client.get(path).status_code == 404


def test_a_step_that_moves_stays_the_same_date_with_a_higher_sequence(client, now, lead, board, clock):
    step = make_consultation(make_procedure([lead]), board, date(2030, 6, 12))
    path = subscribe(lead, now)
    before = only(client, path)

    change(step, clock.advance(hours=1), held_on=date(2030, 6, 26))
    after = only(client, path)

    assert after["uid"] == before["uid"]
    assert after["dtstart"].dt == date(2030, 6, 26)
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after["last-modified"].dt == clock()


def test_a_step_that_loses_its_sitting_stays_as_cancelled_until_it_has_another(client, now, lead, board, clock):
    step = make_consultation(make_procedure([lead]), board, date(2030, 6, 12))
    path = subscribe(lead, now)
    uid = str(only(client, path)["uid"])

    change(step, clock.advance(hours=1), held_on=None)
    gone = only(client, path)
    change(step, clock.advance(hours=1), held_on=date(2030, 7, 3))
    back = only(client, path)

    assert (str(gone["uid"]), gone["status"], gone["sequence"]) == (uid, "CANCELLED", 1)
    assert gone["dtstart"].dt == date(2030, 6, 12)
    assert str(gone["summary"]).startswith("Entfällt: Seniorenrat")
    assert (str(back["uid"]), back["status"], back["sequence"]) == (uid, "CONFIRMED", 2)


def test_a_step_that_never_was_in_a_calendar_is_not_cancelled_there(client, now, lead, board, clock):
    step = make_consultation(make_procedure([lead]), board, date(2030, 6, 12))
    change(step, now, held_on=None)

    assert fetch(client, subscribe(lead, now)) == {}


def test_a_cancelled_sitting_stays_and_says_why(client, now, board, secretary, clock):
    step = make_consultation(make_procedure(), board, date(2030, 6, 12))
    path = subscribe(secretary, now)
    assert only(client, path)["status"] == "CONFIRMED"

    with transaction():
        step.agenda_item.meeting.cancelled = True
        step.agenda_item.meeting.cancelled_reason = "Saal nicht benutzbar"
    event = only(client, path)

    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert "Saal nicht benutzbar" in str(event["description"])


def test_a_result_is_told_and_counts_as_a_change(client, now, board, secretary, lead, clock):
    step = make_consultation(make_procedure([lead]), board, date(2030, 6, 3))
    path = subscribe(lead, now)
    fetch(client, path)

    entry = deliberations.ResultEntry(Outcome.RECOMMENDED, Tally(yes=9, no=0), None, is_provisional=True)
    with transaction():
        deliberations.record_result(
            step, entry, (), uuid.uuid4(), by=Actor.user(secretary.id), now=clock.advance(hours=3)
        )
    event = only(client, path)

    assert event["sequence"] == 1
    assert "Ergebnis: empfohlen, einstimmig (vorläufig)" in str(event["description"])
    assert event["last-modified"].dt == clock()  # counted when it happened, not when somebody looked


def test_a_change_without_a_fact_is_counted_when_somebody_looks(client, now, lead, board, clock):
    procedure = make_procedure([lead], title="Alt")
    make_consultation(procedure, board, date(2030, 6, 12))
    path = subscribe(lead, now)
    fetch(client, path)

    with transaction():
        procedure.title = "Neu"
    clock.advance(hours=2)
    event = only(client, path)

    assert (str(event["summary"]), event["sequence"]) == ("Seniorenrat: Neu", 1)
    assert event["last-modified"].dt == clock()


def test_a_deadline_that_moves_raises_its_sequence(client, now, lead, clock):
    phase = make_phase(make_version(make_draft(make_procedure([lead]))))
    path = subscribe(lead, now)
    fetch(client, path)

    with transaction():
        procedures.move_deadline(phase, date(2030, 7, 5), False, by=SYSTEM, now=clock.advance(hours=1))
    [event] = fetch(client, path).values()

    assert (event["dtstart"].dt, event["sequence"]) == (date(2030, 7, 5), 1)


def test_nothing_changed_nothing_is_fetched_again(client, now, lead, board, clock):
    step = make_consultation(make_procedure([lead]), board, date(2030, 6, 12))
    path = subscribe(lead, now)
    first = client.get(path)
    clock.advance(hours=5)

    by_tag = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    again = client.get(path)
    change(step, clock(), held_on=date(2030, 6, 26))
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    changed_since = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})

    assert (by_tag.status_code, by_tag.data) == (304, b"")
    assert by_time.status_code == 304
    assert again.data == first.data
    assert (changed.status_code, changed_since.status_code) == (200, 200)


def test_losing_sight_of_a_date_is_a_change_too(client, now, board, secretary, clock):
    make_consultation(make_procedure(), board, date(2030, 6, 12))
    path = subscribe(secretary, now)
    first = client.get(path)
    clock.advance(hours=1)
    with transaction():
        board.clerks.clear()

    assert client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 200


def test_a_secret_calendar_is_kept_from_caches_referrers_and_search(client, now, secretary):
    answer = client.get(subscribe(secretary, now))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/kalender/abc.ics", "/kalender/" + "a" * 32 + ".ics", "/kalender/1.ics"])
def test_an_address_that_nobody_was_given_holds_nothing(client, path):
    assert client.get(path).status_code == 404


def test_a_renewed_address_replaces_the_old_one_and_sent_twice_it_is_renewed_once(client, now, secretary):
    old = subscribe(secretary, now)
    feed = db.session.scalars(select(CalendarFeed)).one()
    for _ in range(2):
        with transaction():
            service.renew(feed, seen=1, by=SYSTEM, now=now)

    assert feed.generation == 2
    assert client.get(old).status_code == 404
    assert client.get(f"/kalender/{token_of(feed)}.ics").status_code == 200


def test_a_revoked_address_is_dead_and_never_comes_back(client, now, secretary):
    old = subscribe(secretary, now)
    feed = db.session.scalars(select(CalendarFeed)).one()
    for _ in range(2):
        with transaction():
            service.revoke(feed, by=SYSTEM, now=now)
    with pytest.raises(Conflict), transaction():
        service.renew(feed, seen=1, by=SYSTEM, now=now)
    assert client.get(old).status_code == 404

    new = subscribe(secretary, now)

    assert new != old
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    acts = db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)).all()
    assert acts == ["calendar link issued", "calendar link revoked", "calendar link issued"]


def test_only_the_hash_of_a_token_is_stored(now, secretary):
    subscribe(secretary, now)
    feed = db.session.scalars(select(CalendarFeed)).one()

    assert token_of(feed) not in (feed.token_hash, feed.scope)
    assert len(feed.token_hash) == 64


def test_two_programs_that_fetch_at_once_raise_a_sequence_once(now, lead, board, clock):
    make_consultation(make_procedure([lead]), board, date(2030, 6, 12))
    with transaction():
        service._counted(service.rows_of(Scope(FeedKind.ORGANIZATION, board.id), None, now.date()), now)
    entry = db.session.scalars(select(CalendarEntry)).one()
    [happening] = service.rows_of(Scope(FeedKind.ORGANIZATION, board.id), None, now.date()).happenings(
        {}, for_staff=True
    )
    changed = type(happening)(**{**vars(happening), "facts": {"other": 1}})
    with transaction():
        service._raise_sequence(changed, entry, now)
        service._raise_sequence(changed, entry, now)
    db.session.expire_all()

    assert db.session.scalars(select(CalendarEntry)).one().sequence == 1


@pytest.mark.parametrize("written", ["", "organization", "procedure-0", "procedure-x", "mine-1", "procedure-1 "])
def test_a_scope_that_cannot_be_is_none(written):
    assert Scope.read(written) is None


@pytest.mark.parametrize("scope", [MINE, Scope(FeedKind.ORGANIZATION, 3), Scope(FeedKind.PROCEDURE, 12)])
def test_a_scope_is_read_as_it_is_written(scope):
    assert Scope.read(str(scope)) == scope
