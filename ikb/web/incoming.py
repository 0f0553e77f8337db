"""What comes in from outside, made fit for the rooms once: row numbers that can be, texts without NUL, bodies not too large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, Request, current_app, request
from flask_babel import get_locale
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter
from wtforms.i18n import messages_path

LARGEST_ID = 2**31 - 1  # PostgreSQL's integer; whatever is larger names no row, on either engine


BODY = "_ikb_body"
View = Callable[..., Any]


@dataclass(frozen=True)
class Body:
    """How much one view takes. content: bytes in all; memory: bytes of all that is no file; parts: fields and files."""

    content: int
    memory: int
    parts: int


def takes(body: Body) -> Callable[[View], View]:
    """State how much a view takes, where it is another amount than elsewhere; stands under the route."""

    def mark(view: View) -> View:
        setattr(view, BODY, body)
        return view

    return mark


class RowNumber(IntegerConverter):
    """A row's number in an address, `<int:…>`; larger ones are no page instead of an error in the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", LARGEST_ID)
        super().__init__(*args, **kwargs)


class Fields(ImmutableMultiDict[str, Any]):
    """Fields of a form or a query, without NUL: no keyboard has it, and PostgreSQL keeps no text that holds one."""

    def __init__(self, mapping: Any = None) -> None:
        sent: MultiDict[str, Any] = MultiDict(mapping)
        super().__init__([(name, _without_nul(value)) for name, value in sent.items(multi=True)])


class Incoming(Request):
    """A request whose fields and query are `Fields`."""

    parameter_storage_class = Fields

    @property
    def wtforms_translations(self) -> NullTranslations:
        """What fields say by themselves, where Flask-WTF looks before it would read the file anew for each form."""
        return _words_of_fields(str(get_locale()))


def init_app(app: Flask) -> None:
    """Read every request so; comes before the first route, which needs the converter."""
    app.request_class = Incoming
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_nul)
    # In front of all others: the check for forged forms reads the form.
    app.before_request_funcs.setdefault(None, []).insert(0, _limit_body)


@lru_cache(maxsize=8)
def _words_of_fields(language: str) -> NullTranslations:
    found: NullTranslations = Translations.load(messages_path(), [language], domain="wtforms")
    return found


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


def _refuse_nul() -> None:
    if "\x00" in request.path:
        raise NotFound


def _limit_body() -> None:
    body: Body | None = getattr(current_app.view_functions.get(request.endpoint or ""), BODY, None)
    if body is not None:
        request.max_content_length = body.content
        request.max_form_memory_size = body.memory
        request.max_form_parts = body.parts
