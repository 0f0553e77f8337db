"""What comes back finds its message, changes it once, and is forgotten after thirty days."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ikb import cli
from ikb.core.returned_mail import Kind
from ikb.db import db, transaction
from ikb.deliveries import incoming, kinds, service
from ikb.deliveries.incoming import Taken
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryState, ReturnedMail
from tests.conftest import SteppingClock
from tests.core.returned_messages import CASES, OURS, TO, Case, fields, plain, report
from tests.deliveries.helpers import Wire, given, only, planned

SERVER = "MAILER-DAEMON@mx.example.org"
AFTER = {
    Kind.HARD: DeliveryState.BOUNCED_HARD,
    Kind.SOFT: DeliveryState.BOUNCED_SOFT,
    Kind.DELIVERED: DeliveryState.DELIVERED,
}


@pytest.fixture(autouse=True)
def _kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))


def sent(clock: SteppingClock, message_id: str = OURS, **values: Any) -> Delivery:
    given(clock(), stale_at=clock() + timedelta(days=20), **values)
    service.send_due(clock, Wire())
    row = planned()[-1]
    with transaction():
        row.message_id = message_id
    return row


def take(raw: bytes, clock: SteppingClock) -> Taken:
    with transaction():
        return incoming.take_in(raw, now=clock())


def kept() -> list[ReturnedMail]:
    db.session.expire_all()
    return list(db.session.scalars(select(ReturnedMail).order_by(ReturnedMail.id)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_kind_does_to_the_message_what_it_says(app: Flask, clock: SteppingClock, case: Case) -> None:
    delivery = sent(clock)

    taken = take(case.raw, clock)

    assert taken == Taken(case.kind, delivery.id, is_new=True)
    assert only().state == AFTER.get(case.kind, DeliveryState.HANDED_OVER)
    assert [row.delivery_id for row in kept()] == [delivery.id]


def test_the_same_return_twice_is_one(app: Flask, clock: SteppingClock) -> None:
    sent(clock)
    raw = b"Message-ID: <own@mx.example.org>\r\n" + CASES[0].raw
    take(raw, clock)

    again = take(b"Received: by another way\r\n" + raw, clock)

    assert not again.is_new
    assert len(kept()) == 1
    assert [attempt.outcome for attempt in only().log] == ["handed_over", "bounced_hard"]


def test_without_an_id_the_latest_message_of_the_last_week_to_that_address_is_meant(
    app: Flask, clock: SteppingClock
) -> None:
    sent(clock, "<first@x>", step="1")
    clock.advance(days=1)
    second = sent(clock, "<second@x>", step="2")
    sent(clock, "<other@x>", recipient="andere@verein.example.org")
    clock.advance(days=6)

    taken = take(report(SERVER, "Undelivered", "", fields("failed", "5.1.1", "smtp; 550 no"), returned=None), clock)

    assert taken.delivery_id == second.id


def test_the_address_counts_in_whatever_letters_it_is_written(app: Flask, clock: SteppingClock) -> None:
    delivery = sent(clock, "<x@x>", recipient="Post@Verein.example.org")

    taken = take(report(SERVER, "Undelivered", "", fields("failed", "5.1.1", "smtp; 550 no"), returned=None), clock)

    assert taken.delivery_id == delivery.id


def test_a_week_later_or_without_any_trace_it_is_about_nothing_of_ours(app: Flask, clock: SteppingClock) -> None:
    sent(clock, "<x@x>")
    clock.advance(days=8)

    taken = take(report(SERVER, "Undelivered", "", fields("failed", "5.1.1", "smtp; 550 no"), returned=None), clock)

    assert taken == Taken(Kind.HARD, None, is_new=True)
    assert only().state == DeliveryState.HANDED_OVER
    assert kept()[0].recipient == TO


def test_what_nobody_understands_is_never_matched_by_its_sender(app: Flask, clock: SteppingClock) -> None:
    sent(clock, "<x@x>")

    taken = take(plain(TO, "Guten Tag", "Eine Frage."), clock)

    assert taken == Taken(Kind.UNKNOWN, None, is_new=True)


def test_an_absence_leaves_a_trace_in_the_history_but_not_its_words(app: Flask, clock: SteppingClock) -> None:
    sent(clock)

    take(plain(TO, "Abwesenheitsnotiz", "Ich bin in Elternzeit.", f"In-Reply-To: {OURS}\n"), clock)

    last = only().log[-1]
    assert last.outcome == "out_of_office"
    assert "Elternzeit" not in last.reply
    assert only().state == DeliveryState.HANDED_OVER


def test_a_server_that_says_nothing_is_noted_as_such(app: Flask, clock: SteppingClock) -> None:
    sent(clock)

    take(report(SERVER, "Undelivered", "", fields("failed", "5.0.0")), clock)

    assert only().last_reply == "5.0.0"
    assert only().state == DeliveryState.BOUNCED_HARD


def test_after_thirty_days_the_return_is_gone_and_what_it_meant_stays(app: Flask, clock: SteppingClock) -> None:
    sent(clock)
    take(CASES[0].raw, clock)
    clock.advance(days=30)
    with transaction():
        assert incoming.forget(clock()) == 0

    clock.advance(seconds=1)
    with transaction():
        assert incoming.forget(clock()) == 1

    assert kept() == []
    assert only().state == DeliveryState.BOUNCED_HARD


@pytest.fixture
def _this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_app", lambda: app)


@pytest.mark.usefixtures("_this_app")
class TestCommand:
    def test_a_file_is_taken_in(self, clock: SteppingClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        delivery = sent(clock)
        file = tmp_path / "zurueck.eml"
        file.write_bytes(CASES[0].raw)

        assert cli.main(["returns", str(file)]) == 0
        assert cli.main(["returns", str(file)]) == 0

        first, second = capsys.readouterr().out.splitlines()
        assert f"zu Nachricht {delivery.id}" in first
        assert "Schon bekannt" in second

    def test_a_pipe_too_with_the_line_that_mail_servers_put_before_it(
        self, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent(clock)
        piped = b"From MAILER-DAEMON Mon Jun  3 10:00:00 2030\r\n" + CASES[0].raw
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped)))

        assert cli.main(["returns", "-"]) == 0

        assert only().state == DeliveryState.BOUNCED_HARD

    def test_what_is_missing_or_empty_is_named_and_nothing_stored(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        empty = tmp_path / "leer.eml"
        empty.write_bytes(b"\n")

        assert cli.main(["returns", str(tmp_path / "fehlt.eml")]) == 2
        assert cli.main(["returns", str(empty)]) == 2

        assert len(capsys.readouterr().err.splitlines()) == 2
        assert kept() == []
