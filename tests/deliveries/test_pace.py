"""Mail servers that take only so many messages a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from ikb import mail
from ikb.db import transaction
from ikb.deliveries import kinds, pace, service
from ikb.deliveries.kinds import Mail, register_kind
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire, given, planned

TWO_SECONDS = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _paced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(app.extensions["ikb_config"], smtp_url="smtp://user:secret@mail.example.org", mail_pace=30)
    monkeypatch.setitem(app.extensions, "ikb_config", config)
    monkeypatch.setattr("ikb.deliveries.sending.wake", lambda task: True)
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    register_kind("urgent", still_wanted=lambda *_: True, render=lambda *_: Mail("Dringend", "Text"), urgency=1)


class Noting(Wire):
    """A wire that notes when each message went over it."""

    def __init__(self, clock: SteppingClock, on_send: Any = None) -> None:
        super().__init__()
        self.clock, self.on_send = clock, on_send
        self.at: list[datetime] = []

    def send(self, sent: mail.Written, recipient: str) -> str:
        self.at.append(self.clock())
        if self.on_send is not None:
            self.on_send(len(self.at))
        return super().send(sent, recipient)


def run(clock: SteppingClock, wire: Wire, **limits: Any) -> service.Report:
    return service.send_due(clock, wire, wait=lambda seconds: clock.advance(seconds=seconds) and None, **limits)


def book(now: datetime) -> datetime | None:
    with transaction():
        return pace.book("mail.example.org", TWO_SECONDS, now=now)


def test_in_no_minute_go_more_messages_out_than_the_server_takes(app: Flask, clock: SteppingClock) -> None:
    for number in range(93):
        given(clock(), subject_id=number)
    wire, begun = Noting(clock), clock()

    run(clock, wire)

    assert len(wire.sent) == 93
    assert all(sum(start <= at < start + timedelta(minutes=1) for at in wire.at) <= 30 for start in wire.at)
    assert wire.at[-1] - begun == 92 * TWO_SECONDS


def test_what_is_urgent_takes_the_next_place_though_it_came_last(app: Flask, clock: SteppingClock) -> None:
    for number in range(5):
        given(clock(), subject_id=number)

    def arrives(sent: int) -> None:
        if sent == 2:
            given(clock(), kind="urgent", subject_id=9)

    wire = Noting(clock, arrives)
    run(clock, wire)

    assert [message["Subject"] for message in wire.sent].index("Dringend") == 2


def test_places_are_handed_out_once_whoever_asks(app: Flask, clock: SteppingClock) -> None:
    now = clock()

    assert book(now) == now
    assert book(now) == now + TWO_SECONDS
    assert book(now) is None  # somebody waits already
    assert book(now + TWO_SECONDS) == now + 2 * TWO_SECONDS
    assert book(now + timedelta(hours=1)) == now + timedelta(hours=1)  # what was not used is not caught up


def test_whoever_finds_somebody_waiting_leaves_and_holds_nothing(app: Flask, clock: SteppingClock) -> None:
    given(clock())
    book(clock())
    book(clock())
    wire = Wire()

    run(clock, wire)

    assert wire.sent == []
    assert [(row.state, row.lease_owner) for row in planned()] == [("planned", None)]


def test_a_run_ends_in_time_although_places_are_left(app: Flask, clock: SteppingClock) -> None:
    for number in range(20):
        given(clock(), subject_id=number)
    wire, begun = Noting(clock), clock()

    run(clock, wire, lasts=timedelta(seconds=10))

    assert 0 < len(wire.sent) <= 7
    assert clock() - begun <= timedelta(seconds=12)


def test_the_places_row_names_the_host_and_nothing_secret(app: Flask) -> None:
    assert pace.server_name(app.extensions["ikb_config"]) == "mail.example.org"


@pytest.mark.parametrize("values", [{"mail_pace": None}, {"smtp_url": None}])
def test_without_a_limit_or_a_server_nobody_waits(app: Flask, values: dict[str, Any]) -> None:
    assert pace.interval(replace(app.extensions["ikb_config"], **values)) is None
