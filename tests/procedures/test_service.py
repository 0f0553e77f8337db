"""Procedures and phases: who leads, what is open until when, and what others hear of it."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from ikb.core.clock import end_of_day
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import FACTS, _listeners
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from ikb.procedures import service
from ikb.procedures.model import PhaseState, Procedure
from ikb.procedures.service import PhasePlan, Settings
from tests.factories import make_phase, make_procedure, make_user, make_version

PLAN = PhasePlan(name="Beteiligung", opens_on=date(2030, 6, 5), closes_on=date(2030, 6, 28))


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def by(lead):
    return Actor.user(lead.id)


@pytest.fixture
def heard(monkeypatch):
    facts = []
    for fact in FACTS:
        monkeypatch.setitem(_listeners, fact, [lambda fact=fact, **values: facts.append(fact)])
    return facts


def actions():
    return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


def test_a_form_sent_twice_creates_one_procedure(lead, by, now):
    key = uuid.uuid4()

    for _ in range(2):
        with transaction():
            procedure = service.create("Unser Konzept", [lead], key=key, by=by, now=now)

    assert db.session.scalars(select(Procedure.id)).all() == [procedure.id]
    assert [person.user_id for person in procedure.leads] == [lead.id]
    assert actions() == ["procedure created"]


@pytest.mark.parametrize(("title", "led"), [("  ", True), ("Unser Konzept", False)])
def test_a_procedure_needs_a_title_and_somebody_who_leads_it(lead, by, now, title, led):
    with pytest.raises(Implausible), transaction():
        service.create(title, [lead] if led else [], by=by, now=now)

    assert db.session.scalars(select(Procedure.id)).all() == []


def test_changed_settings_are_journalled_by_field_without_their_texts(by, now):
    procedure = make_procedure(title="Alt")

    with transaction():
        service.change_settings(
            procedure, Settings("Neu", contact_name="Frau Beispiel", is_public=True), seen=1, by=by, now=now
        )

    entry = db.session.scalars(select(JournalEntry)).one()
    assert entry.facts == {"fields": ["contact_name", "title"], "is_public": True}
    assert procedure.title == "Neu"


def test_the_second_of_two_editors_of_the_settings_gets_both(by, now):
    procedure = make_procedure(title="Alt")
    with transaction():
        service.change_settings(procedure, Settings("Von Anna"), seen=1, by=by, now=now)

    with pytest.raises(Conflict) as refused, transaction():
        service.change_settings(procedure, Settings("Von Bert"), seen=1, by=by, now=now)

    assert "Titel: Von Anna" in refused.value.theirs
    assert "Titel: Von Bert" in refused.value.mine
    assert procedure.title == "Von Anna"


@pytest.mark.parametrize("pattern", ["{base}/{revision}", "{base}-E{revision}", "V/{base}/{revision}"])
def test_patterns_that_can_number_revisions(pattern):
    service.check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["", "{base}", "{revision}", "{base}/{base}/{revision}", "{base}/{revision}/{jahr}"]
)
def test_patterns_that_cannot(pattern):
    with pytest.raises(Implausible, match="Muster"):
        service.check_pattern(pattern)


def test_a_planned_phase_may_be_changed_in_everything(by, now, heard):
    version = make_version()
    with transaction():
        phase = service.plan_phase(db.session.get(Procedure, version.draft.procedure_id), version, PLAN, by=by, now=now)

    with transaction():
        service.change_phase(
            phase, version, PhasePlan("Herbst", date(2030, 9, 2), date(2030, 9, 30)), seen=1, by=by, now=now
        )

    assert (phase.name, phase.opens_at) == ("Herbst", datetime(2030, 9, 1, 22, 0, tzinfo=UTC))
    assert phase.state == PhaseState.PLANNED
    assert heard == []
    assert actions() == ["phase planned", "phase changed"]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (PhasePlan(" ", date(2030, 6, 5), date(2030, 6, 28)), "name"),
        (PhasePlan("B", date(2030, 6, 28), date(2030, 6, 27)), "closes_on"),
        (PhasePlan("B", date(2030, 5, 2), date(2030, 5, 31)), "closes_on"),  # in the past
    ],
)
def test_plans_that_cannot_be_name_their_field(by, now, plan, field):
    version = make_version()
    procedure = db.session.get(Procedure, version.draft.procedure_id)

    with pytest.raises(Implausible) as refused, transaction():
        service.plan_phase(procedure, version, plan, by=by, now=now)

    assert refused.value.field == field


def test_a_deadline_that_passed_on_a_weekend_still_counts_while_it_moves_on(by, clock):
    version = make_version()
    sunday = date(2030, 6, 2)
    procedure = db.session.get(Procedure, version.draft.procedure_id)

    with transaction():  # today is Monday, and Sunday's deadline ends tonight
        phase = service.plan_phase(procedure, version, PhasePlan("B", date(2030, 5, 6), sunday), by=by, now=clock())

    assert phase.last_day == date(2030, 6, 3)


def test_a_version_of_another_procedure_is_refused(by, now):
    procedure, version = make_procedure(), make_version()

    with pytest.raises(Implausible, match="anderen Verfahren"), transaction():
        service.plan_phase(procedure, version, PLAN, by=by, now=now)


def test_opening_tells_everybody_and_counts_from_now(by, now, heard):
    phase = make_phase(state=PhaseState.PLANNED, opened_at=None, opens_at=now + timedelta(days=3))

    with transaction():
        service.open_phase(phase, by=by, now=now)

    assert (phase.state, phase.opened_at, phase.opens_at) == (PhaseState.OPEN, now, now)
    assert heard == ["phase_opened"]
    with pytest.raises(NotReady, match="schon eröffnet"), transaction():
        service.open_phase(phase, by=by, now=now)


def test_a_version_that_may_still_change_is_not_opened(by, now, heard):
    phase = make_phase(make_version(issued=False), state=PhaseState.PLANNED)

    with pytest.raises(NotReady, match="noch in Arbeit"), transaction():
        service.open_phase(phase, by=by, now=now)

    assert heard == []


@pytest.mark.parametrize(("seconds", "opens"), [(-1, True), (0, False)])
def test_a_phase_opens_until_the_last_second_of_its_deadline(by, seconds, opens):
    phase = make_phase(state=PhaseState.PLANNED, opened_at=None)
    moment = end_of_day(date(2030, 6, 28)) + timedelta(seconds=seconds)

    if opens:
        with transaction():
            service.open_phase(phase, by=by, now=moment)
    else:
        with pytest.raises(NotReady, match="schon vorbei"), transaction():
            service.open_phase(phase, by=by, now=moment)

    assert phase.is_open is opens


def test_a_moved_deadline_raises_its_version_and_is_announced(by, now, heard):
    phase = make_phase()

    with transaction():
        service.move_deadline(phase, date(2030, 7, 6), False, by=by, now=now)

    assert (phase.closes_on, phase.last_day, phase.deadline_version) == (date(2030, 7, 6), date(2030, 7, 8), 2)
    assert heard == ["deadline_moved"]
    assert db.session.scalars(select(JournalEntry)).one().facts == {
        "from": "2030-06-28",
        "to": "2030-07-06",
        "is_fixed": False,
    }


@pytest.mark.parametrize(
    ("closes_on", "is_fixed", "words"),
    [
        (date(2030, 6, 28), False, "schon gilt"),
        (date(2030, 5, 20), False, "vor dem Beginn"),
        (date(2030, 6, 2), True, "Vergangenheit"),
    ],
)
def test_deadlines_that_cannot_be(by, now, heard, closes_on, is_fixed, words):
    phase = make_phase()

    with pytest.raises(Implausible, match=words), transaction():
        service.move_deadline(phase, closes_on, is_fixed, by=by, now=now)

    assert (phase.deadline_version, heard) == (1, [])


def test_fixing_the_same_day_is_a_change_too(by, now):
    phase = make_phase(closes_on=date(2030, 6, 29))

    with transaction():
        service.move_deadline(phase, date(2030, 6, 29), True, by=by, now=now)

    assert (phase.last_day, phase.deadline_version) == (date(2030, 6, 29), 2)


def test_two_leads_moving_one_deadline(by, now):
    phase = make_phase()
    with transaction():
        service.move_deadline(phase, date(2030, 7, 5), False, seen=1, by=by, now=now)

    with pytest.raises(Conflict) as refused, transaction():
        service.move_deadline(phase, date(2030, 7, 12), False, seen=1, by=by, now=now)

    assert "05.07.2030" in refused.value.theirs
    assert "12.07.2030" in refused.value.mine


def test_a_closed_phase_stays_closed(by, now, heard):
    phase = make_phase(closes_on=date(2030, 5, 31))
    with transaction():
        service.close_phase(phase, by=by, now=now)

    assert (phase.state, phase.closed_at, heard) == (PhaseState.CLOSED, now, ["phase_closed"])
    with pytest.raises(NotReady), transaction():
        service.close_phase(phase, by=by, now=now)
    with pytest.raises(NotReady), transaction():
        service.move_deadline(phase, date(2030, 7, 6), False, by=by, now=now)


def test_a_phase_is_not_closed_before_the_deadline_that_was_told(by):
    phase = make_phase(closes_on=date(2030, 6, 29))  # a Saturday: it ends with Monday, 1 July
    ends_at = end_of_day(date(2030, 7, 1))

    with (
        pytest.raises(NotReady, match=r"bis 01\.07\.2030, 24 Uhr\. Verlegen Sie zuerst die Frist\."),
        transaction(),
    ):
        service.close_phase(phase, by=by, now=ends_at - timedelta(microseconds=1))
    assert phase.state == PhaseState.OPEN

    with transaction():
        service.close_phase(phase, by=by, now=ends_at)
    assert phase.state == PhaseState.CLOSED
