"""The broker forgets, is away, or cuts connections: messages wait in the database, and people notice nothing."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from ikb.core.clock import berlin_day, system_clock
from ikb.db import db, transaction
from ikb.deliveries import service as deliveries
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation
from ikb.statements import service as statements
from ikb.statements.model import Answer
from tests import factories
from tests.conftest import migrated_app
from tests.drills.plant import IN_FULL, INSTITUTIONS, PATIENCE, Part, all_handed_over, environment_of, invite, tell
from tests.services.smtp import SmtpSink

pytestmark = pytest.mark.drill

# How long the broker is away. The figure speaks of five minutes; nothing in ikb depends on how long it is.
AWAY = 300.0 if IN_FULL else 2.0
RESETS = 20
SUBMISSIONS = 20 if IN_FULL else 5


@pytest.fixture
def town(own_postgres: str, mortal_valkey: Any, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[Flask]:
    urls = {"redis_url": mortal_valkey.url(0), "smtp_url": smtp_sink.url}
    app = migrated_app(own_postgres, tmp_path, system_clock, **urls)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def parts(town: Flask, own_postgres: str, tmp_path: Path) -> Iterator[list[Part]]:
    """A worker and a beat, running."""
    environment = environment_of(town, own_postgres, tmp_path)
    started = [Part(kind, environment, tmp_path / f"{kind}.log") for kind in ("worker", "beat")]
    for part in started:
        part.start()
    yield started
    for part in started:
        part.kill()


def invited(count: int) -> list[Invitation]:
    """Institutions in an open phase; nothing is sent to them."""
    now = system_clock()
    phase = factories.make_phase(opens_at=now, opened_at=now, closes_on=berlin_day(now) + timedelta(days=30))
    return [factories.make_invitation(phase) for _ in range(count)]


def submit(invitation: Invitation) -> float:
    """What the page does when somebody answers; seconds until the receipt is stored."""
    begun = time.monotonic()
    with transaction():
        found = institutions.find_by_token(institutions.token_of(invitation), for_update=True)
        statements.submit(found, uuid.uuid4(), Answer.AGREES, now=system_clock())
    return time.monotonic() - begun


def until_all_out(since: float, parts: list[Part]) -> float:
    while not all_handed_over():
        if time.monotonic() - since > PATIENCE:
            raise TimeoutError("\n".join(part.says() for part in parts))
        time.sleep(0.1)
    return time.monotonic() - since


def test_while_the_broker_is_away_submissions_are_stored_and_their_receipts_go_out_afterwards(
    town: Flask, mortal_valkey: Any, smtp_sink: SmtpSink
) -> None:
    with town.app_context():
        rows = invited(SUBMISSIONS)
        mortal_valkey.kill()
        took = [submit(row) for row in rows]
        assert deliveries.due_count(system_clock()) == SUBMISSIONS
        deliveries.send_due(system_clock)  # what the next tick does once there is a broker again
        assert all_handed_over()

    tell("submissions while the broker is away", failed=0, slowest=f"{max(took):.2f} s")
    assert len(set(smtp_sink.recipients())) == len(smtp_sink.recipients()) == SUBMISSIONS
    assert max(took) < 10


@pytest.mark.skipif(not IN_FULL, reason="starts a worker and a beat and waits for their ticks: `make drills`")
@pytest.mark.parametrize("trouble", ["flushed", "away", "reset"])
def test_a_broker_in_trouble_loses_nothing_and_fails_nobody(
    town: Flask, parts: list[Part], mortal_valkey: Any, smtp_sink: SmtpSink, trouble: str
) -> None:
    with town.app_context():
        answering = invited(SUBMISSIONS)
        expected = Counter(invitation.institution.email for invitation in invite())
        smtp_sink.wait_for(40, timeout=PATIENCE)
        took = _trouble(mortal_valkey, trouble, answering)
        expected += Counter(invitation.institution.email for invitation in answering)
        recovered = until_all_out(time.monotonic(), parts)

    tell(
        f"broker {trouble}" + (f" for {AWAY:.0f} s" if trouble == "away" else ""),
        lost=0,
        submissions_failed=0,
        slowest_submission=f"{max(took):.2f} s",
        out_after_recovery=f"{recovered:.0f} s",
    )
    assert Counter(smtp_sink.recipients()) == expected
    assert len(smtp_sink.recipients()) == INSTITUTIONS + SUBMISSIONS
    assert recovered <= 90


def _trouble(broker: Any, trouble: str, answering: list[Invitation]) -> list[float]:
    """Let it happen, with people answering meanwhile; the seconds that each of them waited."""
    if trouble == "flushed":
        broker.flush(0)
        took = [submit(row) for row in answering]
        broker.flush(0)
        return took
    if trouble == "away":
        broker.kill()
        back_at = time.monotonic() + AWAY
        took = [submit(row) for row in answering]
        time.sleep(max(0.0, back_at - time.monotonic()))
        broker.restart()
        return took
    took = []
    for number in range(RESETS):
        with redis.Redis.from_url(broker.url(0)) as client:
            client.client_kill_filter(_type="normal", skipme=True)
        took += [submit(answering[number])] if number < len(answering) else []
        time.sleep(0.3)
    return took
