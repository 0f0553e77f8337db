"""Carrying out runs: woken after the commit that asked for one, and by the tick for whatever nobody was woken for."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from flask import current_app

from ikb import log, moment
from ikb.consolidation import grouping, leases, memory, runs
from ikb.consolidation.model import Run
from ikb.consolidation.outcomes import Found
from ikb.consolidation.weighing import Passage, weigh
from ikb.db import db, transaction

Judged = tuple[Passage, Found, grouping.Alike]
KEPT_EVERY = 0.5  # seconds; each keeping is a wait for the disk

_TOO_OFTEN = (
    "Die Zusammenführung ist mehrmals an derselben Stelle abgebrochen. Nichts ist verloren; starten Sie sie noch einmal. "
    "Wenn es wieder geschieht, wenden Sie sich an Ihre Verwaltung der Anwendung."
)
_TOO_LARGE = (
    "Die Zusammenführung braucht mehr Arbeitsspeicher, als sie nehmen darf: Auf einen Abschnitt kommen zu viele oder zu lange "
    "Vorschläge. Nichts ist verloren; teilen Sie den Abschnitt, oder wenden Sie sich an Ihre Verwaltung der Anwendung."
)
_BROKEN = (
    "Die Zusammenführung ist auf einen Fehler gestoßen, der im Betriebsprotokoll steht. Nichts ist verloren; starten Sie "
    "sie noch einmal, oder wenden Sie sich an Ihre Verwaltung der Anwendung."
)


@shared_task(name="consolidation.run")
def carry_out(run_id: int) -> None:
    """Carry out one run, unless somebody else has it already."""
    take_up(run_id)


@shared_task(name="consolidation.sweep")
def sweep() -> None:
    """Carry out whatever waits, or was left behind by a worker that died."""
    while take_up():
        pass


def take_up(run_id: int | None = None) -> bool:
    """Claim a run and carry it out. False if there was none."""
    owner = uuid.uuid4().hex
    with transaction():
        claimed = runs.claim(owner, now=moment.now(), run_id=run_id)
    if claimed is None:
        return False
    taken = claimed.id
    try:
        with leases.kept(taken, owner), _within_limits():
            _carry_out(claimed, owner)
    except runs.LeaseLost:
        log.get(__name__).info("run went to another worker", run=taken)
    except SoftTimeLimitExceeded:
        _go_on_later(taken, owner)
        return False
    except MemoryError:
        _give_up(taken, owner, _TOO_LARGE)
    except Exception:
        _give_up(taken, owner, _BROKEN)
        raise
    return True


def _within_limits() -> AbstractContextManager[None]:
    # In the one-process mode people's pages are served by this process as well.
    return memory.limited() if current_app.extensions["ikb_config"].redis_url else nullcontext()


def _carry_out(run: Run, owner: str) -> None:
    run_id = run.id
    if run.attempts > runs.MOST_ATTEMPTS:
        _give_up(run_id, owner, _TOO_OFTEN)
        return
    sight, voices = runs.look(run.base_version), grouping.look(run.base_version)
    with transaction():
        todo = runs.begin(run_id, owner, sight)
    for done in _by_time(_judge(passage, voices) for passage in todo):
        _keep(run_id, owner, done)
    with transaction():
        finished = runs.finish(run_id, owner, now=moment.now())
    log.get(__name__).info("run finished", run=run_id, state=str(finished.state), count=finished.sections_done)


def _judge(passage: Passage, voices: grouping.Voices) -> Judged:
    return passage, weigh(passage), voices.alike(passage)


def _by_time(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """What was found within half a second, together: that much a killed worker does again."""
    waiting: list[Judged] = []
    began = time.monotonic()
    for one in judged:
        waiting.append(one)
        if time.monotonic() - began >= KEPT_EVERY:
            yield waiting
            waiting, began = [], time.monotonic()
    if waiting:
        yield waiting


def _keep(run_id: int, owner: str, done: Sequence[Judged]) -> None:
    with transaction():
        runs.finish_sections(run_id, owner, [(passage, found) for passage, found, _ in done], now=moment.now())
        for passage, _, alike in done:
            grouping.store(run_id, passage.anchor, alike)


def _go_on_later(run_id: int, owner: str) -> None:
    db.session.rollback()
    with transaction():
        runs.release(run_id, owner, now=moment.now())


def _give_up(run_id: int, owner: str, fault: str) -> None:
    db.session.rollback()
    with transaction():
        runs.fail(run_id, owner, fault, now=moment.now())
    log.get(__name__).error("run failed", run=run_id)
