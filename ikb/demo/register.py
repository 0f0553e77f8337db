"""The demonstration's register: rules of each committee, sittings for the months to come, some agendas, a former name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from ikb.accounts.model import User
from ikb.core.periods import is_working_day, nrw_holiday_names
from ikb.db import db, transaction
from ikb.deliberations import agenda, register, sittings
from ikb.deliberations.agenda import Item
from ikb.deliberations.model import Meeting, Organization
from ikb.deliberations.register import Settings
from ikb.deliberations.sittings import Plan
from ikb.demo.story import BUSY_FROM, SITTINGS, Story
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures import town
from ikb.procedures.town import Span
from ikb.procedures.town_model import PeriodKind

COUNCIL_DAY = date(2010, 9, 23)
AHEAD = timedelta(weeks=36)
EVERY = {"council": 4, "committee": 4, "district": 3, "integration_council": 5, "advisory": 6}  # weeks
# Notice period, papers due and minutes due in days; start and place of the sittings. Invented, as a town might have them.
RULES: dict[str, tuple[int, int, int, time, str]] = {
    "council": (10, 21, 28, time(16), "Neues Rathaus, Ratssaal"),
    "committee": (7, 14, 21, time(17), "Neues Rathaus, Nowgorod-Raum"),
    "district": (7, 14, 28, time(17), "Bezirksamt {district}, Sitzungssaal"),
    "integration_council": (7, 14, 21, time(17), "Altes Rathaus, Kleiner Saal"),
    "advisory": (7, 10, 28, time(16), "Altes Rathaus, Raum 107"),
}
AGENDA = (
    Item("Genehmigung der Niederschrift der letzten Sitzung", "", True),
    Item("Mitteilungen der Verwaltung", "", True),
    Item("Anfragen und Anträge", "", True),
    Item("Vertragsangelegenheiten", "", False),
)


def seed(story: Story, secretary: User, administrator: User) -> None:
    """Rules, sittings and agendas; every act lies before the paper is issued."""
    now, by = story.at(date(2009, 10, 2), 11), Actor.user(secretary.id)
    with transaction():
        _free_days(story, by=Actor.user(administrator.id), now=now)
        closed = list(_closed_days(story.today))
        for organization in db.session.scalars(select(Organization).order_by(Organization.sort_key)).all():
            _rules(organization, now=now)
            _complete(organization, now=now)
            _calendar(organization, story, closed, now=now)
        _former_name(story, now=now)
        _agendas(secretary, story, by=by, now=now)


def _rules(organization: Organization, *, now: datetime) -> None:
    notice, papers, minutes, _, _ = RULES[organization.kind]
    is_district = organization.kind == "district"
    settings = Settings(
        kind=organization.kind,
        district=organization.name.removeprefix("Bezirksvertretung ") if is_district else "",
        notice_days=notice,
        short_notice_amount=48 if organization.kind in ("council", "committee") else 3,
        short_notice_unit="hours" if organization.kind in ("council", "committee") else "calendar",
        delivery="post" if organization.kind == "advisory" else "electronic",
        delivery_extra_days=2 if organization.kind == "advisory" else 0,
        papers_days=papers,
        minutes_days=minutes,
    )
    register.change(organization, settings, seen=organization.row_version, by=SYSTEM, now=now)


def _complete(organization: Organization, *, now: datetime) -> None:
    """Time and place of the sittings that the paper named by their day only."""
    for meeting in db.session.scalars(select(Meeting).where(Meeting.organization_id == organization.id)).all():
        sittings.change(meeting, _plan(organization, meeting.held_on), seen=meeting.row_version, by=SYSTEM, now=now)


def _calendar(organization: Organization, story: Story, closed: Iterable[date], *, now: datetime) -> None:
    shut = set(closed)
    known = max(day for name, days in SITTINGS if name == organization.name for day in days)
    step = timedelta(weeks=EVERY[organization.kind])
    held_on = story.moved(known) + step
    while held_on <= story.today:  # an advisory board's last sitting is months ago
        held_on += step
    while held_on <= story.today + AHEAD:
        if held_on not in shut and is_working_day(held_on):
            sittings.plan(organization, _plan(organization, held_on), key=uuid.uuid4(), by=SYSTEM, now=now)
        held_on += step


def _plan(organization: Organization, held_on: date) -> Plan:
    starts, place = RULES[organization.kind][3:]
    return Plan(
        held_on,
        starts,
        place=place.format(district=organization.district),
        has_nonpublic_part=organization.kind != "advisory",
    )


def _former_name(story: Story, *, now: datetime) -> None:
    """The Integrationsrat was called Migrationsrat until the elections of early 2010."""
    council = db.session.scalars(select(Organization).where(Organization.name == "Integrationsrat")).one()
    register.add_former_name(
        council, "Migrationsrat", None, story.moved(date(2010, 2, 6)), seen=council.row_version, by=SYSTEM, now=now
    )


def _agendas(secretary: User, story: Story, *, by: Actor, now: datetime) -> None:
    coming = db.session.scalars(
        select(Meeting)
        .join(Meeting.organization)
        .where(
            Organization.clerks.any(user_id=secretary.id),
            Meeting.held_on >= story.today,
            Meeting.held_on <= story.moved(COUNCIL_DAY) + timedelta(weeks=6),
        )
        .order_by(Meeting.held_on, Meeting.id)
    ).all()
    for meeting in coming:
        for item in AGENDA:
            agenda.add_item(meeting, item, key=uuid.uuid4(), by=by, now=now)
        if len(meeting.agenda_items) > len(AGENDA):  # the paper comes after the formalities
            paper = meeting.agenda_items[0]
            for _ in range(2):
                agenda.shift_item(paper, "down", seen=paper.row_version, by=by, now=now)
        agenda.renumber(meeting, seen=meeting.row_version, by=by, now=now)


def _free_days(story: Story, *, by: Actor, now: datetime) -> None:
    """Only those to come, and none among the sittings of the story: what has happened keeps its days."""
    busy = story.moved(BUSY_FROM), story.moved(COUNCIL_DAY)
    for span in _spans(story.today):
        is_elsewhere = span.last_on < busy[0] or span.first_on > busy[1]
        if span.first_on > story.closes_on and is_elsewhere:
            town.add(span, key=uuid.uuid4(), by=by, now=now)


def _closed_days(today: date) -> Iterator[date]:
    for span in _spans(today):
        for step in range((span.last_on - span.first_on).days + 1):
            yield span.first_on + timedelta(days=step)


def _spans(today: date) -> Iterator[Span]:
    """Holidays as they usually lie; the real ones differ from year to year, so they are called examples."""
    for year in (today.year, today.year + 1):
        friday = next(day for day, name in nrw_holiday_names(year).items() if name == "Karfreitag")
        yield _holidays(f"Osterferien {year}", friday - timedelta(days=11), friday + timedelta(days=8))
        yield _holidays(f"Sommerferien {year}", date(year, 7, 14), date(year, 8, 26))
        yield _holidays(f"Herbstferien {year}", date(year, 10, 12), date(year, 10, 24))
        yield _holidays(f"Weihnachtsferien {year}", date(year, 12, 23), date(year + 1, 1, 6))
        yield Span(f"Sitzungspause im Sommer {year}", PeriodKind.RECESS, date(year, 7, 10), date(year, 8, 30))
        yield Span(f"Rosenmontag {year}", PeriodKind.LOCAL_EXCEPTION, *2 * (friday - timedelta(days=46),))


def _holidays(name: str, first_on: date, last_on: date) -> Span:
    return Span(f"{name} (Beispiel)", PeriodKind.SCHOOL_HOLIDAY, first_on, last_on)
