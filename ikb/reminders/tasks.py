"""What the queue may ask for."""

from __future__ import annotations

from celery import shared_task

from ikb.db import transaction
from ikb.moment import now
from ikb.reminders import service


@shared_task(name="reminders.plan")
def plan() -> None:
    """Plan what was missed."""
    with transaction():
        service.plan_missing(now=now())
