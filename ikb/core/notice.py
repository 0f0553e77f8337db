"""The Ladungsfrist: until when an invitation has to be with the members, in every counting that towns use."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from ikb.core.clock import BERLIN, end_of_day
from ikb.core.german import day, days_in_words
from ikb.core.periods import is_working_day, previous_working_day

_ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """Which days a period counts."""

    CALENDAR = "calendar"
    WORKING = "working"


class ShortUnit(StrEnum):
    """How a short notice is measured."""

    HOURS = "hours"
    CALENDAR = "calendar"
    WORKING = "working"


class Way(StrEnum):
    """How invitations reach the members."""

    ELECTRONIC = "electronic"
    POST = "post"


@dataclass(frozen=True)
class NoticeRule:
    """How one body counts its notice period, as its Geschäftsordnung says (domain notes, section 8).

    days:               length, 0 or more, in `unit`.
    count_delivery_day: the day on which the invitation arrives counts.
    count_meeting_day:  the day of the sitting counts.
    short_amount:       the shortened period for urgent cases in `short_unit`; None where there is none.
    extra_days:         calendar days that a letter is on its way; only where `delivery` is by post.
    """

    days: int = 7
    unit: Unit = Unit.CALENDAR
    count_delivery_day: bool = False
    count_meeting_day: bool = False
    short_amount: int | None = None
    short_unit: ShortUnit = ShortUnit.HOURS
    delivery: Way = Way.ELECTRONIC
    extra_days: int = 0

    def __post_init__(self) -> None:
        for number in (self.days, self.extra_days, self.short_amount or 0):
            if number < 0:
                raise ValueError(f"A notice period has 0 days or more, not {number}.")


@dataclass(frozen=True)
class Notice:
    """latest_on: the last day on which the invitation may arrive; send_on: the day to send it, a working day.

    why: German sentences, one for each reason why `send_on` is not `latest_on`.
    """

    latest_on: date
    send_on: date
    why: tuple[str, ...] = ()

    @property
    def is_moved(self) -> bool:
        return self.send_on != self.latest_on


def notice(meeting_on: date, days: int, local_exceptions: Set[date] = frozenset()) -> Notice:
    """The last day for an invitation, where neither the day of delivery nor that of the meeting counts.

    days: length of the period in calendar days, 0 or more.
    Raises ValueError if `days` is below 0. For other countings see `notice_by`.
    Source: §§ 187, 188 BGB read backwards (domain notes, section 8).
    """
    return notice_by(NoticeRule(days), meeting_on, local_exceptions)


def notice_by(rule: NoticeRule, meeting_on: date, local_exceptions: Set[date] = frozenset()) -> Notice:
    """The last day for an invitation to a sitting, and the day on which to send it.

    Weekends and holidays inside a period in calendar days count. Where the last day is one, the working day before is
    proposed (our reading: a period that is counted backwards is not lengthened). A letter is posted `extra_days`
    before the day on which it has to arrive, itself on a working day.
    """
    latest_on = latest_day(rule.days, rule, meeting_on, local_exceptions)
    arrives_on = previous_working_day(latest_on, local_exceptions)
    why = _moved(latest_on, arrives_on)
    if rule.delivery is not Way.POST or not rule.extra_days:
        return Notice(latest_on, arrives_on, why)
    posted_on = arrives_on - timedelta(days=rule.extra_days)
    send_on = previous_working_day(posted_on, local_exceptions)
    on_its_way = f"Der Brief ist {days_in_words(rule.extra_days)} unterwegs: aufgeben bis {day(posted_on)}."
    return Notice(latest_on, send_on, (*why, on_its_way, *_moved(posted_on, send_on)))


def _moved(latest_on: date, moved_to: date) -> tuple[str, ...]:
    if latest_on == moved_to:
        return ()
    return (f"{day(latest_on)} ist kein Werktag: deshalb {day(moved_to)}.",)


def latest_day(days: int, rule: NoticeRule, meeting_on: date, local_exceptions: Set[date] = frozenset()) -> date:
    """The last day of arrival that leaves `days` between it and the sitting, counted as the rule says.

    Never after the day of the sitting itself.
    """
    if rule.unit is Unit.CALENDAR:
        between = days + 1 - rule.count_delivery_day - rule.count_meeting_day
        return meeting_on - timedelta(days=max(between, 0))
    return _latest_by_working_days(days, rule, meeting_on, local_exceptions)


def _latest_by_working_days(days: int, rule: NoticeRule, meeting_on: date, local_exceptions: Set[date]) -> date:
    missing = days - (rule.count_meeting_day and is_working_day(meeting_on, local_exceptions))
    counted = (rule.count_delivery_day, rule.count_meeting_day)
    if (days == 0 and any(counted)) or (missing <= 0 and all(counted)):
        return meeting_on
    arrival = meeting_on
    while True:
        arrival -= _ONE_DAY
        works = is_working_day(arrival, local_exceptions)
        if missing <= (works if rule.count_delivery_day else 0):
            return arrival
        missing -= works


def short_notice_ends_at(
    rule: NoticeRule, meeting_on: date, starts: time | None = None, local_exceptions: Set[date] = frozenset()
) -> datetime | None:
    """The moment (UTC) until which an urgent invitation still keeps the shortened period; None where there is none.

    starts: wall-clock beginning of the sitting in Berlin; unknown, the day's beginning counts, to be on the safe side.
    Hours are real hours: 48 hours before a Monday 18:00 are Saturday 17:00 if clocks went forward between. Days are
    counted as in `notice_by` and end at 24:00.
    """
    if rule.short_amount is None:
        return None
    if rule.short_unit is ShortUnit.HOURS:
        begins_at = datetime.combine(meeting_on, starts or time.min, tzinfo=BERLIN).astimezone(UTC)
        return begins_at - timedelta(hours=rule.short_amount)
    counted = NoticeRule(
        unit=Unit(rule.short_unit.value),
        count_delivery_day=rule.count_delivery_day,
        count_meeting_day=rule.count_meeting_day,
    )
    return end_of_day(latest_day(rule.short_amount, counted, meeting_on, local_exceptions))


def days_before(
    on: date, days: int, unit: Unit = Unit.CALENDAR, local_exceptions: Set[date] = frozenset(), *, fixed: bool = False
) -> date:
    """The day by which something has to be done that is due `days` before another day.

    A day that is none for work moves to the working day before, unless it was expressly fixed. Working days are
    counted from the day before `on`. Raises ValueError if `days` is below 0.
    """
    if days < 0:
        raise ValueError(f"A period has 0 days or more, not {days}.")
    if unit is Unit.CALENDAR:
        due_on = on - timedelta(days=days)
        return due_on if fixed else previous_working_day(due_on, local_exceptions)
    due_on = on if days or fixed else previous_working_day(on, local_exceptions)
    for _ in range(days):
        due_on = previous_working_day(due_on - _ONE_DAY, local_exceptions)
    return due_on


def in_words(rule: NoticeRule) -> str:
    """The rule as one German sentence: `Ladungsfrist 7 Tage; Tag der Zustellung und Sitzungstag zählen nicht mit.`"""
    length = f"{rule.days} Werktage" if rule.unit is Unit.WORKING and rule.days != 1 else days_in_words(rule.days)
    if rule.unit is Unit.WORKING and rule.days == 1:
        length = "1 Werktag"
    counted = {
        (False, False): "Tag der Zustellung und Sitzungstag zählen nicht mit",
        (True, False): "der Tag der Zustellung zählt mit, der Sitzungstag nicht",
        (False, True): "der Sitzungstag zählt mit, der Tag der Zustellung nicht",
        (True, True): "Tag der Zustellung und Sitzungstag zählen mit",
    }[rule.count_delivery_day, rule.count_meeting_day]
    return f"Ladungsfrist {length}; {counted}."
