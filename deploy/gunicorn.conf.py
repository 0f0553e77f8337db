"""How gunicorn serves ikb: one application, built once, from which the workers are split off (docs/decisions/0079)."""

from typing import Any

from ikb.forking import after_fork, before_fork

bind = "127.0.0.1:8000"
workers = 3
preload_app = True


def when_ready(server: Any) -> None:
    """The application stands, no worker does yet."""
    before_fork(server.app.wsgi())


def post_fork(server: Any, _worker: Any) -> None:
    """A worker begins."""
    after_fork(server.app.wsgi())
