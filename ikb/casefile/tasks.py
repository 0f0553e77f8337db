"""Building archives: woken after the commit that asked for one, and by the tick for whatever nobody was woken for."""

from __future__ import annotations

from celery import shared_task

from ikb.bundles import shelf, work
from ikb.bundles.work import Kind
from ikb.casefile import building, service
from ikb.casefile.model import CaseArchive
from ikb.db import transaction
from ikb.moment import now

ARCHIVES = Kind(CaseArchive, building.build, service.note_built)


@shared_task(name="casefile.build")
def build(archive_id: int) -> None:
    """Build one archive, unless somebody else does."""
    work.take_up(ARCHIVES, archive_id)


@shared_task(name="casefile.sweep")
def sweep() -> None:
    """Build whatever waits, or was left behind by a worker that died."""
    while work.take_up(ARCHIVES):
        pass


@shared_task(name="casefile.tidy")
def tidy() -> None:
    """Take archives away whose days are over."""
    with transaction():
        shelf.tidy(CaseArchive, now=now())
