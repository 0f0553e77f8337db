"""The queue only wakes people up; the database knows what is due (promise 1).

A wake-up may be lost or come twice: each task finds its work in rows, and a plain tick sweeps up what nobody was woken
for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from celery import Celery, Task
from celery import current_app as current_celery
from celery.beat import Scheduler as PlainScheduler
from celery.bootsteps import RUN
from celery.signals import worker_process_init, worker_ready
from flask import Flask, current_app

from ikb import log
from ikb.config import Config
from ikb.db import after_commit, db

# Task name -> seconds between two ticks. Plain UTC intervals: a crontab skips or doubles hours when the clocks change.
TICKS = {
    "oparl.sync": 300.0,
    "deliveries.send_due": 5.0,  # a message is out within ten seconds of being due, also where nobody woke the worker
    "reminders.plan": 60.0,
    "consolidation.sweep": 15.0,
    "deliveries.read_returns": 60.0,
    "files.sweep": 15.0,
    "files.tidy": 3600.0,
    "privacy.sweep": 3600.0,
    "casefile.sweep": 15.0,
    "casefile.tidy": 3600.0,
    "reports.sweep_letters": 15.0,
    "reports.tidy_letters": 3600.0,
}
SIGN_OF_LIFE = 15.0  # seconds between two
PAUSE = 0.25  # seconds between two wake-ups of what does whatever is due; nobody waits longer for a receipt
PAUSES = "ikb_pauses"
# What a task is sent with, raised when its arguments change their meaning. Old and new processes run side by side while a
# town updates: a worker leaves what is newer than itself to the tick, which asks the rows.
SCHEMA = 1
SCHEMA_HEADER = "ikb_schema"

_signs_of_life: list[Callable[[str], None]] = []


def make_celery(app: Flask, config: Config) -> Celery:
    """A Celery application whose tasks run inside the Flask application's context."""

    class ContextTask(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            if _is_newer(self.request):
                log.get(__name__).warning("task of a newer release left to the tick", task=self.name)
                return None
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery("ikb", task_cls=ContextTask)
    celery.conf.update(settings(config))
    celery.flask_app = app
    celery.set_default()
    app.extensions["celery"] = celery
    app.extensions[PAUSES] = Pauses(0.0 if config.env == "test" else PAUSE)  # tests count every act's wake-up
    return celery


def settings(config: Config) -> dict[str, Any]:
    """Celery's settings: JSON only, late acknowledgement, one message at a time, no results."""
    return {
        "broker_url": config.redis_url or "memory://",
        "broker_transport_options": _transport(config.redis_url),
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 2,
        "task_publish_retry": False,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": 900,
        "task_soft_time_limit": 840,
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "timezone": "UTC",
        "beat_scheduler": "ikb.queue:Scheduler",
        "beat_schedule": {
            name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
            for name, seconds in TICKS.items()
        },
    }


def _transport(redis_url: str | None) -> dict[str, Any]:
    if redis_url is None:
        return {"polling_interval": 0.1}
    return {"visibility_timeout": 960, "socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 1}


def wake_after_commit(task: str, *args: int) -> None:
    """Start a task once the open transaction is saved. If the broker is away, the tick finds the row later."""
    after_commit(lambda: wake(task, *args))


def wake_soon_after_commit(task: str) -> None:
    """The same for a task that does whatever is due: of many acts in a row, one wakes it at once, one at each pause's end."""
    pauses: Pauses = current_app.extensions[PAUSES]
    after_commit(lambda: pauses.ask(task, _waker()))


class Pauses:
    """Between two wake-ups of a task by this process lie some moments; what is asked meanwhile is told at their end.

    If the process ends before, the wake-up is lost, as any other may be.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._over_at: dict[str, float] = {}
        self._asked_again: set[str] = set()

    def ask(self, task: str, wake_up: Callable[[str], object]) -> None:
        """Wake now, or at the end of the pause. wake_up: is called in a thread of its own then."""
        with self._lock:
            left = self._over_at.get(task, 0.0) - time.monotonic()
            if left <= 0:
                self._over_at[task] = time.monotonic() + self._seconds
            elif task in self._asked_again:
                return
            else:
                self._asked_again.add(task)
        if left <= 0:
            wake_up(task)
        else:
            later = threading.Timer(left, self._now, (task, wake_up))
            later.daemon = True
            later.start()

    def _now(self, task: str, wake_up: Callable[[str], object]) -> None:
        with self._lock:
            self._asked_again.discard(task)
            self._over_at[task] = time.monotonic() + self._seconds
        wake_up(task)


def _waker() -> Callable[[str], object]:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def wake_up(task: str) -> None:
        with app.app_context():
            wake(task)

    return wake_up


def wake(task: str, *args: int) -> bool:
    """Start a task now; False if the broker could not be reached."""
    try:
        current_app.extensions["celery"].send_task(task, args=args, retry=False, headers={SCHEMA_HEADER: SCHEMA})
    except Exception as fault:
        log.get(__name__).warning("wake-up lost", task=task, error=type(fault).__name__)
        return False
    return True


def _is_newer(request: Any) -> bool:
    sent_with = (getattr(request, "headers", None) or {}).get(SCHEMA_HEADER, SCHEMA)
    return not isinstance(sent_with, int) or sent_with > SCHEMA


def waiting_wakeups() -> int | None:
    """How many wake-ups lie in the broker; None where it lives in this process. Raises RedisError if it cannot be reached."""
    url = current_app.extensions["ikb_config"].redis_url
    if url is None:
        return None
    with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as broker:
        waiting: int = broker.llen("celery")
        return waiting


# --- signs of life: the worker's come from the worker's own process, beat's from beat's own loop ---------------------------


def on_sign_of_life(note: Callable[[str], None]) -> Callable[[str], None]:
    """Register who writes down that a part of the house, `worker` or `beat`, lives."""
    if note not in _signs_of_life:
        _signs_of_life.append(note)
    return note


def show_life(app: Flask, name: str) -> None:
    """Say that a part of the house lives; whoever cannot write it down must not stop it."""
    with app.app_context():
        for note in _signs_of_life:
            try:
                note(name)
            except Exception as fault:
                log.get(__name__).warning("sign of life lost", kind=name, error=type(fault).__name__)
                db.session.rollback()


class Scheduler(PlainScheduler):
    """Beat's schedule, without a file: plain intervals have nothing to remember. Each round of its loop shows that it lives."""

    shown_at = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        moment = time.monotonic()
        if moment - self.shown_at >= SIGN_OF_LIFE / 2:
            self.shown_at = moment
            show_life(self.app.flask_app, "beat")
        return super().tick(*args, **kwargs)


@worker_ready.connect(weak=False)
def begin_showing_life(sender: Any, **_: Any) -> None:
    """The worker's signs of life, from its parent process, as long as it runs. sender: its consumer, once that is ready."""
    app = getattr(sender.app, "flask_app", None)
    if app is not None:
        threading.Thread(target=_show_life_of_worker, args=(app, sender.controller), daemon=True).start()


def _show_life_of_worker(app: Flask, controller: Any) -> None:
    due_at = 0.0
    while controller.blueprint.state == RUN:
        if time.monotonic() >= due_at:
            due_at = time.monotonic() + SIGN_OF_LIFE
            show_life(app, "worker")
        time.sleep(0.5)


@worker_process_init.connect(weak=False)
def _fresh_connections(**_: Any) -> None:
    # A connection opened before the fork belongs to the parent; two processes on one socket ruin each other's answers.
    app = getattr(current_celery, "flask_app", None)
    if app is not None:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)
