"""What the queue may ask for. Each may come twice or never: the rows know what nobody looked at yet."""

from __future__ import annotations

import uuid
from datetime import timedelta

from celery import shared_task

from ikb import log
from ikb.core.clock import system_clock
from ikb.db import transaction
from ikb.files import checking, queries, storage
from ikb.moment import now

KEPT_WITHOUT_ROW = timedelta(days=1)  # longer than any transaction that could still bring the row


@shared_task(name="files.check")
def check(file_id: int) -> None:
    """Look into one file, unless somebody else does."""
    take_up(file_id)


@shared_task(name="files.sweep")
def sweep() -> None:
    """Look into whatever waits, or was left behind by a worker that died."""
    while take_up():
        pass


@shared_task(name="files.tidy")
def tidy() -> None:
    """Take bytes away that no row wants any more."""
    before = (system_clock() - KEPT_WITHOUT_ROW).timestamp()
    gone = sum(storage.sweep(scope, queries.wanted_in(scope), before=before) for scope in storage.scopes())
    if gone:
        log.get(__name__).info("files taken away", count=gone)


def take_up(file_id: int | None = None) -> bool:
    """Claim a file and look into it. False if there was none."""
    owner = uuid.uuid4().hex
    with transaction():
        file = checking.claim(owner, now=now(), file_id=file_id)
    if file is None:
        return False
    found = checking.look(file)
    with transaction():
        checking.finish(file, owner, found, now=now())
    return True
