"""Drawing templates with less ado: what stands on a page is nearly always a plain text, a plain function or a macro."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping
from types import FunctionType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import Template
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped_text  # type: ignore[attr-defined]  # `escape` without the Markup around it

OF_A_DICT = frozenset(dir(dict))


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


class PlainTemplate(Template):
    """A template that writes texts out as they are once they are escaped: what is joined needs no wrapping before."""

    @classmethod
    def _from_namespace(
        cls, environment: Any, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace["escape"] = shown
        return super()._from_namespace(environment, namespace, globals)


class PlainEnvironment(Environment):
    """Flask's environment, without what our templates do not need: globals of single templates.

    Jinja would otherwise lay the globals over each other anew for each page and for each import of macros.
    """

    context_class = PlainContext
    template_class = PlainTemplate

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(d, self.globals) if d else self.globals

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As Jinja's own; of a dict, which has hardly any attributes, the item first where there is no such attribute."""
        if type(obj) is dict and attribute in obj and attribute not in OF_A_DICT:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


def shown(value: Any) -> str:
    """A value as it stands on the page: Markup as it is, anything else escaped."""
    kind = type(value)
    if kind is str:
        return escaped_text(value)
    return value if kind is Markup else escape(value)


def init_app(app: Flask) -> None:
    """Let every template of the application be drawn so. Before anybody asks for the application's environment."""
    app.jinja_environment = PlainEnvironment
