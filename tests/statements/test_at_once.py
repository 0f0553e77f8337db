"""Many submissions at the same moment, each on a connection of its own, in a database that keeps what is committed."""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.institutions import service as institutions
from ikb.institutions.links import token_of
from ikb.journal import service as journal
from ikb.remarks.service import Said
from ikb.statements import service
from ikb.statements.model import Answer, Receipt, Statement, StatementState
from tests.conftest import SteppingClock, migrated_app
from tests.factories import make_invitation, make_phase

AT_ONCE = 20


@pytest.fixture
def real_app(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path, clock: SteppingClock) -> Iterator[Flask]:
    """An application on a database of its own: nothing is undone, every thread has its own connection."""
    on_disk = f"sqlite:///{tmp_path / 'ikb.sqlite'}"
    url = on_disk if engine_name == "sqlite" else request.getfixturevalue("own_postgres")
    app = migrated_app(url, tmp_path, clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask, act: Callable[[int], Any], times: int = AT_ONCE) -> list[Any]:
    """What `act` gave, called so many times at the same moment, each in a thread and application context of its own."""
    start = Barrier(times)

    def one(number: int) -> Any:
        with app.app_context():
            start.wait(timeout=60)
            try:
                return act(number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as pool:
        return [
            done.result(timeout=120) for done in [pool.submit(contextvars.Context().run, one, n) for n in range(times)]
        ]


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("wakeups")
def test_20_submissions_with_one_key_are_one_statement_and_one_receipt(real_app: Flask, now: datetime) -> None:
    invitation = make_invitation()
    token, key = token_of(invitation), uuid.uuid4()
    with transaction():
        service.save_remark(invitation, "bp-1", Said(comment="einmal"), row_version=0, now=now)
    db.session.remove()

    def submit(_number: int) -> tuple[int, str]:
        with transaction():
            statement = service.submit(institutions.find_by_token(token, for_update=True), key, now=now)
        return statement.id, statement.number

    assert len(set(at_once(real_app, submit))) == 1
    assert (count(Statement), count(Receipt), count(Delivery)) == (1, 1, 1)
    assert journal.verify() == []


@pytest.mark.usefixtures("wakeups")
def test_20_submissions_with_20_keys_leave_exactly_one_in_force(real_app: Flask, now: datetime) -> None:
    token = token_of(make_invitation())
    db.session.remove()

    def submit(_number: int) -> str:
        with transaction():
            invitation = institutions.find_by_token(token, for_update=True)
            return service.submit(invitation, uuid.uuid4(), Answer.AGREES, now=now).number

    assert len(set(at_once(real_app, submit))) == AT_ONCE
    states = list(db.session.scalars(select(Statement.state)))
    assert states.count(StatementState.SUBMITTED) == 1
    assert count(Receipt) == AT_ONCE
    assert journal.verify() == []


@pytest.mark.usefixtures("wakeups")
def test_20_institutions_at_once_get_20_receipts_in_one_chain(real_app: Flask, now: datetime) -> None:
    phase = make_phase()
    tokens = [token_of(make_invitation(phase)) for _ in range(AT_ONCE)]
    db.session.remove()

    def submit(number: int) -> str:
        with transaction():
            invitation = institutions.find_by_token(tokens[number], for_update=True)
            return service.submit(invitation, uuid.uuid4(), Answer.NO_REMARKS, now=now).number

    assert len(set(at_once(real_app, submit))) == AT_ONCE
    assert (count(Statement), count(Receipt), count(Delivery)) == (AT_ONCE,) * 3
    assert journal.verify() == []


@pytest.mark.usefixtures("wakeups")
def test_two_first_saves_at_once_begin_one_draft(real_app: Flask, now: datetime) -> None:
    token = token_of(make_invitation())
    db.session.remove()

    def save(number: int) -> int:
        anchor = ("bp-1", "bp-1.a", "bp-2", "a2-z1")[number]
        with transaction():
            invitation = institutions.find_by_token(token, for_update=True)
            said = service.save_remark(invitation, anchor, Said(comment=anchor), row_version=0, now=now)
        return said.statement.id

    assert len(set(at_once(real_app, save, 4))) == 1
    assert count(Statement) == 1
