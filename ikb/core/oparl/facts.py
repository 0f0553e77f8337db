"""Remote objects as plain JSON and back, so that a database can keep what was read last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from ikb.core.oparl.objects import CLASS_OF_KIND, Remote, RemoteFile

_HEAD = ("id", "modified", "deleted")


def as_facts(remote: Remote) -> dict[str, Any]:
    """What an object says beyond id, change and deletion, as JSON; the same object always gives the same."""
    return {name: _plain(value) for name, value in asdict(remote).items() if name not in _HEAD}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return value


def from_facts(kind: str, own: str, facts: Mapping[str, Any], *, modified: datetime | None, deleted: bool) -> Remote:
    """The object that `as_facts` was given. Facts of an earlier version that it no longer has are passed over."""
    made = CLASS_OF_KIND[kind]
    known = {entry.name for entry in fields(made)} - set(_HEAD)
    values = {name: _read(name, value) for name, value in facts.items() if name in known}
    return made(own, modified, deleted, **values)


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith("_on"):
        return date.fromisoformat(value)
    if name == "files":
        return tuple(RemoteFile(**entry) for entry in value)
    return tuple(value) if isinstance(value, list) else value
