"""The Beratungsfolge as a picture: what each sitting looks like, and which days are shaded behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ikb.core.periods import nrw_holiday_names
from ikb.core.results import OUTCOMES, WITH_CHANGES, Outcome
from ikb.core.timeline import Event, Shade, Timeline, layout
from ikb.core.workflow import OPEN, StationState
from ikb.deliberations.model import Consultation
from ikb.procedures.town_model import PeriodKind, TownPeriod
from ikb.web.labels import label

_SHADES = {
    PeriodKind.LOCAL_EXCEPTION: "holiday",
    PeriodKind.SCHOOL_HOLIDAY: "school",
    PeriodKind.RECESS: "recess",
}

# Shape of a mark -> what it means, in the order of the legend.
SHAPES = {
    "agreed": "zugestimmt",
    "amended": "mit Änderungen zugestimmt",
    "noted": "beraten, ohne Empfehlung",
    "rejected": "abgelehnt",
    "again": "kommt wieder",
    "missing": "Ergebnis fehlt",
    "invited": "eingeladen",
    "open": "steht bevor",
    "skipped": "ausgelassen",
}


@dataclass(frozen=True)
class Drawn:
    """One step as far as the picture shows it. outcome: None while there is no result."""

    organization: str
    held_on: date | None
    state: str
    outcome: str | None


def drawn(consultation: Consultation) -> Drawn:
    """A consultation as far as the picture shows it."""
    result = consultation.result
    return Drawn(
        consultation.organization.name, consultation.held_on, consultation.state, result.outcome if result else None
    )


def picture(steps: Iterable[Drawn], today: date, shades: Sequence[Shade] = ()) -> Timeline | None:
    """The picture of some steps, committees in the order of their first sitting; None where no step has a day."""
    events = [Event(step.organization, step.held_on, shape_of(step, today), words_of(step, today)) for step in steps]
    days = [event.day for event in events if event.day is not None]
    if not days:
        return None
    return layout(events, [*public_holidays(min(days), max(days)), *shades], today)


def shape_of(step: Drawn, today: date) -> str:
    """Which shape a step's mark has; a key of SHAPES."""
    if step.outcome is not None:
        return _shape_of_outcome(Outcome(step.outcome))
    if step.state in (StationState.SKIPPED, StationState.REMOVED):
        return "skipped"
    if is_missing(step, today):
        return "missing"
    return "invited" if step.state == StationState.INVITED else "open"


def _shape_of_outcome(outcome: Outcome) -> str:
    kind = OUTCOMES[outcome]
    if kind.agrees:
        return "amended" if outcome in WITH_CHANGES else "agreed"
    if outcome is Outcome.REJECTED:
        return "rejected"
    return "noted" if kind.ends else "again"


def is_missing(step: Drawn, today: date) -> bool:
    """Whether a step has sat and nobody recorded what came out."""
    return step.outcome is None and step.state in OPEN and step.held_on is not None and step.held_on < today


def words_of(step: Drawn, today: date) -> str:
    """What stands beside a mark: its day and how it stands there."""
    if step.outcome is not None:
        words = label("outcome", step.outcome)
    elif is_missing(step, today):
        words = "Ergebnis fehlt"
    else:
        words = label("station", step.state)
    return f"{step.held_on:%d.%m.} {words}" if step.held_on else f"Tag offen, {words}"


def shades_of(periods: Iterable[TownPeriod]) -> list[Shade]:
    """The town's own days as shades: holidays of schools, the council's recess, and days on which nobody works here."""
    return [Shade(span.name, span.first_on, span.last_on, _SHADES[PeriodKind(span.kind)]) for span in periods]


def public_holidays(first: date, last: date) -> list[Shade]:
    """The public holidays of North Rhine-Westphalia in the years of a stretch."""
    return [
        Shade(name, day, day, "holiday")
        for year in range(first.year, last.year + 1)
        for day, name in nrw_holiday_names(year).items()
    ]
