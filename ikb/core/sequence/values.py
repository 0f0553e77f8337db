"""What the planner works on: stations of one procedure, and the town with its bodies, sittings, days and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property

from ikb.core.notice import Notice, NoticeRule, Unit, notice_by
from ikb.core.results import OUTCOMES, Outcome
from ikb.core.workflow import OPEN, StationState


class Role(StrEnum):
    """What a body does with the paper (domain notes, section 4)."""

    INTRODUCTION = "introduction"
    HEARING = "hearing"
    PRELIMINARY = "preliminary"
    DECISION = "decision"
    INFORMATION = "information"


@dataclass(frozen=True)
class Sitting:
    """A sitting of one body in the calendar. A joint sitting is given once for each body, under the same id.

    starts, ends: wall-clock times in Berlin, None where unknown.
    """

    id: int
    organization: int
    on: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Station:
    """One step of a Beratungsfolge: one body, once.

    sitting, on, starts, ends, place: of its sitting; all unset while it has none.
    rank:         from 1: sits after all hearings and all preliminary stations of a lower rank, and gathers them; 0:
                  does not; None: worked out from the dates, see `order.ranked`.
    predecessor:  id of the station it follows from (postponed, referred, …).
    presenter:    who presents the paper there; empty where nobody is named.
    is_own:       kept by the office that is planning (the others get proposals).
    is_laid:      the version for this sitting is fixed.
    recorded_on:  day on which its result was entered.
    consent_on:   silence counts as consent from this day on; instead of a sitting.
    moved_from:   its day before a what-if moved it.
    cancelled:    its sitting does not take place.
    """

    id: int
    organization: int
    name: str
    kind: str = "committee"
    role: str | None = None
    state: StationState = StationState.PLANNED
    outcome: Outcome | None = None
    sitting: int | None = None
    on: date | None = None
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    position: int = 0
    rank: int | None = None
    predecessor: int | None = None
    presenter: str = ""
    is_own: bool = True
    is_laid: bool = True
    skip_reason: str = ""
    recorded_on: date | None = None
    consent_on: date | None = None
    moved_from: date | None = None
    cancelled: bool = False

    @property
    def day(self) -> date | None:
        """The day on which the body will have spoken: of its sitting, if it takes place, or of its silence."""
        return self.consent_on if self.cancelled else self.on or self.consent_on

    @property
    def is_open(self) -> bool:
        """Still to be deliberated: neither a result nor left out."""
        return self.state in OPEN

    @property
    def awaits_successor(self) -> bool:
        """Its result asks for a further station (postponed, deferred, first reading, referred)."""
        return not self.is_open and self.outcome is not None and OUTCOMES[self.outcome].successor in ("same", "any")


class BreakKind(StrEnum):
    """What a span of days means: only a local exception is no working day."""

    LOCAL_EXCEPTION = "local_exception"
    SCHOOL_HOLIDAY = "school_holiday"
    RECESS = "recess"


@dataclass(frozen=True)
class Break:
    """A named span of days of the town, first and last included."""

    name: str
    first_on: date
    last_on: date
    kind: BreakKind = BreakKind.RECESS


@dataclass(frozen=True)
class Body:
    """The rules of one body's sittings.

    papers_days:  papers are due (the agenda closes) that many calendar days before the sitting; None: no such rule.
    minutes_days: minutes are due that many calendar days after it; None: no such rule.
    """

    id: int
    notice: NoticeRule = field(default_factory=NoticeRule)
    papers_days: int | None = None
    minutes_days: int | None = None


class StepKind(StrEnum):
    """What a step of the backward plan hangs on."""

    DISPATCH = "dispatch"  # the body's invitation with the papers: its notice period decides
    PAPERS = "papers"  # the body's deadline for papers, where it has one; else `days` before the next step
    OWN = "own"  # `days` before the next step


@dataclass(frozen=True)
class Step:
    """One of the town's own steps on the way to a sitting; the list runs backwards from the sitting.

    days: how long before the following step this one has to be done, in `unit`.
    """

    name: str
    days: int = 0
    unit: Unit = Unit.WORKING
    kind: StepKind = StepKind.OWN


DEFAULT_STEPS = (
    Step("Einladung mit Vorlage versenden", 0, Unit.WORKING, StepKind.DISPATCH),
    Step("Vorlage im Gremienbüro abgeben", 3, Unit.WORKING, StepKind.PAPERS),
    Step("Mitzeichnung der beteiligten Ämter abschließen", 5, Unit.WORKING),
    Step("Verwaltungsvorstand befassen", 5, Unit.WORKING),
    Step("Vorlage fertigstellen", 5, Unit.WORKING),
)


@dataclass(frozen=True)
class Town:
    """Everything that holds for all procedures of a town.

    bodies:       rules by organization id; a body that is missing has the default rule.
    sittings:     the calendar, in any order, past and cancelled ones too.
    breaks:       recess, school holidays and local exceptions.
    steps:        of the backward plan, from the sitting to the start.
    busy:         so many sittings of one procedure within so many days are worth a word.
    presenter_minutes: two sittings on one day whose beginnings lie closer than this cannot have the same presenter.
    silence_days: after so many calendar days silence may count as consent.
    """

    bodies: Mapping[int, Body] = field(default_factory=dict)
    sittings: tuple[Sitting, ...] = ()
    breaks: tuple[Break, ...] = ()
    steps: tuple[Step, ...] = DEFAULT_STEPS
    busy: tuple[int, int] = (15, 10)
    presenter_minutes: int = 90
    silence_days: int = 42

    def body(self, organization: int) -> Body:
        """The rules of a body."""
        return self.bodies.get(organization) or Body(organization)

    @cached_property
    def _notices(self) -> dict[tuple[int, date], Notice]:
        return {}  # filled as they are asked for: a what-if asks for the same ones again and again

    def notice(self, organization: int, on: date) -> Notice:
        """The notice period of a body's sitting on a day."""
        where = (organization, on)
        if where not in self._notices:
            self._notices[where] = notice_by(self.body(organization).notice, on, self.local_exceptions)
        return self._notices[where]

    @cached_property
    def local_exceptions(self) -> frozenset[date]:
        """Days on which nobody works here, though they are no holidays by law."""
        spans = (span for span in self.breaks if span.kind is BreakKind.LOCAL_EXCEPTION)
        return frozenset(
            date.fromordinal(number)
            for span in spans
            for number in range(span.first_on.toordinal(), span.last_on.toordinal() + 1)
        )

    @cached_property
    def calendars(self) -> Mapping[int, tuple[Sitting, ...]]:
        """The sittings that take place, by body, in order; of two on one day the earlier."""
        found: dict[int, dict[date, Sitting]] = {}
        for sitting in sorted(self.sittings, key=lambda each: (each.on, each.starts or time.max, each.id)):
            if not sitting.cancelled:
                found.setdefault(sitting.organization, {}).setdefault(sitting.on, sitting)
        return {organization: tuple(days.values()) for organization, days in found.items()}

    @cached_property
    def _by_day(self) -> Mapping[tuple[int, date], tuple[Sitting, ...]]:
        found: dict[tuple[int, date], list[Sitting]] = {}
        for sitting in self.sittings:
            if not sitting.cancelled:
                found.setdefault((sitting.organization, sitting.on), []).append(sitting)
        return {where: tuple(sittings) for where, sittings in found.items()}

    def same_day(self, organization: int, on: date) -> tuple[Sitting, ...]:
        """All sittings of a body on a day that take place."""
        return self._by_day.get((organization, on), ())

    def recess_on(self, on: date) -> Break | None:
        """The recess or the summer holidays that a day falls into, None outside them.

        School holidays count only in summer: councils sit in the other ones.
        """
        for span in self.breaks:
            if span.first_on <= on <= span.last_on and _is_recess(span):
                return span
        return None


def _is_recess(span: Break) -> bool:
    if span.kind is BreakKind.RECESS:
        return True
    return span.kind is BreakKind.SCHOOL_HOLIDAY and span.first_on.month in (6, 7, 8)


class Severity(StrEnum):
    """How much a finding weighs."""

    HARD = "hard"
    SERIOUS = "serious"
    SOFT = "soft"
    NOTE = "note"


@dataclass(frozen=True)
class Rule:
    """The rule behind a finding: its German name, and where it comes from.

    is_read: False where a paragraph is named on somebody else's word and its text was not opened; say so.
    """

    name: str
    source: str
    is_read: bool = True

    def __str__(self) -> str:
        return f"{self.name} ({self.source}{'' if self.is_read else '; Wortlaut vor Verwendung prüfen'})"


@dataclass(frozen=True)
class Override:
    """A finding that somebody accepts with a reason: for these stations and any part of them."""

    code: str
    stations: frozenset[int]
    reason: str


@dataclass(frozen=True)
class Finding:
    """Something that does not hold, or is worth a word.

    code:              stable name, see `checks.CODES`.
    stations:          ids, the one that has to give way first.
    can_be_overridden: False for contradictions in what was entered; they are corrected, not accepted.
    override:          the reason with which somebody accepted it; it stays visible.
    """

    code: str
    severity: Severity
    sentence: str
    rule: Rule
    stations: tuple[int, ...]
    can_be_overridden: bool = True
    override: str | None = None

    @property
    def is_overridden(self) -> bool:
        return self.override is not None
