"""The database: rows with types, one transaction per act, aware moments only."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar, cast
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnClause,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    FromClause,
    MetaData,
    TypeDecorator,
    Uuid,
    bindparam,
    column,
    event,
    func,
    select,
    update,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from ikb.core.clock import require_aware


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; a naive one is refused before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else require_aware(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table: named constraints, so that migrations on both engines can find them again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        uuid.UUID: Uuid,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }

    id: Mapped[int] = mapped_column(primary_key=True)


class Edited:
    """Mixed into whatever two people can edit: the row's version travels in the form (promise 4).

    SQLAlchemy raises StaleDataError when somebody saved in between; bulk updates go around that, so there are none here.
    """

    row_version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 (a declared attribute belongs to the class)
        return {"version_id_col": cls.row_version}


class ReadingOrWriting(Session):
    """Sessions that hold a transaction open only where something is written.

    Outside of `transaction()` PostgreSQL answers each question by itself, which is what its default isolation promises
    anyway. That saves the messages that open and close a transaction; and since the driver forgets its prepared statements
    at every ROLLBACK, it is what lets the server plan a page's questions once instead of at each request.
    """

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Engine | Connection:
        if bind is not None:
            return cast(Engine | Connection, bind)
        engine: Engine | Connection = self._db.engines[None]
        return engine if _will_write.get() else _reading.get(engine, engine)


# Rows stand on SQLAlchemy's plain declarative base; the extension only gives engines and a session per application context.
db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={
        "class_": ReadingOrWriting,
        "expire_on_commit": False,
        "join_transaction_mode": "create_savepoint",
    },
)

ONLY_READS = "ikb_only_reads"  # on a connection: each question is answered by itself, no transaction is opened
IDLE_SECONDS = 10.0  # a pooled connection that rested longer is asked whether it still lives before it is used

_reading: WeakKeyDictionary[Engine | Connection, Engine] = WeakKeyDictionary()
_will_write: ContextVar[bool] = ContextVar("_will_write", default=False)
Row = TypeVar("Row", bound=Base)
_after_commit: ContextVar[list[Callable[[], object]] | None] = ContextVar("_after_commit", default=None)


def on_sqlite(connectable: Engine | Connection) -> bool:
    """Whether this is the embedded engine."""
    return connectable.dialect.name == "sqlite"


def read(statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement of columns, within the session's transaction.

    For what many pages ask: building a statement costs more than sending it, so it is built once, when its module is
    loaded, with `bindparam` for what differs; and rows of columns cost a fifth of mapped ones. What was changed but not
    flushed is not seen.
    """
    return db.session.connection().execute(statement, values)


def write(statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Change rows by a statement built once, in the open transaction, past the mapped rows of the session.

    As `read`: what was changed in the session and refers to these rows, or they to it, has to be flushed before.
    """
    return db.session.connection().execute(statement, values)


def rows_at_once(name: str, columns: Sequence[ColumnClause[Any]]) -> FromClause:
    """Many rows as a table of PostgreSQL's, for a statement built once; `write_rows` binds each column as one list.

    However many rows are written, it stays one short statement, planned once.
    """
    lists = [bindparam(f"each_{one.name}", type_=ARRAY(one.type)) for one in columns]
    return func.unnest(*lists).table_valued(*(column(one.name, one.type) for one in columns)).render_derived(name)


def write_rows(statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows by a statement with `rows_at_once`, as `write` does. rows: at least one, with the columns there."""
    write(statement, **{f"each_{name}": [row[name] for row in rows] for name in rows[0]})


def take_next(model: type[Row], due: ColumnElement[bool], order: Any, **values: Any) -> Row | None:
    """Take the first row that is due into one's hands by changing it; None if there is none.

    One UPDATE, so two workers never get the same row, and on PostgreSQL neither waits for the other.
    order: what comes first; values: how the row changes, which must make it due no longer.
    """
    key: Any = model.__mapper__.primary_key[0]
    first = select(key).where(due).order_by(order).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    taking = update(model).where(key == first, due).values(**values).returning(key)
    taken = db.session.scalar(taking, execution_options={"synchronize_session": False})  # it is read anew below
    return None if taken is None else db.session.get(model, taken, populate_existing=True)


def let_go() -> None:
    """End what was only read, so that nothing is held open meanwhile; what was read stays known."""
    if db.session().in_transaction():
        db.session.commit()


def _refuse_what_is_open() -> None:
    if _after_commit.get() is not None:
        raise RuntimeError("A transaction is already open; services leave the commit to whoever came in from outside.")
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("Rows were changed outside of the transaction.")


@contextmanager
def transaction() -> Iterator[None]:
    """Everything inside is saved together, then its wake-ups go out; or nothing happened and nobody hears of it.

    What was only read before is let go first: on SQLite a reading transaction cannot become a writing one without the
    risk of being refused halfway, so the writing one begins anew (BEGIN IMMEDIATE).
    Nested use is a mistake and raises RuntimeError: a service leaves the commit to its caller.
    """
    _refuse_what_is_open()
    let_go()
    waiting: list[Callable[[], object]] = []
    writing, pending = _will_write.set(True), _after_commit.set(waiting)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _will_write.reset(writing)
        _after_commit.reset(pending)
    for action in waiting:
        action()


@contextmanager
def by_itself() -> Iterator[None]:
    """As `transaction()`, for an act that is one statement on PostgreSQL: when that is answered, it is saved.

    So three messages to the server are one. Two statements inside would be saved one after the other there; nothing
    is done after the commit. SQLite gets its transaction.
    """
    if on_sqlite(db.engine):
        with transaction():
            yield
        return
    _refuse_what_is_open()
    try:
        yield
        let_go()
    except BaseException:
        db.session.rollback()
        raise


def after_commit(action: Callable[[], object]) -> None:
    """Do something once the open transaction is saved; if it fails, it is as if this had never been asked.

    Raises RuntimeError outside of `transaction()`: nothing would ever trigger it.
    """
    waiting = _after_commit.get()
    if waiting is None:
        raise RuntimeError("after_commit() needs an open transaction().")
    waiting.append(action)


def prepare_engine(engine: Engine) -> None:
    """Set an engine up as ikb needs it: SQLite with WAL and explicit BEGIN, PostgreSQL in UTC."""
    if on_sqlite(engine):
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgres_connect)
        event.listen(engine, "checkin", _note_return)
        event.listen(engine, "checkout", _ask_if_idle)
        event.listen(engine, "begin", _postgres_begin)
        _reading[engine] = engine.execution_options(**{ONLY_READS: True})


def _sqlite_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own comes too late to be IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _will_write.get() else "BEGIN")


def _postgres_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def _postgres_begin(connection: Connection) -> None:
    # Most pages only read: a connection stays as it was used last instead of changing to and fro at each request.
    options = connection.get_execution_options()
    driver: Any = connection.connection.dbapi_connection
    by_itself = bool(options.get(ONLY_READS, False))
    if "isolation_level" not in options and driver.autocommit != by_itself:
        driver.autocommit = by_itself


def _note_return(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["returned_at"] = time.monotonic()


def _ask_if_idle(connection: Any, entry: ConnectionPoolEntry, _fairy: Any) -> None:
    # Asking before every use costs a round trip each time; a connection that was in use a moment ago is alive.
    if time.monotonic() - entry.info.get("returned_at", time.monotonic()) < IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as fault:
        raise DisconnectionError("the server closed an idle connection") from fault
