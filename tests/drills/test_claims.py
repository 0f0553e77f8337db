"""Many claimers at once, each with a connection of its own: none gets what another has."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from ikb.core.clock import system_clock
from ikb.db import db, transaction
from ikb.deliveries import ledger, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.service import Planned
from ikb.web import labels
from tests.deliveries.helpers import Wire

pytestmark = pytest.mark.drill

CLAIMERS = 6
MESSAGES = 60
LEASE = timedelta(minutes=5)


def plan(count: int) -> None:
    now = system_clock()
    with transaction():
        service.plan_many(
            [Planned("drill", number, f"a{number}@b.example", now, now + LEASE) for number in range(count)], now=now
        )


def test_no_message_is_ever_claimed_by_two(committed_app: Flask) -> None:
    start = Barrier(CLAIMERS)

    def claim_all(number: int) -> list[int]:
        claimed = []
        with committed_app.app_context():
            start.wait()
            while True:
                with transaction():
                    hand = ledger.claim_some(number, lease=LEASE, now=system_clock())
                if not hand:
                    return claimed
                claimed += [claim.delivery.subject_id for claim in hand]

    with committed_app.app_context():
        plan(MESSAGES)
    with ThreadPoolExecutor(CLAIMERS) as pool:
        claims = [number for claimed in pool.map(claim_all, range(1, CLAIMERS + 1)) for number in claimed]

    assert Counter(claims) == Counter(range(MESSAGES))


def test_several_senders_send_each_message_once(committed_app: Flask) -> None:
    labels.add("message", {"drill": "Übung"})  # pages that list the kinds are asked for by other tests of this process
    register_kind("drill", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    wires = [Wire() for _ in range(CLAIMERS)]

    def send(wire: Wire) -> None:
        with committed_app.app_context():
            service.send_due(system_clock, wire)

    with committed_app.app_context():
        plan(MESSAGES)
    with ThreadPoolExecutor(CLAIMERS) as pool:
        list(pool.map(send, wires))

    with committed_app.app_context():
        assert service.queries.tally(system_clock()).by_state["handed_over"] == MESSAGES
        db.session.remove()
    assert Counter(address for wire in wires for address in wire.recipients) == Counter(
        f"a{number}@b.example" for number in range(MESSAGES)
    )
