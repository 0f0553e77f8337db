"""Databases on which everything is saved for good: what several connections do to each other cannot be undone by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ikb.accounts.limits import limiter
from ikb.core.clock import system_clock
from ikb.db import db
from tests.conftest import migrated_app


@pytest.fixture(autouse=True)
def _limits_as_before() -> Iterator[None]:
    """There is one limiter for all applications: where a drill's own counts dies with it, the others count in memory."""
    yield
    in_memory = Flask("limits in memory")
    in_memory.config["RATELIMIT_STORAGE_URI"] = "memory://"
    limiter.init_app(in_memory)


@pytest.fixture
def committed_app(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a database of its own, on either engine, with the machine's clock; push a context per thread."""
    on_disk = f"sqlite:///{tmp_path / 'ikb.sqlite'}"
    url = request.getfixturevalue("own_postgres") if engine_name == "postgresql" else on_disk
    app = migrated_app(url, tmp_path, system_clock)
    yield app
    with app.app_context():
        db.engine.dispose()
