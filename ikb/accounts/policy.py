"""The one policy: who may enter which view, and which rows a visitor may see. Whatever is not allowed here is forbidden.

Two halves. Roles: every view says with `allow` who may enter; a view without a rule stops the start. Objects: every room
says with `visible_to` which of its rows a visitor may see; what is not among them does not exist for that visitor (404).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select

from ikb.accounts import sessions
from ikb.accounts.model import Role
from ikb.accounts.service import Presence
from ikb.db import Base, db
from ikb.errors import NotAllowed, NotFound, NotSignedIn
from ikb.journal.service import SYSTEM, Actor

View = Callable[..., Any]
Row = TypeVar("Row", bound=Base)
RULE = "_ikb_allowed"
# Views from below this room, which cannot say it themselves: static files, the sign of life, the icon.
OUTER_VIEWS = {name: frozenset({Role.PUBLIC}) for name in ("static", "alive", "favicon")}


@dataclass(frozen=True)
class Visitor:
    """Who is at the door: a person with roles, or nobody known."""

    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    name: str = ""

    def has(self, role: Role) -> bool:
        return role in self.roles

    @property
    def actor(self) -> Actor:
        """The visitor as the journal names them."""
        return SYSTEM if self.user_id is None else Actor.user(self.user_id)


NOBODY = Visitor()
Visible = Callable[[Visitor], Select[Any]]
_visible: dict[type[Base], Visible] = {}


def allow(*roles: Role) -> Callable[[View], View]:
    """State who may enter a view; stands directly under the route.

    PUBLIC lets everybody in; INSTITUTION lets in whoever comes with an invitation's link, which the view itself loads.
    """
    if not roles:
        raise ValueError("A rule names at least one role.")

    def mark(view: View) -> View:
        setattr(view, RULE, frozenset(roles))
        return view

    return mark


def visible_to(model: type[Base]) -> Callable[[Visible], Visible]:
    """Register the query for the rows of a model that a visitor may see."""

    def register(query: Visible) -> Visible:
        _visible[model] = query
        return query

    return register


def load_visible(model: type[Row], *conditions: ColumnElement[bool]) -> Row:
    """The one row that the current visitor may see and that meets the conditions.

    Raises NotFound otherwise; whether it exists for somebody else is not told.
    """
    found: Row | None = db.session.scalars(visible(model).where(*conditions)).unique().one_or_none()
    if found is None:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    return found


def visible(model: type[Base]) -> Select[Any]:
    """The rows of a model that the current visitor may see. Raises KeyError for a model whose room gave no rule."""
    if model not in _visible:
        raise KeyError(f"No rule says who may see {model.__name__}: register one with visible_to().")
    return _visible[model](visitor())


def visitor() -> Visitor:
    """Whoever makes the current request."""
    known: Visitor | None = g.get("visitor")
    if known is None:
        known = g.visitor = _as_visitor(sessions.present())
    return known


def _as_visitor(person: Presence | None) -> Visitor:
    return NOBODY if person is None else Visitor(person.user_id, person.roles, person.name)


def rule_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """The roles that may enter an endpoint, None if nobody said."""
    view = app.view_functions[endpoint]
    rule: frozenset[Role] | None = getattr(view, RULE, OUTER_VIEWS.get(endpoint))
    return rule


def init_app(app: Flask) -> None:
    """Guard every request."""
    app.before_request(_guard)


def check_every_view_has_a_rule(app: Flask) -> None:
    """Stop the start if somebody forgot one. Raises RuntimeError naming the views."""
    without = sorted(endpoint for endpoint in app.view_functions if rule_of(app, endpoint) is None)
    if without:
        raise RuntimeError(f"Views without a rule (add @allow): {', '.join(without)}")


def routes(app: Flask) -> list[dict[str, Any]]:
    """Every route with its methods and who may enter: [{"rule", "endpoint", "methods", "roles"}], sorted by rule."""
    listed = [
        {
            "rule": route.rule,
            "endpoint": route.endpoint,
            "methods": sorted((route.methods or set()) - {"HEAD", "OPTIONS"}),
            "roles": sorted(rule_of(app, route.endpoint) or ()),
        }
        for route in app.url_map.iter_rules()
    ]
    return sorted(listed, key=lambda entry: (str(entry["rule"]), str(entry["endpoint"])))


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: the 404 page answers
    rule = rule_of(current_app, request.endpoint) or frozenset()
    if rule & {Role.PUBLIC, Role.INSTITUTION}:
        return None
    who = visitor()
    if who.user_id is None:
        return _to_login()
    if not rule & who.roles:
        raise NotAllowed(
            "Diese Seite gehört nicht zu Ihren Aufgaben. Wenn Sie sie brauchen, fragen Sie Ihre Verwaltung."
        )
    return None


def _to_login() -> ResponseReturnValue:
    # A page that was asked for is come back to. A form that was sent is not sent again behind a login, and a redirect
    # would drop what was typed into it: the refusal's page shows it.
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        raise NotSignedIn(
            "Sie sind nicht angemeldet, oder Ihre Anmeldung ist abgelaufen: Nach 30 Minuten ohne Eingabe endet sie von "
            "selbst. Zur Sicherheit wurde nichts gespeichert."
        )
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), code=303)
