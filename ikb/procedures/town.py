"""The list of the town's own days: entered, changed, removed by whoever administers ikb."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ikb.db import db
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures import town_days
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.town_model import PeriodKind, TownPeriod
from ikb.web import labels

LONGEST = {PeriodKind.LOCAL_EXCEPTION: 14, PeriodKind.SCHOOL_HOLIDAY: 60, PeriodKind.RECESS: 120}  # days


@dataclass(frozen=True)
class Span:
    """What is entered: a name, a kind, first and last day (inclusive)."""

    name: str
    kind: str
    first_on: date
    last_on: date

    def in_words(self) -> str:
        """One line, for setting two of them side by side."""
        kind = labels.label("town_period", self.kind)
        return f"{self.name} ({kind}): {self.first_on:%d.%m.%Y} bis {self.last_on:%d.%m.%Y}"


def span_of(period: TownPeriod) -> Span:
    """A row as what was entered."""
    return Span(period.name, period.kind, period.first_on, period.last_on)


def add(span: Span, *, key: uuid.UUID, by: Actor, now: datetime) -> TownPeriod:
    """Enter some days. key: the form's UUID; sent twice, they stand there once. Raises Implausible as `_check`."""
    if earlier := db.session.scalar(select(TownPeriod).where(TownPeriod.key == key)):
        return earlier
    _check(span, None)
    period = TownPeriod(**vars(span), key=key)
    db.session.add(period)
    _done("town period added", period, by=by, now=now)
    return period


def change(period: TownPeriod, span: Span, *, seen: int, by: Actor, now: datetime) -> None:
    """Change an entry. Raises Conflict with both if somebody else did meanwhile, Implausible as `_check`."""
    lock_unchanged(period, seen, mine=span.in_words(), theirs=lambda: span_of(period).in_words())
    _check(span, period)
    for name, value in vars(span).items():
        setattr(period, name, value)
    _done("town period changed", period, by=by, now=now)


def remove(period: TownPeriod, *, seen: int, by: Actor, now: datetime) -> None:
    """Take an entry from the list. Raises Conflict if somebody changed it meanwhile."""
    lock_unchanged(period, seen, theirs=lambda: span_of(period).in_words())
    _done("town period removed", period, by=by, now=now)
    db.session.delete(period)
    db.session.flush()


def _done(action: str, period: TownPeriod, *, by: Actor, now: datetime) -> None:
    db.session.flush()
    town_days.forget()
    facts = {"kind": period.kind, "first_on": period.first_on.isoformat(), "last_on": period.last_on.isoformat()}
    journal.record(action, period, by=by, now=now, facts=facts)


def _check(span: Span, itself: TownPeriod | None) -> None:
    """Raises Implausible, with its field, for days that cannot be or that stand there already."""
    if span.kind not in list(PeriodKind):
        raise Implausible("Wählen Sie die Art aus der Liste.", "kind")
    if span.last_on < span.first_on:
        raise Implausible("Der letzte Tag liegt vor dem ersten.", "last_on")
    longest = LONGEST[PeriodKind(span.kind)]
    if (span.last_on - span.first_on).days >= longest:
        raise Implausible(f"Das sind mehr als {longest} Tage. Prüfen Sie das Jahr.", "last_on")
    same = select(TownPeriod).where(
        TownPeriod.kind == span.kind, TownPeriod.first_on <= span.last_on, TownPeriod.last_on >= span.first_on
    )
    for known in db.session.scalars(same):
        if known is not itself:
            raise Implausible(f"Diese Tage stehen schon in der Liste: {span_of(known).in_words()}.", "first_on")
