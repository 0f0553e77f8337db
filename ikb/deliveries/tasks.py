"""What the queue may ask for. Each may come twice or never: the rows know what is due."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from ikb.db import transaction
from ikb.deliveries import service
from ikb.mail.smtp import SEND_TIMEOUT
from ikb.moment import now

# A worker that is told to stop finishes its run first, and the last message may take all the time that it has.
STOPS_WITHIN = timedelta(seconds=30)
RUN_LASTS = STOPS_WITHIN - SEND_TIMEOUT


@shared_task(name="deliveries.send_due")
def send_due() -> None:
    """Send what is due; whoever does so lives."""
    with transaction():
        service.beat(["worker"], now=now())
    service.send_due(now, lasts=RUN_LASTS)


@shared_task(name="deliveries.heartbeat")
def heartbeat() -> None:
    """Show that worker and beat live: only beat asks for this, and only a worker answers."""
    with transaction():
        service.beat(["beat", "worker"], now=now())
