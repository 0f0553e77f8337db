"""A server of our own with an institution's link on it, for browsers: on SQLite, so that nothing is undone meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, request

from ikb.db import db
from ikb.institutions.links import token_of
from tests.conftest import SteppingClock, migrated_app
from tests.factories import make_institution, make_invitation, make_phase, make_version
from tests.listening import listening


class Asked:
    """An institution's link on a running server; what the server does instead of its work can be set.

    broken: answers every request that saves with an error of the server.
    """

    def __init__(self, app: Flask, base_url: str) -> None:
        self.app = app
        self.base_url = base_url
        self.broken = False
        app.before_request(self._break)

    def _break(self) -> tuple[str, int] | None:
        return ("kaputt", 500) if self.broken and request.method == "POST" else None

    def link(self, name: str, sections: int = 0) -> str:
        """A new institution's link; with so many paragraphs instead of the usual small paper."""
        rows = [(f"s{n}", "paragraph", str(n), None, f"Der Abschnitt {n} sagt etwas.") for n in range(sections)]
        with self.app.app_context():
            version = make_version(sections=rows) if rows else make_version()
            institution = make_institution(name, fields=["Schule"])
            token = token_of(make_invitation(make_phase(version), institution))
            db.session.remove()
        return f"{self.base_url}/beteiligung/{token}"


@contextmanager
def serving(folder: Path) -> Iterator[Asked]:
    """The server, until the block ends."""
    app = migrated_app(f"sqlite:///{folder / 'ikb.sqlite'}", folder, SteppingClock())
    try:
        with listening(app) as address:
            yield Asked(app, address)
    finally:
        with app.app_context():
            db.engine.dispose()
