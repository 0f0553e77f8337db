"""What comes back after a message was handed over, early, late and twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from ikb.db import db, transaction
from ikb.deliveries import kinds, ledger, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.returns import MOST_SOFT_BOUNCES, SOFT_PAUSES
from ikb.events import _listeners
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire, given, only


@pytest.fixture(autouse=True)
def _kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))


@pytest.fixture
def heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Messages of which upper rooms heard that they bounced."""
    told: list[int] = []
    listener = lambda delivery_id, now: told.append(delivery_id)  # noqa: E731
    monkeypatch.setitem(_listeners, "message_bounced", [listener])
    return told


def sent(clock: SteppingClock, **values: Any) -> Delivery:
    given(clock(), stale_at=clock() + timedelta(days=9), **values)
    service.send_due(clock, Wire())
    return only()


def soft(clock: SteppingClock) -> None:
    with transaction():
        service.bounced(only(), "4.2.2 mailbox full", is_permanent=False, now=clock())


def test_what_lies_in_the_mailbox_is_delivered_once_however_often_it_is_told(
    app: Flask, clock: SteppingClock, heard: list[int]
) -> None:
    sent(clock)

    for _ in range(2):
        with transaction():
            service.delivered(only(), "2.1.5 delivered", now=clock())

    assert only().state == DeliveryState.DELIVERED
    assert [attempt.outcome for attempt in only().log] == ["handed_over", "delivered", "delivered"]
    assert heard == []


def test_a_full_mailbox_is_tried_again_five_times_under_the_same_message_id_and_then_given_up(
    app: Flask, clock: SteppingClock, heard: list[int]
) -> None:
    message_id = sent(clock).message_id
    wire = Wire()

    for number, pause in enumerate(SOFT_PAUSES, start=1):
        soft(clock)
        assert (only().state, only().next_at, only().soft_bounces) == ("bounced_soft", clock() + pause, number)
        service.send_due(clock, wire)
        assert len(wire.sent) == number - 1
        clock.advance(seconds=pause.total_seconds())
        service.send_due(clock, wire)
    assert heard == []
    soft(clock)

    assert MOST_SOFT_BOUNCES == 5
    assert only().state == DeliveryState.FAILED
    assert heard == [only().id]
    assert {message["Message-ID"] for message in wire.sent} == {message_id}
    assert [attempt.outcome for attempt in only().log] == ["handed_over", "bounced_soft"] * 6


def test_it_is_not_tried_again_where_that_would_be_too_late(app: Flask, clock: SteppingClock, heard: list[int]) -> None:
    given(clock(), stale_at=clock() + SOFT_PAUSES[0])
    service.send_due(clock, Wire())

    soft(clock)

    assert only().state == DeliveryState.FAILED
    assert heard == [only().id]


def test_a_hard_bounce_is_told_once_also_after_it_was_said_to_be_delivered(
    app: Flask, clock: SteppingClock, heard: list[int]
) -> None:
    sent(clock)
    with transaction():
        service.delivered(only(), "2.0.0 relayed", now=clock())

    for _ in range(2):
        with transaction():
            service.bounced(only(), "5.1.1 no such user", is_permanent=True, now=clock())

    assert (only().state, only().last_reply) == (DeliveryState.BOUNCED_HARD, "5.1.1 no such user")
    assert heard == [only().id]


def test_a_hard_bounce_ends_the_waiting_after_a_soft_one(app: Flask, clock: SteppingClock, heard: list[int]) -> None:
    sent(clock)
    soft(clock)
    with transaction():
        service.bounced(only(), "5.1.1 no such user", is_permanent=True, now=clock())
    clock.advance(hours=3)
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.sent == []
    assert heard == [only().id]


def test_a_message_that_arrived_after_all_is_not_sent_again(app: Flask, clock: SteppingClock) -> None:
    sent(clock)
    soft(clock)
    with transaction():
        service.delivered(only(), "2.1.5 delivered", now=clock())
    clock.advance(hours=3)
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.sent == []
    assert only().state == DeliveryState.DELIVERED


@pytest.mark.parametrize("state", ["planned", "sending", "cancelled", "expired", "failed", "bounced_hard"])
def test_a_late_report_is_kept_and_changes_nothing_where_it_is_no_news(
    app: Flask, clock: SteppingClock, heard: list[int], state: str
) -> None:
    sent(clock)
    with transaction():
        db.session.execute(update(Delivery).values(state=state))

    with transaction():
        service.bounced(only(), "4.2.2 full", is_permanent=False, now=clock())
        service.bounced(only(), "5.1.1 unknown", is_permanent=True, now=clock())
        service.delivered(only(), "2.1.5 delivered", now=clock())

    assert only().state == state
    assert [attempt.outcome for attempt in only().log][1:] == ["bounced_soft", "bounced_hard", "delivered"]
    assert heard == []


def test_what_bounced_for_now_can_be_taken_back(app: Flask, clock: SteppingClock) -> None:
    sent(clock)
    soft(clock)

    with transaction():
        service.cancel("note", [1], now=clock())
    clock.advance(hours=3)
    wire = Wire()
    service.send_due(clock, wire)

    assert only().state == DeliveryState.CANCELLED
    assert wire.sent == []


def test_every_attempt_says_who_tried_from_when_to_when(app: Flask, clock: SteppingClock) -> None:
    class Slow(Wire):
        def send(self, sent: Any, recipient: str) -> str:
            clock.advance(seconds=2)
            return super().send(sent, recipient)

    given(clock())
    began_at = clock()

    service.send_due(clock, Slow())

    (attempt,) = only().log
    assert (attempt.began_at, attempt.at, attempt.reply) == (began_at, began_at + timedelta(seconds=2), "250 OK")
    assert attempt.worker == ledger.worker_name()
