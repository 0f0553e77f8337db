"""Who has to wait, and who never has to: also while Redis is away."""

from __future__ import annotations

import pytest
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from ikb.accounts.limits import limiter

SUBMISSIONS = 1010  # more than any limit there is


@pytest.fixture
def redis_is_away(app, monkeypatch):
    """The limiter as it is with IKB_REDIS_URL on a port where nobody listens."""
    dead = storage_from_string("redis://127.0.0.1:1")
    memory = MemoryStorage()
    monkeypatch.setattr(limiter, "_storage", dead)
    monkeypatch.setattr(limiter, "_limiter", FixedWindowRateLimiter(dead))
    monkeypatch.setattr(limiter, "_fallback_storage", memory)
    monkeypatch.setattr(limiter, "_fallback_limiter", FixedWindowRateLimiter(memory))
    monkeypatch.setattr(limiter, "_storage_dead", False)


def _log_in(client):
    return client.post("/anmelden", data={"email": "anna@stadt.example.org", "password": "falsch falsch falsch"})


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_with_redis_away_logins_are_limited_as_ever(client, redis_is_away):
    statuses = [_log_in(client).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_with_redis_away_nothing_else_is_limited(client, redis_is_away):
    _log_in(client)  # a limited view meets the dead storage

    statuses = {client.post("/abmelden").status_code for _ in range(SUBMISSIONS)}

    assert statuses == {303}
