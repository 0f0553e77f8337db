"""What a worker does with a bundle, whatever is in it: take it up, build it, say how far it is, leave nothing half done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from celery.exceptions import SoftTimeLimitExceeded

from ikb import log
from ikb.bundles import service
from ikb.bundles.packing import Packed
from ikb.bundles.queries import B
from ikb.db import db, transaction
from ikb.errors import Refusal
from ikb.moment import now

TOO_LONG = "Das Zusammenstellen hat zu lange gedauert. Versuchen Sie es noch einmal, wenn weniger los ist."
BROKEN = (
    "Beim Zusammenstellen ist ein Fehler aufgetreten, der im Betriebsprotokoll steht. Nichts ist verloren; versuchen Sie es "
    "noch einmal, oder wenden Sie sich an Ihre Verwaltung der Anwendung."
)
Note = Callable[[int, int], None]
"""Is told after each step how many are done, and of how many."""


@dataclass(frozen=True)
class Kind(Generic[B]):
    """One kind of bundles. build: writes the file to its place; a refusal that it raises is shown to whoever asked.

    built: tells the journal, in the transaction that finishes it.
    """

    model: type[B]
    build: Callable[[B, Note], Packed]
    built: Callable[[B, datetime], None]


def take_up(kind: Kind[B], bundle_id: int | None = None) -> bool:
    """Claim a bundle and build it. False if there was none."""
    owner = uuid.uuid4().hex
    with transaction():
        bundle = service.claim(kind.model, owner, now=now(), bundle_id=bundle_id)
    if bundle is None:
        return False
    taken = bundle.id
    try:
        if bundle.attempts > service.MOST_ATTEMPTS:
            _give_up(kind, taken, owner, TOO_LONG)
        else:
            _try(kind, bundle, owner)
    except service.LeaseLost:
        log.get(__name__).info("bundle went to another worker", kind=kind.model.__tablename__, bundle=taken)
    return True


def _try(kind: Kind[B], bundle: B, owner: str) -> None:
    taken = bundle.id
    try:
        _carry_out(kind, bundle, owner)
    except service.LeaseLost:
        raise
    except Refusal as refusal:
        _give_up(kind, taken, owner, refusal.message)
    except SoftTimeLimitExceeded:
        _give_up(kind, taken, owner, TOO_LONG)
    except Exception:
        _give_up(kind, taken, owner, BROKEN)
        raise


def _carry_out(kind: Kind[B], bundle: B, owner: str) -> None:
    taken = bundle.id

    def note(done: int, total: int) -> None:
        with transaction():
            service.step(kind.model, taken, owner, done, total, now=now())

    packed = kind.build(bundle, note)
    with transaction():
        kind.built(service.finish(kind.model, taken, owner, packed, now=now()), now())
    log.get(__name__).info("bundle built", kind=kind.model.__tablename__, bundle=taken, count=packed.files)


def _give_up(kind: Kind[B], bundle_id: int, owner: str, fault: str) -> None:
    db.session.rollback()
    with transaction():
        service.fail(kind.model, bundle_id, owner, fault, now=now())
    log.get(__name__).error("bundle failed", kind=kind.model.__tablename__, bundle=bundle_id)
