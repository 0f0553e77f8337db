"""The steps of a sequence: added, dated, moved, left out with a reason, taken up again."""

from datetime import date

import pytest
from sqlalchemy import select

from ikb.core.names import sort_key
from ikb.db import db, transaction
from ikb.deliberations import organizations, stations
from ikb.deliberations.model import AgendaItem, Meeting, Organization, StationState
from ikb.deliberations.stations import Station
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import _listeners
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from tests.factories import make_consultation, make_organization, make_procedure, make_user

DAY, LATER = date(2030, 6, 12), date(2030, 6, 26)


@pytest.fixture
def by(app):
    return Actor.user(make_user().id)


@pytest.fixture
def announced(monkeypatch):
    heard = []
    monkeypatch.setitem(_listeners, "meeting_scheduled", [lambda **values: heard.append(values["meeting_id"])])
    return heard


def actions():
    return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


def change(consultation, station, *, by, now, seen=None):
    with transaction():
        stations.change_station(consultation, station, seen=seen or consultation.row_version, by=by, now=now)


def test_a_step_with_a_day_gets_a_sitting_and_an_agenda_item(by, now, announced):
    procedure, organization = make_procedure(title="Unser Konzept"), make_organization()

    with transaction():
        step = stations.add_station(procedure, organization, Station("decision", DAY, True), by=by, now=now)

    assert (step.state, step.held_on, step.authoritative) == (StationState.SCHEDULED, DAY, True)
    assert (step.agenda_item.title, step.agenda_item.public) == ("Unser Konzept", True)
    assert announced == [step.agenda_item.meeting_id]


def test_two_procedures_share_a_committees_sitting_of_one_day(by, now):
    organization = make_organization()
    procedures = [make_procedure(), make_procedure()]

    with transaction():
        steps = [
            stations.add_station(procedure, organization, Station("hearing", DAY), by=by, now=now)
            for procedure in procedures
        ]

    assert len({step.agenda_item.meeting_id for step in steps}) == 1
    assert [step.agenda_item.position for step in steps] == [1, 2]


def test_the_paper_moves_and_the_sitting_stays(by, now, announced):
    consultation = make_consultation(held_on=DAY, state=StationState.INVITED)
    item = consultation.agenda_item_id

    change(consultation, Station("hearing", LATER, False), by=by, now=now)

    assert (consultation.held_on, consultation.agenda_item_id, consultation.role) == (LATER, item, "hearing")
    assert consultation.state == StationState.SCHEDULED  # another day needs another invitation
    assert db.session.scalars(select(Meeting.held_on).order_by(Meeting.held_on)).all() == [DAY, LATER]
    assert announced == [consultation.agenda_item.meeting_id]
    moved = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "consultation moved")).one()
    assert (moved.facts["from"], moved.facts["to"]) == ("2030-06-12", "2030-06-26")


def test_a_step_whose_day_falls_away_is_planned_again(by, now):
    consultation = make_consultation(held_on=DAY)

    change(consultation, Station("hearing", None), by=by, now=now)

    assert (consultation.state, consultation.held_on) == (StationState.PLANNED, None)
    assert db.session.scalars(select(AgendaItem.id)).all() == []
    assert db.session.scalars(select(Meeting.held_on)).all() == [DAY]


def test_a_planned_step_gets_its_day(by, now):
    consultation = make_consultation(held_on=None)

    change(consultation, Station("hearing", DAY), by=by, now=now)

    assert (consultation.state, consultation.held_on) == (StationState.SCHEDULED, DAY)


def test_a_recorded_step_keeps_its_day_but_its_role_may_be_put_right(by, now):
    consultation = make_consultation(held_on=DAY, state=StationState.RECORDED)

    with pytest.raises(NotReady, match="schon ein Ergebnis"):
        change(consultation, Station("hearing", LATER, True), by=by, now=now)
    db.session.expire_all()
    change(consultation, Station("information", DAY, True), by=by, now=now)

    assert (consultation.held_on, consultation.role) == (DAY, "information")


def test_the_second_of_two_editors_gets_both(by, now):
    consultation = make_consultation(held_on=DAY)
    change(consultation, Station("hearing", LATER), by=by, now=now, seen=1)

    with pytest.raises(Conflict) as refused:
        change(consultation, Station("decision", DAY), by=by, now=now, seen=1)

    assert "26.06.2030" in refused.value.theirs
    assert "12.06.2030" in refused.value.mine


def test_an_unknown_role_is_refused(by, now):
    consultation = make_consultation(held_on=DAY)

    with pytest.raises(Implausible, match="Rolle"):
        change(consultation, Station("veto", DAY), by=by, now=now)


def test_saving_without_a_change_leaves_no_trace(by, now):
    consultation = make_consultation(held_on=DAY)

    change(consultation, Station("preliminary", DAY, True), by=by, now=now)

    assert (actions(), consultation.row_version) == ([], 1)


def test_a_step_is_left_out_with_a_reason_and_taken_up_again(by, now, announced):
    consultation = make_consultation(held_on=DAY)

    with transaction():
        stations.skip(consultation, "  Im Einvernehmen   mit dem Gremium ", seen=1, by=by, now=now)
    assert (consultation.state, consultation.skip_reason) == (StationState.SKIPPED, "Im Einvernehmen mit dem Gremium")
    assert "Einvernehmen" not in str(db.session.scalars(select(JournalEntry.facts)).all())

    with transaction():
        stations.resume(consultation, seen=consultation.row_version, by=by, now=now)
    assert (consultation.state, consultation.skip_reason, consultation.held_on) == (StationState.SCHEDULED, "", DAY)
    assert announced == [consultation.agenda_item.meeting_id]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_leaving_out_needs_a_reason_of_a_sensible_length(by, now, reason):
    consultation = make_consultation(held_on=DAY)

    with pytest.raises(Implausible) as refused, transaction():
        stations.skip(consultation, reason, seen=1, by=by, now=now)

    assert refused.value.field == "reason"


def test_a_step_with_a_result_cannot_be_left_out(by, now):
    consultation = make_consultation(held_on=DAY, state=StationState.RECORDED)

    with pytest.raises(NotReady), transaction():
        stations.skip(consultation, "Grund", seen=1, by=by, now=now)


def test_an_invitation_is_noted_once(by, now):
    consultation = make_consultation(held_on=DAY)
    with transaction():
        stations.mark_invited(consultation, seen=1, by=by, now=now)

    assert consultation.state == StationState.INVITED
    with pytest.raises(NotReady, match="schon eingeladen"), transaction():
        stations.mark_invited(consultation, seen=consultation.row_version, by=by, now=now)


@pytest.mark.parametrize(
    "spelling", ["Schul- u. Sportausschuss", "schul- u. sportausschuss", " Schul-  u.  Sportausschuss "]
)
def test_a_committee_is_known_by_its_name(by, now, spelling):
    known = make_organization("Schul- u. Sportausschuss", sort_key=sort_key("Schul- u. Sportausschuss"))

    with transaction():
        found = organizations.find_or_add(spelling, by=by, now=now)

    assert found.id == known.id


@pytest.mark.parametrize("name", ["", "  ", "x" * 301])
def test_a_committee_needs_a_name_of_a_sensible_length(by, now, name):
    with pytest.raises(Implausible), transaction():
        organizations.find_or_add(name, by=by, now=now)

    assert db.session.scalars(select(Organization.id)).all() == []


def test_clerks_are_named_and_taken_away(by, now):
    organization, first, second = make_organization(), make_user(["secretary"]), make_user(["secretary"])

    with transaction():
        organizations.set_clerks(organization, [first], by=by, now=now)
    with transaction():
        organizations.set_clerks(organization, [second], by=by, now=now)

    assert [clerk.user_id for clerk in organization.clerks] == [second.id]
    assert actions() == ["clerks changed"] * 2


def test_only_secretaries_become_clerks(by, now):
    organization, lead = make_organization(), make_user(["lead"], name="Frau Lead")

    with pytest.raises(Implausible, match="Frau Lead"), transaction():
        organizations.set_clerks(organization, [lead], by=by, now=now)
