"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Select, bindparam, func, select

from ikb.db import db, read
from ikb.web.addresses import PAGE_ARGUMENT

Item = TypeVar("Item")
PAGE_SIZE = 20


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list: its items, its number (from 1), and the whole it belongs to."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Number of the first item shown, 0 in an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last item shown."""
        return min(self.number * self.size, self.total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None

    @property
    def shown(self) -> list[int | None]:
        """Page numbers to offer: first, last and those around this one; None stands for a gap."""
        near = {1, self.count, *range(self.number - 1, self.number + 2)}
        numbers = sorted(number for number in near if 1 <= number <= self.count)
        offered: list[int | None] = []
        for number in numbers:
            if offered and number - (offered[-1] or 0) > 1:
                offered.append(None)
            offered.append(number)
        return offered


def page_number(arguments: Mapping[str, str]) -> int:
    """The page asked for in a query string; the first one where it says nothing sensible."""
    wanted = arguments.get(PAGE_ARGUMENT, "")
    return max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1


def cut(items: Sequence[Item], number: int, size: int = PAGE_SIZE) -> Page[Item]:
    """One page of a list that is already here; beyond the end, the last page."""
    number = _within(number, len(items), size)
    return Page(items[(number - 1) * size : number * size], number, size, len(items))


def fetch(rows: Select[Any], number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """One page of a query, ordered by the caller, with two queries; beyond the end, the last page."""
    total = db.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    number = _within(number, total, size)
    items = db.session.scalars(rows.limit(size).offset((number - 1) * size)).unique().all()
    return Page(items, number, size, total)


_LIMIT = bindparam("page_limit", type_=Integer)
_OFFSET = bindparam("page_offset", type_=Integer)


def paged(
    rows: Select[*tuple[Any, ...]],
    number: int,
    total: int,
    line: Callable[..., Item],
    size: int = PAGE_SIZE,
    **values: Any,
) -> Page[Item]:
    """One page of a query of columns whose length is known, each row as a `line`; beyond the end, the last page.

    values: of the query's bound parameters.
    """
    number = _within(number, total, size)
    found = read(_cut(rows), page_limit=size, page_offset=(number - 1) * size, **values)
    return Page([line(*row) for row in found], number, size, total)


@lru_cache(maxsize=64)
def _cut(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return rows.limit(_LIMIT).offset(_OFFSET)


def _within(number: int, total: int, size: int) -> int:
    return min(max(1, number), max(1, -(-total // size)))
