"""A station's whole life in the browser, and a sequence as councils really have them: postponed again and again."""

import uuid
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.core.results import OUTCOMES, Outcome, Successor
from ikb.core.workflow import TRANSITIONS
from ikb.db import db, transaction
from ikb.deliberations import service, successors
from ikb.deliberations.entries import PointEntry
from ikb.deliberations.model import Consultation, MinutesExtract, Paper, StationState
from ikb.deliberations.service import ResultEntry
from ikb.deliberations.successors import Next
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from tests.factories import (
    make_consultation,
    make_draft,
    make_organization,
    make_paper,
    make_procedure,
    make_user,
    make_version,
)

TODAY = date(2030, 6, 3)


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def secretary(app):
    return make_user([Role.SECRETARY], name="Frau Feder")


@pytest.fixture
def procedure(lead):
    procedure = make_procedure([lead], title="Haushalt 2030")
    make_paper(make_version(make_draft(procedure)), procedure)
    return procedure


@pytest.fixture
def body(secretary):
    return make_organization("Haushaltsausschuss", [secretary])


@pytest.fixture
def desk(as_user, secretary):
    return as_user(secretary)


def entry(outcome, **changes):
    return {
        "outcome": outcome,
        "manner": "",
        "next_organization_id": "0",
        "next_on": "",
        "key": str(uuid.uuid4()),
        "seen_result_id": "",
        "is_provisional": "y",
        "act": "save",
    } | changes


def send(browser, step, outcome, **changes):
    data = entry(outcome, **changes) | {"laid_paper_id": str(db.session.query(Paper).one().id)}
    return browser.post(f"/beratungen/{step.id}/ergebnis", data=data)


def version(step):
    db.session.refresh(step)
    return str(step.row_version)


# As it happened


def test_a_budget_paper_deliberated_six_times_by_one_committee_four_times_postponed_can_be_entered_as_it_happened(
    as_user, lead, secretary, desk, procedure, body
):
    assembly = make_organization("Bezirksverordnetenversammlung", [secretary], kind="council")
    days = [date(2030, 1, 8) + timedelta(weeks=2 * count) for count in range(6)]
    decided_on = date(2030, 4, 10)
    browser = as_user(lead)
    add = f"/verfahren/{procedure.id}/beratungsfolge/neu"
    new = {"role": "preliminary", "public": "ja", "row_version": "0", "also_past": "y"}
    for name, held_on, role in ((body.name, days[0], "preliminary"), (assembly.name, decided_on, "decision")):
        data = new | {"organization": name, "held_on": held_on.isoformat(), "role": role, "key": str(uuid.uuid4())}
        assert browser.post(add, data=data).status_code == 303
    first, decision = db.session.scalars(select(Consultation).order_by(Consultation.id)).all()

    step, steps = first, [first]
    for outcome, following in zip(
        ("first_reading", "postponed", "postponed", "postponed", "postponed"), days[1:], strict=True
    ):
        assert send(desk, step, outcome, next_on=following.isoformat()).status_code == 303
        step = successors.successor_of(step)
        steps.append(step)
    assert send(desk, step, "recommended", votes_yes="9", votes_no="4").status_code == 303
    assert send(desk, decision, "adopted", votes_yes="30", votes_no="22").status_code == 303

    assert [one.held_on for one in steps] == days
    assert [one.result.outcome for one in steps] == ["first_reading", *["postponed"] * 4, "recommended"]
    assert [one.predecessor_id for one in steps] == [None, *(one.id for one in steps[:-1])]
    assert {one.organization_id for one in steps} == {body.id}
    assert {one.role for one in steps} == {"preliminary"}
    page = unescape(browser.get(f"/verfahren/{procedure.id}/beratungsfolge").text)
    assert page.count("vertagt") >= 4
    assert "beschlossen, mit Mehrheit (30 Ja, 22 Nein)" in page


# Every outcome and what follows from it


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_opens_its_successor_or_none(app, secretary, procedure, body, now, outcome):
    other = make_organization("Kulturausschuss")
    step = make_consultation(procedure, body, held_on=TODAY)
    kind = OUTCOMES[outcome].successor
    wanted = Next(other.id if kind is Successor.ANY else None, date(2030, 6, 24), is_wanted=kind is Successor.ASKED)
    changed = outcome in (Outcome.ADOPTED_AMENDED, Outcome.RECOMMENDED_AMENDED)
    points = (PointEntry("1", Outcome.ADOPTED, anchor="bp-1"), PointEntry("2", Outcome.REJECTED, anchor="bp-2"))

    with transaction():
        made = ResultEntry(
            outcome,
            resolution_text="Mit der Änderung." if changed else "",
            points=points if outcome is Outcome.SPLIT_VOTE else (),
            successor=wanted,
        )
        service.record_result(step, made, by=Actor.user(secretary.id), now=now)

    following = successors.successor_of(step)
    if kind is Successor.NONE:
        assert following is None
        return
    assert following.predecessor_id == step.id
    assert following.organization is (other if kind is Successor.ANY else body)
    assert (following.state, following.held_on) == (StationState.SCHEDULED, date(2030, 6, 24))


def test_referred_back_means_earlier_committees_repeat(app, secretary, procedure, body, now):
    earlier = make_consultation(procedure, make_organization("Kulturausschuss"), held_on=date(2030, 5, 20))
    step = make_consultation(procedure, body, held_on=TODAY)

    with transaction():
        made = ResultEntry(Outcome.REFERRED_BACK, successor=Next(earlier.organization_id))
        service.record_result(step, made, by=Actor.user(secretary.id), now=now)

    again = successors.successor_of(step)
    assert again.organization_id == earlier.organization_id
    assert (again.state, earlier.state) == (StationState.PLANNED, StationState.SCHEDULED)
    assert step.result.phrase == "zurückverwiesen an Kulturausschuss"


def test_a_postponement_may_leave_the_day_open(desk, procedure, body):
    step = make_consultation(procedure, body, held_on=TODAY)

    send(desk, step, "deferred")

    following = successors.successor_of(step)
    assert (following.state, following.held_on) == (StationState.PLANNED, None)


# Every state in the browser


def test_every_transition_of_a_station_is_reached_in_the_browser_and_journalled(desk, clock, procedure, body):
    """Walk through the table of `core.workflow`; a transition that is not reached here has no way in."""
    walked = set()
    steps = [make_consultation(procedure, body, held_on=None) for _ in range(4)]

    def act(step, event, answer, expected):
        before = step.state
        assert answer().status_code == 303
        db.session.refresh(step)
        assert step.state == expected
        walked.add((StationState(before), event))

    def edit(step, held_on):
        data = {"role": "hearing", "public": "ja", "held_on": held_on, "row_version": version(step), "also_past": "y"}
        return desk.post(f"/beratungen/{step.id}/bearbeiten", data=data)

    def press(step, name, **data):
        return desk.post(f"/beratungen/{step.id}/{name}", data={"row_version": version(step)} | data)

    def newest(step):
        return str(step.results[-1].id)

    def release(step):
        return press(step, "niederschrift", released_on="2030-06-03", text="Auszug", key=str(uuid.uuid4()))

    one, two, three, four = steps
    act(one, "skip", lambda: press(one, "auslassen", reason="nicht nötig"), "skipped")
    act(one, "resume", lambda: press(one, "aufnehmen"), "planned")
    act(one, "assign", lambda: edit(one, "2030-06-12"), "scheduled")
    act(one, "move", lambda: edit(one, "2030-06-13"), "scheduled")
    act(one, "release", lambda: edit(one, ""), "planned")
    edit(one, "2030-06-12")
    act(one, "skip", lambda: press(one, "auslassen", reason="nicht nötig"), "skipped")
    press(one, "aufnehmen")
    db.session.refresh(one)
    act(one, "invite", lambda: press(one, "eingeladen"), "invited")
    act(one, "move", lambda: edit(one, "2030-06-14"), "scheduled")
    press(one, "eingeladen")
    db.session.refresh(one)
    act(one, "release", lambda: edit(one, ""), "planned")
    edit(one, "2030-06-12")
    press(one, "eingeladen")
    db.session.refresh(one)
    act(one, "skip", lambda: press(one, "auslassen", reason="nicht nötig"), "skipped")

    edit(two, "2030-06-03")
    db.session.refresh(two)
    act(two, "record", lambda: send(desk, two, "noted"), "recorded")
    act(two, "correct", lambda: send(desk, two, "recommended", seen_result_id=newest(two)), "recorded")
    act(two, "confirm", lambda: release(two), "confirmed")
    act(two, "correct", lambda: send(desk, two, "noted", seen_result_id=newest(two)), "recorded")

    edit(three, "2030-06-03")
    press(three, "eingeladen")
    db.session.refresh(three)
    act(three, "record", lambda: send(desk, three, "noted"), "recorded")
    edit(four, "2030-06-03")
    db.session.refresh(four)
    act(four, "remove", lambda: send(desk, four, "removed"), "removed")
    act(four, "correct", lambda: send(desk, four, "noted", seen_result_id=newest(four)), "recorded")
    five = make_consultation(procedure, body, held_on=None)
    edit(five, "2030-06-03")
    press(five, "eingeladen")
    db.session.refresh(five)
    act(five, "remove", lambda: send(desk, five, "removed"), "removed")

    assert {(state.value, str(event)) for state, event in TRANSITIONS} == {(str(a), b) for a, b in walked}
    entries = db.session.execute(select(JournalEntry.action, JournalEntry.actor_kind)).all()
    assert {kind for _, kind in entries} == {"user"}
    told = {action for action, _ in entries}
    assert {"consultation skipped", "consultation resumed", "meeting assigned", "meeting taken away"} <= told
    assert {"consultation moved", "members invited", "result recorded", "minutes released"} <= told


# Minutes


@pytest.fixture
def recorded(desk, procedure, body):
    step = make_consultation(procedure, body, held_on=date(2030, 5, 27))
    assert send(desk, step, "noted").status_code == 303
    db.session.refresh(step)
    return step


def minutes(browser, step, **changes):
    data = {"released_on": "2030-06-03", "text": "Der Ausschuss nimmt Kenntnis.", "row_version": version(step)}
    return browser.post(f"/beratungen/{step.id}/niederschrift", data=data | {"key": str(uuid.uuid4())} | changes)


def test_released_minutes_confirm_the_result_with_day_and_extract(desk, recorded):
    assert recorded.result.is_provisional
    assert "Niederschrift freigeben" in desk.get(f"/beratungen/{recorded.id}").text

    answer = minutes(desk, recorded)

    page = unescape(desk.get(answer.location).text)
    assert recorded.state == StationState.CONFIRMED
    assert not recorded.result.is_provisional
    assert "Freigegeben am Mo., 03.06.2030" in page
    assert "Der Ausschuss nimmt Kenntnis." in page
    assert "vorläufig" not in page


def test_minutes_are_released_once_however_often_the_form_is_sent(desk, recorded):
    key = str(uuid.uuid4())

    assert [minutes(desk, recorded, key=key, row_version="2").status_code for _ in range(2)] == [303, 303]

    assert len(db.session.scalars(select(MinutesExtract)).all()) == 1


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("2030-05-26", "Die Sitzung war erst am 27.05.2030."), ("2030-06-04", "Dieser Tag liegt in der Zukunft.")],
)
def test_minutes_before_the_sitting_or_in_the_future_are_refused(desk, recorded, day, sentence):
    answer = minutes(desk, recorded, released_on=day)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert recorded.state == StationState.RECORDED


def test_minutes_without_a_result_are_refused(desk, procedure, body):
    step = make_consultation(procedure, body, held_on=date(2030, 5, 27))

    assert minutes(desk, step).status_code == 409
    assert step.state == StationState.SCHEDULED


def test_another_committees_minutes_do_not_exist(as_user, recorded):
    assert minutes(as_user(make_user([Role.SECRETARY])), recorded).status_code == 404


# What cannot be


@pytest.mark.parametrize("written", ["12.06.2030, 26.06.2030", "12.06. und 26.06.2030", "2030-06-12 2030-06-26"])
def test_two_days_for_one_station_are_refused(desk, procedure, body, written):
    step = make_consultation(procedure, body, held_on=None)
    data = {"role": "hearing", "public": "ja", "held_on": written, "row_version": "1"}

    answer = desk.post(f"/beratungen/{step.id}/bearbeiten", data=data)

    assert answer.status_code == 422
    assert "Sitzung am: Hier stehen zwei Tage" in unescape(answer.text)
    assert step.held_on is None


def test_a_sitting_in_the_past_without_a_result_is_refused_until_that_is_meant(desk, procedure, body):
    step = make_consultation(procedure, body, held_on=None)
    data = {"role": "hearing", "public": "ja", "held_on": "2029-06-12", "row_version": "1"}

    refused = desk.post(f"/beratungen/{step.id}/bearbeiten", data=data)

    assert refused.status_code == 422
    assert "Sitzung am 12.06.2029: Der Tag ist schon vorbei, und ein Ergebnis steht noch nicht da." in refused.text
    assert step.held_on is None
    assert desk.post(f"/beratungen/{step.id}/bearbeiten", data=data | {"also_past": "y"}).status_code == 303


def test_a_result_before_the_sitting_is_refused(desk, procedure, body):
    step = make_consultation(procedure, body, held_on=date(2030, 6, 4))

    answer = send(desk, step, "noted")

    assert answer.status_code == 422
    assert "Die Sitzung ist erst am 04.06.2030." in answer.text
    assert step.results == []
