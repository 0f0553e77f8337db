"""A council system read by a real worker: woken through a real broker, from a real server process, into PostgreSQL."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.core.clock import system_clock
from ikb.db import db
from ikb.deliberations import queries
from ikb.oparl.model import CouncilSystem, RunState, SyncRun
from tests.conftest import SECRET, migrated_app
from tests.drills.plant import Part
from tests.factories import make_draft, make_paper, make_procedure, make_user, make_version
from tests.oparl.conftest import add, choose, confirm
from tests.oparl.server import council_server
from tests.oparl.test_town import as_told, entered_by_hand
from tests.oparl.town import REFERENCE, town

pytestmark = pytest.mark.drill

PATIENCE = 90.0


@pytest.fixture
def house(own_postgres: str, valkey: Any, valkey_db: int, tmp_path: Path) -> Iterator[Flask]:
    """An installation with PostgreSQL and a broker."""
    app = migrated_app(own_postgres, tmp_path, system_clock, redis_url=valkey.url(valkey_db))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def worker(house: Flask, own_postgres: str, tmp_path: Path) -> Iterator[Part]:
    settings = {
        "IKB_ENV": "test",
        "IKB_SECRET_KEY": SECRET,
        "IKB_DATABASE_URL": own_postgres,
        "IKB_REDIS_URL": house.extensions["ikb_config"].redis_url,
        "IKB_DATA_DIR": str(tmp_path),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IKB_")}
    started = Part("worker", kept | settings, tmp_path / "worker.log")
    started.start()
    yield started
    started.stop()


def until(condition: Callable[[], bool], worker: Part) -> None:
    """Look again and again until the worker has done it."""
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(worker.says())
        time.sleep(0.1)


def finished(count: int) -> bool:
    db.session.rollback()  # see what the worker saved since
    states = list(db.session.scalars(select(SyncRun.state)))
    return states == [RunState.FINISHED] * count


def test_a_real_worker_reads_the_same_sequence_as_one_entered_by_hand(house: Flask, worker: Part) -> None:
    with council_server() as server, house.app_context():
        server.tell(load=town())
        by_hand = entered_by_hand()
        procedure = make_procedure([make_user([Role.LEAD])], title="Konzept")
        make_paper(make_version(make_draft(procedure)), procedure, reference=REFERENCE)

        system_id = add(server).id
        until(lambda: finished(1), worker)
        system = db.session.get_one(CouncilSystem, system_id, populate_existing=True)
        choose(system)
        until(lambda: finished(2), worker)
        assert queries.sequence(procedure.id) == []
        confirm(system)
        until(lambda: finished(3), worker)

        assert as_told(procedure.id) == as_told(by_hand.id)
        db.session.remove()
