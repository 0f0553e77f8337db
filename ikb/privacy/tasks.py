"""What the queue may ask for. It may come twice or never: the rows know what is due."""

from __future__ import annotations

from celery import shared_task

from ikb.db import transaction
from ikb.moment import now
from ikb.privacy import service
from ikb.privacy.kinds import KINDS


@shared_task(name="privacy.sweep")
def sweep() -> None:
    """Restrict and erase what is due, each kind in a transaction of its own."""
    for kind in KINDS:
        with transaction():
            service.sweep(kind, now=now())
