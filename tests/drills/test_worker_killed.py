"""A worker killed at random points loses nothing, and sends nothing twice beyond what it held in its hands."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.core.clock import system_clock
from ikb.db import db
from ikb.deliveries.model import Delivery, DeliveryAttempt
from tests.conftest import migrated_app
from tests.drills.plant import (
    IN_FULL,
    INSTITUTIONS,
    SLOTS,
    Part,
    all_handed_over,
    environment_of,
    invite,
    tell,
    ticking,
)
from tests.services.smtp import Fault, SmtpSink

pytestmark = pytest.mark.drill

LEASE = timedelta(seconds=3)  # instead of 40: what a killed worker held is taken up after it, so the drill waits less
KILLS = int(os.environ.get("IKB_KILLS", "50")) if IN_FULL else 1
SEED = 20100923


@pytest.fixture
def town(own_postgres: str, valkey: Any, valkey_db: int, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[Flask]:
    """An installation as in production: PostgreSQL, a broker, a mail server."""
    urls = {"redis_url": valkey.url(valkey_db), "smtp_url": smtp_sink.url}
    app = migrated_app(own_postgres, tmp_path, system_clock, send_lease=LEASE, **urls)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def worker(town: Flask, own_postgres: str, tmp_path: Path) -> Iterator[Part]:
    started = Part("worker", environment_of(town, own_postgres, tmp_path), tmp_path / "worker.log")
    yield started
    started.kill()


def test_a_worker_killed_at_random_points_of_93_invitations_loses_none(
    town: Flask, worker: Part, smtp_sink: SmtpSink
) -> None:
    chance = random.Random(SEED)
    smtp_sink.faults = lambda recipient: Fault(seconds=0.01)  # so that there is a middle
    killed_in_the_middle, twice = 0, []
    with town.app_context():
        for _ in range(KILLS):
            smtp_sink.clear()
            expected = {invitation.institution.email for invitation in invite()}
            point = chance.randrange(1, INSTITUTIONS - 8)
            worker.start()
            ticking(lambda point=point: len(smtp_sink.messages) >= point, worker, smtp_sink)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.03))  # anywhere between a claim and the end of the sending
            worker.kill()
            killed_in_the_middle += len(set(smtp_sink.recipients())) < INSTITUTIONS
            worker.start()
            ticking(all_handed_over, worker, smtp_sink)
            worker.kill() if IN_FULL else worker.stop()

            counted = Counter(smtp_sink.recipients())
            assert set(counted) == expected, "lost"
            twice.append(sum(counted.values()) - INSTITUTIONS)
            assert all(len({message.message_id for message in smtp_sink.to(address)}) == 1 for address in counted)

    tell(
        f"{INSTITUTIONS} messages, kill -9 of the worker tree at a random point, {KILLS} times",
        lost=0,
        duplicates=sum(twice),
        most_per_kill=max(twice),
        slots=SLOTS,
        killed_in_the_middle=killed_in_the_middle,
    )
    assert max(twice) <= SLOTS
    assert killed_in_the_middle >= KILLS // 2, "killed too late to show anything"


def test_without_faults_nothing_is_sent_twice_and_sigterm_ends_a_run_warm(
    town: Flask, worker: Part, smtp_sink: SmtpSink
) -> None:
    smtp_sink.faults = lambda recipient: Fault(seconds=0.05)
    with town.app_context():
        expected = {invitation.institution.email for invitation in invite()}
        worker.start()
        ticking(lambda: len(smtp_sink.messages) >= 10, worker, smtp_sink)
        begun = time.monotonic()
        code = worker.stop()
        took = time.monotonic() - begun
        ended = len(smtp_sink.messages)
        in_hand = db.session.scalars(select(Delivery.id).where(Delivery.state == "sending")).all()
        worker.start()
        ticking(all_handed_over, worker, smtp_sink)
        worker.stop()
        tried = db.session.scalars(select(DeliveryAttempt.worker)).all()

    tell("SIGTERM in the middle of 93 messages", seconds=f"{took:.1f}", exit_code=code, sent_until_then=ended)
    assert took <= 30
    assert code in (0, -signal.SIGTERM)
    assert in_hand == []
    assert Counter(smtp_sink.recipients()) == Counter(expected)
    assert len(tried) == INSTITUTIONS
