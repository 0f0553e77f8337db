"""Hours without beat, nights on which the clocks change, a clock that is wrong, and answers at the last moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.core.clock import BERLIN, at_local, end_of_day, system_clock
from ikb.db import db, transaction
from ikb.deliveries import kinds, ledger, service, skew
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions import service as institutions
from ikb.institutions.model import ANSWERED, InvitationState
from ikb.reminders.service import plan_missing
from tests import factories
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire, given, only
from tests.drills.plant import IN_FULL, INSTITUTIONS, tell

pytestmark = pytest.mark.drill

ENGINES = ["postgresql", "sqlite"] if IN_FULL else ["sqlite"]
COUNT = INSTITUTIONS if IN_FULL else 20
TICK = timedelta(seconds=15)
LAST_DAY = date(2030, 6, 28)  # a Friday


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """One engine in the suite, both in the drills."""
    name: str = request.param
    return name


def remind(clock: SteppingClock, count: int = COUNT) -> list[Any]:
    """So many invitations with links, and their reminders planned on 3 June."""
    phase = factories.make_phase(closes_on=LAST_DAY)
    rows = [factories.make_invitation(phase) for _ in range(count)]
    with transaction():
        for row in rows:
            row.token_hash = f"the hash of a link {row.id}"
        db.session.flush()
        plan_missing(now=clock())
    return rows


def states() -> dict[str, int]:
    db.session.expire_all()
    found: dict[str, int] = {}
    for state in db.session.scalars(select(Delivery.state)):
        found[state] = found.get(state, 0) + 1
    return found


def test_what_a_dead_worker_held_is_taken_up_within_a_minute(
    app: Flask, clock: SteppingClock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    given(clock())
    with transaction():
        assert ledger.claim_next(lease=app.extensions["ikb_config"].send_lease, now=clock()) is not None
    died_at, wire = clock(), Wire()

    while not wire.sent:
        clock.moment += TICK
        service.send_due(clock, wire)

    tell("orphaned work", taken_up_after=f"{(clock() - died_at).total_seconds():.0f} s")
    assert clock() - died_at <= timedelta(seconds=60)
    assert only().attempts == 2


def test_six_hours_without_beat_across_a_due_time_send_all_at_the_first_tick(app: Flask, clock: SteppingClock) -> None:
    remind(clock)
    due_at = at_local(date(2030, 6, 14), 9)
    clock.moment = due_at - timedelta(hours=1)
    service.send_due(clock, Wire())
    wire = Wire()

    clock.moment += timedelta(hours=6)  # nobody ticked
    begun = clock()
    clock.moment += TICK
    service.send_due(clock, wire)

    tell("no beat for 6 h across a due time", sent=len(wire.sent), within=f"{(clock() - begun).total_seconds():.0f} s")
    assert len(wire.sent) == len(set(wire.recipients)) == COUNT
    assert clock() - begun <= timedelta(seconds=90)


def test_six_hours_without_beat_across_the_deadline_send_nothing_late(app: Flask, clock: SteppingClock) -> None:
    remind(clock)
    last = at_local(date(2030, 6, 27), 9)  # one day before
    while clock() < last - timedelta(hours=1):
        clock.moment += timedelta(hours=12)
        service.send_due(clock, Wire())
    clock.moment = end_of_day(LAST_DAY) - timedelta(hours=3)
    with transaction():  # what was still to come stayed behind until the evening
        db.session.execute(
            Delivery.__table__.update()  # type: ignore[attr-defined]
            .where(Delivery.step == "1")
            .values(state="planned", next_at=clock() - timedelta(minutes=1), finished_at=None)
        )
    wire = Wire()

    clock.moment += timedelta(hours=6)
    service.send_due(clock, wire)

    late = states().get("expired", 0)
    tell("no beat for 6 h across the deadline", expired=late, sent_late=len(wire.sent))
    assert wire.sent == []
    assert late == COUNT


def test_whoever_answered_between_planning_and_sending_gets_no_reminder(app: Flask, clock: SteppingClock) -> None:
    rows = remind(clock, INSTITUTIONS)
    clock.moment = at_local(date(2030, 6, 14), 9)
    answers = sorted(ANSWERED)
    answered = {row.institution.email for row in rows[:40]}
    moved = {row.institution.email for row in rows[40:50]}

    class Answering(Wire):
        """With every message that goes out, one more institution answers, whose own may be next."""

        def send(self, sent: Any, recipient: str) -> str:
            if late and recipient not in {row.institution.email for row in late}:
                row = late.pop()
                answered.add(row.institution.email) if row.institution.email not in self.recipients else None
                with transaction():
                    institutions.advance(row, InvitationState.AGREES, now=clock())
            return super().send(sent, recipient)

    late = rows[80:]
    with transaction():
        for number, row in enumerate(rows[:40]):
            institutions.advance(row, answers[number % len(answers)], now=clock())
        for row in rows[40:50]:
            row.extended_until = LAST_DAY + timedelta(days=14)
    wire = Answering()
    service.send_due(clock, wire)

    wrong = (answered | moved) & set(wire.recipients)
    tell("answers between planning and sending", answered=len(answered), reminded=len(wire.sent), wrong=len(wrong))
    assert wrong == set()
    assert len(wire.sent) == INSTITUTIONS - len(answered) - len(moved)


@pytest.mark.parametrize(
    ("night", "due"),
    [
        (date(2027, 3, 28), [(27, 9, 0), (28, 1, 59), (28, 3, 0), (28, 3, 1), (28, 9, 0), (29, 9, 0)]),
        (date(2026, 10, 25), [(24, 9, 0), (25, 1, 59), (25, 2, 30), (25, 3, 0), (25, 9, 0), (26, 9, 0)]),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_on_nights_when_the_clocks_change_each_goes_out_once_at_its_local_minute(
    app: Flask, clock: SteppingClock, monkeypatch: Any, night: date, due: list[tuple[int, int, int]]
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    clock.moment = datetime(night.year, night.month, night.day, tzinfo=UTC) - timedelta(days=2)
    planned = {}
    for number, (day, hour, minute) in enumerate(due):
        address = f"a{number}@b.example"
        planned[address] = (day, hour, minute)
        moment = at_local(date(night.year, night.month, day), hour, minute)
        given(clock(), subject_id=number, recipient=address, due_at=moment, stale_at=moment + timedelta(hours=2))
    sent: list[tuple[str, datetime]] = []

    class Noting(Wire):
        def send(self, message: Any, recipient: str) -> str:
            sent.append((recipient, clock().astimezone(BERLIN)))
            return super().send(message, recipient)

    wire = Noting()
    ends_at = clock() + timedelta(days=4)
    while clock() < ends_at:  # minute by minute in the night and around nine, else hour by hour
        hour = clock().astimezone(BERLIN).hour
        clock.moment += timedelta(minutes=1 if IN_FULL or hour < 4 or hour in (8, 9) else 60)
        if db.session.scalar(select(Delivery.id).where(Delivery.state == "planned", Delivery.next_at <= clock())):
            service.send_due(clock, wire)
        db.session.commit()

    tell(
        f"night of {night}",
        sent=len(sent),
        at_their_minute=sum(planned[a] == (m.day, m.hour, m.minute) for a, m in sent),
    )
    assert {address: (at.day, at.hour, at.minute) for address, at in sent} == planned
    assert len(sent) == len(due)


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite has no clock of its own
@pytest.mark.parametrize("hours", [1, -1])
def test_a_worker_whose_clock_is_an_hour_off_goes_by_the_databases(
    app: Flask, clock: SteppingClock, monkeypatch: Any, hours: int
) -> None:
    off = timedelta(hours=hours)
    monkeypatch.setattr("ikb.deliveries.skew.system_clock", lambda: system_clock() + off)
    right = clock()
    clock.moment = right + off

    corrected, _ = skew.look(clock)

    assert abs(corrected() - right) < timedelta(seconds=2)
    monkeypatch.setattr("ikb.deliveries.skew.system_clock", system_clock)
    assert skew.look(clock) == (clock, False)


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite has no clock of its own
@pytest.mark.parametrize("hours", [1, -1])
def test_with_a_clock_an_hour_off_nothing_goes_out_early_or_late(
    app: Flask, clock: SteppingClock, monkeypatch: Any, hours: int
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    off, right = timedelta(hours=hours), clock()
    given(right, subject_id=1, due_at=right + timedelta(minutes=30))
    given(right, subject_id=2, recipient="now@b.example", due_at=right - timedelta(minutes=1))
    monkeypatch.setattr("ikb.deliveries.skew.system_clock", lambda: system_clock() + off)
    clock.moment = right + off
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.recipients == ["now@b.example"]
    assert states() == {DeliveryState.HANDED_OVER: 1, DeliveryState.PLANNED: 1}
