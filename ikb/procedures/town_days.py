"""The town's own days, for everybody who counts days: which ones are no working days here, and when the schools are shut."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from ikb.db import db
from ikb.procedures.town_model import PeriodKind, TownPeriod

_KEPT = "local exceptions"
_ALL = "town periods"


def local_exceptions() -> frozenset[date]:
    """Every day on which nobody works here though the calendar says so; asked once per request or task."""
    kept = db.session().info
    if _KEPT not in kept:
        kept[_KEPT] = days_of(periods(PeriodKind.LOCAL_EXCEPTION))
    found: frozenset[date] = kept[_KEPT]
    return found


def forget() -> None:
    """Ask again next time: the list was changed."""
    for kept in (_KEPT, _ALL):
        db.session().info.pop(kept, None)


def all_periods() -> list[TownPeriod]:
    """Every period by its first day; asked once per request or task, whoever needs them."""
    kept = db.session().info
    if _ALL not in kept:
        kept[_ALL] = periods()
    found: list[TownPeriod] = kept[_ALL]
    return found


def periods(*kinds: PeriodKind, since: date | None = None) -> list[TownPeriod]:
    """The periods of some kinds, all kinds where none is named, by their first day; those that end before a day not."""
    rows = select(TownPeriod).order_by(TownPeriod.first_on, TownPeriod.id)
    if kinds:
        rows = rows.where(TownPeriod.kind.in_(kinds))
    if since is not None:
        rows = rows.where(TownPeriod.last_on >= since)
    return list(db.session.scalars(rows))


def days_of(spans: Iterable[TownPeriod]) -> frozenset[date]:
    """Each single day of the periods."""
    return frozenset(
        span.first_on + timedelta(days=step)
        for span in spans
        for step in range((span.last_on - span.first_on).days + 1)
    )
