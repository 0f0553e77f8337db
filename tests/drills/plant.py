"""A town as in production for the drills: PostgreSQL, a broker, a mail server, a real worker and a real beat."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from ikb.config import ROOT
from ikb.core.clock import berlin_day, system_clock
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation
from ikb.journal.service import SYSTEM
from ikb.queue import wake
from tests import factories
from tests.conftest import SECRET
from tests.services.smtp import SmtpSink

IN_FULL = os.environ.get("IKB_DRILLS") == "full"  # `make drills`; the suite runs a short form of each
INSTITUTIONS = 93
SLOTS = 2
PATIENCE = 120.0


class Part:
    """A real Celery process, `worker` or `beat`, in a process group of its own."""

    def __init__(self, kind: str, environment: dict[str, str], output: Path) -> None:
        self._command = {
            "worker": [
                "worker",
                f"--concurrency={SLOTS}",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ],
            "beat": ["beat", f"--pidfile={output.with_suffix('.pid')}"],
        }[kind]
        self._environment = environment
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "worker", *self._command, "--loglevel=WARNING"]
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """The whole group at once, the parent and its processes, as a machine that goes dark."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
            self._output.with_suffix(".pid").unlink(missing_ok=True)

    def stop(self, patience: float = 35.0) -> int:
        """Asked politely, as a service manager does; its exit code. Raises TimeoutExpired if it does not end in time."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=patience)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def says(self) -> str:
        return self._output.read_text(errors="replace")[-3000:]


def environment_of(app: Flask, database_url: str, folder: Path) -> dict[str, str]:
    """What a process of this town is started with."""
    config = app.extensions["ikb_config"]
    settings = {
        "IKB_ENV": "test",
        "IKB_SECRET_KEY": SECRET,
        "IKB_DATABASE_URL": database_url,
        "IKB_REDIS_URL": config.redis_url,
        "IKB_SMTP_URL": config.smtp_url,
        "IKB_BASE_URL": config.base_url,
        "IKB_MAIL_FROM": config.mail_from,
        "IKB_DATA_DIR": str(folder),
        "IKB_SEND_LEASE": str(int(config.send_lease / timedelta(seconds=1))),
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("IKB_")} | settings


def invite(count: int = INSTITUTIONS) -> list[Invitation]:
    """So many institutions are invited into an open phase: as many messages are due now."""
    now = system_clock()
    version = factories.make_version()
    phase = factories.make_phase(version, opens_at=now, opened_at=now, closes_on=berlin_day(now) + timedelta(days=30))
    rows = [factories.make_institution() for _ in range(count)]
    with transaction():
        return institutions.add_to_phase(phase, rows, by=SYSTEM, now=now)


def ticking(condition: Callable[[], bool], worker: Part, sink: SmtpSink) -> None:
    """Wake both slots again and again, as beat does, until the condition holds."""
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(worker.says())
        for _ in range(SLOTS):
            wake("deliveries.send_due")
        with suppress(TimeoutError):  # the pace of the tick: the next message, or a fifth of a second without any
            sink.wait_for(len(sink.messages) + 1, timeout=0.2)


def all_handed_over() -> bool:
    """Whether every message that is due is out, by what the workers have saved; reminders are due weeks later."""
    db.session.rollback()
    due = select(Delivery.state).where(Delivery.due_at <= system_clock())
    return set(db.session.scalars(due)) == {DeliveryState.HANDED_OVER}


def tell(drill: str, **figures: object) -> None:
    """The figures of a drill, for `make drills`."""
    print(f"\n{drill}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()))
