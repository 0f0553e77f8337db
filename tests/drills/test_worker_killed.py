"""A worker killed in the middle loses nothing, and sends nothing twice beyond what it held in its hands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.config import ROOT
from ikb.core.clock import berlin_day, system_clock
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions import service as institutions
from ikb.journal.service import SYSTEM
from ikb.queue import wake
from tests import factories
from tests.conftest import SECRET, migrated_app
from tests.services.smtp import Fault, SmtpSink

pytestmark = pytest.mark.drill

INSTITUTIONS = 93
SLOTS = 2
LEASE = timedelta(seconds=3)
KILLED_AT = (40,)  # messages that had arrived, once per kill
PATIENCE = 90.0


class Worker:
    """A real Celery worker with two processes, in a process group of its own."""

    def __init__(self, environment: dict[str, str], output: Path) -> None:
        self._environment = environment
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "worker", "worker", f"--concurrency={SLOTS}"]
        quiet = ["--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                command + quiet, cwd=ROOT, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self, how: int = signal.SIGKILL) -> None:
        """The whole group at once, the parent and its processes."""
        process, self._process = self._process, None
        if process is None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)

    def says(self) -> str:
        return self._output.read_text(errors="replace")[-3000:]


@pytest.fixture
def town(own_postgres: str, valkey: Any, valkey_db: int, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[Flask]:
    """An installation as in production: PostgreSQL, a broker, a mail server."""
    urls = {"redis_url": valkey.url(valkey_db), "smtp_url": smtp_sink.url}
    app = migrated_app(own_postgres, tmp_path, system_clock, send_lease=LEASE, **urls)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def worker(town: Flask, own_postgres: str, tmp_path: Path) -> Iterator[Worker]:
    config = town.extensions["ikb_config"]
    settings = {
        "IKB_ENV": "test",
        "IKB_SECRET_KEY": SECRET,
        "IKB_DATABASE_URL": own_postgres,
        "IKB_REDIS_URL": config.redis_url,
        "IKB_SMTP_URL": config.smtp_url,
        "IKB_BASE_URL": config.base_url,
        "IKB_MAIL_FROM": config.mail_from,
        "IKB_DATA_DIR": str(tmp_path),
        "IKB_SEND_LEASE": str(int(LEASE.total_seconds())),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
    started = Worker(kept | settings, tmp_path / "worker.log")
    yield started
    started.kill(signal.SIGTERM)


def invite() -> None:
    """93 institutions are invited into an open phase: 93 messages are due now."""
    now = system_clock()
    version = factories.make_version()
    phase = factories.make_phase(version, opens_at=now, opened_at=now, closes_on=berlin_day(now) + timedelta(days=30))
    rows = [factories.make_institution() for _ in range(INSTITUTIONS)]
    with transaction():
        institutions.add_to_phase(phase, rows, by=SYSTEM, now=now)


def ticking(condition: Callable[[], bool], worker: Worker, sink: SmtpSink) -> None:
    """Wake both slots again and again, as beat does, until the condition holds."""
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(worker.says())
        for _ in range(SLOTS):
            wake("deliveries.send_due")
        with suppress(TimeoutError):  # the pace of the tick: the next message, or a fifth of a second without any
            sink.wait_for(len(sink.messages) + 1, timeout=0.2)


def test_a_worker_killed_in_the_middle_of_93_invitations_loses_none(
    town: Flask, worker: Worker, smtp_sink: SmtpSink
) -> None:
    smtp_sink.faults = lambda recipient: Fault(seconds=0.03)  # so that there is a middle
    with town.app_context():
        invite()
        for arrived in KILLED_AT:
            worker.start()
            ticking(lambda arrived=arrived: len(smtp_sink.messages) >= arrived, worker, smtp_sink)  # type: ignore[misc]
            worker.kill()
        assert len(set(smtp_sink.recipients())) < INSTITUTIONS, "killed too late to show anything"
        worker.start()
        ticking(_all_handed_over, worker, smtp_sink)
        expected = set(db.session.scalars(select(Delivery.recipient)))

    counted = Counter(smtp_sink.recipients())
    assert set(counted) == expected
    assert len(counted) == INSTITUTIONS
    assert sum(counted.values()) <= INSTITUTIONS + SLOTS * len(KILLED_AT)
    assert all(len({message.message_id for message in smtp_sink.to(address)}) == 1 for address in counted)


def _all_handed_over() -> bool:
    db.session.rollback()  # see what the worker saved since
    return set(db.session.scalars(select(Delivery.state))) == {DeliveryState.HANDED_OVER}
