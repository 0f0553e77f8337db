"""Do the days hold: notice periods, papers, recess, Sundays and holidays?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from ikb.core.clock import BERLIN, berlin_day
from ikb.core.german import day
from ikb.core.notice import in_words, short_notice_ends_at
from ikb.core.periods import nrw_holiday_names
from ikb.core.sequence.look import Look, finding, named, papers_due
from ikb.core.sequence.values import Finding, Station
from ikb.core.workflow import StationState


def findings(look: Look) -> Iterator[Finding]:
    """For every sitting that is still ahead."""
    for station in look.ahead:
        yield from _notice(look, station)
        yield from _papers(look, station)
        yield from _free_days(look, station)


def _notice(look: Look, station: Station) -> Iterator[Finding]:
    if station.state is StationState.INVITED:
        return
    notice = look.notice(station)
    if look.today > notice.latest_on:
        sentence = (
            f"{named(station)}: Die Ladungsfrist ist seit {day(notice.latest_on)} verstrichen. {_short(look, station)}"
        )
        yield finding("notice_missed", sentence, [station])
    elif notice.is_moved:
        sentence = f"{named(station)}: Letzter Tag der Zustellung ist {day(notice.latest_on)}. {' '.join(notice.why)}"
        yield finding("delivery_day_off", sentence, [station])


def _short(look: Look, station: Station) -> str:
    rule = look.town.body(station.organization).notice
    ends_at = short_notice_ends_at(rule, station.on, station.starts, look.town.local_exceptions) if station.on else None
    if ends_at is None or look.today > (last_on := berlin_day(ends_at - timedelta(microseconds=1))):
        return in_words(rule)
    local = ends_at.astimezone(BERLIN)
    hour = f", {local:%H:%M} Uhr" if local.time() != time.min else ""
    return f"Mit verkürzter Frist geht es noch bis {day(last_on)}{hour}."


def _papers(look: Look, station: Station) -> Iterator[Finding]:
    due_on = papers_due(station.organization, station.on, look.town) if station.on else None
    if due_on is not None and not station.is_laid and look.today > due_on:
        yield finding("papers_late", f"{named(station)}: Vorlagen waren bis {day(due_on)} abzugeben.", [station])


def _free_days(look: Look, station: Station) -> Iterator[Finding]:
    if station.on is None:
        return
    if recess := look.town.recess_on(station.on):
        yield finding("in_recess", f"{named(station)} liegt in der Zeit „{recess.name}“.", [station])
    if station.on.weekday() == 6 or station.on in nrw_holiday_names(station.on.year):
        yield finding("on_holiday", f"{named(station)} liegt auf einem {_free(station.on)}.", [station])


def _free(on: date) -> str:
    name = nrw_holiday_names(on.year).get(on)
    return f"Feiertag ({name})" if name else "Sonntag"
