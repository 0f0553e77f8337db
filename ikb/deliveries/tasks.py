"""What the queue may ask for. Each may come twice or never: the rows know what is due."""

from __future__ import annotations

from celery import shared_task

from ikb.db import transaction
from ikb.deliveries import service
from ikb.moment import now


@shared_task(name="deliveries.send_due")
def send_due() -> None:
    """Send what is due; whoever does so lives."""
    with transaction():
        service.beat(["worker"], now=now())
    service.send_due(now)


@shared_task(name="deliveries.heartbeat")
def heartbeat() -> None:
    """Show that worker and beat live: only beat asks for this, and only a worker answers."""
    with transaction():
        service.beat(["beat", "worker"], now=now())
