"""A small town: a district council, a main committee and a council that sit now and then, two offices and a lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ikb.accounts.model import Role, User
from ikb.db import db
from ikb.deliberations import queries
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization, StationState
from ikb.journal.service import Actor
from ikb.procedures.model import Procedure
from tests.factories import make_organization, make_procedure, make_user, save

# On Monday, 3 June 2030, everything lies ahead and holds: district, main committee, council.
DISTRICT_ON, MAIN_ON, COUNCIL_ON = date(2030, 6, 19), date(2030, 7, 4), date(2030, 7, 18)
DISTRICT_NEXT, DISTRICT_LATER = date(2030, 7, 10), date(2030, 9, 4)
MAIN_NEXT, MAIN_LATER = date(2030, 8, 29), date(2030, 9, 19)
COUNCIL_NEXT, COUNCIL_LATER = date(2030, 9, 12), date(2030, 10, 10)


@dataclass
class SmallTown:
    """Everybody and everything of one procedure. stations: district, main, council."""

    lead: User
    district_office: User
    council_office: User
    procedure: Procedure
    bodies: dict[str, Organization] = field(default_factory=dict)
    stations: dict[str, Consultation] = field(default_factory=dict)
    sittings: dict[date, Meeting] = field(default_factory=dict)

    def days(self) -> dict[str, date | None]:
        """On which day each station stands, read anew."""
        db.session.expire_all()
        names = {step.id: name for name, step in self.stations.items()}
        return {names[step.id]: step.held_on for step in queries.sequence(self.procedure.id) if step.id in names}

    def states(self) -> dict[str, str]:
        db.session.expire_all()
        return {name: db.session.get_one(Consultation, step.id).state for name, step in self.stations.items()}


def build() -> SmallTown:
    """Three bodies; the lead sends for the one without an office when there is one."""
    lead = make_user(name="Frau Leitung")
    district_office = make_user([Role.SECRETARY], name="Herr Bezirk")
    council_office = make_user([Role.SECRETARY], name="Frau Ratsbüro")
    town = SmallTown(lead, district_office, council_office, make_procedure([lead], title="Konzept für Musterau"))
    _body(town, "district", "Bezirksvertretung Heide", "district", [district_office], [DISTRICT_NEXT, DISTRICT_LATER])
    _body(town, "main", "Hauptausschuss", "committee", [council_office], [MAIN_NEXT, MAIN_LATER])
    _body(town, "council", "Rat der Stadt Musterau", "council", [council_office], [COUNCIL_NEXT, COUNCIL_LATER])
    _station(town, "district", "hearing", DISTRICT_ON)
    _station(town, "main", "preliminary", MAIN_ON)
    _station(town, "council", "decision", COUNCIL_ON)
    return town


def _body(town: SmallTown, key: str, name: str, kind: str, clerks: list[User], days: list[date]) -> None:
    body = make_organization(name, clerks, kind=kind)
    town.bodies[key] = body
    for day in days:
        town.sittings[day] = save(Meeting(organization=body, held_on=day))


def _station(town: SmallTown, key: str, role: str, held_on: date) -> None:
    meeting = Meeting(organization=town.bodies[key], held_on=held_on)
    town.sittings[held_on] = meeting
    town.stations[key] = save(
        Consultation(
            procedure=town.procedure,
            organization=town.bodies[key],
            position=len(town.stations) + 1,
            role=role,
            authoritative=role == "decision",
            state=StationState.SCHEDULED,
            agenda_item=AgendaItem(meeting=meeting, title="Konzept", public=True),
        )
    )


def as_actor(user: User) -> Actor:
    return Actor.user(user.id)
