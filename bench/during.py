"""Handing in while ten thousand remarks are brought together by a worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from bench import town
from bench.fanout import WORKER
from bench.house import House, Place
from bench.load import Sample
from bench.serving import process
from ikb.consolidation import service
from ikb.consolidation.model import Run, RunState
from ikb.consolidation.progress import ACTIVE
from ikb.db import db, transaction
from ikb.drafts import queries as drafts
from ikb.drafts.model import Draft, DraftVersion
from ikb.journal.service import SYSTEM
from tests.services.smtp import SmtpSink

REMARKS = 10_000
PATIENCE = 60.0


@dataclass
class Busy:
    """A town, and a draft of it on which so much was said."""

    place: Place
    draft_id: int

    def during(self, measure: Callable[[], Sample]) -> Sample:
        """Measure while the worker carries out one run after the other."""
        over = threading.Event()
        asking = threading.Thread(target=self._keep_asking, args=(over,))
        asking.start()
        try:
            self._wait_until_running()
            return measure()
        finally:
            over.set()
            asking.join()
            self._stop()

    def _keep_asking(self, over: threading.Event) -> None:
        while not over.wait(0.02):
            if self._state() not in ACTIVE:
                with self.place.app.app_context(), transaction():
                    service.request_run(db.session.get_one(Draft, self.draft_id), by=SYSTEM, now=datetime.now(UTC))

    def _stop(self) -> None:
        with self.place.app.app_context(), transaction():
            base = drafts.latest_issued(self.draft_id)
            assert base is not None
            service.stop_run(base, by=SYSTEM, now=datetime.now(UTC))

    def _wait_until_running(self) -> None:
        give_up = time.monotonic() + PATIENCE
        while self._state() != RunState.RUNNING:
            if time.monotonic() > give_up:
                raise TimeoutError("The worker did not begin.")
            time.sleep(0.02)

    def _state(self) -> str | None:
        with self.place.app.app_context():
            newest = select(Run.state).join(Run.base_version).where(DraftVersion.draft_id == self.draft_id)
            state = db.session.scalar(newest.order_by(Run.id.desc()).limit(1))
            db.session.remove()
            return state


@contextmanager
def busy(house: House) -> Iterator[Busy]:
    """A town of its own with a mail server and a worker, which sends receipts meanwhile as it always does."""
    with SmtpSink() as sink:
        place = house.place("meanwhile", 1_000, valkey_db=5, smtp_port=sink.port)
        with place.app.app_context():
            with transaction():
                town.reader(place.town, REMARKS, datetime.now(UTC))
            draft_id = db.session.scalars(select(DraftVersion.draft_id).order_by(DraftVersion.id.desc()).limit(1)).one()
            db.session.remove()
        with process(["-m", "celery", "-A", "worker", *WORKER], place.env, place.folder / "bench-worker.log"):
            yield Busy(place, draft_id)
