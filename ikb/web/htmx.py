"""Part or page: the same address answers a whole page, or only the part that htmx wants to replace."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, after_this_request, g, has_request_context, render_template, request
from werkzeug.wrappers import Response

NOTICES = "#notices"
# Told to htmx once, in the head of every page: no code from strings, nothing kept on the device, and an answer with an
# error is shown too (it says itself where, see `faults`).
SETTINGS = {
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True},
    ],
}


def init_app(app: Flask) -> None:
    """Let templates ask `wants_part()`, and `base.html` tell htmx its settings."""
    app.jinja_env.globals.update(wants_part=wants_part, htmx_settings=json.dumps(SETTINGS))


def wants_part() -> bool:
    """Whether htmx asks for a part; the answer then varies by that header, and says so."""
    if not has_request_context():
        return False
    _vary_once()
    return asked_by_htmx()


def asked_by_htmx() -> bool:
    """Whether the request came from htmx and its answer goes into a part of the page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and "HX-Boosted" not in headers
        and "HX-History-Restore-Request" not in headers
    )


def part_or_page(part: str, page: str, **context: Any) -> str:
    """The part's template for htmx, the page's for everybody else, both with the same context."""
    return render_template(part if wants_part() else page, **context)


def _vary_once() -> None:
    if "varies_by_htmx" in g:
        return
    g.varies_by_htmx = True

    @after_this_request
    def vary(response: Any) -> Any:
        if isinstance(response, Response):
            response.vary.add("HX-Request")
        return response
