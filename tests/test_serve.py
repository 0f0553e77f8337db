"""One process as worker and beat: both show that they live, and both end."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from ikb import serve
from ikb.core.clock import system_clock
from ikb.db import db
from ikb.deliveries import queries
from tests.conftest import migrated_app

PATIENCE = 30.0


def test_worker_and_beat_of_one_process_show_their_life_and_end_with_it(tmp_path: Path) -> None:
    app = migrated_app(f"sqlite:///{tmp_path / 'ikb.sqlite'}", tmp_path, system_clock)
    give_up = time.monotonic() + PATIENCE

    with app.app_context():
        with serve._background(app.extensions["celery"]):
            while set(queries.heartbeats()) != {"beat", "worker"} and time.monotonic() < give_up:
                db.session.rollback()
                time.sleep(0.1)
            seen = set(queries.heartbeats())
        db.session.remove()
        db.engine.dispose()

    assert seen == {"beat", "worker"}
    assert {"worker", "beat"} & {thread.name for thread in threading.enumerate() if thread.is_alive()} == set()
