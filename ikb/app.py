"""The application: what it is made of, in the order in which it is put together."""

from __future__ import annotations

import logging
from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ikb import log, migrating, moment
from ikb.accounts import limits, policy, sessions
from ikb.config import ROOT, Config
from ikb.core.clock import Clock, shifted_clock, system_clock
from ikb.db import db, prepare_engine
from ikb.queue import make_celery
from ikb.web import drawing
from ikb.web import setup as web

# Rooms with rows, lowest first; a migration knows the tables of all of them.
ROOMS = (
    "journal", "accounts", "files", "deliveries", "publications", "drafts", "procedures", "remarks", "institutions",
    "deliberations", "statements", "opinions", "consolidation", "planning", "calendars", "capture", "reminders", "reports",
    "oparl", "public", "casefile", "privacy",
)  # fmt: skip
FURNITURE = ("model", "queries", "service", "messages", "routes", "tasks")


def create_app(config: Config | None = None, clock: Clock | None = None) -> Flask:
    """The Flask application for one configuration; its database must already have been migrated.

    clock: tells the time; by default the machine's, shifted in the demonstration.
    """
    config = config or Config.from_env()
    # The demonstration's terminal shows logins and links; what goes well is not worth a line there.
    log.configure(as_json=config.is_production, level=logging.WARNING if config.env == "demo" else logging.INFO)
    app = Flask("ikb", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "ikb" / "web" / "static"))
    drawing.init_app(app)
    app.config.from_mapping(flask_settings(config))
    app.extensions["ikb_config"] = config
    _believe_proxies(app, config.trusted_proxies)
    moment.init_app(app, clock or _clock_of(config))
    _connect_database(app)
    Babel(app, default_locale="de", default_timezone="Europe/Berlin")
    CSRFProtect(app)
    make_celery(app, config)
    web.init_app(app)
    sessions.init_app(app)
    limits.init_app(app)
    policy.init_app(app)
    furnish(app)
    policy.check_every_view_has_a_rule(app)
    return app


def furnish(app: Flask) -> None:
    """Bring in every room's rows, rules, doors and tasks; what a room does not have is left out."""
    for room in ROOMS:
        for part in FURNITURE:
            module_file = ROOT / "ikb" / room / f"{part}.py"
            if not module_file.exists():
                continue
            module = import_module(f"ikb.{room}.{part}")
            if part == "routes":
                app.register_blueprint(module.bp)


def flask_settings(config: Config) -> dict[str, object]:
    """Flask's own settings, derived from ours."""
    prefix = "__Host-" if config.is_secure else ""
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config.database_url),
        "TESTING": config.env == "test",
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": f"{prefix}ikb",
        "SESSION_COOKIE_SECURE": config.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form left open over lunch must not lose its text
        "WTF_CSRF_SSL_STRICT": False,  # pages behind a link send no referrer, so its check would refuse every form there
        "MAX_CONTENT_LENGTH": 26 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "RATELIMIT_STORAGE_URI": config.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
    }


def engine_options(url: str) -> dict[str, object]:
    """Options of the database engine: SQLite waits for its lock; PostgreSQL's pool holds a connection for every thread.

    On both an error does not quote the statement's values: citizens' texts have no place in a worker's log.
    """
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 30, "check_same_thread": False}}
    return {"hide_parameters": True, "pool_size": 10, "max_overflow": 20}


def _believe_proxies(app: Flask, count: int) -> None:
    if count:  # without one, whoever asks could claim any address
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def _connect_database(app: Flask) -> None:
    db.init_app(app)
    migrating.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)


def _clock_of(config: Config) -> Clock:
    return shifted_clock(config.clock_offset) if config.env == "demo" else system_clock
