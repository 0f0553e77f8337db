"""The dry run: who would get what, when and why, and nothing is changed or sent."""

from __future__ import annotations

from datetime import datetime

from ikb.core.clock import Clock
from ikb.deliveries import ledger, queries
from ikb.deliveries.attempts import reason_against
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.deliveries.sending import Line, Report, send_due


def deliver_once(clock: Clock, dry_run: bool = False) -> Report:
    """Send what is due, for `ikb deliver`; in a dry run only tell who would get what, when and why."""
    return preview(clock()) if dry_run else send_due(clock)


def preview(now: datetime) -> Report:
    """What would become of everything that is due at that moment."""
    lines = [would(delivery, now) for delivery in queries.due(now)]
    return Report(lines, expired=sum(line.outcome == DeliveryState.EXPIRED for line in lines))


def would(delivery: Delivery, now: datetime) -> Line:
    """What would become of one message, were its turn now."""
    kind = kind_of(delivery.kind)
    if delivery.stale_at <= now:
        return Line.of(delivery, DeliveryState.EXPIRED.value, ledger.TOO_LATE)
    if kind is not None and (reason := reason_against(delivery, kind, now)):
        return Line.of(delivery, DeliveryState.CANCELLED.value, reason)
    tried = f"noch einmal, nach {delivery.attempts} Versuchen: {delivery.last_reply}"
    return Line.of(delivery, "send", tried if delivery.attempts else "fällig")
