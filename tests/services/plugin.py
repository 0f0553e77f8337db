"""Fixtures for the real services. Each starts when the first test asks, once per session, shared by all workers.

Register it in tests/conftest.py: `pytest_plugins = ["tests.services.plugin"]`.
A service that cannot be had skips the test with its reason; with CI=true it fails it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import pytest

from tests.services import browser as browsers
from tests.services.launch import ServiceUnavailable
from tests.services.postgres import Postgres, drop_leftovers
from tests.services.session import Session, sweep
from tests.services.smtp import SmtpSink
from tests.services.valkey import Valkey

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Service = TypeVar("Service")

SESSION = pytest.StashKey[Session]()
DATABASES_PER_WORKER = 4  # an outside Redis has 16


def pytest_configure(config: pytest.Config) -> None:
    """The controller begins the session; its workers join it."""
    handed = getattr(config, "workerinput", {}).get("ikb_session")
    if handed is None:
        sweep(drop_leftovers)
    config.stash[SESSION] = Session.join(Path(handed)) if handed else Session.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["ikb_session"] = str(node.config.stash[SESSION].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    session = config.stash.get(SESSION, None)
    if session is not None and session.is_owner:
        drop_leftovers(session.folder)
        session.end()


@pytest.fixture(scope="session")
def service_session(pytestconfig: pytest.Config) -> Session:
    """What all workers share: a folder, notes in it, and locks."""
    return pytestconfig.stash[SESSION]


@pytest.fixture(scope="session")
def worker_number(pytestconfig: pytest.Config) -> int:
    """0 for gw0 or without xdist, 1 for gw1 …"""
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "gw0")
    return int(worker.removeprefix("gw"))


@pytest.fixture(scope="session")
def postgres(service_session: Session) -> Postgres:
    """The PostgreSQL server of this session."""
    return _or_go_without(lambda: Postgres.start(service_session))


@pytest.fixture(scope="session")
def valkey(service_session: Session) -> Valkey:
    """The Valkey of this session; take your database's number from `valkey_db`."""
    return _or_go_without(lambda: Valkey.start(service_session))


@pytest.fixture
def valkey_db(valkey: Valkey, worker_number: int) -> int:
    """Number of an empty database that no other worker uses; the three after it are ours too."""
    first = worker_number * DATABASES_PER_WORKER
    for number in range(first, first + DATABASES_PER_WORKER):
        valkey.flush(number)
    return first


@pytest.fixture
def mortal_valkey(service_session: Session) -> Iterator[Valkey]:
    """A Valkey of this test's own, to kill and restart."""
    server = _or_go_without(lambda: Valkey.start(service_session, name=f"valkey-{uuid4().hex[:8]}"))
    yield server
    server.stop()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A fresh SMTP server that keeps what it is sent."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="session")
def chromium() -> browsers.Chromium:
    """The program and its start options; for a running one take `browser`."""
    _or_go_without(browsers.check_driver)
    return _or_go_without(browsers.find_chromium)


@pytest.fixture(scope="session")
def browser(chromium: browsers.Chromium) -> Iterator["Browser"]:
    """A running Chromium, one per worker; open a context of your own: `browser.new_context(…)`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(**chromium.launch_options())
        yield running
        running.close()


def _or_go_without(start: Callable[[], Service]) -> Service:
    try:
        return start()
    except ServiceUnavailable as failure:
        reason = str(failure)
    if os.environ.get("CI") == "true":
        pytest.fail(f"With CI=true every service must be there. {reason}", pytrace=False)
    pytest.skip(reason)
