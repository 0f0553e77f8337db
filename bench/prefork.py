"""Several web processes split off from one that has built the application: `python -m bench.prefork NAME PORT PROCESSES`.

As production has it (`gunicorn` with `preload_app`, deploy/gunicorn.conf.py), and the same for anchors and subject.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import waitress
from flask import Flask

from bench.serving import answering, process


def serve(name: str, port: int, processes: int) -> None:
    """Serve until SIGTERM, which ends the processes before it ends this one."""
    app = _built(name)
    with socket.create_server(("127.0.0.1", port), backlog=1024) as line:
        children = [_split_off(name, app, line) for _ in range(processes)]
        signal.signal(signal.SIGTERM, lambda *_: [os.kill(child, signal.SIGTERM) for child in children])
        for child in children:
            os.waitpid(child, 0)


def _built(name: str) -> Flask:
    if name == "ikb":
        from ikb.app import create_app
        from ikb.forking import before_fork

        ours = create_app()
        before_fork(ours)
        return ours
    app: Flask = import_module(f"bench.anchors.{name}").app
    gc.collect()
    gc.freeze()
    return app


def _split_off(name: str, app: Flask, line: socket.socket) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if name == "ikb":
        from ikb.forking import after_fork

        after_fork(app)
    waitress.serve(app, sockets=[line], threads=1, ident=None, _quiet=True)
    os._exit(0)


@contextmanager
def together(name: str, env: Mapping[str, str], folder: Path, processes: int) -> Iterator[tuple[int, int]]:
    """The port that they share, and the process id of the first."""
    from tests.services import ports

    port, log = ports.free_port(), folder / f"bench-{name}.log"
    settings = {**env, "IKB_BASE_URL": f"http://127.0.0.1:{port}"}
    with process(["-m", "bench.prefork", name, str(port), str(processes)], settings, log) as running:
        answering(name, running, port, log)
        yield port, running.pid


def family(pid: int) -> list[int]:
    """A process and those that were split off from it."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def held(pids: list[int]) -> float:
    """Megabytes that processes hold together; what they share counts once (PSS, proc(5), smaps_rollup)."""
    return sum(_share(pid) for pid in pids) / 1024


def _share(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    serve(sys.argv[1], *map(int, sys.argv[2:]))
