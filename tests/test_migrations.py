"""Migrations run on both engines, forwards and back, and give exactly the shape that the rows expect."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from ikb.app import create_app
from ikb.db import db
from tests.conftest import SteppingClock, config_for


@pytest.fixture
def empty(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on an empty database of its own."""
    if engine_name == "sqlite":
        yield from _with(f"sqlite:///{tmp_path / 'ikb.sqlite'}", tmp_path)
        return
    postgres = request.getfixturevalue("postgres")
    name = f"ikb_{uuid.uuid4().hex[:12]}"
    postgres.create_database(name)
    yield from _with(postgres.url(name), tmp_path)
    postgres.drop_database(name)


def _with(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(config_for(str(url), folder), SteppingClock())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_up_and_down_and_up_again(empty):
    upgrade()
    tables = set(inspect(db.engine).get_table_names())
    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names())
    upgrade()

    assert {"procedure", "statement", "delivery", "journal_entry"} <= tables
    assert left <= {"alembic_version"}
    assert set(inspect(db.engine).get_table_names()) == tables


def test_the_migrations_give_the_shape_that_the_rows_expect(empty):
    upgrade()

    check()  # leaves with SystemExit, naming each difference, where rows and database differ


def test_a_difference_between_rows_and_database_is_noticed(empty):
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE nobody_expects_this (id INTEGER PRIMARY KEY)"))

    with pytest.raises(SystemExit):
        check()


def test_the_chain_of_the_journal_has_its_beginning(empty):
    upgrade()

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT last_id, digest FROM journal_head")).all() == [(0, "0" * 64)]


@pytest.mark.parametrize(
    "table",
    [
        "journal_entry",
        "result",
        "receipt",
        "consideration",
        "mail_text",
        "call_note",
        "finding_override",
        "minutes_extract",
        "late_decision",
        "opinion",
    ],
)
def test_rows_that_only_grow_are_guarded_by_the_database(empty, table):
    upgrade()
    guards = (
        "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = '{0}'::regclass"
        if db.engine.dialect.name == "postgresql"
        else "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{0}'"
    )

    with db.engine.connect() as connection:
        assert connection.execute(text(guards.format(table))).scalar_one() >= 1


def test_two_gunicorn_workers_do_not_race_for_the_tables(empty):
    # Building the application touches no table: migrating is a step of its own.
    with pytest.raises(DBAPIError), db.engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM procedure"))
