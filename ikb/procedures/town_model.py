"""Rows of the town's own calendar: days on which nobody works here, school holidays, and the council's recess."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ScalarSelect, String, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from ikb.db import Base, Edited


class PeriodKind(StrEnum):
    """What a period means for deadlines: only a local exception is no working day."""

    LOCAL_EXCEPTION = "local_exception"
    SCHOOL_HOLIDAY = "school_holiday"
    RECESS = "recess"


class TownPeriod(Edited, Base):
    """A named span of days, first and last included."""

    __tablename__ = "town_period"
    __table_args__ = (CheckConstraint("first_on <= last_on", name="begins_before_it_ends"),)

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date] = mapped_column(index=True)
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # of the form that added it: sent twice, it is one


def days_off() -> ScalarSelect[str]:
    """The local exceptions as one value, for rows that count days: they come along and cost no further question."""
    span = cast(TownPeriod.first_on, String) + "/" + cast(TownPeriod.last_on, String)
    kept = select(func.aggregate_strings(span, ",")).where(TownPeriod.kind == PeriodKind.LOCAL_EXCEPTION)
    return kept.scalar_subquery()


def each_day(spans: str | None) -> frozenset[date]:
    """That value, which is None where there are none, as days."""
    if not spans:
        return frozenset()
    found: set[date] = set()
    for span in spans.split(","):
        first_on, last_on = map(date.fromisoformat, span.split("/"))
        found.update(first_on + timedelta(days=step) for step in range((last_on - first_on).days + 1))
    return frozenset(found)
