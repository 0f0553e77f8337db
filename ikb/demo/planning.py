"""The sittings to come after those of the sequence, and the offices of the bodies that decide: so that papers can move."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ikb.accounts import service as accounts
from ikb.accounts.model import Role, User
from ikb.core.periods import is_working_day
from ikb.db import db, transaction
from ikb.deliberations import organizations as committees
from ikb.deliberations.model import Consultation, Meeting, Organization
from ikb.journal.service import SYSTEM, Actor
from ikb.planning import service as moving
from ikb.planning.model import Act, Scenario

# Who keeps the bodies at the end of the sequence; their logins stand beside the three roles.
OFFICES = (
    ("hauptausschuss@bielefeld.example.org", "Herr Bruns", "Haupt- und Beteiligungsausschuss"),
    ("ratsbuero@bielefeld.example.org", "Frau Anders", "Rat der Stadt Bielefeld"),
)
# Weeks between two sittings of a body, and for how long the calendar is known.
WEEKS_BETWEEN = {"council": 4, "committee": 4, "district": 3, "integration_council": 5, "advisory": 6}
CALENDAR = timedelta(weeks=40)


def open_offices(now: datetime) -> list[dict[str, str]]:
    """The offices with a person each; how they sign in."""
    return [_open_office(email, name, body, now) for email, name, body in OFFICES]


def _open_office(email: str, name: str, body: str, now: datetime) -> dict[str, str]:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    with transaction():
        person, token = accounts.invite(email, name, [Role.SECRETARY], by=SYSTEM, now=now)
        accounts.set_password(token, password, now=now)
        _entrust(body, person, now)
    return {"role": Role.SECRETARY.value, "name": name, "office": body, "email": email, "password": password}


def _entrust(body: str, person: User, now: datetime) -> None:
    organization = db.session.scalars(select(Organization).where(Organization.name == body)).one()
    committees.set_clerks(organization, [person], by=SYSTEM, now=now)


def fill_calendar(now: datetime) -> None:
    """The next sittings of every body whose calendar ends with its sitting in the sequence."""
    with transaction():
        for organization in db.session.scalars(select(Organization).order_by(Organization.id)).all():
            last = max(_known_days(organization), default=now.date())
            for day in _following(last, WEEKS_BETWEEN.get(organization.kind, 4), now.date()):
                committees.sitting_on(organization, day, by=SYSTEM, now=now)


def try_out(lead: User, now: datetime) -> None:
    """Two trial runs of the lead: one still a draft, one that asks an office."""
    with transaction():
        draft = _begin("Bezirksvertretung Senne", "Im Bezirk ist an dem Abend eine Einwohnerversammlung.", lead, now)
        moving.choose(draft, "shift", seen=draft.row_version)
    with transaction():
        asking = _begin("Schul- u. Sportausschuss", "Die Tagesordnung ist voll.", lead, now)
        moving.choose(asking, "pass_on", seen=asking.row_version)
        wanted = [moving.Wanted(asking.consultation_id, Act.SKIP)]
        moving.send(asking, wanted, seen=asking.row_version, by=Actor.user(lead.id), now=now)


def _begin(body: str, reason: str, lead: User, now: datetime) -> Scenario:
    rows = select(Consultation).join(Consultation.organization).where(Organization.name == body)
    station = db.session.scalars(rows).one()
    later = (
        select(Meeting.id)
        .where(Meeting.organization_id == station.organization_id, Meeting.held_on > (station.held_on or now.date()))
        .order_by(Meeting.held_on)
    )
    target = db.session.scalars(later).first()
    return moving.start(station, reason, target, uuid.uuid4(), by=Actor.user(lead.id), now=now)


def _known_days(organization: Organization) -> Iterable[date]:
    return db.session.scalars(select(Meeting.held_on).where(Meeting.organization_id == organization.id))


def _following(last: date, weeks: int, today: date) -> list[date]:
    """The same weekday every few weeks after the last known sitting, working days only."""
    ends = today + CALENDAR
    days = (last + timedelta(weeks=weeks * number) for number in range(1, 60))
    return [day for day in days if today < day <= ends and is_working_day(day)]
