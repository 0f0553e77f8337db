"""The post room by itself: how long planning takes, how punctual messages are, and what waiting costs.

Each figure stands beside its limit; below 1.00 it holds. Exit code 1 if one does not. Worker and beat are real ones, with
the ticks that production has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

import redis
from sqlalchemy import func, select

from bench import house, town
from bench.fanout import MESSAGES, WORKER
from bench.house import Place
from bench.load import Request, ask
from bench.serving import ROOT, process
from ikb.db import db, transaction
from ikb.deliveries import queries as ledger
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned
from ikb.institutions.model import Invitation
from ikb.institutions.service import planned_mail
from ikb.journal.service import SYSTEM
from ikb.procedures import service as procedures
from ikb.procedures.model import ParticipationPhase
from tests.services.smtp import Fault, SmtpSink

ROWS = 10_000
IDLE = 60.0  # seconds: the longest pause between two ticks of mail, so that each falls into it once
HANGING = 3.0  # seconds
AHEAD = timedelta(seconds=20)
PATIENCE = 90.0


def main() -> int:
    """Measure, print, and say whether every limit holds."""
    ratios = []
    with house.opened() as opened, SmtpSink() as sink:
        place = opened.place("post", 100, valkey_db=5, drafts=40, smtp_port=sink.port)
        ratios.append(_line(f"planning {ROWS} messages", _planning(place), 5.0, "s"))
        with _running(place) as pids:
            delays = _punctuality(place, sink)
            ratios.append(
                _line(f"{MESSAGES} messages after they were due, p95", quantiles(delays, n=20)[-1], 10.0, "s")
            )
            ratios.append(_line("the last of them", max(delays), 30.0, "s"))
            ratios.append(_line("sent early", float(sum(delay < 0 for delay in delays)), 1.0, ""))
            ratios.append(_line("worker and beat, idle, of one core", _idle(pids) * 100, 1.0, "%"))
            request, last = _sending(place, sink)
            bare = _bare_smtp(sink)
            ratios.append(_line("a click that sends them, with a mail server that hangs", request, HANGING, "s"))
            ratios.append(_line(f"from the click to message {MESSAGES}, bare smtplib", last / bare, 3.0, "x"))
        rows, tasks = _submissions(place)
        ratios.append(_line("ledger rows per submission", rows, 1.01, ""))
        ratios.append(_line("tasks per submission", tasks, 1.0, ""))
    return int(any(ratio >= 1 for ratio in ratios))


def _planning(place: Place) -> float:
    """Seconds for so many rows, saved; they are due long after the measurement."""
    now = datetime.now(UTC)
    later = now + timedelta(days=30)
    messages = [Planned("bench", number, f"a{number}@b.example", later, later) for number in range(ROWS)]
    with place.app.app_context():
        began = time.perf_counter()
        with transaction():
            deliveries.plan_many(messages, now=now)
        return time.perf_counter() - began


def _submissions(place: Place) -> tuple[float, float]:
    """Rows in the ledger and tasks in the broker for each statement handed in, one right after the other."""
    port, following = place.ports("ikb")[0], place.submissions
    connection, count = HTTPConnection("127.0.0.1", port), 20
    with place.app.app_context(), redis.Redis.from_url(place.env["IKB_REDIS_URL"]) as broker:
        rows, tasks = _rows(), int(broker.llen("celery"))
        for _ in range(count):
            ask(connection, following())
        time.sleep(1)  # a wake-up may come at the end of a pause
        figures = (_rows() - rows) / count, (int(broker.llen("celery")) - tasks) / count
        broker.delete("celery")
    return figures


def _rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Delivery.id))) or 0


def _sending(place: Place, sink: SmtpSink) -> tuple[float, float]:
    """Seconds that the lead waits while the mail server hangs; seconds from such a click to the last message if it does not."""
    with place.app.app_context():
        clicks = [place.opening(_planned(place)) for _ in range(2)]
    sink.clear()
    sink.faults = lambda address: Fault(seconds=HANGING)
    waited = _click(place, clicks[0])
    sink.faults = lambda address: None
    sink.wait_for(MESSAGES, PATIENCE)
    time.sleep(HANGING)  # until what hung is tried again and out of the way
    sink.clear()
    began = time.perf_counter()
    _click(place, clicks[1])
    sink.wait_for(MESSAGES, PATIENCE)
    return waited, time.perf_counter() - began


def _planned(place: Place) -> int:
    with transaction():
        return town.planned_phase(place.town, MESSAGES, datetime.now(UTC))


def _click(place: Place, request: Request) -> float:
    began = time.perf_counter()
    ask(HTTPConnection("127.0.0.1", place.ports("ikb")[0]), request)
    return time.perf_counter() - began


def _bare_smtp(sink: SmtpSink) -> float:
    command = [sys.executable, "-m", "bench.anchors.smtp", str(sink.port), str(MESSAGES)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
    return float(said.stdout)


@contextmanager
def _running(place: Place) -> Iterator[list[int]]:
    """A worker and a beat; their process ids."""
    log = place.folder / "bench-post.log"
    beat = ["-m", "celery", "-A", "worker", "beat", "-l", "warning", "--pidfile="]
    worker = ["-m", "celery", "-A", "worker", *WORKER]
    with process(worker, place.env, log) as one, process(beat, place.env, log) as other:
        yield [one.pid, other.pid]


def _punctuality(place: Place, sink: SmtpSink) -> list[float]:
    """How many seconds after they were due the messages arrived, with nobody to wake the worker but beat."""
    with place.app.app_context():
        _wait_for_signs_of_life()
        due_at = _plan_ahead(place)
    arrived: list[float] = []
    while len(arrived) < MESSAGES:
        count = len(sink.wait_for(len(arrived) + 1, PATIENCE))
        moment = datetime.now(UTC)
        arrived += [(moment - due_at).total_seconds()] * (count - len(arrived))
    return arrived


def _wait_for_signs_of_life() -> None:
    give_up = time.monotonic() + PATIENCE
    while set(ledger.heartbeats()) < {"worker", "beat"}:
        if time.monotonic() > give_up:
            raise TimeoutError("Worker and beat did not come up.")
        db.session.rollback()
        time.sleep(0.5)


def _plan_ahead(place: Place) -> datetime:
    """Messages with personal links, due at one moment that is some way off."""
    now = datetime.now(UTC)
    due_at = now + AHEAD
    with transaction():
        phase = db.session.get_one(ParticipationPhase, town.planned_phase(place.town, MESSAGES, now))
        procedures.open_phase(phase, by=SYSTEM, now=now)
        deliveries.cancel("invitation", db.session.scalars(select(Invitation.id)).all(), now=now)
        invitations = db.session.scalars(select(Invitation).where(Invitation.phase_id == phase.id)).all()
        planned = [planned_mail("new_link", invitation, now=now) for invitation in invitations]
        deliveries.plan_many([replace(message, due_at=due_at) for message in planned], now=now)
    if db.session.scalar(select(Delivery.id).where(Delivery.kind == "new_link", Delivery.state != "planned")):
        raise RuntimeError("A message went out before it was due.")
    db.session.remove()
    return due_at


def _idle(pids: list[int]) -> float:
    """What part of one core worker and beat use while nothing is due, with all their processes."""
    time.sleep(3)  # what was sent is written down
    before = _cpu_seconds(pids)
    time.sleep(IDLE)
    return (_cpu_seconds(pids) - before) / IDLE


def _cpu_seconds(pids: list[int]) -> float:
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        number = int(stat.parent.name)
        parents[number], ticks[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = set(pids) | {child for child, parent in parents.items() if parent in pids}
    return sum(ticks.get(number, 0) for number in ours) / os.sysconf("SC_CLK_TCK")


def _line(name: str, value: float, limit: float, unit: str) -> float:
    ratio = value / limit
    print(
        f"{name:<54} {value:8.2f} {unit:<2} limit {limit:g} {unit:<2} ratio {ratio:.2f}  {'ok' if ratio < 1 else 'MISSED'}"
    )
    return ratio


if __name__ == "__main__":
    sys.exit(main())
