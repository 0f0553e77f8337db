"""What a measurement needs: databases with towns in them, servers of ours, links and a lead's session."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from bench import town
from bench.load import Next, Request, always, ask, one_by_one
from bench.serving import ROOT, server
from ikb.app import create_app
from ikb.config import Config
from ikb.db import db, on_sqlite, transaction
from tests.services.postgres import OUTSIDE, Postgres
from tests.services.session import Session
from tests.services.valkey import Valkey

SECRET = "only for measuring, and long enough for that"
SESSION = "a session for measuring"
DRAFTS = 6000
PROCESSES = 2
CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
HIDDEN = re.compile(rb'<input[^>]*name="(csrf_token|row_version|key)"[^>]*value="([^"]+)"')
# Commits reach the disk, as in production: a receipt means stored, and an anchor that need not wait would flatter nobody.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class House:
    """Servers and databases that end with the measurement."""

    session: Session
    postgres: Postgres
    valkey: Valkey
    stack: ExitStack

    @cached_property
    def large(self) -> Place:
        """A town with 10,000 statements."""
        return self.place("large", 10_000, valkey_db=1)

    @cached_property
    def small(self) -> Place:
        """The same town with 1,000."""
        return self.place("small", 1_000, valkey_db=2)

    def place(
        self,
        name: str,
        statements: int,
        *,
        valkey_db: int,
        drafts: int = DRAFTS,
        smtp_port: int = 9,
        database_url: str | None = None,
    ) -> Place:
        """A new database with a town in it; by default one of the PostgreSQL server."""
        url = database_url or self._new_database(f"bench_{name}")
        env = {
            "IKB_ENV": "production",
            "IKB_SECRET_KEY": SECRET,
            "IKB_DATABASE_URL": url,
            "IKB_REDIS_URL": self.valkey.url(valkey_db),
            "IKB_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "IKB_BASE_URL": "http://127.0.0.1:8000",
            "IKB_TRUSTED_HOSTS": "127.0.0.1",
            "IKB_MAIL_FROM": "ikb@stadt.example.org",
            "IKB_DATA_DIR": str(self.session.folder),
            "BENCH_ROWS": str(statements),
        }
        self.valkey.flush(valkey_db)
        app = create_app(Config.from_env(env))
        built = _fill(app, statements, drafts)
        subprocess.run([sys.executable, "-m", "bench.anchors.rows"], cwd=ROOT, env={**os.environ, **env}, check=True)
        _analyze(app)
        return Place(app, built, env, self.session.folder, self.stack)

    def _new_database(self, name: str) -> str:
        url: str = self.postgres.create_database(name)
        self.stack.callback(self.postgres.drop_database, name)
        return url


@dataclass
class Place:
    """One database with its town, and the servers that work on it."""

    app: Flask
    town: town.Town
    env: dict[str, str]
    folder: Path
    stack: ExitStack
    running: dict[str, list[int]] = field(default_factory=dict)

    def ports(self, name: str) -> list[int]:
        """Where servers of that name answer for this database; started at the first question."""
        if name not in self.running:
            self.running[name] = [
                self.stack.enter_context(server(name, self.env, self.folder)) for _ in range(PROCESSES)
            ]
        return self.running[name]

    def page(self, path: str) -> Next:
        """A page of the large procedure, as its lead sees it."""
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        # With a form token, as every browser has one after its first page.
        kept = {"_user_id": SESSION, "_fresh": True, "csrf_token": "0" * 40}
        cookie = f"{self.app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"
        return always(Request(f"/verfahren/{self.town.procedure_id}{path}", headers={"Cookie": cookie}))

    def opening(self, phase_id: int) -> Request:
        """A lead's click that opens a phase and so invites everybody, from the form that a browser was given."""
        asked = self.page(f"/beteiligung/eroeffnen?phase={phase_id}")()
        _, page = ask(HTTPConnection("127.0.0.1", self.ports("ikb")[0]), asked)
        hidden = {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}
        return post(asked.path, hidden, asked.headers)

    def chapter(self, remarks: int) -> Next:
        """A chapter of a draft with 600 sections on which so many remarks were made, as an institution reads it."""
        with self.app.app_context():
            with transaction():
                token = town.reader(self.town, remarks, datetime.now(UTC))
            db.session.remove()
        _analyze(self.app)
        return always(Request(f"/beteiligung/{token}/abschnitte?kapitel=7"))

    @cached_property
    def submissions(self) -> Next:
        """The next institution's statement, handed in as a browser does it; each link is used once."""
        cookie, token = self._form()
        return one_by_one(self._submission(link, cookie, token) for link in self.town.tokens)

    def _form(self) -> tuple[str, str]:
        """Cookie and form token from the page on which a statement is checked before it is handed in."""
        connection = HTTPConnection("127.0.0.1", self.ports("ikb")[0])
        answer, page = ask(connection, Request(f"/beteiligung/{self.town.tokens[0]}/abschicken"))
        found = CSRF.search(page)
        cookie = answer.getheader("Set-Cookie")
        if found is None or cookie is None:
            raise RuntimeError("The page before submitting has no form token.")
        return cookie.split(";")[0], found[1].decode()

    def _submission(self, link: str, cookie: str, token: str) -> Request:
        form = {"csrf_token": token, "key": str(uuid4()), "answer": "remarks", "author_name": "Mina Sander"}
        return post(f"/beteiligung/{link}/abschicken", form, {"Cookie": cookie})


def post(path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Request:
    """A form as a browser sends it."""
    kind = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    return Request(path, "POST", urlencode(form), kind, status=303)


@contextmanager
def opened() -> Iterator[House]:
    """PostgreSQL and Valkey for the length of a measurement."""
    session = Session.begin()
    try:
        with ExitStack() as stack:
            postgres = Postgres.start(session)
            if not os.environ.get(OUTSIDE):
                _write_to_disk(postgres)
            yield House(session, postgres, Valkey.start(session), stack)
    finally:
        session.end()


def _write_to_disk(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        for name, value in DURABLE.items():
            connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        connection.execute("SELECT pg_reload_conf()")


def _fill(app: Flask, statements: int, drafts: int) -> town.Town:
    with app.app_context():
        upgrade()
        with transaction():
            built = town.build(statements=statements, drafts=drafts, session=SESSION, now=datetime.now(UTC))
        db.session.remove()
        db.engine.dispose()
    return built


def _analyze(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if on_sqlite(db.engine) else "VACUUM ANALYZE"))
        db.engine.dispose()
