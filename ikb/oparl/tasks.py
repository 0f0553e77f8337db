"""Reading council systems: when their interval is over, when somebody asks for it, and where a worker died."""

from __future__ import annotations

import time
import uuid

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from ikb import log, moment
from ikb.db import db, transaction
from ikb.oparl import fetching, mirror, passage, runs
from ikb.oparl.model import SyncRun, SystemState

LONGEST = 600.0  # seconds of one task; what is left goes on in the next
_BROKEN = (
    "Beim Lesen ist ein Fehler aufgetreten, der im Betriebsprotokoll steht. Was schon gelesen wurde, bleibt; "
    "die nächste Lesung beginnt von vorn."
)


@shared_task(name="oparl.sync")
def sync() -> None:
    """Ask for what is due, and read whatever waits."""
    with transaction():
        for system in runs.due_systems(moment.now()):
            runs.ask(system, now=moment.now())
    while take_up():
        pass


@shared_task(name="oparl.read")
def read(system_id: int) -> None:
    """Read one council system, unless somebody else does already."""
    take_up(system_id)


def take_up(system_id: int | None = None) -> bool:
    """Claim a reading and carry it out as far as possible. False if there was none."""
    owner = uuid.uuid4().hex
    with transaction():
        claimed = runs.claim(owner, now=moment.now(), system_id=system_id)
    if claimed is None:
        return False
    run_id = claimed.id
    try:
        _carry_out(claimed, owner)
    except runs.LeaseLost:
        log.get(__name__).info("reading went to another worker", run=run_id)
    except SoftTimeLimitExceeded:
        _end(run_id, owner, "")
        return False
    except Exception:
        _end(run_id, owner, _BROKEN)
        raise
    return True


def _carry_out(claimed: SyncRun, owner: str) -> None:
    from ikb.oparl.client import Client  # late: decision 79

    run_id, ends_at = claimed.id, time.monotonic() + LONGEST
    with Client(allows_private=claimed.system.allows_private) as client:
        if not fetching.read(run_id, owner, client, moment.now, until=lambda: time.monotonic() > ends_at):
            return
    if claimed.system.state == SystemState.ACTIVE:
        taking = passage.take(run_id, owner, moment.now)
        log.get(__name__).info("council system read", run=run_id, count=len(taking.done))
        return
    with transaction():
        run = runs.hold(run_id, owner, now=moment.now())
        mirror.clear_faults_not_seen_in(run, now=moment.now())
        runs.finish(run, now=moment.now())


def _end(run_id: int, owner: str, sentence: str) -> None:
    db.session.rollback()
    with transaction():
        run = runs.hold(run_id, owner, now=moment.now())
        if sentence:
            runs.fail(run, sentence, now=moment.now())
        else:
            runs.go_on_later(run, now=moment.now())
