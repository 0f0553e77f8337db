"""The page where people get and revoke their calendar addresses, and the calendars that everybody may have."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest

from ikb.accounts.model import Role
from ikb.calendars.links import link_of, token_of
from ikb.calendars.model import CalendarFeed
from ikb.db import db, transaction
from ikb.deliberations import stations
from ikb.deliberations.stations import Station
from ikb.journal.service import SYSTEM
from tests.factories import (
    make_consultation,
    make_draft,
    make_organization,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)


def feeds():
    return db.session.query(CalendarFeed).order_by(CalendarFeed.id).all()


def summaries(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return [str(event["summary"]) for event in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")]


def test_a_person_subscribes_copies_the_address_and_revokes_it(as_user, client, lead):
    make_consultation(make_procedure([lead], title="Konzept"), make_organization("Rat"))
    browser = as_user(lead)

    assert "Noch kein Kalender abonniert" in browser.get("/kalender").text
    answer = browser.post("/kalender", data={"scope": "mine"})
    assert answer.status_code == 303
    page = browser.get("/kalender").text
    [feed] = feeds()
    assert link_of(feed) in page
    assert summaries(client, f"/kalender/{token_of(feed)}.ics") == ["Rat: Konzept"]

    browser.post(f"/kalender/abo/{feed.id}/erneuern", data={"generation": "1"})
    assert feeds()[0].generation == 2
    browser.post(f"/kalender/abo/{feed.id}/sperren")
    assert "Noch kein Kalender abonniert" in browser.get("/kalender").text
    assert client.get(f"/kalender/{token_of(feeds()[0])}.ics").status_code == 404


def test_sent_twice_it_is_one_subscription(as_user, lead):
    browser = as_user(lead)
    browser.post("/kalender", data={"scope": "mine"})
    again = browser.post("/kalender", data={"scope": "mine"})

    assert len(feeds()) == 1
    assert again.status_code == 422  # it is not among the choices any more


@pytest.mark.parametrize("scope", ["organization-{}", "procedure-{}", "everything", ""])
def test_nobody_subscribes_to_what_they_may_not_see(as_user, lead, scope):
    foreign = make_consultation()
    wanted = scope.format(foreign.organization_id if "org" in scope else foreign.procedure_id)

    assert as_user(lead).post("/kalender", data={"scope": wanted}).status_code == 422
    assert feeds() == []


def test_another_persons_subscription_does_not_exist(as_user, lead):
    as_user(lead).post("/kalender", data={"scope": "mine"})
    [feed] = feeds()
    stranger = as_user(make_user([Role.LEAD]))

    for act in ("erneuern", "sperren"):
        assert stranger.post(f"/kalender/abo/{feed.id}/{act}", data={"generation": "1"}).status_code == 404
    assert (feeds()[0].generation, feeds()[0].is_live) == (1, True)


def test_the_choices_are_ones_own_committees_and_procedures(as_user):
    secretary = make_user([Role.SECRETARY])
    board = make_organization("Seniorenrat", [secretary])
    make_consultation(make_procedure(title="Konzept"), board)
    make_consultation(make_procedure(title="Fremdes"), make_organization("Kulturausschuss"))

    page = as_user(secretary).get("/kalender").text

    assert "Gremium: Seniorenrat" in page
    assert "Verfahren: Konzept" in page
    assert "Kulturausschuss" not in page
    assert "Fremdes" not in page


@pytest.mark.parametrize("generation", ["", "x", "²", "9" * 30])
def test_a_form_that_was_tampered_with_changes_nothing(as_user, lead, generation):
    browser = as_user(lead)
    browser.post("/kalender", data={"scope": "mine"})
    [feed] = feeds()

    assert browser.post(f"/kalender/abo/{feed.id}/erneuern", data={"generation": generation}).status_code == 422
    assert feeds()[0].generation == 1


def public_and_not():
    """A committee with a public step, one that is not public, and one of a procedure that is not."""
    board = make_organization("Seniorenrat")
    shown = make_consultation(make_procedure(title="Offen"), board, date(2030, 6, 12))
    hidden = make_consultation(shown.procedure, board, date(2030, 6, 19))
    with transaction():
        hidden.agenda_item.public = False
    make_consultation(make_procedure(title="Geheim", is_public=False), board, date(2030, 6, 26))
    return board, shown, hidden


def test_everybody_sees_public_steps_of_public_procedures_and_nothing_else(app, client):
    board, shown, _ = public_and_not()

    assert summaries(client, f"/kalender/gremium/{board.id}.ics") == ["Seniorenrat: Offen"]
    assert summaries(client, f"/kalender/vorhaben/{shown.procedure_id}.ics") == ["Seniorenrat: Offen"]


def test_an_open_calendar_leads_to_no_page_behind_the_login(app, client):
    board, *_ = public_and_not()

    assert "/beratungen/" not in client.get(f"/kalender/gremium/{board.id}.ics").text


def test_what_is_not_public_has_no_open_calendar(app, client):
    secret = make_consultation(make_procedure(is_public=False))

    assert client.get(f"/kalender/gremium/{secret.organization_id}.ics").status_code == 404
    assert client.get(f"/kalender/vorhaben/{secret.procedure_id}.ics").status_code == 404
    assert client.get("/kalender/vorhaben/9999.ics").status_code == 404


def test_a_public_sitting_that_is_cancelled_stays_for_everybody_who_noted_it(app, client, clock):
    board, shown, _ = public_and_not()
    path = f"/kalender/gremium/{board.id}.ics"
    assert summaries(client, path) == ["Seniorenrat: Offen"]

    meeting = shown.agenda_item.meeting
    with transaction():
        station = Station(shown.role, None)
        stations.change_station(shown, station, seen=shown.row_version, by=SYSTEM, now=clock.advance(hours=1))
        meeting.cancelled = True
    for _ in range(2):  # also when it is fetched for the second time
        [event] = icalendar.Calendar.from_ical(client.get(path).data).walk("VEVENT")
        assert (event["status"], str(event["summary"])) == ("CANCELLED", "Entfällt: Seniorenrat")
    assert summaries(client, f"/kalender/vorhaben/{shown.procedure_id}.ics") == []  # nobody had it from that one


def test_a_procedure_that_is_withdrawn_from_the_public_takes_its_dates_along(app, client):
    board, shown, _ = public_and_not()
    assert summaries(client, f"/kalender/gremium/{board.id}.ics") == ["Seniorenrat: Offen"]
    with transaction():
        shown.procedure.is_public = False

    assert client.get(f"/kalender/gremium/{board.id}.ics").status_code == 404
    assert client.get(f"/kalender/vorhaben/{shown.procedure_id}.ics").status_code == 404


def test_a_planned_participation_is_nobodys_business_yet(app, client):
    planned = make_phase(make_version(make_draft(make_procedure())), state="planned")
    opened = make_phase(make_version(make_draft(make_procedure())))

    assert summaries(client, f"/kalender/vorhaben/{planned.procedure_id}.ics") == []
    assert len(summaries(client, f"/kalender/vorhaben/{opened.procedure_id}.ics")) == 1


def test_an_open_calendar_sets_no_cookie_and_is_fetched_once(app, client):
    board, *_ = public_and_not()
    first = client.get(f"/kalender/gremium/{board.id}.ics")
    again = client.get(f"/kalender/gremium/{board.id}.ics", headers={"If-None-Match": first.headers["ETag"]})

    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert again.status_code == 304


def test_a_calendar_with_forty_dates_costs_no_more_queries_than_one_with_two(as_user, client, count_queries):
    person = make_user([Role.LEAD, Role.SECRETARY])
    board, procedure = make_organization("Seniorenrat", [person]), make_procedure([person])
    as_user(person).post("/kalender", data={"scope": "mine"})
    path, counts = f"/kalender/{token_of(feeds()[0])}.ics", []
    for more in (1, 20):
        for place in range(more):
            day = date(2030, 6, 3) + timedelta(days=more + place)
            make_consultation(make_procedure(), board, day)
            make_consultation(procedure, make_organization(), day)
        client.get(path)
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 12, seen


def test_the_page_costs_few_queries(as_user, lead, count_queries):
    procedure = make_procedure([lead])
    for _ in range(22):
        make_consultation(procedure)
    browser = as_user(lead)
    for scope in ("mine", f"procedure-{procedure.id}"):
        browser.post("/kalender", data={"scope": scope})
    with count_queries() as seen:
        assert browser.get("/kalender").status_code == 200

    assert len(seen) <= 6, seen
