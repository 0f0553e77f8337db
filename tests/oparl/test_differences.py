"""Who leads: where the council system does, nobody types over it; where ikb does, people decide what differs, one by one."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.core.results import Outcome, Tally
from ikb.db import db, transaction
from ikb.deliberations import queries, service, stations
from ikb.deliberations.entries import ResultEntry, entry_of
from ikb.deliberations.model import Consultation, Paper
from ikb.deliberations.stations import Station
from ikb.deliberations.wordings import ChangedWording, wishes_of
from ikb.errors import Implausible, NotReady
from ikb.journal.service import Actor
from ikb.moment import now
from ikb.oparl import service as council
from ikb.oparl.model import Difference
from tests.factories import make_organization, make_user
from tests.oparl.conftest import FEW_COMMITTEES, connect, read_again
from tests.oparl.test_town import traces
from tests.oparl.town import item_path, meeting_path, step_path

COUNCIL, ON_23, ON_30 = "Rat der Stadt", date(2010, 9, 23), date(2010, 9, 30)
PSYCHIATRY, ON_16 = "Psychiatriebeirat", date(2010, 6, 16)


@pytest.fixture
def by(app) -> Actor:
    return Actor.user(make_user([Role.SECRETARY]).id)


def station(paper: Paper, committee: str) -> Consultation:
    db.session.expire_all()
    return next(step for step in queries.sequence(paper.procedure_id) if step.organization.name == committee)


def open_differences() -> list[Difference]:
    return list(db.session.scalars(select(Difference).where(Difference.resolved_at.is_(None)).order_by(Difference.id)))


def test_where_the_council_system_leads_nobody_moves_a_station(few, paper, by):
    connect(few, FEW_COMMITTEES)
    council_step = station(paper, COUNCIL)

    with pytest.raises(Implausible, match="aus ALLRIS, gelesen heute um 10:00 Uhr") as refusal, transaction():
        stations.change_station(
            council_step, Station("decision", ON_30, True), seen=council_step.row_version, by=by, now=now()
        )

    assert refusal.value.field == "held_on"
    assert station(paper, COUNCIL).held_on == ON_23


def test_a_role_that_the_council_system_does_not_say_stays_ours(few, paper, by):
    few.tell(change={step_path(PSYCHIATRY, ON_16): {"role": "(none)"}})
    connect(few, FEW_COMMITTEES)
    step = station(paper, PSYCHIATRY)

    with transaction():
        stations.change_station(step, Station("information", ON_16, True), seen=step.row_version, by=by, now=now())

    assert station(paper, PSYCHIATRY).role == "information"


def test_where_it_leads_nobody_records_another_result(few, paper, by):
    connect(few, FEW_COMMITTEES)
    step = station(paper, COUNCIL)

    with pytest.raises(Implausible, match="Das Ergebnis kommt aus ALLRIS"), transaction():
        service.record_result(step, ResultEntry(Outcome.ADOPTED), by=by, now=now())

    assert station(paper, COUNCIL).result is None


def test_changed_wording_is_added_to_a_result_that_was_read_and_stays_when_that_changes(few, paper, by):
    few.tell(change={item_path(PSYCHIATRY, ON_16): {"result": "mit Änderungen empfohlen, einstimmig"}})
    system = connect(few, FEW_COMMITTEES)
    step = station(paper, PSYCHIATRY)
    wording = ChangedWording("bp-2", "Die Ziele nach Anlage 2 gelten für alle Ämter und Betriebe.")

    with transaction():
        entry = entry_of(step.result)
        service.record_result(step, entry, [wording], seen_result_id=step.result.id, by=by, now=now())
    before = traces()
    read_again(system)
    assert traces() == before

    few.tell(change={item_path(PSYCHIATRY, ON_16): {"result": "mit Änderungen empfohlen, Ja: 8, Nein: 1"}})
    read_again(system)

    step = station(paper, PSYCHIATRY)
    assert step.result.tally == Tally(yes=8, no=1)
    assert [wish.anchor for wish in wishes_of(step.agenda_item_id)] == ["bp-2"]


def test_where_ikb_leads_differences_are_shown_and_nothing_is_overwritten(few, paper, by):
    system = connect(few, FEW_COMMITTEES, leads=frozenset({"agendas"}))
    assert queries.sequence(paper.procedure_id) == []
    assert {one.field for one in open_differences()} == {"meeting", "station"}
    assert system.leads_agendas


def test_differences_can_be_taken_over_one_by_one(few, paper, by):
    system = connect(few, FEW_COMMITTEES, leads=frozenset())
    first = next(one for one in open_differences() if one.field == "station" and one.subject.startswith(COUNCIL))

    with transaction():
        council.take_over(first, by=by, now=now())

    assert [step.organization.name for step in queries.sequence(paper.procedure_id)] == [COUNCIL]
    assert first.resolution == "taken_over"
    few.tell(change={meeting_path(COUNCIL, ON_23): {"start": "2010-09-30T17:00:00+02:00"}})
    read_again(system)
    moved = [one for one in open_differences() if one.field == "held_on" and one.subject_kind == "consultation"]
    assert [(one.ours, one.theirs) for one in moved] == [("23.09.2010", "30.09.2010")]
    with transaction():
        council.take_over(moved[0], by=by, now=now())
    assert station(paper, COUNCIL).held_on == ON_30


def test_what_somebody_decided_to_leave_is_shown_again_only_if_it_changes(few, paper, by):
    system = connect(few, FEW_COMMITTEES, leads=frozenset({"dates", "agendas"}))
    [result] = [one for one in open_differences() if one.subject.startswith(PSYCHIATRY)]
    assert (result.field, result.ours) == ("result", "–")
    assert "einstimmig bei 1 Enthaltung" in result.theirs

    with transaction():
        council.keep_ours(result, by=by, now=now())
    read_again(system)
    assert not [one for one in open_differences() if one.subject.startswith(PSYCHIATRY)]

    few.tell(change={item_path(PSYCHIATRY, ON_16): {"result": "abgelehnt"}})
    read_again(system)
    assert [one.theirs for one in open_differences() if one.subject.startswith(PSYCHIATRY)] == ["abgelehnt\nvorläufig"]


def test_a_difference_that_is_none_any_more_is_closed(few, paper, by):
    system = connect(few, FEW_COMMITTEES, leads=frozenset({"dates", "agendas"}))
    step = station(paper, PSYCHIATRY)
    with transaction():
        entry = ResultEntry(Outcome.RECOMMENDED, Tally(yes=11, no=0, abstentions=1))
        service.record_result(step, entry, by=by, now=now())

    read_again(system)

    assert not [one for one in open_differences() if one.subject.startswith(PSYCHIATRY)]


def test_nobody_decides_twice(few, paper, by):
    connect(few, FEW_COMMITTEES, leads=frozenset({"dates", "agendas"}))
    difference = open_differences()[0]
    with transaction():
        council.keep_ours(difference, by=by, now=now())

    with pytest.raises(NotReady, match="inzwischen entschieden"), transaction():
        council.take_over(difference, by=by, now=now())


def test_what_cannot_be_taken_over_says_why_and_stays(few, paper, by):
    few.tell(change={item_path(PSYCHIATRY, ON_16): {"result": "empfohlen, Ja: 1, Nein: 5"}})
    connect(few, FEW_COMMITTEES, leads=frozenset({"dates", "agendas"}))
    difference = next(one for one in open_differences() if one.subject.startswith(PSYCHIATRY))

    with pytest.raises(NotReady, match="keine Mehrheit"), transaction():
        council.take_over(difference, by=by, now=now())

    db.session.expire_all()
    assert difference.resolved_at is None
    assert station(paper, PSYCHIATRY).result is None


def test_stations_entered_by_hand_before_are_found_by_committee_and_day(few, paper, by):
    organization = make_organization(COUNCIL, sort_key="rat der stadt")
    with transaction():
        entered = stations.add_station(paper.procedure, organization, Station("decision", ON_23), by=by, now=now())

    connect(few, FEW_COMMITTEES)

    assert station(paper, COUNCIL).id == entered.id
    assert len(queries.sequence(paper.procedure_id)) == 5


def test_a_station_without_a_day_gets_the_one_of_the_council_system(few, paper, by):
    organization = make_organization(COUNCIL, sort_key="rat der stadt")
    with transaction():
        entered = stations.add_station(paper.procedure, organization, Station("decision", None), by=by, now=now())

    connect(few, FEW_COMMITTEES)

    found = station(paper, COUNCIL)
    assert (found.id, found.held_on) == (entered.id, ON_23)
