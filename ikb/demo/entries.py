"""What the demonstration's register shows: a change of office, a kind of the town's own, an entry that is there twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.db import db, transaction
from ikb.institutions import own_kinds, register
from ikb.institutions.entries import Entry, Person, in_order
from ikb.institutions.model import Institution
from ikb.journal.service import Actor

CHANGES_OFFICE = "Elternverband Bielefeld"
TWICE = "Grundschule am Waldrnad"


def seed_entries(*, by: Actor, now: datetime) -> None:
    """After the invitations: whoever is entered here is invited nowhere."""
    with transaction():
        own_kinds.add("Nachbarschaftshaus", by=by, now=now)
        house = Entry("Nachbarschaftshaus Ostmarkt", "Nachbarschaftshaus", email="post@ostmarkt.example.org")
        register.register(house, by=by, now=now)
        register.register(Entry(TWICE, "institution", district="Dornberg"), by=by, now=now)
        _change_office(by, now)


def _change_office(by: Actor, now: datetime) -> None:
    institution = db.session.scalars(select(Institution).where(Institution.name == CHANGES_OFFICE)).one()
    entry, today = register.entry_of(institution), berlin_day(now)
    end = today + timedelta(days=60)
    present = [replace(one, role="Vorsitz", valid_until=end) for one in entry.people]
    coming = [
        Person("Herr Yılmaz", role="Vorsitz", valid_from=end + timedelta(days=1)),
        Person("Frau Sommer", role="Geschäftsstelle", phone="0521 000-204", is_deputy=True),
    ]
    changed = replace(entry, people=tuple(in_order([*present, *coming])))
    register.change(institution, changed, seen=institution.row_version, by=by, now=now)
