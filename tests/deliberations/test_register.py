"""The register of committees: names over time, rules, who keeps them, and the pages that show and change it."""

import re
import uuid
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.core.names import sort_key
from ikb.db import db, transaction
from ikb.deliberations import organizations, register, stations
from ikb.deliberations.model import Organization, OrganizationName
from ikb.deliberations.register import Settings
from ikb.deliberations.stations import Station
from ikb.errors import Conflict, Implausible
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from tests.factories import make_consultation, make_organization, make_procedure, make_user

SINCE = date(2030, 11, 1)
NEW_NAME = "Ausschuss für Chancengerechtigkeit und Integration"


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY], name="Frau Feder")


@pytest.fixture
def by(lead):
    return Actor.user(lead.id)


@pytest.fixture
def council(secretary):
    return make_organization("Integrationsrat", [secretary], sort_key="integrationsrat", kind="integration_council")


@pytest.fixture
def lead_browser(as_user, lead):
    return as_user(lead)


def entered(**changes):
    return {
        "kind": "committee",
        "district": "",
        "chair": "",
        "valid_from": "",
        "valid_to": "",
        "notice_days": "7",
        "notice_unit": "calendar",
        "short_notice_amount": "",
        "short_notice_unit": "hours",
        "delivery": "electronic",
        "delivery_extra_days": "",
        "papers_days": "",
        "minutes_days": "",
        "row_version": "1",
    } | changes


def rename(organization, name=NEW_NAME, since=SINCE, *, by, now):
    with transaction():
        register.rename(organization, name, since, seen=organization.row_version, by=by, now=now)


# Names over time


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2010, 5, 26), "Migrationsrat"),
        (date(2014, 5, 31), "Migrationsrat"),
        (date(2014, 6, 1), "Integrationsrat"),
        (date(2030, 10, 31), "Integrationsrat"),
        (SINCE, NEW_NAME),
        (None, NEW_NAME),
    ],
)
def test_every_day_shows_the_name_that_held_then(by, now, day, name):
    organization = make_organization("Migrationsrat", sort_key="migrationsrat")
    rename(organization, "Integrationsrat", date(2014, 6, 1), by=by, now=now)
    rename(organization, by=by, now=now)

    assert organization.name_on(day) == name


def test_an_old_paper_finds_the_committee_by_its_former_name(by, now, council):
    rename(council, by=by, now=now)

    with transaction():
        found = organizations.find_or_add("Integrationsrat", by=by, now=now)

    assert found is council
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 1


@pytest.mark.parametrize(
    ("name", "since", "at"),
    [
        ("Seniorenrat", SINCE, "name"),
        ("Beirat", SINCE, "name"),
        ("Integrationsrat", SINCE, "name"),
        ("  ", SINCE, "name"),
        (NEW_NAME, date(2014, 6, 1), "since"),
        (NEW_NAME, date(2013, 1, 1), "since"),
    ],
    ids=["another one's", "another one's former", "its own", "none", "day of the last change", "before that"],
)
def test_a_name_that_cannot_be_is_refused_and_changes_nothing(by, now, name, since, at):
    other = make_organization("Beirat", sort_key="beirat")
    rename(other, "Seniorenrat", date(2020, 1, 1), by=by, now=now)
    organization = make_organization("Migrationsrat", sort_key="migrationsrat")
    rename(organization, "Integrationsrat", date(2014, 6, 1), by=by, now=now)

    with pytest.raises(Implausible) as refusal:
        rename(organization, name, since, by=by, now=now)

    assert refusal.value.field == at
    assert (organization.name, len(organization.names)) == ("Integrationsrat", 1)


def test_lists_and_old_papers_show_the_name_of_their_day(by, now, lead, lead_browser, council):
    procedure = make_procedure([lead])
    make_consultation(procedure, council, held_on=date(2030, 6, 12))
    rename(council, by=by, now=now)

    assert "Integrationsrat" in lead_browser.get("/gremien").text
    page = unescape(lead_browser.get(f"/gremien/{council.id}").text)

    assert "als Integrationsrat" in page
    assert f"{NEW_NAME}: seit Fr., 01.11.2030" in page


def test_a_committee_is_renamed_in_the_browser(lead_browser, council):
    data = {"name": NEW_NAME, "since": "01.11.2030", "row_version": str(council.row_version)}
    answer = lead_browser.post(f"/gremien/{council.id}/umbenennen", data=data)

    assert answer.status_code == 303
    assert db.session.scalars(select(OrganizationName.valid_to)).all() == [date(2030, 10, 31)]
    assert council.sort_key == sort_key(NEW_NAME)
    assert "organization renamed" in db.session.scalars(select(JournalEntry.action)).all()


# Rules


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"notice_days": None}, "notice_days"),
        ({"notice_days": 61}, "notice_days"),
        ({"kind": "club"}, "kind"),
        ({"valid_from": date(2030, 1, 2), "valid_to": date(2030, 1, 1)}, "valid_to"),
        ({"short_notice_amount": 241}, "short_notice_amount"),
        ({"notice_days": 2, "short_notice_amount": 3, "short_notice_unit": "calendar"}, "short_notice_amount"),
        ({"short_notice_amount": 61, "short_notice_unit": "working"}, "short_notice_amount"),
        ({"delivery_extra_days": 61}, "delivery_extra_days"),
        ({"papers_days": 61}, "papers_days"),
        ({"minutes_days": 181}, "minutes_days"),
    ],
)
def test_rules_that_cannot_be_are_refused_at_their_field(by, now, changes, field):
    organization = make_organization(notice_days=9)

    with pytest.raises(Implausible) as refusal, transaction():
        register.change(organization, Settings(**changes), seen=1, by=by, now=now)

    assert refusal.value.field == field
    assert db.session.scalar(select(Organization.notice_days)) == 9


def test_the_rules_are_stored_and_told_in_sentences(lead_browser, council):
    data = entered(
        kind="integration_council",
        chair="Frau Vogt",
        notice_days="9",
        count_meeting_day="y",
        short_notice_amount="3",
        short_notice_unit="working",
        delivery="post",
        delivery_extra_days="2",
        papers_days="14",
        minutes_days="21",
    )
    answer = lead_browser.post(f"/gremien/{council.id}/bearbeiten", data=data)

    assert answer.status_code == 303
    page = unescape(lead_browser.get(answer.location).text)
    for told in (
        "Ladungsfrist 9 Tage; der Sitzungstag zählt mit, der Tag der Zustellung nicht.",
        "gerechnet werden 2 Tage Laufzeit",
        "In dringenden Fällen genügen 3 Arbeitstage.",
        "Vorlagen müssen 14 Tage vor der Sitzung da sein.",
        "Die Niederschrift ist 21 Tage nach der Sitzung fällig.",
        "Frau Vogt",
    ):
        assert told in page
    assert council.notice_rule.count_meeting_day


def test_the_journal_keeps_what_changed_but_no_names(by, now):
    organization = make_organization()

    with transaction():
        register.change(organization, Settings(chair="Frau Vogt", notice_days=10), seen=1, by=by, now=now)

    facts = db.session.scalars(select(JournalEntry.facts)).one()
    assert facts == {"fields": ["chair", "notice_days"], "notice_days": [7, 10]}


def test_of_two_who_change_a_committee_the_second_gets_both_texts(by, now):
    organization = make_organization()
    with transaction():
        register.change(organization, Settings(notice_days=10), seen=1, by=by, now=now)

    with pytest.raises(Conflict) as refusal, transaction():
        register.change(organization, Settings(notice_days=14), seen=1, by=by, now=now)

    assert "Ladungsfrist: 10" in refusal.value.theirs
    assert "Ladungsfrist: 14" in refusal.value.mine


# Who may


def test_leads_and_administrators_name_who_keeps_a_committee_and_who_stands_in(lead_browser, as_user, secretary):
    deputy = make_user([Role.SECRETARY], name="Herr Kiel")
    organization = make_organization("Kulturausschuss")
    assert "niemand" in lead_browser.get("/gremien").text

    data = entered(clerks=[str(secretary.id)], deputies=[str(deputy.id)])
    answer = lead_browser.post(f"/gremien/{organization.id}/bearbeiten", data=data)

    assert answer.status_code == 303
    assert {clerk.user_id: clerk.is_deputy for clerk in organization.clerks} == {secretary.id: False, deputy.id: True}
    page = as_user(make_user([Role.ADMINISTRATOR])).get("/gremien").text
    assert "Frau Feder" in page
    assert "Herr Kiel (Vertretung)" in page


def test_nobody_stands_in_for_themselves(lead_browser, secretary):
    organization = make_organization()

    data = entered(clerks=[str(secretary.id)], deputies=[str(secretary.id)])
    answer = lead_browser.post(f"/gremien/{organization.id}/bearbeiten", data=data)

    assert answer.status_code == 422
    assert "kann nicht sich selbst vertreten" in answer.text
    assert organization.clerks == []


@pytest.mark.parametrize("days", ["", "61", "x"])
def test_a_notice_period_that_cannot_be_is_refused(lead_browser, days):
    organization = make_organization()

    answer = lead_browser.post(f"/gremien/{organization.id}/bearbeiten", data=entered(notice_days=days))

    assert answer.status_code == 422
    assert db.session.get(Organization, organization.id).notice_days == 7


def test_a_secretary_changes_the_rules_of_their_committee_but_not_its_keepers(as_user, secretary, council):
    other = make_user([Role.SECRETARY])
    data = entered(kind="integration_council", notice_days="10", clerks=[str(other.id)])

    answer = as_user(secretary).post(f"/gremien/{council.id}/bearbeiten", data=data)

    assert answer.status_code in (303, 422)
    as_user(secretary).post(
        f"/gremien/{council.id}/bearbeiten", data=entered(kind="integration_council", notice_days="10")
    )
    assert council.notice_days == 10
    assert [clerk.user_id for clerk in council.clerks] == [secretary.id]


def test_another_committee_can_be_read_and_not_changed(as_user, secretary):
    organization = make_organization("Kulturausschuss")
    browser = as_user(secretary)

    assert browser.get(f"/gremien/{organization.id}").status_code == 200
    assert browser.get(f"/gremien/{organization.id}/bearbeiten").status_code == 403
    assert browser.post(f"/gremien/{organization.id}/bearbeiten", data=entered(notice_days="30")).status_code == 403
    assert browser.get(f"/gremien/{organization.id}/umbenennen").status_code == 403
    assert organization.notice_days == 7


def test_a_committee_is_added_once_however_often_the_form_is_sent(lead_browser):
    data = entered(name="Ausschuss für Muster", key=str(uuid.uuid4()))

    answers = [lead_browser.post("/gremien/neu", data=data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert db.session.scalars(select(Organization.name)).all() == ["Ausschuss für Muster"]


# The list


def test_the_list_is_narrowed_by_name_kind_district_and_keeper(lead_browser, secretary, by, now):
    rename(make_organization("Migrationsrat", sort_key="migrationsrat"), "Integrationsrat", SINCE, by=by, now=now)
    make_organization("Bezirksvertretung Heepen", [secretary], kind="district", district="Heepen")
    make_organization("Bezirksvertretung Dornberg", kind="district", district="Dornberg")

    def names(query):
        page = lead_browser.get(f"/gremien?{query}").text
        return set(re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page))

    assert names("suche=migrations") == {"Migrationsrat"}  # until November it is called so
    assert names("art=district") == {"Bezirksvertretung Heepen", "Bezirksvertretung Dornberg"}
    assert names("bezirk=Heepen") == {"Bezirksvertretung Heepen"}
    assert names(f"schriftfuehrung={secretary.id}") == {"Bezirksvertretung Heepen"}
    assert names("schriftfuehrung=0") == {"Bezirksvertretung Dornberg", "Migrationsrat"}
    assert names("suche=gibt-es-nicht") == set()


def test_the_register_is_read_in_few_queries(lead_browser, secretary, count_queries, by, now):
    for number in range(21):
        organization = make_organization(clerks=[secretary])
        rename(organization, f"Neuer Name {number}", by=by, now=now)
    lead_browser.get("/gremien")

    with count_queries() as seen:
        lead_browser.get("/gremien")

    assert len(seen) <= 6, seen


def test_a_committees_page_is_read_in_few_queries(lead, lead_browser, council, count_queries, by, now):
    procedure, path = make_procedure([lead]), f"/gremien/{council.id}"
    asked = []
    for days in (range(1, 3), range(3, 15)):
        for day in days:
            make_consultation(procedure, council, held_on=date(2030, 7, day))
        lead_browser.get(path)
        with count_queries() as seen:
            lead_browser.get(path)
        asked.append(seen)

    assert len(asked[1]) == len(asked[0]) <= 12, "\n\n".join(asked[1])


# Days outside a committee's life


@pytest.mark.parametrize("day", [date(2029, 12, 31), date(2031, 1, 1)])
def test_a_committee_does_not_sit_before_it_exists_or_after(by, now, day):
    organization = make_organization(valid_from=date(2030, 1, 1), valid_to=date(2030, 12, 31))
    procedure = make_procedure()

    with pytest.raises(Implausible, match=f"{day:%d.%m.%Y}"), transaction():
        stations.add_station(procedure, organization, Station("hearing", day), by=by, now=now)
