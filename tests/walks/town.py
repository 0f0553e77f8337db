"""A town that runs ikb as in production: a web server, a Celery worker and beat, each a process of its own.

What they share is outside of them: PostgreSQL, Valkey and a mail server. What they print is kept in a folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ikb.config import ROOT
from tests.services import ports

PATIENCE = 60.0
QUIET = ("--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")


class Process:
    """One long-running program in a process group of its own, with what it says in a file."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name = name
        self._output = folder / f"{name}.log"
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    def tell(self, how: signal.Signals) -> None:
        """Send a signal to the program and all it has started."""
        os.killpg(self._process.pid, how)

    def end(self) -> None:
        """Ask it to end; after ten seconds, end it."""
        if self._process.poll() is None:
            self.tell(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.tell(signal.SIGKILL)
            self._process.wait(timeout=10)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def says(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self._output.read_text(errors="replace").splitlines()[-60:])


class Town:
    """An installation: its environment, its three processes, its command line."""

    def __init__(self, database_url: str, redis_url: str, smtp_url: str, folder: Path) -> None:
        self.port = ports.free_port()
        self.url = f"http://{ports.LOOPBACK}:{self.port}"
        self._folder = folder
        self._processes: dict[str, Process] = {}
        settings = {
            "IKB_ENV": "test",
            "IKB_SECRET_KEY": "a secret that only this one town knows, long enough",
            "IKB_DATABASE_URL": database_url,
            "IKB_REDIS_URL": redis_url,
            "IKB_SMTP_URL": smtp_url,
            "IKB_BASE_URL": self.url,
            "IKB_MAIL_FROM": "ikb@musterau.example.org",
            "IKB_DATA_DIR": str(folder),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
        self._environment = kept | settings

    def ikb(self, *arguments: str) -> str:
        """What a command of `ikb` prints; a command that fails fails the test, with its words."""
        done = subprocess.run(
            [sys.executable, "-m", "ikb", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"ikb {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def open(self) -> None:
        """Migrate the database, then start web server, worker and beat; returns when the first page can be had."""
        self.ikb("migrate")
        self._start("web", "waitress", f"--listen={ports.LOOPBACK}:{self.port}", "--threads=8", "wsgi:app")
        self._start("worker", "celery", "-A", "worker", "worker", "--concurrency=2", *QUIET)
        self._start("beat", "celery", "-A", "worker", "beat", f"--schedule={self._folder / 'beat'}", "--pidfile=")
        wait_until(lambda: ports.answers(self.port), list(self._processes.values()))

    def close(self) -> None:
        """End whatever was started, beat first, so that nobody is asked for work any more."""
        for process in reversed(self._processes.values()):
            process.end()

    @contextmanager
    def worker_busy(self) -> Iterator[None]:
        """The worker does nothing for a while, as if it had its hands full elsewhere."""
        self._processes["worker"].tell(signal.SIGSTOP)
        try:
            yield
        finally:
            self._processes["worker"].tell(signal.SIGCONT)

    def logs(self) -> list[tuple[str, str]]:
        """What each process said last."""
        return [(f"what {process.name} said", process.says()) for process in self._processes.values()]

    def _start(self, name: str, *command: str) -> None:
        line = [sys.executable, "-m", *command]
        self._processes[name] = Process(name, line, self._environment, self._folder)


def wait_until(ready: Callable[[], bool], processes: Sequence[Process]) -> None:
    """Return as soon as it is ready; if a process ends before that, or after a minute, fail with what it said."""
    give_up = time.monotonic() + PATIENCE
    while not ready():
        ended = next((process for process in processes if process.has_ended), None)
        assert ended is None, f"{ended.name} ended: {ended.says()}"
        assert time.monotonic() < give_up, "\n".join(process.says() for process in processes)
        time.sleep(0.05)
