"""What Prometheus collects, and who may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from ikb.db import transaction
from ikb.deliveries import kinds, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.mail import TemporaryFailure, Written
from tests.conftest import Browser, SteppingClock
from tests.deliveries.helpers import Wire, given

TOKEN = "a token of twenty characters"


@pytest.fixture
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    def change(**values: Any) -> None:
        monkeypatch.setitem(app.extensions, "ikb_config", replace(app.extensions["ikb_config"], **values))

    return change


def figures(client: Browser) -> dict[tuple[str, ...], float]:
    """Every figure by its name and labels."""
    families = text_string_to_metric_families(client.get("/metriken").text)
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_messages_attempts_seconds_ages_and_signs_of_life_are_counted(
    app: Flask, client: Browser, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))

    class Slow(Wire):
        def send(self, sent: Written, recipient: str) -> str:
            clock.advance(seconds=3)
            return super().send(sent, recipient)

    for number in range(3):
        given(clock(), subject_id=number, recipient=f"a{number}@b.example")
    with transaction():
        service.beat(["beat", "worker"], now=clock())
    service.send_due(clock, Slow(faults={"a1@b.example": [TemporaryFailure("451 later")]}))
    given(clock(), subject_id=9, due_at=clock() - timedelta(seconds=20))

    seen = figures(client)

    assert seen["ikb_deliveries", "note", "handed_over"] == 2
    assert seen["ikb_deliveries", "note", "planned"] == 2
    assert seen["ikb_delivery_attempts_total", "note", "handed_over"] == 2
    assert seen["ikb_delivery_attempts_total", "note", "retry"] == 1
    assert seen["ikb_delivery_attempt_seconds_total", "note", "handed_over"] == pytest.approx(6, abs=0.01)
    assert seen["ikb_deliveries_due",] == 1
    assert seen["ikb_oldest_due_seconds",] == 20
    assert seen["ikb_heartbeat_age_seconds", "worker"] == 9
    assert seen["ikb_heartbeat_age_seconds", "beat"] == 9
    assert seen["ikb_broker_reached",] == 1


def test_they_name_nobody(app: Flask, client: Browser, clock: SteppingClock) -> None:
    given(clock(), recipient="geheim@verein.example.org", recipient_name="Kim Beispiel")

    text = client.get("/metriken").text

    assert "geheim" not in text
    assert "Kim" not in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),  # a proxy on this machine that nobody told us of
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("192.0.2.7", {"Authorization": "Bearer "}, 404),
        ("192.0.2.7", {"Authorization": TOKEN}, 404),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}x"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_only_this_machine_or_whoever_shows_the_token_sees_them(
    client: Browser, configured: Any, address: str, headers: dict[str, str], status: int
) -> None:
    configured(metrics_token=TOKEN)

    answer = client.get("/metriken", headers=headers, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == status


def test_without_a_token_of_its_own_no_token_opens(client: Browser) -> None:
    answer = client.get(
        "/metriken", headers={"Authorization": "Bearer "}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert answer.status_code == 404


def test_a_broker_that_is_away_is_seen_and_said(client: Browser, configured: Any, clock: SteppingClock) -> None:
    configured(redis_url="redis://127.0.0.1:1/0")

    ready = client.get("/bereit")

    assert figures(client)["ikb_broker_reached",] == 0
    assert ready.status_code == 503
    assert ready.get_json()["pruefungen"]["warteschlange"] == {"ok": False, "gesehen": "ConnectionError"}


def test_readiness_tells_the_age_of_the_oldest_due_message(client: Browser, clock: SteppingClock) -> None:
    given(clock(), due_at=clock() - timedelta(seconds=130))
    with transaction():
        service.beat(["beat", "worker"], now=clock())

    ready = client.get("/bereit")

    assert ready.status_code == 503
    assert ready.get_json()["pruefungen"]["sendungen"] == {"ok": False, "gesehen": "älteste fällige: vor 130 s"}
