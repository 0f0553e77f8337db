"""What every test may ask for: an application on either engine, undone at the end; a browser without a screen; a clock."""

from __future__ import annotations

import contextvars
import gc
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, make_url
from xdist.scheduler import LoadScopeScheduling

from ikb.accounts import service as accounts
from ikb.accounts.limits import limiter
from ikb.accounts.model import Role, User
from ikb.app import create_app
from ikb.config import Config
from ikb.db import db, transaction
from ikb.procedures.model import ParticipationPhase, Procedure
from tests.factories import make_draft, make_phase, make_procedure, make_user, make_version
from tests.services.postgres import Postgres

pytest_plugins = ["tests.services.plugin"]

MONDAY_MORNING = datetime(2030, 6, 3, 8, 0, tzinfo=UTC)  # 10:00 in Berlin
SECRET = "a secret that only the tests know, long enough"


TOGETHER = ("tests/walks/test_pages.py", "tests/walks/")
"""Where tests share a running demonstration: each of these places is one worker's, or it would be started once for each."""


class _Places(LoadScopeScheduling):
    """Tests go to workers one by one, those of a place in `TOGETHER` as one."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Places:
    """Our own way of sharing out: xdist's groups have no effect with pytest 9, which does not let it rename tests."""
    return _Places(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What one worker has to do alone begins first: at the end the other would only wait for it."""
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays for good: looking through it for garbage again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class SteppingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime = MONDAY_MORNING) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **units: float) -> datetime:
        self.moment += timedelta(**units)
        return self.moment


def config_for(database_url: str, data_dir: Path, **changes: Any) -> Config:
    """A test configuration; `changes` are fields of Config."""
    values: dict[str, Any] = {
        "env": "test",
        "secret_key": SECRET,
        "database_url": database_url,
        "redis_url": None,
        "smtp_url": None,
        "base_url": "http://127.0.0.1:8000",
        "trusted_hosts": (),
        "data_dir": data_dir,
        "mail_from": "ikb@stadt.example.org",
    }
    return Config(**(values | changes))


def migrated_app(database_url: str, data_dir: Path, clock: Callable[[], datetime], **changes: Any) -> Flask:
    """An application on a database of its own, as the migrations build it: a new SQLite file, or what `own_postgres` gave."""
    app = create_app(config_for(database_url, data_dir, **changes), clock)
    app.test_client_class = Browser
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").write_bytes(newest_sqlite())
    return app


@cache
def newest_sqlite() -> bytes:
    """A SQLite file that the migrations have built: once, for whoever needs a database of their own is given a copy."""
    with TemporaryDirectory() as folder:
        built = Path(folder) / "newest.sqlite"
        _migrate(f"sqlite:///{built}", Path(folder))
        return built.read_bytes()


def _migrate(database_url: str, data_dir: Path) -> None:
    with create_app(config_for(database_url, data_dir), SteppingClock()).app_context():
        upgrade()
        db.engine.dispose()


@contextmanager
def _copy_on(postgres: Postgres, data_dir: Path) -> Iterator[str]:
    newest = postgres.template("newest", lambda url: _migrate(url, data_dir))
    name = f"ikb_{uuid.uuid4().hex[:12]}"
    yield postgres.create_database(name, template=newest)
    postgres.drop_database(name)


@pytest.fixture
def own_postgres(postgres: Postgres, tmp_path: Path) -> Iterator[str]:
    """The URL of a PostgreSQL database of this test's own, as the migrations build it."""
    with _copy_on(postgres, tmp_path) as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """How hard a password is to guess shows in no test, and each try would cost a tenth of a second and 64 MiB."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", cheap)
        patch.setattr(accounts, "_NOBODYS_HASH", cheap.hash("nobody's"))
        yield


@pytest.fixture(scope="session")
def _session_clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture(scope="session")
def _postgres_app(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, _session_clock: SteppingClock
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("data")
    with _copy_on(postgres, folder) as url:
        app = migrated_app(url, folder, _session_clock)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def _sqlite_app(tmp_path_factory: pytest.TempPathFactory, _session_clock: SteppingClock) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("sqlite")
    app = migrated_app(f"sqlite:///{folder / 'ikb.sqlite'}", folder, _session_clock)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Everything that touches the database runs on both engines."""
    name: str = request.param
    return name


@pytest.fixture
def clock(_session_clock: SteppingClock) -> SteppingClock:
    """The application's clock, set to a Monday morning in June."""
    _session_clock.moment = MONDAY_MORNING
    return _session_clock


@pytest.fixture
def now(clock: SteppingClock) -> datetime:
    return clock()


@pytest.fixture
def app(engine_name: str, clock: SteppingClock, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application with a pushed context; whatever the test saves is undone at its end."""
    found: Flask = request.getfixturevalue("_postgres_app" if engine_name == "postgresql" else "_sqlite_app")
    with found.app_context(), _undone():
        limiter.reset()
        yield found


@contextmanager
def _undone() -> Iterator[None]:
    engine = db.engine
    with engine.connect() as connection:
        outer = connection.begin()
        db.engines[None] = connection  # type: ignore[assignment]  # sessions join the outer transaction by savepoints
        try:
            yield
        finally:
            db.session.remove()
            outer.rollback()
            db.engines[None] = engine


class Browser(FlaskClient):
    """A test client as people are: a context of its own per request, and the form's token in every form it sends."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        if csrf and kwargs.get("method") in ("POST", "PUT", "PATCH", "DELETE") and kwargs.get("json") is None:
            kwargs["data"] = self._with_token(kwargs.get("data"))
        outside = bool(db.session.registry.has()) if _has_context() else False
        if outside:
            db.session.commit()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        if outside:
            db.session.expire_all()
        return answer

    def _with_token(self, data: Any) -> Any:
        if data is not None and not isinstance(data, dict):
            return data
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", uuid.uuid4().hex)
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return {"csrf_token": signer.dumps(raw), **(data or {})}

    def sign_in(self, user: User) -> Browser:
        """Be that person from now on, with a session as the login form would have made it."""
        token = "session-" + uuid.uuid4().hex
        moment = self.application.extensions["ikb_clock"]()
        with transaction():
            db.session.add(
                accounts.LoginSession(
                    token_hash=accounts.hash_of(token), user_id=user.id, created_at=moment, last_seen_at=moment
                )
            )
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self


def _has_context() -> bool:
    from flask import has_app_context

    return has_app_context()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A visitor without an account."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


@pytest.fixture
def as_user(app: Flask) -> Callable[[User], Browser]:
    """A visitor who is signed in: `as_user(make_user(roles=[Role.LEAD]))`."""

    def sign_in(user: User) -> Browser:
        browser = app.test_client()
        assert isinstance(browser, Browser)
        return browser.sign_in(user)

    return sign_in


@pytest.fixture
def lead(app: Flask) -> User:
    """A lead, who also leads `procedure`; a test that needs somebody else says so itself."""
    return make_user([Role.LEAD])


@pytest.fixture
def procedure(lead: User) -> Procedure:
    return make_procedure([lead], title="Konzept")


@pytest.fixture
def phase(procedure: Procedure) -> ParticipationPhase:
    """An open participation on the first version of a draft of `procedure`."""
    return make_phase(make_version(make_draft(procedure)))


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """The statements that reach the database inside a block; savepoints and pragmas are the tests' own and do not count."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "BEGIN")):
                seen.append(statement)

        connection = db.engines[None]
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counting


@pytest.fixture
def wakeups(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """The wake-ups that went to the queue, instead of the queue."""
    sent: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr("ikb.queue.wake", lambda task, *args: sent.append((task, args)) or True)
    return sent
