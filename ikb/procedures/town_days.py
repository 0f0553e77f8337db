"""The town's own days, for everybody who counts days: which ones are no working days here, and when the schools are shut."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from ikb.db import db
from ikb.procedures.town_model import PeriodKind, TownPeriod

_KEPT = "town periods"


def local_exceptions() -> frozenset[date]:
    """Every day on which nobody works here though the calendar says so."""
    return days_of(periods(PeriodKind.LOCAL_EXCEPTION))


def forget() -> None:
    """Ask again next time: the list was changed."""
    db.session().info.pop(_KEPT, None)


def periods(*kinds: PeriodKind, since: date | None = None) -> list[TownPeriod]:
    """The periods of some kinds, all kinds where none is named, by their first day; those that end before a day not.

    Asked from the database once per request or task, whoever needs them.
    """
    return [
        period
        for period in _all()
        if (not kinds or period.kind in kinds) and (since is None or period.last_on >= since)
    ]


def _all() -> list[TownPeriod]:
    kept = db.session().info
    if _KEPT not in kept:
        kept[_KEPT] = list(db.session.scalars(select(TownPeriod).order_by(TownPeriod.first_on, TownPeriod.id)))
    found: list[TownPeriod] = kept[_KEPT]
    return found


def days_of(spans: Iterable[TownPeriod]) -> frozenset[date]:
    """Each single day of the periods."""
    return frozenset(
        span.first_on + timedelta(days=step)
        for span in spans
        for step in range((span.last_on - span.first_on).days + 1)
    )
