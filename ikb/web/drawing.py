"""Drawing templates with less ado: what is called on a page is a plain function or a macro nearly every time."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from flask import Flask
from jinja2.runtime import Context, Macro


class PlainContext(Context):
    """Jinja's own context, which asks each thing called in a template several times what it wants to be given.

    A page calls some hundred. A macro wants to know whether to escape; a function of ours wants nothing, unless it says.
    """

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 (named as Jinja calls it)
        kind = type(__obj)
        if kind is Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(__self.eval_ctx, *args, **kwargs)
        if kind is FunctionType and not __obj.__dict__:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


def init_app(app: Flask) -> None:
    """Let every template of the application be drawn so."""
    app.jinja_env.context_class = PlainContext
