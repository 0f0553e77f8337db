"""Several messages claimed together: as safe as one by one, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from ikb import mail
from ikb.db import db, transaction
from ikb.deliveries import kinds, ledger, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.sending import AT_ONCE
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire, given, planned

LEASE = timedelta(seconds=40)
gathered: list[list[int]] = []


@pytest.fixture(autouse=True)
def _kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered.clear()
    monkeypatch.setattr(kinds, "_kinds", {})
    monkeypatch.setattr("ikb.deliveries.sending.wake", lambda task: True)
    register("note")


def register(name: str, **functions: object) -> None:
    usual: dict[str, object] = {"still_wanted": lambda *_: True, "render": lambda *_: Mail("Guten Tag", "Text")}
    register_kind(name, **(usual | {"gather": gather} | functions))  # type: ignore[arg-type]


def gather(deliveries: Sequence[Delivery]) -> None:
    gathered.append([delivery.subject_id for delivery in deliveries])


def due(now: datetime, count: int = AT_ONCE) -> list[str]:
    addresses = [f"a{number}@b.example" for number in range(count)]
    for number, address in enumerate(addresses):
        given(now, subject_id=number, recipient=address)
    return addresses


def claim(now: datetime, at_most: int = AT_ONCE) -> list[int]:
    with transaction():
        return [found.delivery.subject_id for found in ledger.claim_some(at_most, lease=LEASE, now=now)]


def waiting() -> list[tuple[str, int, str | None]]:
    return [(row.state, row.attempts, row.lease_owner) for row in planned()]


def test_what_is_claimed_together_goes_out_the_most_urgent_first_and_is_read_at_once(
    app: Flask, clock: SteppingClock
) -> None:
    register("urgent", urgency=1)
    addresses = due(clock(), AT_ONCE + 2)
    given(clock(), kind="urgent", subject_id=99, recipient="first@b.example")
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.recipients == ["first@b.example", *addresses]
    assert gathered == [list(range(AT_ONCE - 1)), [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1]]
    assert {row.attempts for row in planned()} == {1}


def test_a_message_that_ends_its_worker_again_and_again_holds_up_nobody_else(app: Flask, clock: SteppingClock) -> None:
    due(clock())
    poisoned, sent = 2, set[int]()
    assert claim(clock()) == list(range(AT_ONCE))  # by a worker that is killed before it sends the first

    for _ in range(4):  # each round a lease later, with both slots of a worker; the poisoned one kills its slot
        clock.advance(seconds=40)
        slots = 2
        while slots and (hand := claim(clock())):
            assert len(hand) == 1
            slots -= hand == [poisoned]
            sent |= set(hand) - {poisoned}

    assert sent == set(range(AT_ONCE)) - {poisoned}


def test_what_came_back_for_a_passing_reason_is_claimed_alone_too(app: Flask, clock: SteppingClock) -> None:
    due(clock(), 3)
    with transaction():
        first = update(Delivery).where(Delivery.subject_id == 0)
        db.session.execute(first.values(state=DeliveryState.BOUNCED_SOFT, soft_bounces=1))

    assert [claim(clock()), claim(clock())] == [[0], [1, 2]]


def test_behind_a_slow_one_the_others_are_asked_anew_whether_they_are_still_wanted(
    app: Flask, clock: SteppingClock
) -> None:
    addresses = due(clock())
    answered: set[int] = set()
    register("note", still_wanted=lambda delivery, now: delivery.subject_id not in answered)

    class Slow(Wire):
        def send(self, sent: mail.Written, recipient: str) -> str:
            if recipient == addresses[1]:
                clock.advance(seconds=19)  # meanwhile another slot could have taken what was given back
                answered.add(5)
            return super().send(sent, recipient)

    wire = Slow()
    service.send_due(clock, wire)

    assert gathered[0] == list(range(AT_ONCE))
    assert gathered[1] == list(range(2, 2 + AT_ONCE // 2))  # fewer than before
    assert set(addresses) - set(wire.recipients) == {addresses[5]}
    assert {row.attempts for row in planned()} == {1}


@pytest.mark.parametrize("ends", ["at_most", "time", "server away"])
def test_when_a_run_ends_what_it_has_not_tried_waits_as_before(app: Flask, clock: SteppingClock, ends: str) -> None:
    addresses = due(clock())

    class Ending(Wire):
        def send(self, sent: mail.Written, recipient: str) -> str:
            if ends == "server away" and recipient == addresses[1]:
                raise mail.ServerUnavailable("no route")
            if ends == "time":
                clock.advance(seconds=1)
            return super().send(sent, recipient)

    limits = {"at_most": 3} if ends == "at_most" else {"lasts": timedelta(seconds=1)} if ends == "time" else {}
    wire = Ending()
    service.send_due(clock, wire, **limits)  # type: ignore[arg-type]

    assert 1 <= len(wire.sent) < AT_ONCE
    left = waiting()[len(wire.tried) + (ends == "server away") :]
    assert left
    assert set(left) == {(DeliveryState.PLANNED, 0, None)}
    assert {row.next_at for row in planned()[-len(left) :]} == {row.due_at for row in planned()[-len(left) :]}


def test_what_is_given_back_is_due_although_it_was_planned_for_later(app: Flask, clock: SteppingClock) -> None:
    given(clock(), due_at=clock() + timedelta(days=1), stale_at=clock() + timedelta(days=2))
    with transaction():
        db.session.execute(update(Delivery).values(next_at=clock()))
    with transaction():
        hand = ledger.claim_some(AT_ONCE, lease=LEASE, now=clock())

    with transaction():
        ledger.give_back(hand, now=clock())

    assert claim(clock()) == [1]


def test_what_cannot_be_read_together_is_read_one_by_one(app: Flask, clock: SteppingClock) -> None:
    def fails(deliveries: Sequence[Delivery]) -> None:
        raise LookupError("one of them is odd")

    register("note", gather=fails)
    addresses = due(clock(), 3)
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.recipients == addresses


def test_nobody_gives_back_what_another_holds(app: Flask, clock: SteppingClock) -> None:
    due(clock(), 1)
    with transaction():
        (slept,) = ledger.claim_some(AT_ONCE, lease=LEASE, now=clock())
    clock.advance(seconds=40)
    assert claim(clock()) == [0]

    with transaction():
        ledger.give_back([slept], now=clock())

    assert [state for state, _, _ in waiting()] == [DeliveryState.SENDING]
