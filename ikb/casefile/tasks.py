"""Building archives: woken after the commit that asked for one, and by the tick for whatever nobody was woken for."""

from __future__ import annotations

import uuid

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from ikb import log
from ikb.casefile import building, service
from ikb.casefile.model import CaseArchive
from ikb.db import db, transaction
from ikb.moment import now

TOO_LARGE = (
    "Die Dateien dieses Verfahrens sind zusammen größer als 4 GB. Wenden Sie sich an Ihre Verwaltung der Anwendung: Sie kann "
    "die Akte aus der Sicherung zusammenstellen."
)
TOO_LONG = "Das Zusammenstellen hat zu lange gedauert. Versuchen Sie es noch einmal, wenn weniger los ist."
BROKEN = (
    "Beim Zusammenstellen ist ein Fehler aufgetreten, der im Betriebsprotokoll steht. Nichts ist verloren; versuchen Sie es "
    "noch einmal, oder wenden Sie sich an Ihre Verwaltung der Anwendung."
)


@shared_task(name="casefile.build")
def build(archive_id: int) -> None:
    """Build one archive, unless somebody else does."""
    take_up(archive_id)


@shared_task(name="casefile.sweep")
def sweep() -> None:
    """Build whatever waits, or was left behind by a worker that died."""
    while take_up():
        pass


@shared_task(name="casefile.tidy")
def tidy() -> None:
    """Take archives away whose days are over."""
    with transaction():
        service.tidy(now=now())


def take_up(archive_id: int | None = None) -> bool:
    """Claim an archive and build it. False if there was none."""
    owner = uuid.uuid4().hex
    with transaction():
        archive = service.claim(owner, now=now(), archive_id=archive_id)
    if archive is None:
        return False
    taken = archive.id
    if archive.attempts > service.MOST_ATTEMPTS:
        _give_up(taken, owner, TOO_LONG)
        return True
    try:
        _carry_out(archive, owner)
    except service.LeaseLost:
        log.get(__name__).info("archive went to another worker", archive=taken)
    except building.TooLargeToArchive:
        _give_up(taken, owner, TOO_LARGE)
    except SoftTimeLimitExceeded:
        _give_up(taken, owner, TOO_LONG)
    except Exception:
        _give_up(taken, owner, BROKEN)
        raise
    return True


def _carry_out(archive: CaseArchive, owner: str) -> None:
    taken = archive.id

    def note(done: int, total: int) -> None:
        with transaction():
            service.step(taken, owner, done, total, now=now())

    packed = building.build(archive, note)
    with transaction():
        service.finish(taken, owner, packed, now=now())
    log.get(__name__).info("archive built", archive=taken, count=packed.files)


def _give_up(archive_id: int, owner: str, fault: str) -> None:
    db.session.rollback()
    with transaction():
        service.fail(archive_id, owner, fault, now=now())
    log.get(__name__).error("archive failed", archive=archive_id)
