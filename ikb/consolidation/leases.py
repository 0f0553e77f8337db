"""Holding on to a run while its worker weighs: in the background, so that no section can outlast the lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from ikb import log, moment
from ikb.consolidation import runs
from ikb.db import transaction

RENEW_EVERY = 10.0  # seconds; a lease of 40 stands three that fail in a row


@contextmanager
def kept(run_id: int, owner: str) -> Iterator[None]:
    """Renew a run's lease until the block ends; then nothing touches the run any more.

    The thread dies with its process, so a run whose worker was killed is free when the lease runs out.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    over = Event()
    keeper = Thread(target=_keep, args=(app, run_id, owner, over), name=f"lease of run {run_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(app: Flask, run_id: int, owner: str, over: Event) -> None:
    while not over.wait(RENEW_EVERY):
        with app.app_context():
            if not _renewed(run_id, owner):
                return


def _renewed(run_id: int, owner: str) -> bool:
    """One renewal in a transaction of its own. A database that is away for a moment is asked again next time."""
    try:
        with transaction():
            return runs.renew(run_id, owner, now=moment.now())
    except SQLAlchemyError:
        log.get(__name__).exception("lease not renewed", run=run_id)
        return True
