"""Static files under addresses that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

ONE_YEAR = 31_536_000
ONE_WEEK = 604_800
HASH_LENGTH = 12


def init_app(app: Flask) -> None:
    """Give templates `static_url`, answer `/favicon.ico`, and say how long what may be kept."""
    app.jinja_env.globals["static_url"] = static_url
    app.add_url_rule("/favicon.ico", endpoint="static", defaults={"filename": "favicon.ico"})
    app.after_request(_say_how_long)


def static_url(name: str) -> str:
    """The address of a static file, with a hash of its content.

    Raises FileNotFoundError for a file that is not there: a page must not refer to nothing.
    """
    # Built by hand: an error page for a foreign host has no address book to ask.
    return f"{request.script_root}{current_app.static_url_path}/{name}?v={content_hash(name)}"


def content_hash(name: str) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of a static file."""
    path = Path(current_app.static_folder or "") / name
    seen = path.stat()
    return _hash(path, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=256)
def _hash(path: Path, _changed_at: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LENGTH]


def _say_how_long(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code not in (200, 206, 304):
        return response
    filename = str((request.view_args or {}).get("filename", ""))
    if request.args.get("v"):
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    elif filename.startswith("vendor/"):  # fonts, named by the vendored style sheet; they change with its version only
        response.headers["Cache-Control"] = f"public, max-age={ONE_WEEK}"
    return response
