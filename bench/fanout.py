"""Ninety-three personal invitations, from the lead's act to the mail server, by a real worker."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import redis
from celery import Celery

from bench import town
from bench.house import House, Place
from bench.load import Sample
from bench.serving import ROOT, process
from ikb.db import db, transaction
from ikb.journal.service import SYSTEM
from ikb.procedures import service as procedures
from ikb.procedures.model import ParticipationPhase
from tests.services.smtp import SmtpSink

MESSAGES = 93
TASKS = 500
PATIENCE = 60.0
WORKER = ["worker", "-c", "2", "-l", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat"]


@dataclass
class Office:
    """A mail server, our worker, and a worker that does nothing."""

    place: Place
    sink: SmtpSink
    noop: Celery
    noop_queue: redis.Redis

    def invite(self) -> Sample:
        """Open a phase; messages per second until the last has arrived."""
        self.sink.clear()
        with self.place.app.app_context():
            with transaction():
                phase_id = town.planned_phase(self.place.town, MESSAGES, datetime.now(UTC))
            began = perf_counter()
            with transaction():
                phase = db.session.get_one(ParticipationPhase, phase_id)
                procedures.open_phase(phase, by=SYSTEM, now=datetime.now(UTC))
            arrived = self.sink.wait_for(MESSAGES, PATIENCE)
        taken = perf_counter() - began
        if len({message.recipients for message in arrived}) != MESSAGES:
            raise RuntimeError(f"{len(arrived)} messages went to fewer than {MESSAGES} addresses.")
        return _sample(MESSAGES, taken)

    def bare_smtp(self) -> Sample:
        """The same number of messages by smtplib, one connection each, from a process of its own."""
        self.sink.clear()
        command = [sys.executable, "-m", "bench.anchors.smtp", str(self.sink.port), str(MESSAGES)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
        return _sample(MESSAGES, float(said.stdout))

    def bare_tasks(self) -> Sample:
        """Tasks that do nothing, from the first sent to the last done."""
        began = perf_counter()
        for _ in range(TASKS):
            self.noop.send_task("bench.anchors.noop.nothing")
        while self.noop_queue.llen("celery") or self.noop_queue.hlen("unacked"):
            if perf_counter() - began > PATIENCE:
                raise TimeoutError("The worker did not get through its tasks.")
            time.sleep(0.002)
        return _sample(TASKS, perf_counter() - began)


def _sample(count: int, seconds: float) -> Sample:
    each = seconds / count * 1000
    return Sample(count / seconds, each, each)


@contextmanager
def post_office(house: House) -> Iterator[Office]:
    """Everything that mail needs, in a database of its own: receipts of other measurements would come first."""
    queue_url = house.valkey.url(3)
    house.valkey.flush(3)
    with SmtpSink() as sink:
        place = house.place("mail", 1_000, valkey_db=4, drafts=0, smtp_port=sink.port)
        logs = place.folder / "bench-worker.log"
        ours, theirs = ["-m", "celery", "-A", "worker", *WORKER], ["-m", "celery", "-A", "bench.anchors.noop", *WORKER]
        with process(ours, place.env, logs), process(theirs, {"IKB_REDIS_URL": queue_url}, logs):
            office = Office(place, sink, Celery(broker=queue_url), redis.Redis.from_url(queue_url))
            office.bare_tasks()  # both workers are up once both have answered
            office.invite()
            yield office
