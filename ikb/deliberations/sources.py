"""Where a council system leads, nobody types over it; and every page can say what comes from where.

This room does not know council systems. Whoever reads one registers a judge, which says for a row and a field who leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ikb.core.clock import berlin_day
from ikb.db import Base
from ikb.errors import Implausible
from ikb.journal.service import Actor
from ikb.web.filters import clock_time, moment


@dataclass(frozen=True)
class Source:
    """A council system as pages name it.

    read_at:   when it was last read to the end.
    fields:    those for which it leads.
    documents: what it offers there, as (name, address).
    """

    name: str
    read_at: datetime | None
    fields: frozenset[str] = frozenset()
    documents: tuple[tuple[str, str], ...] = ()

    def in_words(self, now: datetime) -> str:
        """`aus ALLRIS, gelesen heute um 14:05 Uhr`."""
        if self.read_at is None:
            return f"aus {self.name}"
        if berlin_day(self.read_at) == berlin_day(now):
            return f"aus {self.name}, gelesen heute um {clock_time(self.read_at)}"
        return f"aus {self.name}, gelesen am {moment(self.read_at)}"


# Of rows of one table, by id: who leads, and for which of their fields.
Judge = Callable[[str, Sequence[int]], dict[int, Source]]
_judges: list[Judge] = []
_accounts: list[Callable[[Actor], bool]] = []

NAMES = {
    "held_on": "Der Sitzungstag",
    "role": "Die Rolle",
    "public": "Ob öffentlich beraten wird,",
    "result": "Das Ergebnis",
    "cancelled": "Eine Absage",
    "time": "Die Uhrzeit",
    "place": "Der Ort",
    "agenda": "Die Tagesordnung",
}


def judged_by(judge: Judge, is_account: Callable[[Actor], bool]) -> None:
    """Register who knows what council systems lead for, and how their own accounts are told apart."""
    if judge not in _judges:
        _judges.append(judge)
        _accounts.append(is_account)


def sources_of(kind: str, ids: Iterable[int]) -> dict[int, Source]:
    """For rows of a table (`consultation`, `meeting`, `agenda_item`), the council system that each comes from, if any."""
    wanted = list(ids)
    found: dict[int, Source] = {}
    for judge in _judges if wanted else ():
        found |= judge(kind, wanted)
    return found


def source_of(row: Base) -> Source | None:
    """The council system that a row comes from, None where it is ikb's own."""
    return sources_of(row.__tablename__, [row.id]).get(row.id)


def refuse_if_led(row: Base, fields: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Raises Implausible, at the first of the fields, if a council system leads for one of them and somebody types."""
    wanted = list(fields)
    if not wanted or any(is_account(by) for is_account in _accounts):
        return
    source = source_of(row)
    field = next((name for name in wanted if source and name in source.fields), None)
    if source is not None and field is not None:
        raise Implausible(
            f"{NAMES[field]} kommt {source.in_words(now)}, und wird dort geändert. Hier bleibt, was dort steht.", field
        )
