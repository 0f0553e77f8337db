"""Addresses: of other pages, each built once, and of the current page with another filter or another page of its list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Flask, has_request_context, request
from flask import url_for as build

PAGE_ARGUMENT = "seite"
KEPT = 20_000  # addresses; a few hundred rooms' pages with their numbers


def init_app(app: Flask) -> None:
    """Let templates call `here(…)`, and answer their `url_for(…)` from memory."""
    app.jinja_env.globals["here"] = here
    app.jinja_env.globals["url_for"] = remembering_addresses()


def remembering_addresses() -> Callable[..., str]:
    """Flask's `url_for`, remembering what it built: a list of twenty asks for some fifty addresses, again at each request.

    An address depends on the endpoint, its values and where the application is mounted. Whatever else Flask knows (the
    blueprint that a leading dot stands for, addresses with a host, an anchor) is left to Flask.
    """
    known: dict[tuple[object, ...], str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        if endpoint[0] == "." or not has_request_context():
            return build(endpoint, **values)
        key = (request.environ.get("SCRIPT_NAME"), endpoint, *values.items())
        try:
            found = known.get(key)
        except TypeError:  # a list among the values cannot be looked up
            return build(endpoint, **values)
        if found is None:
            found = build(endpoint, **values)
            if not any(name[0] == "_" for name in values):
                if len(known) >= KEPT:
                    known.clear()
                known[key] = found
        return found

    return url_for


def here(**changes: Any) -> str:
    """The current address with other query arguments; None takes one away.

    Another filter starts at the first page again, unless the change names the page itself.
    """
    arguments: dict[str, Any] = request.args.to_dict(flat=False) if request.query_string else {}
    if PAGE_ARGUMENT not in changes:
        arguments.pop(PAGE_ARGUMENT, None)
    arguments.update(changes)
    kept = {name: value for name, value in arguments.items() if value is not None}
    path = f"{request.script_root}{request.path}"
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path
