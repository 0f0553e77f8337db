"""What comes in from outside, made fit for the rooms once: row numbers that can be, texts without NUL."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

LARGEST_ID = 2**31 - 1  # PostgreSQL's integer; whatever is larger names no row, on either engine


class RowNumber(IntegerConverter):
    """A row's number in an address, `<int:…>`; larger ones are no page instead of an error in the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", LARGEST_ID)
        super().__init__(*args, **kwargs)


class Fields(ImmutableMultiDict[str, Any]):
    """Fields of a form or a query, without NUL: no keyboard has it, and PostgreSQL keeps no text that holds one."""

    def __init__(self, mapping: Any = None) -> None:
        sent: MultiDict[str, Any] = MultiDict(mapping)
        super().__init__([(name, _without_nul(value)) for name, value in sent.items(multi=True)])


class Incoming(Request):
    """A request whose fields and query are `Fields`."""

    parameter_storage_class = Fields


def init_app(app: Flask) -> None:
    """Read every request so; comes before the first route, which needs the converter."""
    app.request_class = Incoming
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_nul)


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


def _refuse_nul() -> None:
    if "\x00" in request.path:
        raise NotFound
