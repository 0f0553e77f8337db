"""The frame around every page: its parts hardly ever change, so each is drawn once for what it shows."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

KEPT = 512  # drawn parts; a few kilobytes each
_EXTENSION = "ikb_frame"


def init_app(app: Flask) -> None:
    """Let templates call `frame_part("menu", …)`."""

    @lru_cache(maxsize=KEPT)
    def draw(_mounted_at: str, name: str, *values: Hashable) -> Markup:
        macros: Any = app.jinja_env.get_template("macros/frame.html").module
        drawn: Markup = getattr(macros, name)(*values)
        return drawn

    app.extensions[_EXTENSION] = draw
    app.jinja_env.globals["frame_part"] = frame_part


def frame_part(name: str, *values: Any) -> Markup:
    """What a macro of `macros/frame.html` draws; with the same values it is drawn once.

    values: hashable, or lists of what is hashable. All that the macro shows must be among them, save for addresses.
    """
    drawn: Markup = current_app.extensions[_EXTENSION](
        request.script_root, name, *(tuple(value) if type(value) is list else value for value in values)
    )
    return drawn
