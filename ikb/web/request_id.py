"""Each request has a number of its own: in the logs, in a header, and on the page that says something went wrong."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

import structlog
from flask import Flask, Response

HEADER = "X-Request-Id"
_current: ContextVar[str] = ContextVar("_current", default="")


def init_app(app: Flask) -> None:
    """Number every request; every log line written while it runs carries the number."""
    app.before_request(_begin)
    app.after_request(_tell)


def request_id() -> str:
    """The current request's number: 12 hexadecimal digits in three groups, easy to read out on the telephone."""
    return _current.get()


def _begin() -> None:
    digits = secrets.token_hex(6)
    number = "-".join((digits[:4], digits[4:8], digits[8:]))
    _current.set(number)
    structlog.contextvars.bind_contextvars(request_id=number)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response
