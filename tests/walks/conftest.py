"""A town for the walks, and people with browsers; when a walk fails, what the processes said is shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.services.smtp import SmtpSink
from tests.walks.demonstration import Demonstration
from tests.walks.people import Person
from tests.walks.town import Town

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TOWN = pytest.StashKey[Town]()
NewPerson = Callable[..., Person]


@pytest.fixture
def town(
    postgres: Any, valkey: Any, valkey_db: int, smtp_sink: SmtpSink, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Town]:
    """A running installation on a database of its own."""
    name = f"walk_{uuid.uuid4().hex[:12]}"
    opened = Town(postgres.create_database(name), valkey.url(valkey_db), smtp_sink.url, tmp_path)
    request.node.stash[TOWN] = opened
    try:
        opened.open()
        yield opened
    finally:
        opened.close()
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def demonstration(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One for all walks through it: each leaves alone what the others need."""
    with Demonstration.started(browser, tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def person(browser: Browser, town: Town) -> Iterator[NewPerson]:
    """People in front of browsers: `person("lead")`, `person("Verein", width=390, scripts=False)`."""
    came: list[Person] = []

    def come(name: str, **window: Any) -> Person:
        came.append(Person(browser, town.url, name, **window))
        return came[-1]

    yield come
    for one in came:
        one.leaves()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Put what the town's processes said under a failure."""
    report = yield
    if report.failed and (town := item.stash.get(TOWN, None)) is not None:
        report.sections.extend(town.logs())
    return report
