"""A mail server that says no, hangs, drops the connection, or takes thirty a minute: as the state machine says."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb import mail
from ikb.core.clock import system_clock
from ikb.db import db
from ikb.deliveries import service
from ikb.deliveries.model import Delivery, DeliveryAttempt, DeliveryState
from tests.conftest import SteppingClock, migrated_app
from tests.deliveries.helpers import Wire
from tests.drills.plant import IN_FULL, INSTITUTIONS, SLOTS, invite, tell
from tests.services.smtp import Fault, SmtpSink

pytestmark = pytest.mark.drill

# A lease of 40 s leaves 20 s to a message; in the suite both are shorter by this factor, so that hanging costs less time.
SCALE = 1 if IN_FULL else 40
LEASE = timedelta(seconds=40) / SCALE


class Moving:
    """The machine's clock, which the drill can move on by the pauses that nobody wants to sit through."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


@pytest.fixture(params=["postgresql", "sqlite"] if IN_FULL else ["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One engine in the suite, both in the drills."""
    name: str = request.param
    return name


@pytest.fixture
def moving() -> Moving:
    return Moving()


@pytest.fixture
def town(own_postgres: str, smtp_sink: SmtpSink, tmp_path: Path, moving: Moving) -> Iterator[Flask]:
    app = migrated_app(own_postgres, tmp_path, moving, send_lease=LEASE, smtp_url=smtp_sink.url)
    yield app
    with app.app_context():
        db.engine.dispose()


def send_in_slots(app: Flask, clock: Any) -> None:
    """What both slots of a worker do at a tick."""

    def run(_: int) -> None:
        with app.app_context():
            service.send_due(clock)
            db.session.remove()

    with ThreadPoolExecutor(SLOTS) as slots:
        list(slots.map(run, range(SLOTS)))


def test_451_twice_550_for_3_hanging_for_5_and_accepted_then_dropped(
    town: Flask, smtp_sink: SmtpSink, moving: Moving
) -> None:
    with town.app_context():
        addresses = [invitation.institution.email for invitation in invite()]
    busy, unknown, hanging, dropped = addresses[0], set(addresses[1:4]), set(addresses[4:9]), addresses[9]
    left = Counter({busy: 2, dropped: 1} | dict.fromkeys(hanging, 1))

    def fault(address: str) -> Fault | None:
        if address in unknown:
            return Fault("550 5.1.1 unknown")
        if left[address] <= 0:
            return None
        left[address] -= 1
        if address in hanging:
            return Fault(seconds=LEASE.total_seconds())
        return Fault("451 4.7.1 busy") if address == busy else Fault("421 4.3.2 closing", after=True)

    # The server asks twice about what it took: when the recipient is named, and when the message lies there.
    answers: dict[str, deque[Fault | None]] = {}

    seen_at: dict[str, float] = {}

    def once_per_message(address: str) -> Fault | None:
        seen_at[address] = monotonic()
        asked = answers.setdefault(address, deque())
        if asked:
            return asked.popleft()
        found = fault(address)
        if found is None or found.after:
            asked.append(found)
        return found

    smtp_sink.faults = once_per_message
    begun = monotonic()
    send_in_slots(town, moving)
    others = set(addresses) - unknown - hanging - {busy, dropped}
    others_took = max(seen_at[address] for address in others) - begun
    first = set(smtp_sink.recipients())
    for seconds in (30, 60, 120):
        moving.ahead += timedelta(seconds=seconds)
        send_in_slots(town, moving)

    with town.app_context():
        due = select(Delivery.recipient, Delivery.state).where(Delivery.kind == "invitation")
        states = dict(db.session.execute(due).all())  # type: ignore[arg-type]
        tries = Counter(
            db.session.scalars(
                select(Delivery.recipient).join(DeliveryAttempt, DeliveryAttempt.delivery_id == Delivery.id)
            )
        )
    counted = Counter(smtp_sink.recipients())
    tell(
        "451 twice, 550 for 3, hanging for 5, dropped for 1 of 93",
        timeout=f"{20 / SCALE:g} s",
        others_within=f"{others_took:.0f} s",
    )
    assert others <= first, "others were delayed"
    assert others_took <= 60
    assert {address for address, state in states.items() if state == DeliveryState.BOUNCED_HARD} == unknown
    assert {state for address, state in states.items() if address not in unknown} == {DeliveryState.HANDED_OVER}
    assert set(counted) == set(addresses) - unknown
    assert {address for address, times in counted.items() if times > 1} <= {dropped}
    assert len({message.message_id for message in smtp_sink.to(dropped)}) == 1
    assert tries[busy] == 3
    assert all(tries[address] == 1 for address in unknown)
    assert all(tries[address] == 2 for address in hanging)


class Limited(Wire):
    """A mail server that takes thirty in a minute and says 451 to every further one."""

    def __init__(self, clock: SteppingClock) -> None:
        super().__init__()
        self.clock, self.taken, self.refused = clock, deque[datetime](), 0

    def send(self, sent: mail.Written, recipient: str) -> str:
        while self.taken and self.taken[0] <= self.clock() - timedelta(minutes=1):
            self.taken.popleft()
        if len(self.taken) >= 30:
            self.refused += 1
            raise mail.TemporaryFailure("451 4.7.500 slow down")
        self.taken.append(self.clock())
        return super().send(sent, recipient)


@pytest.mark.parametrize("pace", [30, None])
def test_a_server_that_takes_thirty_a_minute_gets_all_93_and_is_never_asked_too_often_once_we_know(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch, pace: int | None, wakeups: list[Any]
) -> None:
    config = replace(app.extensions["ikb_config"], smtp_url="smtp://mail.example.org", mail_pace=pace)
    monkeypatch.setitem(app.extensions, "ikb_config", config)
    monkeypatch.setattr("ikb.deliveries.sending.wake", lambda task: True)
    clock.moment = datetime.now(clock().tzinfo)
    invite()
    wire, begun = Limited(clock), clock()
    while len(wire.sent) < INSTITUTIONS:
        service.send_due(clock, wire, wait=lambda seconds: clock.advance(seconds=seconds) and None)
        clock.advance(seconds=15)
        assert clock() - begun < timedelta(minutes=30)

    minutes = (clock() - begun).total_seconds() / 60
    tell(f"30 a minute, setting {pace}", minutes=f"{minutes:.1f}", refused=wire.refused, duplicates=0)
    assert len(set(wire.recipients)) == len(wire.recipients) == INSTITUTIONS
    assert wire.refused == 0 or pace is None
    assert minutes <= (4 if pace else 15)
