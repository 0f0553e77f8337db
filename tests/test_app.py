"""How the application is put together: what its engines say, whom it believes."""

from __future__ import annotations

import pytest
from flask import request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ikb.app import create_app
from ikb.db import db
from tests.conftest import config_for


def test_an_error_in_a_statement_does_not_quote_its_values(app):
    with pytest.raises(SQLAlchemyError) as raised, db.session.begin_nested():
        db.session.execute(text("SELECT :words FROM no_such_table"), {"words": "Sehr privat"})

    assert "no_such_table" in str(raised.value)
    assert "Sehr privat" not in str(raised.value)


CLAIMED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "http, https"}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, ("127.0.0.1", "http")), (1, ("198.51.100.7", "https")), (2, ("203.0.113.9", "http"))],
)
def test_only_what_trusted_proxies_say_is_believed(tmp_path, proxies, seen):
    app = create_app(config_for("sqlite://", tmp_path, trusted_proxies=proxies))
    found = []
    app.before_request_funcs.setdefault(None, []).append(lambda: found.append((request.remote_addr, request.scheme)))

    app.test_client().get("/gesund", headers=CLAIMED)

    assert found == [seen]
