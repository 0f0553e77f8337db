"""What `flask db` needs, brought in when it is asked for: Alembic with its templates takes 8 MB that no page needs."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask

from ikb.config import ROOT
from ikb.db import db

NAME = "migrate"  # under which Flask-Migrate looks for its settings
FROM_COMMAND = "FLASK_RUN_FROM_CLI"  # which the command `flask` sets before it builds the application


def init_app(app: Flask) -> None:
    """Make an application one that can be migrated, by `flask db` or by a call."""
    if os.environ.get(FROM_COMMAND) == "true":
        _bring_in(app)  # also brings the command `db`
    else:
        app.extensions[NAME] = _Later(app)


def _bring_in(app: Flask) -> None:
    from flask_migrate import Migrate  # late: decision 79

    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)


class _Later:
    """Stands in for Flask-Migrate's settings until the first question; then they take its place."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        _bring_in(self._app)
        return getattr(self._app.extensions[NAME], name)
