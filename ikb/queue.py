"""The queue only wakes people up; the database knows what is due (promise 1).

A wake-up may be lost or come twice: each task finds its work in rows, and a plain tick sweeps up what nobody was woken
for.
"""

from __future__ import annotations

from typing import Any

from celery import Celery, Task
from celery import current_app as current_celery
from celery.signals import worker_process_init
from flask import Flask, current_app

from ikb import log
from ikb.config import Config
from ikb.db import after_commit, db

# Task name -> seconds between two ticks. Plain UTC intervals: a crontab skips or doubles hours when the clocks change.
TICKS = {
    "oparl.sync": 300.0,
    "deliveries.send_due": 15.0,
    "reminders.plan": 60.0,
    "consolidation.sweep": 15.0,
    "deliveries.heartbeat": 15.0,
}


def make_celery(app: Flask, config: Config) -> Celery:
    """A Celery application whose tasks run inside the Flask application's context."""

    class ContextTask(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery("ikb", task_cls=ContextTask)
    celery.conf.update(settings(config))
    celery.flask_app = app
    celery.set_default()
    app.extensions["celery"] = celery
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


def wake(task: str, *args: int) -> bool:
    """Start a task now; False if the broker could not be reached."""
    try:
        current_app.extensions["celery"].send_task(task, args=args, retry=False)
    except Exception as fault:
        log.get(__name__).warning("wake-up lost", task=task, error=type(fault).__name__)
        return False
    return True


@worker_process_init.connect(weak=False)
def _fresh_connections(**_: Any) -> None:
    # A connection opened before the fork belongs to the parent; two processes on one socket ruin each other's answers.
    app = getattr(current_celery, "flask_app", None)
    if app is not None:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)
