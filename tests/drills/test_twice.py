"""Two beats, two planners, every task delivered twice, and releases of two ages side by side: each message once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from ikb.core.clock import berlin_day, system_clock
from ikb.db import db, transaction
from ikb.deliveries import kinds, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.queue import SCHEMA, SCHEMA_HEADER
from tests import factories
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire, given, only
from tests.drills.plant import INSTITUTIONS, tell
from tests.services.smtp import SmtpSink

pytestmark = pytest.mark.drill


def at_once(app: Flask, tasks: list[str]) -> None:
    """Each task in a thread of its own, all at the same moment, as workers get them."""
    start = Barrier(len(tasks))

    def run(name: str) -> None:
        start.wait(timeout=60)
        app.extensions["celery"].tasks[name]()  # brings its own application context

    with ThreadPoolExecutor(len(tasks)) as pool:
        list(pool.map(run, tasks))


def test_two_beats_two_planners_and_every_task_twice_make_93_rows_and_93_messages(
    committed_app: Flask, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(committed_app.extensions["ikb_config"], smtp_url=smtp_sink.url)
    monkeypatch.setitem(committed_app.extensions, "ikb_config", config)
    now = system_clock()
    with committed_app.app_context():
        phase = factories.make_phase(opens_at=now, opened_at=now, closes_on=berlin_day(now) + timedelta(days=60))
        rows = [factories.make_invitation(phase, invited_at=now - timedelta(days=1)) for _ in range(INSTITUTIONS)]
        with transaction():
            for row in rows:
                row.token_hash = f"the hash of a link {row.id}"
        db.session.remove()

    at_once(committed_app, ["reminders.plan"] * 4)
    with committed_app.app_context():
        per_step = dict(db.session.execute(select(Delivery.step, func.count()).group_by(Delivery.step)).all())  # type: ignore[arg-type]
        with transaction():  # the first step's day has come
            db.session.execute(update(Delivery).where(Delivery.step == "14").values(next_at=now))
        db.session.remove()
    at_once(committed_app, ["deliveries.send_due"] * 4)

    counted = Counter(smtp_sink.recipients())
    tell("two beats, two planners, each task twice", rows=per_step.get("14"), messages=sum(counted.values()))
    assert set(per_step.values()) == {INSTITUTIONS}
    assert len(counted) == sum(counted.values()) == INSTITUTIONS


def test_what_an_older_release_planned_is_sent_by_a_newer_worker(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    # As the first release wrote it: it knows nothing of the columns that came later.
    old = text(
        "INSERT INTO delivery (kind, subject_id, recipient, recipient_name, step, edition, dedup_key, message_id, urgency,"
        " state, created_at, due_at, next_at, stale_at, attempts, last_reply, subject_line, body_text) VALUES ('note', 1,"
        " 'a@b.example', '', '', '', 'note/1', '<1@b.example>', 5, 'planned', :now, :now, :now, :later, 0, '', '', '')"
    )
    moments = {"now": clock(), "later": clock() + timedelta(days=1)}
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        moments = {name: f"{at:%Y-%m-%d %H:%M:%S.%f}" for name, at in moments.items()}  # type: ignore[misc]
    with transaction():
        db.session.execute(old, moments)
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.recipients == ["a@b.example"]
    assert only().state == DeliveryState.HANDED_OVER


def test_what_a_newer_release_planned_waits_for_a_newer_worker(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    given(clock(), kind="of_tomorrow")
    wire = Wire()
    for _ in range(20):  # the old worker meets it again and again while the town updates
        service.send_due(clock, wire)
        clock.advance(seconds=15)
    register_kind("of_tomorrow", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))

    clock.advance(minutes=5)
    service.send_due(clock, wire)

    tell("old worker, new web", lost=0, attempts=only().attempts)
    assert wire.recipients == ["post@verein.example.org"]


@pytest.mark.parametrize(("sent_with", "arguments"), [(SCHEMA + 1, ()), (SCHEMA + 1, (1, "of tomorrow"))])
def test_a_wake_up_of_a_newer_release_is_no_fault_and_the_row_is_found_by_the_tick(
    app: Flask,
    clock: SteppingClock,
    smtp_sink: SmtpSink,
    monkeypatch: pytest.MonkeyPatch,
    sent_with: int,
    arguments: Any,
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Guten Tag", "Text"))
    config = replace(app.extensions["ikb_config"], smtp_url=smtp_sink.url)
    monkeypatch.setitem(app.extensions, "ikb_config", config)
    given(clock())
    task = app.extensions["celery"].tasks["deliveries.send_due"]

    done = task.apply(args=arguments, headers={SCHEMA_HEADER: sent_with})
    assert done.successful()
    assert smtp_sink.messages == []

    task.apply()  # the tick's own, without a header
    assert len(smtp_sink.messages) == 1
