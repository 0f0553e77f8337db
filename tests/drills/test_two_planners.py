"""Two planners at the same moment, each with a connection of its own, plan every message once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.core.clock import system_clock
from ikb.db import db, transaction
from ikb.deliveries import service
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned

pytestmark = pytest.mark.drill


def test_two_planners_plan_93_messages_once(committed_app: Flask) -> None:
    start, now = Barrier(2), system_clock()
    later = now + timedelta(days=1)

    def plan(first: int) -> None:
        numbers = sorted(range(93), key=lambda number: (number + first) % 93)  # they meet from two sides
        messages = [Planned("drill", number, "a@b.example", later, later + timedelta(days=1)) for number in numbers]
        with committed_app.app_context():
            start.wait()
            for message in messages:
                with transaction():
                    service.plan_many([message], now=now)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(plan, (0, 47)))

    with committed_app.app_context():
        assert db.session.scalar(select(func.count(Delivery.id))) == 93
        db.session.remove()
