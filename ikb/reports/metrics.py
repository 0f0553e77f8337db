"""Figures for Prometheus: counts and ages of messages, nothing about anybody."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy import select

from ikb.config import Config, is_loopback
from ikb.db import db
from ikb.deliveries import queries as deliveries
from ikb.journal.model import JournalHead
from ikb.queue import waiting_wakeups

BEARER = "Bearer "


def is_open_to(config: Config, *, address: str | None, is_forwarded: bool, authorization: str) -> bool:
    """Whether somebody may see the figures: this machine itself, or whoever shows the token.

    is_forwarded: a request that came through a proxy is nobody's on this machine, although the proxy may be.
    """
    token = authorization.removeprefix(BEARER) if authorization.startswith(BEARER) else ""
    if config.metrics_token and hmac.compare_digest(token.encode(), config.metrics_token.encode()):
        return True
    return is_loopback(address) and not (is_forwarded and config.trusted_proxies == 0)


def exposition(now: datetime) -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_House(now))
    return generate_latest(registry)


class _House(Collector):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from _messages()
        yield from _attempts()
        yield from self._due()
        yield from self._signs_of_life()
        yield from _wakeups()
        entries = db.session.scalar(select(JournalHead.last_id)) or 0
        yield CounterMetricFamily("ikb_journal_entries", "Entries of the journal.", value=float(entries))

    def _due(self) -> Iterator[Metric]:
        ledger = deliveries.tally(self._now)
        waited = (self._now - ledger.oldest_due_at).total_seconds() if ledger.oldest_due_at else 0.0
        yield GaugeMetricFamily("ikb_deliveries_due", "Messages that should be out.", value=float(ledger.due))
        yield GaugeMetricFamily(
            "ikb_oldest_due_seconds", "For how long the oldest of them waits.", value=max(waited, 0.0)
        )

    def _signs_of_life(self) -> Iterator[Metric]:
        ages = GaugeMetricFamily("ikb_heartbeat_age_seconds", "Since the last sign of life.", labels=["part"])
        for part, at in sorted(deliveries.heartbeats().items()):
            ages.add_metric([part], max((self._now - at).total_seconds(), 0.0))
        yield ages


def _messages() -> Iterator[Metric]:
    counted = GaugeMetricFamily("ikb_deliveries", "Messages by kind and state.", labels=["kind", "state"])
    for kind, state, count in sorted(deliveries.states_by_kind()):
        counted.add_metric([kind, state], float(count))
    yield counted


def _attempts() -> Iterator[Metric]:
    counted = CounterMetricFamily("ikb_delivery_attempts", "Attempts to send.", labels=["kind", "outcome"])
    took = CounterMetricFamily("ikb_delivery_attempt_seconds", "Time they took together.", labels=["kind", "outcome"])
    for kind, outcome, count, seconds in sorted(deliveries.attempts_by_kind()):
        counted.add_metric([kind, outcome], float(count))
        took.add_metric([kind, outcome], seconds)
    yield counted
    yield took


def _wakeups() -> Iterator[Metric]:
    try:
        waiting = waiting_wakeups()
    except RedisError:
        waiting, reached = None, 0.0
    else:
        reached = 1.0
    yield GaugeMetricFamily("ikb_broker_reached", "Whether the broker answers (1) or not (0).", value=reached)
    if waiting is not None:
        yield GaugeMetricFamily("ikb_wakeups_waiting", "Tasks that no worker has taken yet.", value=float(waiting))
