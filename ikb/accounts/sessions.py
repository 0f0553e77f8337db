"""Flask-Login on sessions that are rows: the cookie holds a random token, the row says whether it still counts."""

from __future__ import annotations

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import URLSafeTimedSerializer

from ikb.accounts import service
from ikb.accounts.service import Presence
from ikb.db import transaction
from ikb.errors import NotFound
from ikb.moment import now


class SignedCookies(SecureCookieSessionInterface):
    """Flask's own sessions; what reads and signs their cookie is made once for an application, not at each request."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


class SignedIn(UserMixin):  # type: ignore[misc]
    """A person together with the session they came with; Flask-Login's `current_user`."""

    def __init__(self, presence: Presence, token: str) -> None:
        self.presence = presence
        self.token = token

    def get_id(self) -> str:
        """What the cookie remembers: the session's token, not the person's id."""
        return self.token


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by their session's row."""
    app.session_interface = SignedCookies()
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # a phone changes its address on the way home; the row is our protection
    manager._session_identifier_generator = str  # which is computed at each request all the same
    manager.user_loader(_load)


def present() -> Presence | None:
    """Who is signed in with the current request's cookie, None for a stranger and for a session that has ended."""
    user = current_user._get_current_object()  # looking through the proxy would ask anew for each attribute
    return user.presence if isinstance(user, SignedIn) else None


def begin(token: str) -> Presence:
    """Remember a fresh session in the cookie; whatever was in it before is dropped (no fixation)."""
    found = service.session_of(token, now())
    if found is None:
        raise NotFound("Diese Sitzung gibt es nicht.")
    session.clear()
    login_user(SignedIn(found, token))
    g.pop("visitor", None)
    return found


def end(token: str) -> None:
    """Forget the session on both sides."""
    with transaction():
        service.sign_out(token)
    logout_user()
    session.clear()
    g.pop("visitor", None)


def _load(token: str) -> SignedIn | None:
    moment = now()
    found = service.session_of(token, moment)
    if found is None:
        return None
    if moment - found.last_seen_at > service.SEEN_EVERY:
        with transaction():
            service.touch(found.session_id, moment)
    return SignedIn(found, token)
