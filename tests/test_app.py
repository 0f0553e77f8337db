"""How the application is put together: what its engines say, whom it believes."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ikb.db import db


def test_an_error_in_a_statement_does_not_quote_its_values(app):
    with pytest.raises(SQLAlchemyError) as raised, db.session.begin_nested():
        db.session.execute(text("SELECT :words FROM no_such_table"), {"words": "Sehr privat"})

    assert "no_such_table" in str(raised.value)
    assert "Sehr privat" not in str(raised.value)
