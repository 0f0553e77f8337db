"""A house that browsers can go to, in which an institution has been asked to say something."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from ikb.files import storage
from tests.served import Asked, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with serving(tmp_path_factory.mktemp("served")) as place:
        yield place


@pytest.fixture
def asked(served: Asked) -> Callable[..., str]:
    """A new institution's link."""
    served.broken = False
    return served.link


@pytest.fixture
def disk_as_before(app: Flask) -> Iterator[None]:
    """Whatever files a test stores are gone at its end, as its rows are."""
    before = set(storage.root().rglob("*"))
    yield
    for path in set(storage.root().rglob("*")) - before:
        if path.is_file():
            path.unlink()
