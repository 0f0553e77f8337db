"""What tests of files share: whose they are, and a disk that is as before when they end."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from ikb.db import transaction
from ikb.files import service, storage
from ikb.files.model import StoredFile
from ikb.files.storage import Scope
from tests.factories import make_institution, make_procedure


@pytest.fixture
def scope(app: Flask) -> Scope:
    return Scope(make_procedure().id, make_institution().id)


@pytest.fixture
def keep(scope: Scope, now: Any) -> Callable[..., StoredFile]:
    """Store bytes under a name and save the row."""

    def keep(data: bytes, name: str, scope: Scope = scope, **how: Any) -> StoredFile:
        with transaction():
            return service.keep(io.BytesIO(data), name, scope=scope, now=now, **how)

    return keep


@pytest.fixture(autouse=True)
def _disk_as_before(app: Flask) -> Iterator[None]:
    before = set(storage.root().rglob("*"))
    yield
    for path in set(storage.root().rglob("*")) - before:
        if path.is_file():
            path.unlink()


@pytest.fixture
def with_scanner(app: Flask) -> Iterator[Callable[[str], None]]:
    """Tell the application where a scanner listens."""
    before = app.extensions["ikb_config"]

    def tell(address: str) -> None:
        app.extensions["ikb_config"] = replace(before, clamav=address)

    yield tell
    app.extensions["ikb_config"] = before
