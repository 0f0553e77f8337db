"""One transaction per act; aware moments; wake-ups only for what was saved."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from ikb.db import IDLE_SECONDS, after_commit, db, prepare_engine, read, transaction
from ikb.procedures.model import Procedure
from tests.factories import MADE_AT, make_procedure


def test_what_is_inside_is_saved_then_the_wake_ups_go_out(app):
    heard = []

    with transaction():
        db.session.add(Procedure(title="Neu", created_at=MADE_AT))
        after_commit(lambda: heard.append(db.session.scalar(select(Procedure.title))))
        assert heard == []

    assert heard == ["Neu"]


def test_if_something_fails_nothing_happened_and_nobody_hears_of_it(app):
    heard = []

    with pytest.raises(KeyError), transaction():
        db.session.add(Procedure(title="Neu", created_at=MADE_AT))
        after_commit(lambda: heard.append("too early"))
        raise KeyError

    assert heard == []
    assert db.session.scalars(select(Procedure)).all() == []


def test_a_service_may_not_open_a_transaction_of_its_own(app):
    with transaction(), pytest.raises(RuntimeError, match="already open"), transaction():
        pass


def test_a_wake_up_outside_of_a_transaction_is_a_mistake(app):
    with pytest.raises(RuntimeError, match="open transaction"):
        after_commit(lambda: None)


def test_rows_changed_before_the_transaction_are_a_mistake(app):
    procedure = make_procedure()
    procedure.title = "Anders"

    with pytest.raises(RuntimeError, match="outside"), transaction():
        pass

    db.session.rollback()


def test_moments_come_back_aware_and_in_utc(app):
    procedure = make_procedure(created_at=datetime(2030, 3, 31, 1, 0, tzinfo=UTC))
    db.session.expire_all()

    assert procedure.created_at == datetime(2030, 3, 31, 1, 0, tzinfo=UTC)
    assert procedure.created_at.tzinfo is UTC


def test_a_naive_moment_never_reaches_the_database(app):
    with pytest.raises(Exception, match="time zone"), transaction():
        db.session.add(Procedure(title="Wann?", created_at=datetime(2030, 1, 1)))  # noqa: DTZ001


def test_the_second_of_two_editors_is_told(app):
    procedure = make_procedure()
    table = Procedure.__table__
    with transaction():
        db.session.execute(table.update().values(title="Von jemand anderem", row_version=2))

    with pytest.raises(StaleDataError), transaction():
        procedure.title = "Von mir"


@pytest.mark.parametrize("rest", [0.0, IDLE_SECONDS + 1], ids=["just used", "rested"])
def test_a_connection_that_the_server_closed_while_it_rested_is_replaced(postgres, tmp_path, monkeypatch, rest):
    name = f"ikb_{uuid.uuid4().hex[:12]}"
    postgres.create_database(name)
    engine = create_engine(postgres.url(name))
    prepare_engine(engine)
    with engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (number,))

    moment = time.monotonic() + rest
    monkeypatch.setattr("ikb.db.time.monotonic", lambda: moment)

    if rest:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != number
    else:
        with pytest.raises(OperationalError), engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    postgres.drop_database(name)


def test_reading_holds_no_transaction_open_and_writing_does(request):
    with request.getfixturevalue("_postgres_app").app_context():
        read(select(Procedure.id).limit(1)).all()
        assert _status() == TransactionStatus.IDLE

        with transaction():
            read(select(Procedure.id).limit(1)).all()
            assert _status() == TransactionStatus.INTRANS

        read(select(Procedure.id).limit(1)).all()
        assert _status() == TransactionStatus.IDLE
        db.session.remove()


def test_what_a_failed_transaction_wrote_is_undone_and_the_server_still_knows_its_plans(request):
    with request.getfixturevalue("_postgres_app").app_context():
        for _ in range(10):
            read(_PREPARED).all()
            db.session.remove()
        with pytest.raises(KeyError), transaction():
            db.session.add(Procedure(title="Neu", created_at=MADE_AT))
            db.session.flush()
            raise KeyError

        assert db.session.scalars(select(Procedure).where(Procedure.title == "Neu")).all() == []
        for _ in range(10):
            read(_PREPARED).all()
        assert read(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one() >= 1
        db.session.remove()


_PREPARED = select(Procedure.id, Procedure.title).where(Procedure.title == "gibt es nicht").limit(1)


def _status() -> TransactionStatus:
    return db.session.connection().connection.driver_connection.info.transaction_status
