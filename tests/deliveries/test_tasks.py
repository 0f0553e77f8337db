"""What the queue asks for, as a worker runs it: over a real mail server, with the kinds that the rooms brought along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from celery.bootsteps import CLOSE, RUN
from flask import Flask
from sqlalchemy.exc import OperationalError

from ikb.db import transaction
from ikb.deliveries import queries
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.tasks import note_life
from ikb.institutions import service as institutions
from ikb.journal.service import SYSTEM
from ikb.mail.smtp import SEND_TIMEOUT
from ikb.queue import SCHEMA_HEADER, TICKS, Scheduler, _show_life_of_worker, show_life
from tests import factories
from tests.conftest import SteppingClock
from tests.deliveries.helpers import planned
from tests.services.smtp import Fault, SmtpSink


@pytest.fixture
def sending(app: Flask, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> SmtpSink:
    """The mail server that the application is configured for."""
    config = replace(app.extensions["ikb_config"], smtp_url=smtp_sink.url)
    monkeypatch.setitem(app.extensions, "ikb_config", config)
    return smtp_sink


def run(app: Flask, task: str) -> None:
    app.extensions["celery"].tasks[task].run()


def invite(clock: SteppingClock, count: int) -> None:
    phase = factories.make_phase(closes_on=date(2030, 6, 28))
    rows = [factories.make_institution() for _ in range(count)]
    with transaction():
        institutions.add_to_phase(phase, rows, by=SYSTEM, now=clock())


def invitations() -> list[Delivery]:
    """Rows of the ledger that are due at once; whoever is invited into an open phase is also reminded of it, later."""
    return [delivery for delivery in planned() if delivery.kind == "invitation"]


def test_every_tick_has_a_task(app: Flask) -> None:
    assert set(TICKS) <= set(app.extensions["celery"].tasks)


@pytest.mark.parametrize("kind", ["invitation", "new_link", "reminder", "result_missing", "statement_receipt"])
def test_the_rooms_brought_their_kinds(app: Flask, kind: str) -> None:
    assert kind_of(kind) is not None


def test_what_is_due_goes_out_once_though_the_task_comes_twice(
    app: Flask, clock: SteppingClock, sending: SmtpSink
) -> None:
    invite(clock, 3)

    run(app, "deliveries.send_due")
    run(app, "deliveries.send_due")

    assert len(sending.recipients()) == len(set(sending.recipients())) == 3
    due = invitations()
    assert {delivery.message_id for delivery in due} == {message.message_id for message in sending.messages}
    assert {delivery.state for delivery in due} == {DeliveryState.HANDED_OVER}
    assert {delivery.state for delivery in planned() if delivery not in due} == {DeliveryState.PLANNED}  # reminders


def test_451_twice_then_delivered_and_550_reaches_the_invitation(
    app: Flask, clock: SteppingClock, sending: SmtpSink
) -> None:
    invite(clock, 4)
    busy, unknown = (delivery.recipient for delivery in invitations()[:2])
    left = [Fault("451 4.7.1 busy"), Fault("451 4.7.1 busy")]
    sending.faults = lambda address: (
        Fault("550 5.1.1 unknown") if address == unknown else left.pop() if address == busy and left else None
    )

    for seconds in (0, 30, 60):
        clock.advance(seconds=seconds)
        run(app, "deliveries.send_due")

    assert len(sending.to(busy)) == 1
    assert sending.to(unknown) == []
    assert len(sending.messages) == 3
    bounced = next(delivery for delivery in invitations() if delivery.recipient == unknown)
    assert (bounced.state, bounced.last_reply) == (DeliveryState.BOUNCED_HARD, "550 5.1.1 unknown")


def test_while_the_server_is_down_nothing_is_lost_and_then_everything_goes(
    app: Flask, clock: SteppingClock, sending: SmtpSink
) -> None:
    invite(clock, 3)
    sending.stop()
    for _ in range(4):
        run(app, "deliveries.send_due")
        clock.advance(seconds=15)
    sending.start()

    clock.advance(seconds=30)
    run(app, "deliveries.send_due")

    assert len(set(sending.recipients())) == len(sending.recipients()) == 3


def test_a_message_accepted_without_an_answer_comes_twice_under_one_name(
    app: Flask, clock: SteppingClock, sending: SmtpSink
) -> None:
    invite(clock, 1)
    doubt = Fault("451 4.3.0 lost my mind", after=True)
    sending.faults = lambda address: doubt if len(sending.messages) < 2 else None

    run(app, "deliveries.send_due")
    clock.advance(seconds=30)
    run(app, "deliveries.send_due")

    (invitation,) = invitations()
    assert [message.message_id for message in sending.messages] == [invitation.message_id] * 2


def test_a_worker_that_is_told_to_stop_has_ended_its_run_within_half_a_minute(
    app: Flask, clock: SteppingClock, sending: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(clock, 30)
    woken: list[str] = []
    monkeypatch.setattr("ikb.deliveries.sending.wake", woken.append)
    taken_up: dict[str, datetime] = {}
    starts_at = clock()

    def slow(address: str) -> None:
        if address not in taken_up:
            taken_up[address] = clock()
            clock.advance(seconds=3)

    sending.faults = slow

    run(app, "deliveries.send_due")

    assert 0 < len(sending.messages) < 30
    assert max(taken_up.values()) - starts_at + SEND_TIMEOUT <= timedelta(seconds=30)  # if the last takes all its time
    assert woken == ["deliveries.send_due"] * 2  # a helper at the start, and the next run at the end


def test_beat_shows_its_life_from_its_own_loop_and_nobody_elses(app: Flask, clock: SteppingClock) -> None:
    scheduler = Scheduler(app=app.extensions["celery"], schedule={}, lazy=True)

    scheduler.tick()

    assert queries.heartbeats() == {"beat": clock()}


def test_the_worker_shows_its_life_as_long_as_it_runs(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("ikb.queue.show_life", lambda app, name: shown.append(name))
    monkeypatch.setattr("ikb.queue.time.sleep", lambda seconds: setattr(controller.blueprint, "state", CLOSE))
    controller = SimpleNamespace(blueprint=SimpleNamespace(state=RUN))

    _show_life_of_worker(app, controller)

    assert shown == ["worker"]


def test_whoever_cannot_write_down_a_sign_of_life_goes_on(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(name: str) -> None:
        raise OperationalError("UPDATE", {}, Exception("no database"))

    monkeypatch.setattr("ikb.queue._signs_of_life", [away, note_life])

    show_life(app, "worker")

    assert queries.heartbeats() == {"worker": clock()}


@pytest.mark.parametrize(("schema", "runs"), [(None, True), (1, True), (2, False), ("odd", False)])
def test_a_task_of_a_newer_release_is_left_to_the_tick(
    app: Flask, clock: SteppingClock, sending: SmtpSink, schema: object, runs: bool
) -> None:
    invite(clock, 1)
    headers = {} if schema is None else {SCHEMA_HEADER: schema}

    app.extensions["celery"].tasks["deliveries.send_due"].apply(headers=headers)

    assert len(sending.messages) == int(runs)
    run(app, "deliveries.send_due")
    assert len(sending.messages) == 1


def test_the_safety_net_plans_what_was_missed(app: Flask, clock: SteppingClock) -> None:
    factories.make_invitation(factories.make_phase(closes_on=date(2030, 6, 28)))

    run(app, "reminders.plan")

    assert [delivery.kind for delivery in planned()] == ["reminder"] * 3
