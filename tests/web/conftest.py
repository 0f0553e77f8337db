"""The gallery as an application, and as a place a browser can go to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ikb.web import navigation
from tests.listening import listening
from tests.web.gallery import make_board, make_gallery


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> navigation._Board:
    """The gallery's own navigation in place of what real rooms registered."""
    own = make_board()
    monkeypatch.setattr(navigation, "_board", own)
    return own


@pytest.fixture
def gallery(board: navigation._Board) -> Flask:
    return make_gallery()


@pytest.fixture
def visitor(gallery: Flask) -> FlaskClient:
    return gallery.test_client()


@pytest.fixture
def gallery_url(gallery: Flask) -> Iterator[str]:
    with listening(gallery) as address:
        yield address
