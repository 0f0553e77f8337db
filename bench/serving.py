"""A web server in a process of its own, the same for anchors and subjects: `python -m bench.serving NAME PORT [THREADS]`.

One thread each, as production has it (processes, not threads): threads of one process would mostly wait for each other.
NAME is a module of `bench.anchors`, or `ikb`; settings come from the environment as in production.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 30.0


def serve(name: str, port: int, threads: int = 1) -> None:
    """Serve until SIGTERM."""
    import waitress

    if name == "ikb":
        from ikb.app import create_app

        app = create_app()
    else:
        app = import_module(f"bench.anchors.{name}").app
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    waitress.serve(app, host="127.0.0.1", port=port, threads=threads, ident=None, _quiet=True)


@contextmanager
def process(arguments: list[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process of ours, ended by its id; what it says goes to a file."""
    with log.open("ab") as out:
        running = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **env}, stdout=out, stderr=out
        )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextmanager
def server(name: str, env: Mapping[str, str], folder: Path) -> Iterator[int]:
    """The port of a server that answers."""
    with server_process(name, env, folder) as (port, _):
        yield port


@contextmanager
def server_process(name: str, env: Mapping[str, str], folder: Path, threads: int = 1) -> Iterator[tuple[int, int]]:
    """Port and process id of a server that answers."""
    from tests.services import ports

    port, log = ports.free_port(), folder / f"bench-{name}.log"
    settings = {**env, "IKB_BASE_URL": f"http://127.0.0.1:{port}"}
    with process(["-m", "bench.serving", name, str(port), str(threads)], settings, log) as running:
        answering(name, running, port, log)
        yield port, running.pid


def answering(name: str, running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server answers. Raises RuntimeError with the end of its log if it does not."""
    from tests.services import ports

    give_up = time.monotonic() + PATIENCE
    while not ports.answers(port):
        if running.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{name} did not come up:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


if __name__ == "__main__":
    serve(sys.argv[1], *map(int, sys.argv[2:]))
