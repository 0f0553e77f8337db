"""Everything that all pages share, given to an application in one call."""

from __future__ import annotations

from flask import Flask

from ikb.web import addresses, faults, filters, frame, headers, htmx, incoming, navigation, request_id, static_files


def init_app(app: Flask) -> None:
    """Set up request ids, headers, error pages, static files, filters and navigation.

    The application's `Config` is expected in `app.extensions["ikb_config"]`.
    """
    request_id.init_app(app)
    incoming.init_app(app)
    headers.init_app(app)
    faults.init_app(app)
    static_files.init_app(app)
    filters.init_app(app)
    addresses.init_app(app)
    navigation.init_app(app)
    frame.init_app(app)
    htmx.init_app(app)
    app.add_url_rule("/gesund", endpoint="alive", view_func=alive)


def alive() -> tuple[str, int, dict[str, str]]:
    """Liveness: the process answers. Whether it can work is another question, which `/bereit` answers."""
    return "gesund\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
