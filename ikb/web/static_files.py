"""Static files under addresses that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, request

ONE_YEAR = 31_536_000
ONE_WEEK = 604_800
HASH_LENGTH = 12
_EXTENSION = "ikb_static_addresses"


def init_app(app: Flask) -> None:
    """Give templates `static_url`, answer `/favicon.ico`, and say how long what may be kept."""
    app.extensions[_EXTENSION] = {}
    app.jinja_env.globals["static_url"] = static_url
    app.add_url_rule("/favicon.ico", endpoint="static", defaults={"filename": "favicon.ico"})
    app.after_request(_say_how_long)


def static_url(name: str) -> str:
    """The address of a static file, with a hash of its content as it was when the application first needed it.

    Raises FileNotFoundError for a file that is not there: a page must not refer to nothing.
    """
    known: dict[str, str] = current_app.extensions[_EXTENSION]
    if name not in known:
        # Built by hand: an error page for a foreign host has no address book to ask.
        known[name] = f"{current_app.static_url_path}/{name}?v={content_hash(name)}"
    return request.script_root + known[name]


def content_hash(name: str) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of a static file."""
    content = (Path(current_app.static_folder or "") / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH]


def _say_how_long(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code not in (200, 206, 304):
        return response
    filename = str((request.view_args or {}).get("filename", ""))
    if request.args.get("v"):
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    elif filename.startswith("vendor/"):  # fonts, named by the vendored style sheet; they change with its version only
        response.headers["Cache-Control"] = f"public, max-age={ONE_WEEK}"
    return response
