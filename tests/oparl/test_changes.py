"""What happens in the council system afterwards, and what becomes of it here: moved, decided, postponed, deleted."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ikb.core.results import Outcome
from ikb.core.workflow import StationState
from ikb.db import db
from ikb.deliberations import queries
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Paper
from ikb.oparl.model import CouncilSystem
from tests.oparl.conftest import FEW_COMMITTEES, choose, connect, read_again, read_all
from tests.oparl.server import CouncilServer
from tests.oparl.test_town import open_faults
from tests.oparl.town import item_path, meeting_path, path_of, sitting, step, step_path

COUNCIL, DORNBERG, INTEGRATION = "Rat der Stadt", "Bezirksvertretung Dornberg", "Integrationsrat"
ON_23, ON_02, ON_26, ON_08 = date(2010, 9, 23), date(2010, 9, 2), date(2010, 5, 26), date(2010, 9, 8)
ON_30 = date(2010, 9, 30)


@pytest.fixture
def system(few: CouncilServer, paper: Paper) -> CouncilSystem:
    return connect(few, FEW_COMMITTEES)


def stations(paper: Paper, committee: str) -> list[Consultation]:
    db.session.expire_all()
    return [step for step in queries.sequence(paper.procedure_id) if step.organization.name == committee]


def test_a_sitting_on_another_day_takes_its_station_along(few, paper, system):
    few.tell(change={meeting_path(COUNCIL, ON_23): {"start": "2010-09-30T18:30:00+02:00"}})

    read_again(system)

    [station] = stations(paper, COUNCIL)
    assert station.held_on == ON_30
    assert f"{station.agenda_item.meeting.starts_at_local:%H:%M}" == "18:30"
    assert db.session.scalar(select(Meeting.id).where(Meeting.held_on == ON_23)) is None


def test_a_station_put_on_another_sitting_moves_there(few, paper, system):
    later = sitting(COUNCIL, ON_30)
    few.tell(
        load=later,
        change={
            step_path(COUNCIL, ON_23): {
                "meeting": meeting_path(COUNCIL, ON_30),
                "agendaItem": item_path(COUNCIL, ON_30),
            }
        },
    )

    read_again(system)

    [station] = stations(paper, COUNCIL)
    assert station.held_on == ON_30
    assert station.agenda_item.number == "Ö 2"


def test_a_result_that_comes_later_is_recorded_under_the_systems_own_name(few, paper, system):
    few.tell(change={item_path(COUNCIL, ON_23): {"result": "einstimmig beschlossen"}})

    read_again(system)

    [station] = stations(paper, COUNCIL)
    assert (station.result.outcome, station.state) == (Outcome.ADOPTED, StationState.RECORDED)
    assert station.result.recorded_by.name == "ALLRIS (automatisch gelesen)"
    assert station.laid_paper_id == paper.id


def test_minutes_make_a_result_final(few, paper, system):
    minutes = {"id": f"{few.url}/file/1", "type": "File", "accessUrl": f"{few.url}/file/1.pdf", "name": "Niederschrift"}
    few.tell(change={meeting_path("Psychiatriebeirat", date(2010, 6, 16)): {"resultsProtocol": minutes}})

    read_again(system)

    [station] = stations(paper, "Psychiatriebeirat")
    assert station.state == StationState.CONFIRMED
    assert not station.result.is_provisional


def test_a_changed_result_is_a_new_entry(few, paper, system):
    few.tell(change={item_path(INTEGRATION, ON_26): {"result": "einstimmig empfohlen, Ja: 9, Nein: 0"}})

    read_again(system)

    first = stations(paper, INTEGRATION)[0]
    assert [result.outcome for result in first.results] == [Outcome.NOTED, Outcome.RECOMMENDED]
    assert first.results[1].corrects_id == first.results[0].id


def test_postponed_to_a_second_consultation_makes_that_one_its_successor(few, paper, system):
    few.tell(
        load={**sitting(DORNBERG, ON_30), step_path(DORNBERG, ON_30): step(DORNBERG, ON_30, "Anhörung")},
        change={
            item_path(DORNBERG, ON_02): {"result": "vertagt"},
            "/paper/1": {"consultation": [*_steps(), step_path(DORNBERG, ON_30)]},
        },
    )

    read_again(system)

    first, second = stations(paper, DORNBERG)
    assert first.result.outcome == Outcome.POSTPONED
    assert (second.held_on, second.predecessor_id, second.role) == (ON_30, first.id, "hearing")


def test_postponed_after_the_second_consultation_was_known_opens_no_third(few, paper, system):
    few.tell(
        load={**sitting(DORNBERG, ON_30), step_path(DORNBERG, ON_30): step(DORNBERG, ON_30, "Anhörung")},
        change={"/paper/1": {"consultation": [*_steps(), step_path(DORNBERG, ON_30)]}},
    )
    read_again(system)
    assert len(stations(paper, DORNBERG)) == 2

    few.tell(change={item_path(DORNBERG, ON_02): {"result": "vertagt"}})
    read_again(system)

    first, second = stations(paper, DORNBERG)
    assert (second.predecessor_id, second.held_on) == (first.id, ON_30)


def test_postponed_without_a_day_waits_until_the_council_system_names_one(few, paper, system):
    few.tell(change={item_path(DORNBERG, ON_02): {"result": "zurückgestellt"}})
    read_again(system)
    first, open_one = stations(paper, DORNBERG)
    assert (open_one.held_on, open_one.predecessor_id) == (None, first.id)

    few.tell(
        load={**sitting(DORNBERG, ON_30), step_path(DORNBERG, ON_30): step(DORNBERG, ON_30, "Anhörung")},
        change={"/paper/1": {"consultation": [*_steps(), step_path(DORNBERG, ON_30)]}},
    )
    read_again(system)

    assert [(one.id, one.held_on) for one in stations(paper, DORNBERG)] == [(first.id, ON_02), (open_one.id, ON_30)]


def _steps() -> list[str]:
    days = [(INTEGRATION, ON_26), (INTEGRATION, ON_08), ("Psychiatriebeirat", date(2010, 6, 16)), (DORNBERG, ON_02)]
    return [step_path(committee, day) for committee, day in [*days, (COUNCIL, ON_23)]]


def test_a_deleted_consultation_is_left_out_with_the_reason_and_comes_back_when_it_does(few, paper, system):
    path = step_path(DORNBERG, ON_02)
    few.tell(delete=[path])
    read_again(system)
    [station] = stations(paper, DORNBERG)
    assert (station.state, station.skip_reason) == (StationState.SKIPPED, "In ALLRIS gelöscht.")

    few.tell(load={path: step(DORNBERG, ON_02, "Anhörung")}, change={"/paper/1": {"name": "Konzept"}})
    read_again(system)

    [station] = stations(paper, DORNBERG)
    assert (station.state, station.held_on) == (StationState.SCHEDULED, ON_02)


def test_what_vanishes_without_a_word_is_asked_for_by_itself(few, paper, system, clock):
    few.tell(change={"/paper/1": {"consultation": [path for path in _steps() if path != step_path(DORNBERG, ON_02)]}})
    few.tell(faults={step_path(DORNBERG, ON_02): 404, "/list/consultation": '{"data": [], "links": {}}'})
    clock.advance(minutes=30)

    read_again(system)

    [station] = stations(paper, DORNBERG)
    assert station.state == StationState.SKIPPED


def test_a_cancelled_sitting_stays_and_its_station_is_planned_again(few, paper, system):
    few.tell(change={meeting_path(COUNCIL, ON_23): {"cancelled": True}})

    read_again(system)

    [station] = stations(paper, COUNCIL)
    assert (station.state, station.held_on) == (StationState.PLANNED, None)
    assert db.session.scalar(select(Meeting.cancelled).where(Meeting.held_on == ON_23))

    few.tell(change={meeting_path(COUNCIL, ON_23): {"cancelled": False}})
    read_again(system)
    assert stations(paper, COUNCIL)[0].held_on == ON_23


def test_a_change_that_only_the_list_of_items_shows_is_seen(few, paper, system):
    few.tell(change={item_path(COUNCIL, ON_23): {"number": "Ö 7.1", "(quiet)": True}})

    read_again(system)

    assert stations(paper, COUNCIL)[0].agenda_item.number == "Ö 7.1"


def test_the_rest_of_an_agenda_is_read_and_follows(few, paper, system):
    titles = (
        select(AgendaItem.title).join(AgendaItem.meeting).where(Meeting.held_on == ON_23).order_by(AgendaItem.position)
    )
    assert list(db.session.scalars(titles)) == ["Niederschrift", "Konzept"]

    other = item_path(COUNCIL, ON_23).replace("/item/", "/item/minutes-")
    few.tell(delete=[other], change={meeting_path(COUNCIL, ON_23): {"agendaItem": [item_path(COUNCIL, ON_23)]}})
    read_again(system)

    assert list(db.session.scalars(titles)) == ["Konzept"]


def test_a_new_committee_is_read_whole_once_it_is_chosen(server, paper):
    system = connect(server, FEW_COMMITTEES)
    assert len(queries.sequence(paper.procedure_id)) == 5
    assert sum("ist nicht ausgewählt" in sentence for sentence in open_faults()) == 17

    choose(system)
    read_all()

    assert len(stations(paper, "Kulturausschuss")) == 1
    assert open_faults() == []


def test_a_joint_sitting_has_both_committees_the_leading_one_first(few, paper, system):
    both = [path_of(COUNCIL), path_of(DORNBERG)]
    few.tell(change={meeting_path(COUNCIL, ON_23): {"organization": both}})

    read_again(system)

    meeting = db.session.scalars(select(Meeting).where(Meeting.held_on == ON_23)).one()
    assert [one.name for one in meeting.organizations] == [COUNCIL, DORNBERG]


def test_an_invited_sitting_invites_its_station(few, paper, system):
    few.tell(change={meeting_path(COUNCIL, ON_23): {"meetingState": "eingeladen"}})

    read_again(system)

    assert stations(paper, COUNCIL)[0].state == StationState.INVITED


def test_a_non_public_item_is_not_public_here(few, paper, system):
    few.tell(change={item_path(COUNCIL, ON_23): {"public": False}})

    read_again(system)

    assert stations(paper, COUNCIL)[0].agenda_item.public is False
