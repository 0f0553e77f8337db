"""The town's own days: kept by the administrator, counted wherever days are counted."""

import uuid
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.procedures import town, town_days
from ikb.procedures.model import PeriodKind, TownPeriod
from ikb.procedures.town import Span
from tests.factories import make_phase, make_user

FRIDAY = date(2030, 6, 28)


@pytest.fixture
def administrator(app):
    return make_user([Role.ADMINISTRATOR])


@pytest.fixture
def office(as_user, administrator):
    return as_user(administrator)


@pytest.fixture(autouse=True)
def fresh(app):
    town_days.forget()


def span(name="Brückentag", kind=PeriodKind.LOCAL_EXCEPTION, first_on=FRIDAY, last_on=FRIDAY):
    return Span(name, kind, first_on, last_on)


def add(entered, *, now):
    with transaction():
        return town.add(entered, key=uuid.uuid4(), by=SYSTEM, now=now)


def entered(**changes):
    return {
        "name": "Brückentag",
        "kind": "local_exception",
        "first_on": "28.06.2030",
        "last_on": "",
        "row_version": "1",
        "key": str(uuid.uuid4()),
    } | changes


def test_days_are_entered_changed_and_removed_in_the_browser(office):
    key = str(uuid.uuid4())
    for _ in range(2):
        assert office.post("/freie-tage/neu", data=entered(key=key)).status_code == 303
    period = db.session.scalars(select(TownPeriod)).one()
    assert (period.first_on, period.last_on) == (FRIDAY, FRIDAY)

    data = entered(name="Stadtfest", last_on="30.06.2030")
    assert office.post(f"/freie-tage/{period.id}", data=data).status_code == 303
    page = unescape(office.get("/freie-tage").text)
    assert "Stadtfest" in page
    assert "So., 30.06.2030" in page
    assert "Allerheiligen" in page

    assert office.post(f"/freie-tage/{period.id}/entfernen", data={"row_version": "2"}).status_code == 303
    assert db.session.scalars(select(TownPeriod)).all() == []
    assert db.session.scalars(select(JournalEntry.action)).all() == [
        "town period added",
        "town period changed",
        "town period removed",
    ]


@pytest.mark.parametrize("role", [Role.LEAD, Role.SECRETARY])
def test_others_read_the_list_and_do_not_change_it(as_user, role, now):
    period = add(span(), now=now)
    browser = as_user(make_user([role]))

    assert browser.get("/freie-tage").status_code == 200
    assert browser.get("/freie-tage/neu").status_code == 403
    assert browser.post(f"/freie-tage/{period.id}", data=entered()).status_code == 403
    assert browser.post(f"/freie-tage/{period.id}/entfernen", data={"row_version": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (span(kind="holiday"), "kind"),
        (span(last_on=date(2030, 6, 27)), "last_on"),
        (span(last_on=date(2030, 7, 12)), "last_on"),
        (span(kind=PeriodKind.SCHOOL_HOLIDAY, last_on=date(2031, 6, 28)), "last_on"),
        (span(first_on=date(2030, 6, 20), last_on=date(2030, 6, 20)), "first_on"),
    ],
    ids=["unknown kind", "ends before", "too long", "a year too many", "stands there"],
)
def test_days_that_cannot_be_are_refused_at_their_field(app, now, wrong, field):
    add(span("Fest", first_on=date(2030, 6, 19), last_on=date(2030, 6, 21)), now=now)

    with pytest.raises(Implausible) as refusal:
        add(wrong, now=now)

    assert refusal.value.field == field
    assert len(db.session.scalars(select(TownPeriod)).all()) == 1


def test_of_two_who_change_an_entry_the_second_gets_both_texts(app, now):
    period = add(span(), now=now)
    with transaction():
        town.change(period, span("Stadtfest"), seen=1, by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refusal, transaction():
        town.change(period, span("Schützenfest"), seen=1, by=SYSTEM, now=now)

    assert "Stadtfest" in refusal.value.theirs
    assert "Schützenfest" in refusal.value.mine


def test_only_local_exceptions_are_no_working_days(app, now):
    add(span("Ferien", PeriodKind.SCHOOL_HOLIDAY, date(2030, 7, 8), date(2030, 8, 20)), now=now)
    add(span("Fest", first_on=date(2030, 6, 27), last_on=FRIDAY), now=now)

    assert town_days.local_exceptions() == {date(2030, 6, 27), FRIDAY}
    assert [period.name for period in town_days.periods(PeriodKind.SCHOOL_HOLIDAY)] == ["Ferien"]
    assert [period.name for period in town_days.periods(since=date(2030, 7, 1))] == ["Ferien"]


def test_a_deadline_on_a_local_day_off_moves_to_the_next_working_day(app, now):
    phase = make_phase(closes_on=FRIDAY)
    assert phase.last_day == FRIDAY

    add(span(), now=now)

    db.session.refresh(phase)
    assert phase.last_day == date(2030, 7, 1)


def test_a_fixed_deadline_stays_on_a_local_day_off(app, now):
    phase = make_phase(closes_on=FRIDAY, is_fixed_date=True)

    add(span(), now=now)
    db.session.refresh(phase)

    assert phase.last_day == FRIDAY
