"""Changes of rows that go to the database in one message.

Each message costs a turn with the server, and saving a mapped row by itself costs the session several times that in
bookkeeping. PostgreSQL takes many changes as parts of one statement; SQLite changes nothing inside of another one and gets
them one after the other. In both cases all of it belongs to the open transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Table,
    Update,
    bindparam,
    func,
    inspect,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from ikb.db import Edited, db, on_sqlite, write


@dataclass(frozen=True)
class Change:
    """One change of rows.

    statement: built once; what it binds is called like nothing else in the same message, see `bound`.
    must_find: whether it is an UPDATE of a row that has to be as it was when it was read.
    """

    statement: Insert | Update
    values: Mapping[str, Any]
    must_find: bool = False


def bound(columns: Iterable[ColumnElement[Any]], prefix: str) -> dict[str, Any]:
    """For the `values()` of a statement: a parameter for each of some columns, `prefix__column`.

    Not by the column's own name, nor by any other's: SQLAlchemy would take it for a value of that column in every part.
    """
    return {str(column.key): bindparam(f"{prefix}__{column.key}", type_=column.type) for column in columns}


def prefixed(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Values by column as what `bound` made takes them."""
    return {f"{prefix}__{name}": value for name, value in values.items()}


def write_together(changes: Sequence[Change]) -> None:
    """Make all changes, in one message where the engine can; on SQLite in the order given.

    Raises StaleDataError where one did not find its row as it was: somebody saved in between; ValueError where two bind
    a value by the same name.
    """
    if not changes:
        return
    values = _joined(changes)
    if on_sqlite(db.engine):
        found = [write(change.statement, **change.values).rowcount for change in changes]
        is_stale = any(change.must_find and not rows for change, rows in zip(changes, found, strict=True))
    else:
        parts = tuple((change.statement, change.must_find) for change in changes)
        is_stale = 0 in write(_at_once(parts), **values).one()
    if is_stale:
        raise StaleDataError("A row was changed or removed since it was read.")


def _joined(changes: Sequence[Change]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for change in changes:
        values.update(change.values)
    if len(values) != sum(len(change.values) for change in changes):
        raise ValueError("Two changes in one message bind a value by the same name.")
    return values


@lru_cache(maxsize=64)
def _at_once(parts: tuple[tuple[Insert | Update, bool], ...]) -> Executable:
    """One statement with a part for each change; its row says of those that must find a row how many they found."""
    found: list[ColumnElement[Any]] = [literal_column("1")]
    others = []
    for place, (statement, must_find) in enumerate(parts):
        if must_find:
            part = statement.returning(literal_column("1").label("found")).cte(f"part_{place}")
            found.append(select(func.count()).select_from(part).scalar_subquery())
        else:
            others.append(statement.cte(f"part_{place}"))
    return select(*found).add_cte(*others)


def saving(*rows: Edited) -> list[Change]:
    """What was changed on mapped rows of the session, each guarded by its version; the session takes it for saved.

    What it returns has to be written in this transaction. A row that is new, or was not changed, is left to the session.
    """
    changes = (_saving(row) for row in rows if inspect(row).persistent)
    return [change for change in changes if change is not None]


def _saving(row: Any) -> Change | None:
    state: Any = inspect(row)
    before, after = state.committed_state, state.dict
    values = {name: after[name] for name in sorted(before) if after[name] != before[name]}
    seen = row.row_version
    if values:
        set_committed_value(row, "row_version", seen + 1)
    state._commit_all(after, db.session().identity_map)  # what a flush does when it has written a row
    if not values:
        return None
    bindings = prefixed(values | {"id": row.id, "seen": seen, "row_version": seen + 1}, row.__tablename__)
    return Change(_guarded(row.__table__, tuple(values)), bindings, must_find=True)


@lru_cache(maxsize=64)
def _guarded(rows: Table, names: tuple[str, ...]) -> Update:
    prefix, columns = rows.name, rows.c
    is_as_seen = (columns.id == bindparam(f"{prefix}__id")) & (columns.row_version == bindparam(f"{prefix}__seen"))
    new = bound([columns[name] for name in (*names, "row_version")], prefix)
    return update(rows).where(is_as_seen).values(new)
