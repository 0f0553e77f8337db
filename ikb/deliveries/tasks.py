"""What the queue may ask for. Each may come twice or never: the rows know what is due."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from ikb.db import transaction
from ikb.deliveries import incoming, returns_mailbox, service
from ikb.deliveries.rendering import current_config
from ikb.mail.smtp import SEND_TIMEOUT
from ikb.moment import now
from ikb.queue import on_sign_of_life

# A worker that is told to stop finishes its run first, and the last message may take all the time that it has.
STOPS_WITHIN = timedelta(seconds=30)
RUN_LASTS = STOPS_WITHIN - SEND_TIMEOUT


@shared_task(name="deliveries.send_due")
def send_due() -> None:
    """Send what is due."""
    service.send_due(now, lasts=RUN_LASTS)


@on_sign_of_life
def note_life(name: str) -> None:
    """Write down that worker or beat lives; each calls this from its own process."""
    with transaction():
        service.beat([name], now=now())


@shared_task(name="deliveries.read_returns")
def read_returns() -> None:
    """Read what came back, where a mailbox for that is set, and forget what is old."""
    with transaction():
        incoming.forget(now())
    returns_mailbox.read_mailbox(current_config(), now)
