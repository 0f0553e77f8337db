"""Two people and two workers at the same moment, on connections of their own: one wins, and the other hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.consolidation import leases, runs, service, tasks
from ikb.consolidation.model import Consideration, Run
from ikb.consolidation.outcomes import Found
from ikb.consolidation.weighing import Passage, weigh
from ikb.db import db, transaction
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict
from ikb.remarks.model import Remark
from tests.conftest import SteppingClock, migrated_app
from tests.consolidation.cases import make_case

MORE = "Jede Schule bietet drei Kurse am Nachmittag an."


@pytest.fixture
def real_app(engine_name: str, request: pytest.FixtureRequest, tmp_path: Any, clock: SteppingClock) -> Iterator[Flask]:
    """An application whose commits are real; its database goes with the test."""
    on_disk = f"sqlite:///{tmp_path / 'ikb.sqlite'}"
    url = on_disk if engine_name == "sqlite" else request.getfixturevalue("own_postgres")
    app = migrated_app(url, tmp_path, clock)
    yield app
    with app.app_context():
        db.engine.dispose()


def at_once(app: Flask, count: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads got, all starting at the same moment."""
    barrier = Barrier(count)

    def one(number: int) -> Any:
        with app.app_context():
            barrier.wait(10)
            try:
                return act(number)
            except Conflict:
                return "conflict"

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_two_who_decide_at_once_one_is_told_of_the_other(real_app, now):
    with real_app.app_context():
        case = make_case()
        base_id, remark_id, by = case.base.id, case.says(MORE).id, case.by
        case.consolidate(now)

    def decide(number: int) -> str:
        with transaction():
            base, remark = db.session.get_one(DraftVersion, base_id), db.session.get_one(Remark, remark_id)
            outcome = ("followed", "not_followed")[number]
            return service.decide(base, remark, outcome, "Darum.", seen=0, by=by, now=now).outcome

    answers = at_once(real_app, 2, decide)

    assert sorted(answer == "conflict" for answer in answers) == [False, True]
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Consideration)) == 1


def test_four_workers_and_one_run_only_one_gets_it(real_app, now):
    with real_app.app_context():
        case = make_case()
        with transaction():
            service.request_run(case.base.draft, by=case.by, now=now)

    def claim(number: int) -> bool:
        with transaction():
            return runs.claim(f"worker {number}", now=now) is not None

    assert sorted(at_once(real_app, 4, claim)) == [False, False, False, True]


def test_a_section_that_takes_longer_than_the_lease_leaves_the_run_with_its_worker(real_app, now, clock, monkeypatch):
    renewed, plain_renew, others = Event(), runs.renew, []

    def renew(*given: Any, **named: Any) -> bool:
        kept = plain_renew(*given, **named)
        renewed.set()
        return kept

    def weigh_for_a_minute(passage: Passage) -> Found:
        for _ in range(2):
            clock.advance(seconds=30)
            for _ in range(2):  # the first was perhaps on its way before the clock went on
                renewed.clear()
                assert renewed.wait(20)
        with transaction():
            others.append(runs.claim("other", now=clock()))
        return weigh(passage)

    monkeypatch.setattr(leases, "RENEW_EVERY", 0.01)
    monkeypatch.setattr(runs, "renew", renew)
    monkeypatch.setattr(tasks, "weigh", weigh_for_a_minute)
    with real_app.app_context():
        run = make_case().consolidate(now)
        db.session.refresh(run)

        assert (run.state, others) == ("done", [None] * run.sections_total)


def test_when_a_run_is_over_nothing_goes_on_in_the_background(real_app, now):
    with real_app.app_context():
        run = make_case().consolidate(now)

    assert [thread.name for thread in threading.enumerate() if thread.name == f"lease of run {run.id}"] == []


def test_asked_for_by_four_at_once_it_is_one_run(real_app, now):
    with real_app.app_context():
        case = make_case()
        base_id, by = case.base.id, case.by

    def ask(_: int) -> int:
        with transaction():
            return service.request_run(db.session.get_one(DraftVersion, base_id).draft, by=by, now=now).id

    assert len(set(at_once(real_app, 4, ask))) == 1
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Run)) == 1
