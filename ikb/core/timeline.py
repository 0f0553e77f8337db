"""A sequence of sittings laid out as a picture: one row per committee, time to the right, long gaps made short.

Only places and sizes, in units of the picture; words and colours are the template's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

WIDTH = 960.0
NAMES = 268.0  # width of the column with the committees' names
HEAD = 44.0  # height of the line with the months
LANE = 26.0  # height of one line of marks
LETTER = 7.4  # average width of a letter at the picture's size of type, on the safe side
BESIDE = 14.0  # from a mark's middle to its words
LEAD_IN, LEAD_OUT = 4, 5  # days shown before the first and after the last sitting
LONGEST_QUIET = 20  # days; a longer stretch without a sitting is drawn short
SHORTENED = 68.0  # width of such a stretch
NEAR = timedelta(days=28)  # so far before or after the sittings today is still in the picture
WIDEST_DAY = 22.0  # a short sequence is not blown up


@dataclass(frozen=True)
class Event:
    """One sitting. day: None while it has none; shape: what the template draws; text: what stands beside it."""

    row: str
    day: date | None
    shape: str
    text: str


@dataclass(frozen=True)
class Shade:
    """Days on which nobody sits. kind: holiday, school or recess; both days included."""

    name: str
    first: date
    last: date
    kind: str


@dataclass(frozen=True)
class Mark:
    """Where a sitting stands. at_end: its words stand left of it and end there."""

    x: float
    y: float
    shape: str
    text: str
    text_x: float
    at_end: bool


@dataclass(frozen=True)
class Row:
    """One committee. y: its upper edge; middle: of its first line."""

    name: str
    y: float
    height: float
    middle: float
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Strip:
    """A stretch of time with its name: a month, a shaded period, or a gap that is drawn short."""

    name: str
    x: float
    width: float
    kind: str = ""


@dataclass(frozen=True)
class Timeline:
    """The whole picture. today_x: None where today lies outside."""

    height: float
    rows: Sequence[Row]
    months: Sequence[Strip]
    shades: Sequence[Strip]
    gaps: Sequence[Strip]
    today_x: float | None
    width: float = WIDTH
    names: float = NAMES
    head: float = HEAD


@dataclass(frozen=True)
class _Stretch:
    first: date
    last: date  # the first day behind it
    x: float
    width: float
    is_short: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days


@dataclass
class Axis:
    """Time from left to right, in stretches that are drawn to scale or short."""

    stretches: list[_Stretch] = field(default_factory=list)

    @property
    def first(self) -> date:
        return self.stretches[0].first

    @property
    def last(self) -> date:
        """The first day that is not shown."""
        return self.stretches[-1].last

    def edge(self, day: date) -> float:
        """Where a day begins; days outside are put at the picture's edge."""
        for stretch in self.stretches:
            if day < stretch.last:
                done = max((day - stretch.first).days, 0)
                return stretch.x + stretch.width * done / stretch.days
        return self.stretches[-1].x + self.stretches[-1].width

    def middle(self, day: date) -> float:
        """The middle of a day, where its sitting stands."""
        return (self.edge(day) + self.edge(day + timedelta(days=1))) / 2


def layout(events: Iterable[Event], shades: Iterable[Shade], today: date) -> Timeline | None:
    """The picture of a sequence; None where no sitting has a day yet.

    events: in the order in which their committees shall stand; a committee that sits again keeps its row.
    shades: periods without sittings; only those that are seen are drawn.
    today:  drawn as a line if it lies in the picture; it is, within four weeks before or after the sittings.
    """
    known = list(events)
    days = sorted({event.day for event in known if event.day is not None})
    if not days:
        return None
    axis = axis_of(_with_today(days, today))
    rows = _rows(known, axis)
    return Timeline(
        height=rows[-1].y + rows[-1].height + 8,
        rows=rows,
        months=_months(axis),
        shades=[_strip(shade, axis) for shade in _seen(shades, axis)],
        gaps=[Strip(_weeks(stretch.days), stretch.x, stretch.width) for stretch in axis.stretches if stretch.is_short],
        today_x=axis.middle(today) if axis.first <= today < axis.last else None,
    )


def _with_today(days: list[date], today: date) -> list[date]:
    return sorted({*days, today}) if days[0] - NEAR <= today <= days[-1] + NEAR else days


def axis_of(days: Sequence[date]) -> Axis:
    """The axis for some days, sorted and at least one: gaps of three weeks and more are short, the rest is to scale."""
    first, last = days[0] - timedelta(days=LEAD_IN), days[-1] + timedelta(days=LEAD_OUT)
    cuts = [first]
    for before, after in pairwise(days):
        if (after - before).days > LONGEST_QUIET:
            cuts += [before + timedelta(days=LEAD_OUT), after - timedelta(days=LEAD_IN)]
    cuts.append(last)
    spans = list(pairwise(cuts))  # every second one is a gap
    shown = sum((end - start).days for start, end in spans[::2])
    short = min(SHORTENED, (WIDTH - NAMES) / (2 * max(len(spans[1::2]), 1)))
    scale = min((WIDTH - NAMES - short * len(spans[1::2])) / shown, WIDEST_DAY)
    stretches: list[_Stretch] = []
    x = NAMES
    for place, (start, end) in enumerate(spans):
        width = short if place % 2 else (end - start).days * scale
        stretches.append(_Stretch(start, end, x, width, is_short=bool(place % 2)))
        x += width
    return Axis(stretches)


def _rows(events: Sequence[Event], axis: Axis) -> list[Row]:
    by_name: dict[str, list[Event]] = {}
    for event in events:
        by_name.setdefault(event.row, []).append(event)
    rows: list[Row] = []
    y = HEAD
    for name, own in by_name.items():
        marks, lanes = _marks(own, axis, y)
        rows.append(Row(name, y, lanes * LANE, y + LANE / 2, marks))
        y += lanes * LANE
    return rows


def _marks(events: Sequence[Event], axis: Axis, y: float) -> tuple[list[Mark], int]:
    """One committee's marks from left to right; words that would meet go to a line of their own."""
    taken: list[list[tuple[float, float]]] = []
    marks = []
    for event in sorted(events, key=lambda event: (event.day is None, event.day)):
        x = axis.middle(event.day) if event.day else NAMES + BESIDE / 2
        at_end = x + BESIDE + len(event.text) * LETTER > WIDTH
        text_x = x - BESIDE if at_end else x + BESIDE
        far = text_x + (-1 if at_end else 1) * len(event.text) * LETTER
        lane = _free_lane(taken, (min(x, far) - BESIDE / 2, max(x, far) + BESIDE / 2))
        marks.append(Mark(x, y + lane * LANE + LANE / 2, event.shape, event.text, text_x, at_end))
    return marks, len(taken)


def _free_lane(taken: list[list[tuple[float, float]]], span: tuple[float, float]) -> int:
    for lane, spans in enumerate(taken):
        if all(span[1] <= start or end <= span[0] for start, end in spans):
            spans.append(span)
            return lane
    taken.append([span])
    return len(taken) - 1


def _months(axis: Axis) -> list[Strip]:
    """The months that are seen, each at its first day that is shown; a name that has no room is left out."""
    found: list[Strip] = []
    month = axis.first.replace(day=1)
    while month < axis.last:
        following = (month + timedelta(days=32)).replace(day=1)
        x, end = axis.edge(max(month, axis.first)), axis.edge(following)
        has_room = end - x >= len("MM.YYYY") * LETTER
        found.append(Strip(f"{month:%m.%Y}" if has_room else "", x, end - x, "" if month >= axis.first else "begun"))
        month = following
    return found


def _seen(shades: Iterable[Shade], axis: Axis) -> list[Shade]:
    return [shade for shade in shades if shade.last >= axis.first and shade.first < axis.last]


def _strip(shade: Shade, axis: Axis) -> Strip:
    x, end = axis.edge(shade.first), axis.edge(shade.last + timedelta(days=1))
    return Strip(shade.name, x, max(end - x, 2.0), shade.kind)


def _weeks(days: int) -> str:
    weeks = round(days / 7)
    return "1 Woche" if weeks == 1 else f"{weeks} Wochen"
