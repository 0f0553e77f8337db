"""Sending a trial run: own stations at once, others by their offices; who is told; what happens when the sequence changed."""

import uuid

import pytest
from sqlalchemy import select

from ikb.db import db, transaction
from ikb.deliberations import queries as deliberations
from ikb.deliberations import stations
from ikb.deliberations.model import Consultation, StationState
from ikb.deliberations.stations import Station
from ikb.deliveries.model import Delivery
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import _listeners
from ikb.journal.model import JournalEntry
from ikb.planning import analysis, notices, service
from ikb.planning.model import Move, MoveState, Scenario, ScenarioState
from ikb.planning.queries import offices_of, open_moves, own_bodies
from tests.factories import make_invitation, make_phase, make_version
from tests.planning.town import (
    COUNCIL_NEXT,
    COUNCIL_ON,
    DISTRICT_LATER,
    DISTRICT_NEXT,
    DISTRICT_ON,
    MAIN_NEXT,
    MAIN_ON,
    as_actor,
    build,
)

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def town(app):
    return build()


def begin(town, now, by=None, target=DISTRICT_NEXT):
    with transaction():
        return service.start(
            town.stations["district"],
            "vertagt, weil Unterlagen fehlen",
            town.sittings[target].id,
            uuid.uuid4(),
            by=as_actor(by or town.district_office),
            now=now,
        )


def moves_of(town, scenario, now, by=None, code="shift"):
    """The moves of one answer, as the pages work them out."""
    by = by or town.district_office
    loaded = analysis.load_for(town.procedure.id, deliberations.sequence(town.procedure.id), by.id, now.date())
    found = analysis.what_follows(scenario, loaded, now)
    answer = next(each for each in found.answers if each.code == code)
    assert answer.is_possible, answer.sentence
    return analysis.wanted_of(analysis.side_by_side(loaded.stations, answer.stations))


def send(town, now, by=None, code="shift", target=DISTRICT_NEXT):
    by = by or town.district_office
    scenario = begin(town, now, by, target)
    wanted = moves_of(town, scenario, now, by, code)
    with transaction():
        return service.send(scenario, wanted, seen=scenario.row_version, by=as_actor(by), now=now)


def answer(move, now, by, verb=service.confirm, *arguments):
    with transaction():
        return verb(move, *arguments, seen=move.row_version, by=as_actor(by), now=now)


def mails(kind=notices.PROPOSAL):
    return sorted(db.session.scalars(select(Delivery.recipient).where(Delivery.kind == kind)))


def actions():
    return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


# A trial run changes nothing


def test_a_trial_run_moves_nothing_and_tells_nobody(town, now):
    before = town.days()

    scenario = begin(town, now)
    with transaction():
        service.choose(scenario, "shift", seen=scenario.row_version)

    assert town.days() == before
    assert mails() == []


def test_begun_twice_with_one_key_it_is_one_trial_run(town, now):
    key, target = uuid.uuid4(), town.sittings[DISTRICT_NEXT].id
    for _ in range(2):
        with transaction():
            service.start(town.stations["district"], "Grund", target, key, by=as_actor(town.lead), now=now)

    assert db.session.query(Scenario).count() == 1


def test_several_trial_runs_of_one_procedure_stand_beside_each_other(town, now):
    begin(town, now)
    begin(town, now, town.lead)

    assert db.session.query(Scenario).count() == 2


@pytest.mark.parametrize("target", [MAIN_NEXT, COUNCIL_ON])
def test_a_paper_goes_only_to_a_sitting_of_its_own_body(town, now, target):
    with pytest.raises(Implausible, match="Sitzung des Gremiums"):
        begin(town, now, target=target)


def test_a_sitting_that_was_cancelled_is_none_to_go_to(town, now):
    with transaction():
        town.sittings[DISTRICT_NEXT].cancelled = True

    with pytest.raises(Implausible):
        begin(town, now)


def test_a_station_with_a_result_is_not_moved_any_more(town, now):
    with transaction():
        town.stations["district"].state = StationState.RECORDED

    with pytest.raises(NotReady):
        begin(town, now)


# Sending: own stations at once, proposals to others


def test_a_secretary_moves_their_own_station_at_once_and_asks_the_other_offices(town, now):
    scenario = send(town, now)

    days = town.days()
    assert days["district"] == DISTRICT_NEXT
    assert days["council"] == COUNCIL_ON  # nothing happens there before its office agrees
    assert scenario.state == ScenarioState.SENT
    assert {move.is_own for move in scenario.moves if move.state == MoveState.DONE} == {True}


def test_offices_concerned_and_leads_get_one_mail_each_and_institutions_none(town, now):
    phase = make_phase(make_version())
    invitation = make_invitation(phase)

    scenario = send(town, now)

    assert sum(move.is_open for move in scenario.moves) >= 2  # one office, two bodies, one mail
    assert mails() == sorted([town.council_office.email, town.lead.email])
    told = set(db.session.scalars(select(Delivery.recipient)))
    assert invitation.institution.email not in told


def test_a_lead_moves_at_once_only_bodies_without_an_office(town, now):
    with transaction():
        town.bodies["district"].clerks = []

    scenario = send(town, now, town.lead)

    own = {move.consultation_id for move in scenario.moves if move.is_own}
    assert own == {town.stations["district"].id}
    assert mails() == [town.council_office.email]


def test_a_lead_only_proposes_to_bodies_that_have_an_office(town, now):
    scenario = send(town, now, town.lead)

    assert not any(move.is_own for move in scenario.moves)
    assert town.days()["district"] == DISTRICT_ON
    assert mails() == sorted([town.council_office.email, town.district_office.email])


def test_a_body_whose_clerk_left_is_answered_for_by_the_lead(town, now):
    with transaction():
        town.council_office.is_active = False
    bodies = {body.id for body in town.bodies.values()}

    own = own_bodies(bodies, offices_of(bodies), town.procedure.id, town.lead.id)

    assert own == {town.bodies["main"].id, town.bodies["council"].id}


def test_sent_twice_it_is_sent_once(town, now):
    scenario = begin(town, now)
    wanted = moves_of(town, scenario, now)
    seen = scenario.row_version
    for _ in range(2):
        with transaction():
            service.send(scenario, wanted, seen=seen, by=as_actor(town.district_office), now=now)

    assert db.session.query(Move).count() == len(wanted)
    assert len(mails()) == 2
    assert actions().count("trial run sent") == 1


def test_if_the_sequence_changed_before_the_sending_nothing_moves(town, now):
    scenario = begin(town, now)
    wanted = moves_of(town, scenario, now)
    with transaction():
        council = town.stations["council"]
        station = Station("decision", COUNCIL_NEXT, True)
        stations.change_station(council, station, seen=council.row_version, by=as_actor(town.council_office), now=now)
    before = town.days()

    with pytest.raises(Conflict, match="inzwischen anders geändert"), transaction():
        service.send(scenario, wanted, seen=scenario.row_version, by=as_actor(town.district_office), now=now)

    assert town.days() == before
    assert mails() == []


def test_a_trial_run_with_nothing_to_move_is_not_sent(town, now):
    scenario = begin(town, now)

    with pytest.raises(Implausible), transaction():
        service.send(scenario, [], seen=scenario.row_version, by=as_actor(town.district_office), now=now)


def test_every_move_is_announced(town, now, monkeypatch):
    heard = []
    monkeypatch.setitem(_listeners, "consultation_moved", [lambda **values: heard.append(values["consultation_id"])])

    send(town, now)

    assert heard == [town.stations["district"].id]


# Offices answer


def test_when_all_have_confirmed_the_sequence_holds_again(town, now):
    scenario = send(town, now)
    for move in [move for move in scenario.moves if move.is_open]:
        answer(move, now, town.council_office)

    assert scenario.state == ScenarioState.DONE
    assert town.days() == {"district": DISTRICT_NEXT, "main": MAIN_NEXT, "council": COUNCIL_NEXT}
    assert mails(notices.ANSWER) == sorted([town.district_office.email, town.lead.email])
    loaded = analysis.load_for(town.procedure.id, deliberations.sequence(town.procedure.id), town.lead.id, now.date())
    left = service.watch(loaded, now.date())
    assert {one.finding.severity for one in left} <= {"note"}


def test_confirmed_twice_it_moves_once(town, now):
    scenario = send(town, now)
    move = next(move for move in scenario.moves if move.is_open)
    seen = move.row_version
    for _ in range(2):
        with transaction():
            service.confirm(move, seen=seen, by=as_actor(town.council_office), now=now)

    assert actions().count("proposal taken") == 2  # the own one and this one


def test_a_refusal_keeps_the_station_and_reaches_lead_and_author_with_its_reason(town, now):
    scenario = send(town, now)
    move = next(move for move in scenario.moves if move.is_open)
    answer(move, now, town.council_office, service.refuse, "Haushaltssitzung, kein Platz")

    assert move.refusal == "Haushaltssitzung, kein Platz"
    assert town.days()["main"] == MAIN_ON
    assert mails(notices.ANSWER) == sorted([town.district_office.email, town.lead.email])


def test_a_refusal_needs_a_reason(town, now):
    move = next(move for move in send(town, now).moves if move.is_open)

    with pytest.raises(Implausible):
        answer(move, now, town.council_office, service.refuse, "  ")


def test_a_closed_refusal_can_be_computed_anew_with_the_declined_station_kept(town, now):
    scenario = send(town, now)
    for move in [move for move in scenario.moves if move.is_open]:
        answer(move, now, town.council_office, service.refuse, "kein Platz")
    assert scenario.state == ScenarioState.REFUSED

    with transaction():
        new = service.again(scenario, uuid.uuid4(), by=as_actor(town.district_office), now=now)

    assert sorted(new.keep) == sorted(move.consultation_id for move in scenario.moves if not move.is_own)


def test_an_outdated_proposal_moves_nothing_and_says_so(town, now):
    scenario = send(town, now)
    move = next(move for move in scenario.moves if move.is_open)
    with transaction():
        council = town.stations["council"]
        station = Station("decision", COUNCIL_NEXT, True)
        stations.change_station(council, station, seen=council.row_version, by=as_actor(town.lead), now=now)
    before = town.days()

    answered = answer(move, now, town.council_office)

    assert answered.state == MoveState.OUTDATED
    assert scenario.state == ScenarioState.OUTDATED
    assert town.days() == before
    assert not any(each.is_open for each in scenario.moves)


def test_a_result_recorded_meanwhile_does_not_outdate_a_proposal(town, now):
    scenario = send(town, now)
    with transaction():
        town.stations["main"].state = StationState.INVITED

    assert not service.is_overtaken(scenario, deliberations.sequence(town.procedure.id))


def test_a_further_station_outdates_it(town, now):
    scenario = send(town, now)
    with transaction():
        stations.add_station(
            town.procedure, town.bodies["main"], Station("preliminary", None), by=as_actor(town.lead), now=now
        )

    assert service.is_overtaken(scenario, deliberations.sequence(town.procedure.id))


def test_withdrawn_proposals_cannot_be_taken_any_more(town, now):
    scenario = send(town, now)
    move = next(move for move in scenario.moves if move.is_open)
    with transaction():
        service.withdraw(scenario, seen=scenario.row_version, by=as_actor(town.district_office), now=now)

    with pytest.raises(NotReady, match="zurückgezogen"):
        answer(move, now, town.council_office)
    assert town.days()["district"] == DISTRICT_NEXT  # what has moved stays moved


def test_an_answer_from_an_old_page_is_refused(town, now):
    move = next(move for move in send(town, now).moves if move.is_open)

    with pytest.raises(Conflict), transaction():
        service.confirm(move, seen=move.row_version + 7, by=as_actor(town.council_office), now=now)


# The other answers


def test_a_station_skipped_by_consent_keeps_all_other_dates(town, now):
    scenario = send(town, now, code="skip")

    assert town.states()["district"] == StationState.SKIPPED
    assert scenario.state == ScenarioState.DONE
    assert town.days()["council"] == COUNCIL_ON


def test_silence_gives_a_station_a_day_without_a_sitting(town, now):
    scenario = send(town, now, code="silence")

    move = next(move for move in scenario.moves if move.act == "silence")
    district = db.session.get_one(Consultation, town.stations["district"].id)
    loaded = analysis.load_for(town.procedure.id, deliberations.sequence(town.procedure.id), town.lead.id, now.date())
    station = next(each for each in loaded.stations if each.id == district.id)
    assert district.held_on is None
    assert move.consent_on is not None
    assert station.day == move.consent_on


def test_a_decision_taken_off_the_agenda_is_proposed_to_its_office(town, now):
    scenario = send(town, now, code="take_off", target=DISTRICT_LATER)

    council = next(move for move in scenario.moves if move.consultation_id == town.stations["council"].id)
    assert (council.act, council.state) == ("release", MoveState.OPEN)
    answer(council, now, town.council_office)
    assert town.days()["council"] is None
    assert town.states()["council"] == StationState.PLANNED


# Who sees what


def test_an_office_sees_only_proposals_to_its_own_bodies(town, now, as_user):
    scenario = send(town, now)
    move = next(move for move in scenario.moves if move.is_open)

    assert as_user(town.council_office).get(f"/vorschlaege/{scenario.id}").status_code == 200
    other = as_user(town.district_office)
    assert other.get(f"/vorschlaege/{scenario.id}").status_code == 404
    assert other.post(f"/vorschlaege/{move.id}/bestaetigen", data={"row_version": 1}).status_code == 404
    assert town.days()["main"] == MAIN_ON


def test_open_moves_are_listed_for_their_office(town, now):
    from ikb.accounts.policy import Visitor

    send(town, now)

    office = Visitor(town.council_office.id, town.council_office.roles)
    assert {move.consultation.organization.name for move in open_moves(office)} == {
        "Hauptausschuss",
        "Rat der Stadt Musterau",
    }
    assert open_moves(Visitor(town.district_office.id, town.district_office.roles)) == []
