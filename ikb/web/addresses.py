"""Addresses of the current page with something changed: another filter, another page of a list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

PAGE_ARGUMENT = "seite"


def init_app(app: Flask) -> None:
    """Let templates call `here(…)`."""
    app.jinja_env.globals["here"] = here


def here(**changes: Any) -> str:
    """The current address with other query arguments; None takes one away.

    Another filter starts at the first page again, unless the change names the page itself.
    """
    arguments: dict[str, Any] = request.args.to_dict(flat=False)
    if PAGE_ARGUMENT not in changes:
        arguments.pop(PAGE_ARGUMENT, None)
    arguments.update(changes)
    kept = {name: value for name, value in arguments.items() if value is not None}
    query = urlencode(kept, doseq=True)
    path = f"{request.script_root}{request.path}"
    return f"{path}?{query}" if query else path
