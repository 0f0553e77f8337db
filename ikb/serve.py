"""Web server, Celery worker and Celery beat in one process: `ikb run` for a small town, and the demonstration.

The truth is in the database, so the broker in memory may forget: what was due before a stop is found again after it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import waitress
from celery import Celery
from celery.beat import Service as Beat
from celery.worker import WorkController
from flask import Flask

from ikb import log
from ikb.queue import begin_showing_life

WEB_THREADS = 6
WORKER_THREADS = 2


def run(app: Flask, host: str, port: int, on_ready: Callable[[], None] = lambda: None) -> int:
    """Serve until SIGINT or SIGTERM, then end warm: open requests and running tasks finish. Returns the exit code 0.

    Raises OSError if the port is taken.
    """
    proxies = app.extensions["ikb_config"].trusted_proxies
    # Behind proxies their headers are needed; the application itself believes the last `proxies` entries only.
    server = waitress.create_server(
        app, host=host, port=port, threads=WEB_THREADS, ident=None, clear_untrusted_proxy_headers=proxies == 0
    )
    with _ended_by_signals(), _background(app.extensions["celery"]):
        on_ready()
        try:
            server.run()
        except KeyboardInterrupt:
            log.get(__name__).info("stopping")
        finally:
            server.close()
    return 0


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # A shell starts background jobs with SIGINT ignored: without a handler of our own nobody could stop us.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Worker(WorkController):  # type: ignore[misc]
    """A worker inside this process: only `celery worker` itself tells everybody when it is ready."""

    def on_consumer_ready(self, consumer: Any) -> None:
        begin_showing_life(consumer)


@contextmanager
def _background(celery: Celery) -> Iterator[None]:
    worker = _Worker(
        app=celery,
        pool="threads",
        concurrency=WORKER_THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    beat = Beat(celery, scheduler_cls="ikb.queue:Scheduler", max_interval=1)
    threads = [_thread("worker", worker.start), _thread("beat", lambda: beat.start(embedded_process=False))]
    try:
        yield
    finally:
        beat.stop()
        worker.stop()
        for thread in threads:
            thread.join(timeout=20)


def _thread(name: str, target: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread
