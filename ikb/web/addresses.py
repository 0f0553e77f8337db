"""Addresses: of other pages, each built once, and of the current page with another filter or another page of its list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Request, current_app, request
from flask import url_for as build

PAGE_ARGUMENT = "seite"
_EXTENSION = "ikb_addresses"
KEPT = 20_000  # addresses; a few hundred rooms' pages with their numbers


def init_app(app: Flask) -> None:
    """Let templates call `here(…)`, and answer their `url_for(…)` from memory."""
    app.jinja_env.globals["here"] = here
    app.jinja_env.globals["url_for"] = app.extensions[_EXTENSION] = remembering_addresses()


def url_for(endpoint: str, **values: Any) -> str:
    """What templates call by that name, for code that runs on many pages."""
    address: str = current_app.extensions[_EXTENSION](endpoint, **values)
    return address


def remembering_addresses() -> Callable[..., str]:
    """Flask's `url_for`, remembering what it built: a list of twenty asks for some fifty addresses, again at each request.

    An address depends on the endpoint, its values and where the application is mounted. Whatever else Flask knows (the
    blueprint that a leading dot stands for, addresses with a host, an anchor) is left to Flask.
    """
    known: dict[tuple[object, ...], str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        try:
            key = (_request().environ.get("SCRIPT_NAME"), endpoint, *values.items())
            found = known.get(key)
        except (RuntimeError, TypeError):  # no request, or a list among the values, which cannot be looked up
            return build(endpoint, **values)
        if found is None:
            found = build(endpoint, **values)
            if endpoint[0] != "." and not any(name[0] == "_" for name in values):
                if len(known) >= KEPT:
                    known.clear()
                known[key] = found
        return found

    return url_for


def here(**changes: Any) -> str:
    """The current address with other query arguments; None takes one away.

    Another filter starts at the first page again, unless the change names the page itself.
    """
    asked = _request()
    path = asked.script_root + asked.path
    if not asked.query_string:
        return path + _kept_query(tuple(changes.items()))
    arguments: dict[str, Any] = asked.args.to_dict(flat=False)
    if PAGE_ARGUMENT not in changes:
        arguments.pop(PAGE_ARGUMENT, None)
    arguments.update(changes)
    return path + _query(arguments.items())


def _request() -> Request:
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # the proxy would ask anew for each attribute
    return found


def _query(arguments: Iterable[tuple[str, Any]]) -> str:
    given = [(name, value) for name, value in arguments if value is not None]
    return f"?{urlencode(given, doseq=True)}" if given else ""


_kept_query = lru_cache(maxsize=1024)(_query)  # of links that every visitor is offered; what somebody typed is not kept
