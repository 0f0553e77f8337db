"""A page of a query, and the shared parts in the real application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ikb.accounts.model import User
from ikb.web import paging
from tests.factories import make_user


@pytest.mark.parametrize(("asked", "number", "length"), [(1, 1, 2), (3, 3, 1), (99, 3, 1)])
def test_a_query_is_read_a_page_at_a_time_with_two_queries(
    app: Flask, count_queries: Callable[..., Any], asked: int, number: int, length: int
) -> None:
    people = [make_user(name=f"Person {letter}") for letter in "ABCDE"]
    mine = select(User.name).where(User.id.in_([person.id for person in people])).order_by(User.name)

    with count_queries() as queries:
        page = paging.fetch(mine, asked, size=2)

    assert (page.number, page.total, page.count) == (number, 5, 3)
    assert list(page.items) == [person.name for person in people][2 * (number - 1) :][:length]
    assert len(queries) == 2


def test_the_real_application_answers_with_the_shared_pages(client: FlaskClient) -> None:
    alive = client.get("/gesund")
    missing = client.get("/gibt-es-nicht")

    assert alive.text == "gesund\n"
    assert missing.status_code == 404
    assert "Diese Seite gibt es nicht" in missing.text
    for answer in (alive, missing):
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
